"""What differs between two environments, or between an environment and its earlier self."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bootstrap import manifest
from bootstrap.layout import ENVIRONMENT_LABEL, KUBERNETES_CLUSTER_LABEL, Environment
from bootstrap.tree import Change, Tree

_MANIFESTS = ('.yaml', '.yml', '.json')

_FIRST, _LAST, _ALL = '^{}(?=-|$)', '(?<=-){}$', '^{}$'
# The fields that carry the environment's name by the layout's convention, and how they carry it; '*' is any item.
_NAMED_AFTER_IT: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (('metadata', 'name'), (_FIRST,)),
    (('metadata', 'labels', ENVIRONMENT_LABEL), (_ALL,)),
    (('metadata', 'labels', KUBERNETES_CLUSTER_LABEL), (_ALL,)),
    (('spec', 'project'), (_FIRST,)),
    (('spec', 'source', 'path'), ('(?<=environments/){}(?=/|$)',)),
    (('spec', 'destination', 'namespace'), (_LAST, _FIRST)),
    (('spec', 'ignoreDifferences', '*', 'namespace'), (_LAST, _FIRST)),
    (('spec', 'destinations', '*', 'namespace'), (_LAST, _FIRST)),
    (('spec', 'description'), ('(?<= of ){}(?=;|$)',)),
)


def texts(tree: Tree, environment: Environment) -> dict[str, str]:
    """The manifests of an environment by their path inside of its folder; none where the tree has no such folder."""
    prefix = f'{environment.directory}/'
    paths = (path for path in tree.files(environment.directory) if path.endswith(_MANIFESTS))
    return {path.removeprefix(prefix): tree[path] for path in paths}


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The files that differ, in byte order of their paths."""
    paths = sorted(before.keys() | after.keys())
    found = (Change(path, before.get(path), after.get(path)) for path in paths)
    return [change for change in found if change.before != change.after]


def fields(change: Change) -> list[manifest.Field] | None:
    """A change field by field; None where it is of no manifest, or one of its texts cannot be read as YAML."""
    if not change.path.endswith(_MANIFESTS):
        return None
    try:
        return manifest.fields(change.before, change.after)
    except manifest.ManifestError:
        return None


def named_like(text: str, environment: str, other: str) -> str:
    """The text of an environment's file with the names that come from the environment's as `other` would have them.

    What cannot be read or edited stays as it is.
    """
    try:
        documents = manifest.load(text)
        for document in documents:
            for path, value in _names(document.data, environment, other):
                text = manifest.put(text, (document.index, *path) if len(documents) > 1 else path, value)
    except manifest.ManifestError:
        return text
    return text


def _names(data: Any, environment: str, other: str) -> Iterator[tuple[manifest.Path, str]]:
    for pattern, forms in _NAMED_AFTER_IT:
        for path, value in _at(data, pattern):
            for form in forms:
                renamed = re.sub(form.format(re.escape(environment)), other, value)
                if renamed != value:
                    yield path, renamed
                    break


def _at(data: Any, pattern: tuple[str, ...]) -> Iterator[tuple[manifest.Path, str]]:
    """The texts at a path, with the path that leads to each."""
    if not pattern:
        if isinstance(data, str):
            yield (), data
        return
    steps: list[tuple[str | int, Any]] = []
    if pattern[0] == '*' and isinstance(data, list):
        steps = list(enumerate(data))
    elif isinstance(data, dict) and pattern[0] in data:
        steps = [(pattern[0], data[pattern[0]])]
    for key, value in steps:
        for path, found in _at(value, pattern[1:]):
            yield (key, *path), found
