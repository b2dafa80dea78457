"""Fits adopted Applications into their environment where no rule alone can: names, projects, versions, images."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from bootstrap import adoption, kuberay, manifest, scaffold
from bootstrap.kuberay import Version
from bootstrap.layout import Environment
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules import projects
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, mapping
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings
from bootstrap.tree import Tree
from bootstrap.validation import scope_of

_RELEASE: Path = (*SOURCE, 'helm', 'releaseName')
_REVISION: Path = (*SOURCE, 'targetRevision')
_PROJECT: Path = ('spec', 'project')
_MOVING = re.compile(r'(?<![A-Za-z0-9])(latest|nightly)(?![A-Za-z0-9])')
_OFFICIAL = re.compile(r'(docker\.io/|index\.docker\.io/)?rayproject/ray')


def adapted(
    tree: Tree, environment: Environment, files: Collection[str], wanted: Collection[str] | None, *, keep_names: bool
) -> Tree:
    """The tree with these Applications fitted in, as far as the rules wanted (None: all) are about it."""
    for rule, edit in _EDITS.items():
        if (wanted is None or rule in wanted) and not (keep_names and edit is _renamed):
            for file in files:
                scope = scope_of(tree, Settings(), environment) or Scope()
                with manifest.in_file(file):
                    for application in [one for one in scope.applications if one.file == file]:
                        tree = tree.put(file, edit(tree[file], application, scope))
    return tree


def _renamed(text: str, application: Application, scope: Scope) -> str:
    """With the environment's name in front. The release keeps its own, for it names what runs."""
    if scope.environment is None or application.role is Role.ROOT:
        return text
    name = adoption.prefixed(application.name, scope.environment)
    helm = application.source.get('helm')
    is_helm = application.role in (Role.OPERATOR, Role.RAYCLUSTER) and (helm is None or isinstance(helm, dict))
    if name != application.name and is_helm and not application.at(*_RELEASE):
        first = next(iter(mapping(helm)), None)
        text = manifest.put(text, _RELEASE, application.name, before=first)
    return manifest.put(text, ('metadata', 'name'), name)


def _in_a_project(text: str, application: Application, scope: Scope) -> str:
    """In the environment's own project, where that permits it."""
    part = 'ray' if application.role is Role.RAYCLUSTER else 'ray-platform'
    project = f'{scope.environment.name}-{part}' if scope.environment else ''
    own = [one for one in scope.projects if one.name == project and projects.permits(one, application)]
    return manifest.put(text, _PROJECT, project) if own and application.at(*_PROJECT) in (None, '', 'default') else text


def _at_the_operators_version(text: str, application: Application, scope: Scope) -> str:
    operators = [one.version for one in scope.of(Role.OPERATOR) if one.version]
    if application.role is not Role.RAYCLUSTER or len(operators) != 1 or application.version in (None, operators[0]):
        return text
    # KubeRay's git tags have a leading v, its charts have none.
    form = '{}' if 'chart' in application.source else 'v{}'
    return manifest.put(text, _REVISION, form.format(operators[0]))


def _pinned(text: str, application: Application, scope: Scope) -> str:  # noqa: ARG001
    """With a version in place of `latest` in Ray's own images: that of the head, or what new environments get."""
    if application.role is not Role.RAYCLUSTER:
        return text
    version = pinned_version(application)
    for path, tag in moving_tags(application):
        text = manifest.put(text, path, _MOVING.sub(str(version), tag))
    return text


def pinned_version(application: Application) -> Version:
    """The Ray version that takes the place of `latest`."""
    skeleton = manifest.get(scaffold.skeleton()[scaffold.SKELETON.raycluster()], (*VALUES, 'image', 'tag'))
    return RayCluster(application).ray_version or kuberay.ray_version_of(skeleton) or kuberay.Version(2, 52, 0)


def moving_tags(application: Application) -> Iterator[tuple[Path, str]]:
    """The places of Ray's own images whose tag moves."""
    cluster = RayCluster(application)
    for path, values in dict(_holders(cluster)).items():
        image = mapping(values.get('image'))
        tag, repository = image.get('tag'), image.get('repository')
        if isinstance(tag, str) and _MOVING.search(tag) and _OFFICIAL.fullmatch(str(repository)):
            yield (*path, 'image', 'tag'), tag


def _holders(cluster: RayCluster) -> Iterator[tuple[Path, Mapping[Any, Any]]]:
    yield VALUES, cluster.values
    yield (*VALUES, 'head'), cluster.head
    for group in (cluster.worker, *cluster.additional):
        yield group.path, group.values


# By the rule that each is about; the name last, for a release is pinned to the one that is in use.
_EDITS: Mapping[str, Callable[[str, Application, Scope], str]] = {
    'RB104': _in_a_project,
    'RB602': _at_the_operators_version,
    'RB422': _pinned,
    'RB102': _renamed,
}
RULES = frozenset(_EDITS)
"""The rules whose findings are mended here."""
