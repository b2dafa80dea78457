"""Moves a RayCluster to another Ray version: the images of head and groups, and head.rayVersion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bootstrap import kuberay, manifest, migrations
from bootstrap.kuberay import FIRST_RAY_WITH_SAFE_AUTOSCALER_V2, Version
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, at, mapping

_HEAD: Path = (*VALUES, 'head')
_OPTIONS: Path = (*_HEAD, 'autoscalerOptions')


def moved(text: str, application: Application, to: Version) -> str:
    """The text with a Ray version in every image tag that states one, its suffix kept, and in head.rayVersion."""
    raycluster = RayCluster(application)
    _refuse_values_elsewhere(application)
    for path, tag in _tags(raycluster):
        stated = kuberay.ray_version_of(tag)
        if stated is None:
            line = application.document.position(path).line
            raise manifest.ManifestError(
                line,
                f'the image tag {tag!a} states no Ray version that another could take the place of',
                'raybootstrap set-raycluster --image REPO:TAG --ray-version V says both',
            )
        text = _put(text, application, path, f'{to}{tag.removeprefix(str(stated))}')
    text = _with_autoscaler_image(text, application, raycluster, to)
    text = _put(text, application, (*_HEAD, 'rayVersion'), str(to))
    if to < FIRST_RAY_WITH_SAFE_AUTOSCALER_V2 and application.at(*_OPTIONS, 'version') == 'v2':
        text = _put(text, application, (*_OPTIONS, 'version'), 'v1')
    return text


def _put(text: str, application: Application, path: Path, value: Any) -> str:
    return manifest.put(text, (application.document.index, *path), value)


def _refuse_values_elsewhere(application: Application) -> None:
    if migrations.has_values_elsewhere(application):
        raise manifest.ManifestError(
            application.document.position(VALUES).line,
            'keeps values outside of spec.source.helm.valuesObject, so its images cannot all be seen',
            'move them to valuesObject, where every value can be reviewed on its own',
        )


def _tags(raycluster: RayCluster) -> Iterator[tuple[Path, str]]:
    """The tags of the images that head and groups take, disabled groups too; the chart's where none is given."""
    holders: list[tuple[Path, Any]] = [(_HEAD, raycluster.head)]
    holders += [(group.path, group.values) for group in (raycluster.worker, *raycluster.additional)]
    own = [(path, mapping(values.get('image'))) for path, values in holders]
    image = mapping(raycluster.values.get('image'))
    tag = _text(image.get('tag', kuberay.defaults(raycluster.chart).image_tag), image)
    is_used = any(not given for _, given in own)
    if is_used or (image and kuberay.ray_version_of(tag)):
        yield (*VALUES, 'image', 'tag'), tag
    yield from (((*path, 'image', 'tag'), _text(image.get('tag'), image)) for path, image in own if image)


def _text(tag: Any, image: dict[Any, Any]) -> str:
    is_digest = str(image.get('repository')).endswith('@sha256')
    return tag if isinstance(tag, str) and not is_digest else 'sha256' if is_digest else str(tag)


def _with_autoscaler_image(text: str, application: Application, raycluster: RayCluster, to: Version) -> str:
    image = at(raycluster.head, 'autoscalerOptions', 'image')
    name, colon, tag = image.rpartition(':') if isinstance(image, str) else ('', '', '')
    stated = kuberay.ray_version_of(tag)
    if not colon or stated is None:
        return text
    return _put(text, application, (*_OPTIONS, 'image'), f'{name}:{to}{tag.removeprefix(str(stated))}')
