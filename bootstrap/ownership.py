"""Which Kubernetes cluster an environment is on, and which environment owns its CRDs and operator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from bootstrap import manifest
from bootstrap.context import QuestionError
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment, environments, existing, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.parameters import DESTINATION
from bootstrap.tree import Tree

# The address of the Kubernetes cluster that Argo CD itself runs in, and Argo CD's name for it: they say
# nothing about which one it is.
IN_CLUSTER: Mapping[str, str] = {'server': 'https://kubernetes.default.svc'}
_IN_CLUSTER_VALUES = ('https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local', 'in-cluster')


class Place(NamedTuple):
    """The Kubernetes cluster (a label's value) of an environment, and whether it gets the CRDs and the operator."""

    kubernetes_cluster: str
    owns: bool


def destination(tree: Tree, environment: Environment) -> dict[str, str]:
    """Where an environment's RayCluster goes: {'server': URL} or {'name': NAME}."""
    path = environment.raycluster()
    text = tree.get(path)
    if text is None:
        return dict(IN_CLUSTER)
    with manifest.in_file(path):
        found = manifest.get(text, DESTINATION)
    values = found if isinstance(found, dict) else {}
    return {key: values[key] for key in ('server', 'name') if isinstance(values.get(key), str)} or dict(IN_CLUSTER)


def is_in_cluster(place: Mapping[str, str]) -> bool:
    return any(value in _IN_CLUSTER_VALUES for value in place.values())


def owner(tree: Tree, kubernetes_cluster_label: str, path: str, besides: Environment) -> Environment | None:
    """The other environment that holds the operator of a Kubernetes cluster, if there is one."""
    for environment in environments(tree, path):
        same = environment != besides and kubernetes_cluster(tree, environment) == kubernetes_cluster_label
        if same and owns_kubernetes_cluster(tree, environment):
            return environment
    return None


def place(
    tree: Tree, environment: Environment, to: Mapping[str, str], shares: str | None, operator: bool | None
) -> Place:
    """Where a new environment is; QuestionError where only the user knows."""
    if shares is not None and shares != environment.name:
        label = kubernetes_cluster(tree, existing(tree, shares, environment.path))
        return Place(label, _owns(tree, environment, label, wanted=operator is True, asked=operator is True))
    if not is_in_cluster(to):
        label = label_of(to)
        return Place(label, _owns(tree, environment, label, wanted=operator is not False, asked=operator is True))
    others = [one for one in environments(tree, environment.path) if is_in_cluster(destination(tree, one))]
    others = [one for one in others if one != environment]
    if others and operator is None and shares is None:
        raise _question(environment, [one for one in others if owns_kubernetes_cluster(tree, one)] or others)
    return Place(environment.name, operator is not False)


def refuse_two_places(tree: Tree, environment: Environment, shares: str | None, to: Mapping[str, str] | None) -> None:
    """Refuse an environment that is to be where another one is, and at a destination that names another place."""
    if shares in (None, environment.name) or to is None or is_in_cluster(to):
        return
    label = kubernetes_cluster(tree, existing(tree, str(shares), environment.path))
    if label != label_of(to):
        raise BootstrapError(
            f'{environment.name}: {shares} is on Kubernetes cluster {label}, and the destination names {label_of(to)}',
            'leave out either --shares or the destination',
            exit_code=USAGE,
        )


def _owns(tree: Tree, environment: Environment, label: str, *, wanted: bool, asked: bool) -> bool:
    other = owner(tree, label, environment.path, environment)
    if other and asked:
        raise second_owner(environment, label, other)
    return wanted and not other


def second_owner(environment: Environment, label: str, owner: Environment) -> BootstrapError:
    """The refusal of CRDs and an operator for a Kubernetes cluster that has them."""
    return BootstrapError(
        f'{environment.name}: the CRDs and the operator of its Kubernetes cluster {label} are in {owner.name}',
        'one environment owns them: leave --operator out',
    )


def own_label(environment: Environment, to: Mapping[str, str]) -> str:
    """The label of an environment's Kubernetes cluster, by its destination alone."""
    return environment.name if is_in_cluster(to) else label_of(to)


def label_of(to: Mapping[str, str]) -> str:
    """A destination in the form of a Kubernetes label's value."""
    value = next(iter(to.values()))
    plain = re.sub(r'[^A-Za-z0-9._-]+', '-', value.partition('://')[2] or value).strip('-._')
    if len(plain) <= 63 and plain:
        return plain
    return f'{plain[:50].strip("-._")}-{sha256(value.encode()).hexdigest()[:12]}'.lstrip('-')


def _question(environment: Environment, others: list[Environment]) -> QuestionError:
    names = ', '.join(one.name for one in others)
    shared: dict[str, dict[str, object]] = {
        f'the one of {one.name}, which has the CRDs and the operator': {'shares': one.name} for one in others
    }
    return QuestionError(
        f'{environment.name}: on which Kubernetes cluster is it? {names} has the in-cluster address too, '
        'and an Argo CD in each Kubernetes cluster calls its own so',
        f'--shares {others[0].name} for the same one; '
        '--operator for another one, with CRDs and operator of its own (--no-operator: it has them already)',
        {
            **shared,
            'another one: CRDs and operator for it': {'operator': True},
            'another one that has CRDs and operator already': {'operator': False},
        },
    )
