"""Copies an environment's files under another name: a skeleton's, or another environment's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bootstrap import manifest, ownership, parameters, skeletons
from bootstrap.layout import ENVIRONMENT_LABEL, LABELS, Environment
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE
from bootstrap.tree import Files, Tree

SKELETON = Environment('example')
_SKELETONS = (
    'root.yaml',
    'projects.yaml',
    *(f'applications/{name}.yaml' for name in ('ray-operator-crds', 'ray-operator', 'raycluster')),
)
WITH_CRDS = 'environment/applications/ray-operator-with-crds.yaml'


def skeleton(*, crds_with_operator: bool = False) -> Tree:
    """The skeletons as the environment `example` of a tree."""
    files = {f'{SKELETON.directory}/{name}': skeletons.read(f'environment/{name}') for name in _SKELETONS}
    if crds_with_operator:
        files[SKELETON.operator] = skeletons.read(WITH_CRDS)
        del files[SKELETON.crds]
    return Tree(Files(files))


def copied(tree: Tree, file: str, origin: Tree, source: Environment, target: Environment) -> Tree:
    """The tree with a file of `source` as the same file of `target`; nothing where the source has no such file.

    Names, projects, labels and paths that carry the source's name carry the target's; values stay.
    """
    text = origin.get(file)
    if text is None:
        return tree
    with manifest.in_file(file):
        for document in manifest.load(text):
            for path, value in _names(document.data, source, target):
                text = manifest.put(text, (document.index, *path), value)
    return tree.put(target.directory + file.removeprefix(source.directory), text)


def _names(data: Any, source: Environment, target: Environment) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    names: tuple[Path, ...] = (('metadata', 'name'), ('spec', 'project'), (*LABELS, ENVIRONMENT_LABEL))
    for path in names:
        found.append((path, _renamed(_at(data, path), source.name, target.name)))
    for index, window in enumerate(_list(_at(data, ('spec', 'syncWindows')))):
        for place, name in enumerate(_list(_at(window, ('applications',)))):
            path = ('spec', 'syncWindows', index, 'applications', place)
            found.append((path, _renamed(name, source.name, target.name)))
    place_of_files = _at(data, (*SOURCE, 'path'))
    if isinstance(place_of_files, str) and f'{place_of_files}/'.startswith(f'{source.directory}/'):
        found.append(((*SOURCE, 'path'), target.directory + place_of_files[len(source.directory) :]))
    description = _at(data, ('spec', 'description'))
    if isinstance(description, str):
        found.append((('spec', 'description'), re.sub(rf'\b{source.name}\b', target.name, description)))
    return [(path, value) for path, value in found if isinstance(value, str) and value != _at(data, path)]


def _renamed(name: Any, old: str, new: str) -> Any:
    if name == old:
        return new
    return f'{new}-{name.removeprefix(f"{old}-")}' if isinstance(name, str) and name.startswith(f'{old}-') else name


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def _at(data: Any, path: Path) -> Any:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def with_destination(tree: Tree, environment: Environment, old: Mapping[str, str], to: Mapping[str, str]) -> Tree:
    """The tree with another Kubernetes cluster for an environment's Applications, and in its projects where `old` is.

    Both are {'server': URL} or {'name': NAME}.
    """
    for pattern in (
        'applications/ray-operator-crds.yaml',
        'applications/ray-operator.yaml',
        'applications/raycluster*.yaml',
    ):
        for file in parameters.files(tree, environment, pattern):
            with manifest.in_file(file):
                tree = tree.put(file, _moved(tree[file], parameters.DESTINATION, to))
    text = tree.get(environment.projects)
    if text is None:
        return tree
    with manifest.in_file(environment.projects):
        for name in ('ray', 'ray-platform'):
            text = _moved_in_project(text, project(environment, name), old, to)
    return tree.put(environment.projects, text)


def project(environment: Environment, name: str) -> manifest.Selector:
    """Picks one of an environment's projects: 'ray', 'ray-platform' or 'ray-root'."""
    return manifest.where(kind='AppProject', **{'metadata.name': f'{environment.name}-{name}'})


def without_project(tree: Tree, environment: Environment, name: str) -> Tree:
    """The tree without one of an environment's projects: 'ray', 'ray-platform' or 'ray-root'."""
    text = tree.get(environment.projects)
    if text is None:
        return tree
    with manifest.in_file(environment.projects):
        return tree.put(environment.projects, manifest.drop(text, (project(environment, name),)))


def with_project(tree: Tree, environment: Environment, name: str) -> Tree:
    """The tree with one more of the skeletons' projects, where an environment has projects and not that one."""
    text, selector = tree.get(environment.projects), project(environment, name)
    with manifest.in_file(environment.projects):
        if text is None or manifest.get(text, (selector,)) is not None:
            return tree
        fresh = copied(tree, SKELETON.projects, skeleton(), SKELETON, environment)
        # The same as its siblings; what moves the environment moves it too.
        to = ownership.destination(tree, environment)
        fresh = with_destination(fresh, environment, ownership.IN_CLUSTER, to)
        added = f'---\n{manifest.dump(manifest.get(fresh[environment.projects], (selector,)))}'
        newline = '\r\n' if '\r\n' in text else '\n'
        return tree.put(environment.projects, text.rstrip() + newline + added.replace('\n', newline))


def _moved_in_project(text: str, document: manifest.Selector, old: Mapping[str, str], to: Mapping[str, str]) -> str:
    for index, item in enumerate(_list(manifest.get(text, (document, 'spec', 'destinations')))):
        if isinstance(item, dict) and all(item.get(key) == value for key, value in old.items()):
            text = _moved(text, (document, 'spec', 'destinations', index), to)
    return text


def _moved(text: str, path: Path, to: Mapping[str, str]) -> str:
    (key, value), other = next(iter(to.items())), 'server' if 'name' in to else 'name'
    text = manifest.put(text, (*path, key), value, before=other)
    return manifest.drop(text, (*path, other))
