"""What a reviewer and the user should know about a change, besides the change itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootstrap import kuberay, ownership, parameters
from bootstrap.layout import Environment, has, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.tree import Tree


def notes(before: Tree, after: Tree, environments: Sequence[Environment]) -> Iterator[str]:
    """A sentence each."""
    new = new_environments(before, after, environments)
    found = [note for one in new for note in _of_a_new_one(after, one)]
    found += [note for one in environments if one not in new for note in _of_an_older_one(before, after, one)]
    found += [note for one in environments for note in _of_versions(after, one)]
    yield from dict.fromkeys(found)


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
