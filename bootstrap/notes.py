"""What a reviewer and the user should know about a change, besides the change itself."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bootstrap import kuberay, ownership, parameters
from bootstrap.layout import Environment, has, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.tree import Tree


def notes(before: Tree, after: Tree, environments: Sequence[Environment]) -> Iterator[str]:
    """A sentence each."""
    yield from in_order([about(before, after, one) for one in environments])


class About(NamedTuple):
    """What is to be known about an environment: that it is new, what happens to one that is not, and its versions."""

    start: Sequence[str]
    change: Sequence[str]
    versions: Sequence[str]


def about(before: Tree, after: Tree, environment: Environment) -> About:
    """The sentences about one environment."""
    is_new = bool(new_environments(before, after, [environment]))
    return About(
        list(_of_a_new_one(after, environment)) if is_new else (),
        () if is_new else list(_of_an_older_one(before, after, environment)),
        list(_of_versions(after, environment)),
    )


def in_order(found: Sequence[About]) -> list[str]:
    """Each sentence once, those about new environments first."""
    return list(dict.fromkeys(note for kind in zip(*found, strict=True) for notes in kind for note in notes))


def new_environments(before: Tree, after: Tree, environments: Sequence[Environment]) -> list[Environment]:
    """The environments that a change starts."""
    return [one for one in environments if has(after, one) and not has(before, one)]


def _of_an_older_one(before: Tree, after: Tree, environment: Environment) -> Iterator[str]:
    old, project = (parameters.get(tree, environment, parameters.PROJECT) for tree in (before, after))
    if environment.projects in after and project != old and not str(project).startswith(f'{environment.name}-ray'):
        yield f'{environment.projects} is not used any more: the Applications are in project {project}.'


def _of_versions(tree: Tree, environment: Environment) -> Iterator[str]:
    version = kuberay.parse_version(str(parameters.get(tree, environment, parameters.KUBERAY_VERSION) or ''))
    if version is not None and version not in kuberay.CHARTS:
        yield f'KubeRay {version} is not known here: it is checked as {kuberay.nearest_chart(version)}.'


def _of_a_new_one(tree: Tree, environment: Environment) -> Iterator[str]:
    if not owns_kubernetes_cluster(tree, environment):
        label = kubernetes_cluster(tree, environment)
        owner = ownership.owner(tree, label, environment.path, environment)
        has_them = (
            f'{owner.name} has those of Kubernetes cluster {label}' if owner else 'its Kubernetes cluster has them'
        )
        yield f'{environment.name} gets no CRDs and no operator: {has_them}.'
    url = parameters.get(tree, environment, parameters.REPO_URL)
    if isinstance(url, str):
        yield f'Argo CD needs read access to exactly this URL: {url} (argocd repo add {url}).'
        if url.startswith('file://'):
            yield 'A file:// URL is read where Argo CD runs, not here; --repo-url changes it.'


def typed(command: str, environment: Environment) -> str:
    """A command about an environment, as a user types it."""
    path = f' --path {shlex.quote(environment.path)}' if environment.path else ''
    return f'raybootstrap {command} --env {environment.name}{path}'
