"""One name for a value that stands in several places, and the table of those places."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from bootstrap import manifest
from bootstrap.layout import KUBERNETES_CLUSTER_LABEL, LABELS, Environment
from bootstrap.manifest import Path, where
from bootstrap.tree import Kind, Tree

SOURCE: Path = ('spec', 'source')
VALUES: Path = (*SOURCE, 'helm', 'valuesObject')
DESTINATION: Path = ('spec', 'destination')

_ROOT, _PROJECTS = 'root.yaml', 'projects.yaml'
_CRDS, _OPERATOR = 'applications/ray-operator-crds.yaml', 'applications/ray-operator.yaml'
_RAYCLUSTER, _RAYCLUSTERS = 'applications/raycluster.yaml', 'applications/raycluster*.yaml'
_APPLICATIONS = (_CRDS, _OPERATOR, _RAYCLUSTERS)


class Field(NamedTuple):
    """A place where a parameter's value stands.

    `path` leads to the value or, with `each`, to a list of which the items that hold the old value are meant:
    the texts themselves ('') or mappings by that key. `project` picks a project by its name behind `<env>-`.
    """

    files: str
    path: Path
    each: str | None = None
    project: str | None = None


@dataclass(frozen=True)
class Parameter:
    """`fields` says where the value stands, the leading place first; `form` how it is written in a place."""

    name: str
    fields: tuple[Field, ...]
    form: Callable[[str, Any], str] = lambda value, source: value  # noqa: ARG005


def _revision(version: str, source: Any) -> str:
    # KubeRay's git tags have a leading v, its charts have none.
    return version if isinstance(source, dict) and 'chart' in source else f'v{version}'


REPO_URL = Parameter(
    'repository URL', (Field(_ROOT, (*SOURCE, 'repoURL')), Field(_PROJECTS, ('spec', 'sourceRepos'), '', 'ray-root'))
)
FOLLOWED_BRANCH = Parameter('followed branch', (Field(_ROOT, (*SOURCE, 'targetRevision')),))
KUBERAY_VERSION = Parameter(
    'KubeRay version',
    tuple(Field(files, (*SOURCE, 'targetRevision')) for files in (_OPERATOR, _RAYCLUSTERS, _CRDS)),
    _revision,
)
RAY_VERSION = Parameter('Ray version', (Field(_RAYCLUSTER, (*VALUES, 'head', 'rayVersion')),))
IMAGE_REPOSITORY = Parameter('image repository', (Field(_RAYCLUSTER, (*VALUES, 'image', 'repository')),))
IMAGE_TAG = Parameter('image tag', (Field(_RAYCLUSTER, (*VALUES, 'image', 'tag')),))
NAMESPACE = Parameter(
    'namespace',
    (
        Field(_RAYCLUSTER, (*DESTINATION, 'namespace')),
        Field(_RAYCLUSTER, ('spec', 'ignoreDifferences'), 'namespace'),
        Field(_PROJECTS, ('spec', 'destinations'), 'namespace', 'ray'),
    ),
)
ARGOCD_NAMESPACE = Parameter(
    'Argo CD namespace',
    (
        Field(_ROOT, ('metadata', 'namespace')),
        Field(_ROOT, (*DESTINATION, 'namespace')),
        *(Field(_PROJECTS, ('metadata', 'namespace'), None, name) for name in ('ray', 'ray-platform', 'ray-root')),
        Field(_PROJECTS, ('spec', 'destinations'), 'namespace', 'ray-root'),
        *(Field(files, ('metadata', 'namespace')) for files in _APPLICATIONS),
    ),
)
PROJECT = Parameter('project', tuple(Field(files, ('spec', 'project')) for files in (*reversed(_APPLICATIONS), _ROOT)))
AUTOSCALER = Parameter('autoscaler', (Field(_RAYCLUSTER, (*VALUES, 'head', 'autoscalerOptions', 'version')),))
KUBERNETES_CLUSTER = Parameter('Kubernetes cluster', (Field(_ROOT, (*LABELS, KUBERNETES_CLUSTER_LABEL)),))


class Place(NamedTuple):
    """A field of one file of an environment, with the value that stands there."""

    file: str
    path: Path
    value: Any


def files(tree: Tree, environment: Environment, pattern: str) -> list[str]:
    """The files of an environment that a table's pattern means."""
    folder = f'{environment.directory}/{pattern}'.rpartition('/')[0]
    # fnmatch keeps the expressions of some hundred patterns: of those of the table, not of each with a folder.
    wanted = pattern.rpartition('/')[2]
    names = (name for name, kind in tree.entries(folder).items() if kind is not Kind.DIRECTORY)
    return sorted(f'{folder}/{name}' for name in names if fnmatch.fnmatchcase(name, wanted))


def places(tree: Tree, environment: Environment, parameter: Parameter) -> Iterator[Place]:
    """Where a parameter's value stands in an environment, the leading place first.

    The items of lists are not among them: they stand for a parameter only where they hold its value.
    """
    for field in parameter.fields:
        for file in files(tree, environment, field.files) if field.each is None else ():
            with manifest.in_file(file):
                path = _located(tree[file], environment, field)
                value = None if path is None else manifest.get(tree[file], path)
            if path is not None and value is not None:
                yield Place(file, path, value)


def get(tree: Tree, environment: Environment, parameter: Parameter) -> str | None:
    """The value in the leading place; None where the environment has no such place."""
    place = next(places(tree, environment, parameter), None)
    if place is None:
        return None
    if isinstance(place.value, (dict, list)):
        with manifest.in_file(place.file):
            raise manifest.ManifestError(_line(tree[place.file], place.path), f'the {parameter.name} is no text')
    return str(place.value)


def _line(text: str, path: Path) -> int:
    document = manifest.load(text)[0]
    return document.position(path).line


def put(tree: Tree, environment: Environment, parameter: Parameter, value: str) -> Tree:
    """The tree with a parameter's value in every place it stands in, and in the leading place in any case."""
    old = get(tree, environment, parameter)
    for field in parameter.fields:
        for file in files(tree, environment, field.files):
            with manifest.in_file(file):
                path = _located(tree[file], environment, field)
                if path is not None:
                    tree = tree.put(file, _put(tree[file], path, field, parameter, old, value))
    return tree


def _located(text: str, environment: Environment, field: Field) -> Path | None:
    """The field's path in this file, with the document it is in; None where the file has no such document."""
    if field.project is None:
        return field.path
    document = where(kind='AppProject', **{'metadata.name': f'{environment.name}-{field.project}'})
    return (document, *field.path) if manifest.get(text, (document,)) is not None else None


def _put(text: str, path: Path, field: Field, parameter: Parameter, old: str | None, value: str) -> str:
    if field.each is None:
        if field is not parameter.fields[0] and manifest.get(text, path) is None:
            return text
        return manifest.put(
            text, path, parameter.form(value, manifest.get(text, SOURCE) if not field.project else None)
        )
    items = manifest.get(text, path)
    if not isinstance(items, list):
        return text
    for index, item in enumerate(items):
        if field.each == '' and item == old:
            text = manifest.put(text, (*path, index), value)
        elif field.each and isinstance(item, dict) and item.get(field.each) == old:
            text = manifest.put(text, (*path, index, field.each), value)
    return text
