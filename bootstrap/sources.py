"""Where manifests take charts, repositories and images from, and the mirrors that stand for them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bootstrap.errors import USAGE, BootstrapError

_SCHEME = re.compile(r'(https?|oci|ssh|git|file)://', re.IGNORECASE)
_ADDRESS = re.compile(r'(?!file:)(?!.*(::|/\.\.(/|$)))[A-Za-z0-9][\w.@:/~%+-]*', re.ASCII | re.IGNORECASE)
_DOCKER_HUB = ('docker.io', 'index.docker.io', 'registry-1.docker.io')


def checked_mirror(source: str, mirror: str) -> tuple[str, str]:
    """FROM and TO of a mirror without slashes at their ends; a usage error where one is no address."""
    for one in (source, mirror):
        if not _ADDRESS.fullmatch(one.rstrip('/')) or '@' in one.partition('://')[2]:
            raise BootstrapError(
                f'{one!a}: is no address that can be mirrored',
                'give FROM=TO, such as https://github.com=https://git.example.com/mirrors or '
                'docker.io=registry.example.com/docker (without a user or password)',
                exit_code=USAGE,
            )
    if _is_below(_plain(mirror), _plain(source)):
        raise BootstrapError(
            f'{mirror!a} is a part of what it mirrors, {source!a}',
            'name what is mirrored more closely',
            exit_code=USAGE,
        )
    return source.rstrip('/'), mirror.rstrip('/')


def repository(address: str, mirrors: Mapping[str, str], *, chart: bool = False) -> str | None:
    """The mirror of a repository of Git or of charts; None where it has none, or is one."""
    found = _mirror(_plain(address), {_plain(one): to for one, to in mirrors.items()})
    if found is None:
        return None
    # A chart's repoURL has no oci:// (argo-cd, user-guide/helm.md); the native OCI sources, which have it, are others.
    return found.removeprefix('oci://') if chart else found


def image(name: str, mirrors: Mapping[str, str]) -> str | None:
    """The mirror of an image, or of its repository; None where it has none, or is one."""
    registries = {one: to for one, to in mirrors.items() if not _SCHEME.match(one)}
    return _mirror(image_address(name), {image_address(one): to for one, to in registries.items()})


def image_address(name: str) -> str:
    """An image's name with its registry, which Docker Hub's may leave out."""
    first, slash, rest = name.rstrip('/').partition('/')
    if first in _DOCKER_HUB:
        return f'docker.io/{rest}' if slash else 'docker.io'
    is_registry = '.' in first or first.partition(':')[2].isdigit() or first == 'localhost'
    if is_registry and (slash or not re.search(r':[^/]*[^\d/]', first)):
        return name.rstrip('/')
    return f'docker.io/{name}' if slash else f'docker.io/library/{name}'


def _mirror(address: str, mirrors: Mapping[str, str]) -> str | None:
    if any(_is_below(address, _plain(to)) for to in mirrors.values()):
        return None
    found = [one for one in mirrors if _is_below(address, one)]
    if not found:
        return None
    nearest = max(found, key=len)
    return mirrors[nearest].rstrip('/') + address[len(nearest) :]


def _is_below(address: str, top: str) -> bool:
    return address == top or address.startswith((f'{top}/', f'{top}:', f'{top}@')) or address == f'{top}.git'


def _plain(address: str) -> str:
    """An address as the form it is compared in: Argo CD takes one of a chart with oci:// and without."""
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() == 'oci':
        address = address[scheme.end() :]
    return address.rstrip('/')
