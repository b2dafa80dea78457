"""What a user chooses for an environment, and the places it is put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bootstrap import manifest, ownership, parameters, raycluster, scaffold, skeletons, worker_group
from bootstrap.errors import BootstrapError
from bootstrap.image import Image, checked_version
from bootstrap.kuberay import FIRST_RAY_WITH_SAFE_AUTOSCALER_V2, Version, ray_version_of
from bootstrap.layout import KUBERNETES_CLUSTER_LABEL, LABELS, Environment, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.tree import Tree

_AUTOMATED = ('spec', 'syncPolicy', 'automated')


@dataclass(frozen=True)
class Choices:
    """What is asked; None means "leave as it is". Names, versions and addresses are checked already."""

    repo_url: str | None = None
    kuberay_version: Version | None = None
    ray_version: Version | None = None
    image: Image | None = None
    namespace: str | None = None
    destination: Mapping[str, str] | None = None
    argocd_namespace: str | None = None
    project: str | None = None
    sync: str | None = None
    groups: Sequence[str] = ()


def put(tree: Tree, environment: Environment, choices: Choices) -> Tree:
    """The tree with what is chosen, and nothing else changed."""
    for parameter, value in (
        (parameters.REPO_URL, choices.repo_url),
        (parameters.KUBERAY_VERSION, choices.kuberay_version),
        (parameters.NAMESPACE, choices.namespace),
        (parameters.ARGOCD_NAMESPACE, choices.argocd_namespace),
        (parameters.PROJECT, choices.project),
    ):
        if value is not None:
            tree = parameters.put(tree, environment, parameter, str(value))
    if choices.image or choices.ray_version:
        tree = _with_ray(tree, environment, choices)
    if choices.destination is not None:
        tree = _with_destination(tree, environment, dict(choices.destination))
    if choices.sync is not None:
        tree = _with_sync(tree, environment, choices.sync)
    for name in choices.groups:
        tree = _with_group(tree, environment, worker_group.checked_name(name))
    return tree


def _with_ray(tree: Tree, environment: Environment, choices: Choices) -> Tree:
    # Argo CD ignores `values` beside a valuesObject: what a put would add there must not become all there is.
    raycluster.file(tree, environment, '')
    image, version = choices.image, choices.ray_version
    if image is not None:
        version = checked_version(image, version)
        tree = parameters.put(tree, environment, parameters.IMAGE_REPOSITORY, image.repository)
        tree = parameters.put(tree, environment, parameters.IMAGE_TAG, image.tag)
    elif version is not None:
        tag = parameters.get(tree, environment, parameters.IMAGE_TAG) or str(version)
        if (old := ray_version_of(tag)) is not None:
            tag = f'{version}{tag.removeprefix(str(old))}'
            tree = parameters.put(tree, environment, parameters.IMAGE_TAG, tag)
    if version is None:
        return tree
    tree = parameters.put(tree, environment, parameters.RAY_VERSION, str(version))
    if version < FIRST_RAY_WITH_SAFE_AUTOSCALER_V2 and parameters.get(tree, environment, parameters.AUTOSCALER) == 'v2':
        tree = parameters.put(tree, environment, parameters.AUTOSCALER, 'v1')
    return tree


def _with_destination(tree: Tree, environment: Environment, to: dict[str, str]) -> Tree:
    old = ownership.destination(tree, environment)
    same = ownership.is_in_cluster(old) and ownership.is_in_cluster(to)
    if old != to and not same:
        tree = relabelled(tree, environment, ownership.own_label(environment, to))
    return scaffold.with_destination(tree, environment, old, to)


def relabelled(tree: Tree, environment: Environment, label: str) -> Tree:
    """The tree with an environment on another Kubernetes cluster; refused where that has an owner already."""
    if label == kubernetes_cluster(tree, environment):
        return tree
    owner = ownership.owner(tree, label, environment.path, environment)
    if owner and owns_kubernetes_cluster(tree, environment):
        raise BootstrapError(
            f'{environment.name} and {owner.name} would both install the CRDs and the operator of {label}',
            f'remove {environment.operator} and {environment.crds} first',
        )
    path = environment.root if environment.root in tree else environment.raycluster()
    with manifest.in_file(path):
        return tree.put(path, manifest.put(tree[path], (*LABELS, KUBERNETES_CLUSTER_LABEL), label))


def _with_sync(tree: Tree, environment: Environment, sync: str) -> Tree:
    for path in environment.rayclusters(tree):
        with manifest.in_file(path):
            if sync == 'manual':
                tree = tree.put(path, manifest.drop(tree[path], _AUTOMATED))
            elif manifest.get(tree[path], _AUTOMATED) is None:
                automated = {'prune': True, 'selfHeal': True}
                tree = tree.put(path, manifest.put(tree[path], _AUTOMATED, automated, before='syncOptions'))
    return tree


def _with_group(tree: Tree, environment: Environment, name: str) -> Tree:
    path = raycluster.file(tree, environment, '')
    with manifest.in_file(path):
        if raycluster.has_group(tree[path], name):
            return tree
        base = manifest.get(skeletons.read('environment/worker-group.yaml'), ())
        options = worker_group.Options(ray_resource={name: 1})
        values = worker_group.applied(options, base, autoscaling=raycluster.autoscaling(tree[path]))
        return tree.put(path, raycluster.with_group(tree[path], environment, name, values))
