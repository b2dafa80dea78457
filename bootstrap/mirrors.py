"""Puts the mirrors of raybootstrap.yaml in the place of what manifests read directly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bootstrap import manifest, settings, sources
from bootstrap.layout import Environment
from bootstrap.manifest import Path
from bootstrap.settings import Settings
from bootstrap.tree import Tree, changes

# The chart's default where a manifest names none (values.yaml of kuberay-operator).
_OPERATOR_IMAGE = 'quay.io/kuberay/operator'
_VALUES: Path = ('helm', 'valuesObject')


class Direct(NamedTuple):
    """A place in a document that reads what a mirror stands for; `value` is None where a chart's default does."""

    path: Path
    value: str | None
    shown: str
    mirror: str


def mirrored(before: Tree, after: Tree, found: Settings) -> Tree:
    """The later tree with mirrors in the place of what a plan has written; what stood there before stays."""
    if before.get(settings.FILE) != after.get(settings.FILE):
        found = settings.load(after)
    for change in changes(before, after) if found.mirrors else ():
        if change.after is not None and _is_manifest(change.path, change.after):
            with manifest.in_file(change.path):
                known = {(one.path[-2:], one.value) for _, one in _in_text(change.before or '', found.mirrors)}
                after = after.put(change.path, _replaced(change.after, found.mirrors, known))
    return after


def throughout(tree: Tree, environment: Environment, found: Mapping[str, str]) -> Tree:
    """The tree with mirrors in all manifests of an environment."""
    for path in tree.files(environment.directory):
        if _is_manifest(path, tree[path]):
            with manifest.in_file(path):
                tree = tree.put(path, _replaced(tree[path], found, set()))
    return tree


def recorded(tree: Tree, found: Mapping[str, str]) -> Tree:
    """The tree with these mirrors in raybootstrap.yaml."""
    text = tree.get(settings.FILE) or ''
    with manifest.in_file(settings.FILE):
        for source, mirror in found.items():
            text = manifest.put(text, ('mirrors', source), mirror)
    return tree.put(settings.FILE, text) if found else tree


def direct(data: Any, found: Mapping[str, str]) -> Iterator[Direct]:
    """What a document reads directly although there is a mirror for it."""
    kind, spec = _mapping(data).get('kind'), _mapping(_mapping(data).get('spec'))
    if kind == 'AppProject':
        for index, one in enumerate(_list(spec.get('sourceRepos'))):
            yield from _repository(('spec', 'sourceRepos', index), one, found, chart=not str(one).endswith('.git'))
    elif kind == 'ApplicationSet':
        yield from _of_set(spec, found)
    elif kind == 'Application':
        yield from _of_application(('spec',), spec, found)
    elif kind == 'RayCluster':
        yield from _images(('spec',), spec, found)


def _is_manifest(path: str, text: str) -> bool:
    # Other YAML, such as a workflow, may hold what is no plain data.
    return path.endswith(('.yaml', '.yml')) and re.search(r'\b(argoproj|ray)\.io/', text) is not None


def _of_set(spec: dict[Any, Any], found: Mapping[str, str]) -> Iterator[Direct]:
    for index, one in enumerate(_list(spec.get('generators'))):
        url = _mapping(_mapping(one).get('git')).get('repoURL')
        yield from _repository(('spec', 'generators', index, 'git', 'repoURL'), url, found, chart=False)
    template = _mapping(_mapping(spec.get('template')).get('spec'))
    yield from _of_application(('spec', 'template', 'spec'), template, found)


def _of_application(at: Path, spec: dict[Any, Any], found: Mapping[str, str]) -> Iterator[Direct]:
    several = [((*at, 'sources', index), one) for index, one in enumerate(_list(spec.get('sources')))]
    for path, source in (((*at, 'source'), spec.get('source')), *several):
        source = _mapping(source)
        yield from _repository((*path, 'repoURL'), source.get('repoURL'), found, chart=bool(source.get('chart')))
        values = _mapping(_mapping(source.get('helm')).get('valuesObject'))
        yield from _images((*path, *_VALUES), values, found)
        if source.get('chart') == 'kuberay-operator' and not _mapping(values.get('image')).get('repository'):
            mirror = sources.image(_OPERATOR_IMAGE, found)
            if mirror is not None:
                yield Direct((*path, *_VALUES, 'image', 'repository'), None, _OPERATOR_IMAGE, mirror)


def _repository(path: Path, value: Any, found: Mapping[str, str], *, chart: bool) -> Iterator[Direct]:
    mirror = sources.repository(value, found, chart=chart) if isinstance(value, str) else None
    if mirror is not None:
        yield Direct(path, value, value, mirror)


def _images(path: Path, data: Any, found: Mapping[str, str]) -> Iterator[Direct]:
    """Every `image: NAME` and `image: {repository: NAME}` below a path."""
    if isinstance(data, list):
        for index, one in enumerate(data):
            yield from _images((*path, index), one, found)
    for key, value in _mapping(data).items():
        place, name = (*path, key), value
        if key == 'image' and isinstance(value, dict):
            place, name = (*place, 'repository'), value.get('repository')
        if key == 'image' and isinstance(name, str):
            mirror = sources.image(name, found)
            if mirror is not None:
                yield Direct(place, name, name, mirror)
        else:
            yield from _images((*path, key), value, found)


def _in_text(text: str, found: Mapping[str, str]) -> list[tuple[int, Direct]]:
    return [(document.index, one) for document in manifest.load(text) for one in direct(document.data, found)]


def _replaced(text: str, found: Mapping[str, str], known: set[tuple[Path, str | None]]) -> str:
    for index, one in _in_text(text, found):
        if (one.path[-2:], one.value) not in known:
            text = manifest.put(text, (index, *one.path), one.mirror)
    return text


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
