"""Container images as the ray-cluster chart takes them: a repository and a tag."""

from __future__ import annotations

import re
from typing import NamedTuple

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kuberay import Version, ray_version_of

# github.com/distribution/reference
_HOST = r'(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?/)?'
_PATH = r'[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*'
_REPOSITORY = re.compile(rf'{_HOST}{_PATH}(?:/{_PATH})*', re.ASCII)
_TAG = re.compile(r'\w[\w.-]{0,127}', re.ASCII)
_DIGEST = re.compile(r'sha256:[0-9a-f]{64}', re.ASCII)


class Image(NamedTuple):
    """The chart renders `repository:tag`; an image by digest has '@sha256' at the end of its repository."""

    repository: str
    tag: str

    @property
    def ray_version(self) -> Version | None:
        return None if self.repository.endswith('@sha256') else ray_version_of(self.tag)


def parse(text: str, option: str = '--image') -> Image:
    """The image in REPOSITORY:TAG or REPOSITORY@sha256:DIGEST; a usage error where it is neither."""
    repository, at, digest = text.partition('@')
    if at and _REPOSITORY.fullmatch(repository) and _DIGEST.fullmatch(digest):
        return Image(f'{repository}@sha256', digest.removeprefix('sha256:'))
    repository, _, tag = text.rpartition(':')
    if at or not _REPOSITORY.fullmatch(repository) or not _TAG.fullmatch(tag):
        raise BootstrapError(
            f'{option} {text!a} is no image with a tag',
            'for example docker.io/rayproject/ray:2.52.0',
            exit_code=USAGE,
        )
    return Image(repository, tag)


def checked_version(image: Image, version: Version | None) -> Version:
    """The Ray version that image and `--ray-version` tell together; a usage error where they disagree or none does."""
    stated = image.ray_version
    if version and stated and version != stated:
        raise BootstrapError(
            f'the image tag {image.tag} states another Ray version than {version}',
            'leave one of --image and --ray-version out',
            exit_code=USAGE,
        )
    found = version or stated
    if found is None:
        raise BootstrapError(
            f'which Ray version does {image.tag} hold? Its tag does not say',
            'add --ray-version: the operator and the autoscaler go by it',
            exit_code=USAGE,
        )
    return found
