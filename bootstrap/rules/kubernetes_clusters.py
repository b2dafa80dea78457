"""RB1xx across environments: what meets in one Argo CD or on one Kubernetes cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from bootstrap.manifest import Path
from bootstrap.ownership import is_in_cluster
from bootstrap.parameters import DESTINATION
from bootstrap.rules.resource import Role
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Facts

_NAME: Path = ('metadata', 'name')
_NAMESPACE: Path = (*DESTINATION, 'namespace')


@rule(
    'RB101',
    Severity.ERROR,
    Subject.REPOSITORY,
    'one name for two Applications',
    mend='begin each name with that of its environment',
    source='argo-cd docs, declarative setup',
)
def same_name(facts: list[Facts]) -> Iterator[Problem]:
    """An Application is known by its name in the namespace of Argo CD. Two files with one name are one Application,
    which becomes now the one and now the other; with prune on, what the other deployed is deleted.
    """
    homes = _homes(facts)
    seen: dict[Hashable, dict[str, Facts]] = defaultdict(dict)
    for one in facts:
        # Files outside of any environment may be examples, or patches of one another.
        if not one.name or (one.environment is None and one.role is Role.OTHER):
            continue
        home = homes.get(one.environment, '')
        others = seen[one.argocd, one.name]
        other = others.get(home) or others.get('') if home else next(iter(others.values()), None)
        if other:
            yield Problem(one, _NAME, f'{one.name} in {other.file} is the same Application: they overwrite each other')
        others.setdefault(home, one)


@rule(
    'RB108',
    Severity.ERROR,
    Subject.REPOSITORY,
    'two owners of one Kubernetes cluster',
    mend='keep the CRDs and the operator in one environment of each Kubernetes cluster',
    source='argo-cd controller/state.go, SharedResourceWarning',
)
def two_owners(facts: list[Facts]) -> Iterator[Problem]:
    """CRDs and the operator's ClusterRoles have fixed names. Two Applications that render them fight over every
    one with each sync, the older version wins now and then, and deleting either Application deletes the other's.
    """
    for first, one in _again((one for one in facts if one.renders_crds), place_of):
        yield Problem(one, _NAME, f'it fights with {first.name} ({first.file}) over the CRDs of one Kubernetes cluster')
    for first, one in _again((one for one in facts if one.role is Role.OPERATOR), place_of):
        apart = one.watched_namespaces and first.watched_namespaces
        if not apart or set(one.watched_namespaces) & set(first.watched_namespaces):
            message = f'it and {first.name} ({first.file}) are two operators for the same RayClusters'
            yield Problem(one, _NAME, message)


@rule(
    'RB109',
    Severity.WARNING,
    Subject.REPOSITORY,
    'RayCluster without an operator',
    mend='add CRDs and operator, or say `operator: external` for the environment in raybootstrap.yaml',
    source='kuberay docs, operator installation',
)
def no_owner(facts: list[Facts]) -> Iterator[Problem]:
    """Without the CRDs the sync fails; without the operator it succeeds, and no pod is ever made."""
    crds = {place_of(one) for one in facts if one.renders_crds}
    operators = {place_of(one) for one in facts if one.role is Role.OPERATOR}
    external = {place_of(one) for one in facts if one.operator_is_external}
    for one in facts:
        place = place_of(one)
        if one.role is not Role.RAYCLUSTER or place is None or place in external:
            continue
        missing = [what for what, there in (('CRDs', crds), ('operator', operators)) if place not in there]
        if missing:
            message = f'no Application puts the KubeRay {" and ".join(missing)} on this Kubernetes cluster'
            yield Problem(one, DESTINATION, message)


@rule(
    'RB110',
    Severity.ERROR,
    Subject.REPOSITORY,
    'one RayCluster from two Applications',
    mend='give one of them another releaseName, fullnameOverride or namespace',
    source='argo-cd controller/state.go, SharedResourceWarning',
)
def same_raycluster(facts: list[Facts]) -> Iterator[Problem]:
    """Both Applications render a RayCluster of the same name into the same namespace: each sync of one undoes the
    other's worker groups, and deleting either deletes the RayCluster.
    """
    rayclusters = (one for one in facts if one.role is Role.RAYCLUSTER)
    for first, one in _again(rayclusters, _raycluster):
        what = f'RayCluster {one.raycluster_name} in {one.destination_namespace or "the default namespace"}'
        yield Problem(one, DESTINATION, f'{first.name} ({first.file}) deploys {what} too: each sync undoes the other')


@rule(
    'RB111',
    Severity.WARNING,
    Subject.REPOSITORY,
    'RayCluster in the namespace of the operator',
    mend='keep the operator in a namespace of its own, such as kuberay-system',
    source='kuberay docs, operator installation',
)
def beside_the_operator(facts: list[Facts]) -> Iterator[Problem]:
    """Who may run code in a namespace can use its service accounts, the operator's too; and deleting the namespace
    of a RayCluster would delete the operator of all others.
    """
    operators = {(place_of(one), one.destination_namespace): one for one in facts if one.role is Role.OPERATOR}
    for one in facts:
        operator = operators.get((place_of(one), one.destination_namespace))
        if one.role is Role.RAYCLUSTER and operator and one.destination_namespace and place_of(one):
            message = f'pods in namespace {one.destination_namespace} can use the rights of operator {operator.name}'
            yield Problem(one, _NAMESPACE, message)


@rule(
    'RB112',
    Severity.ERROR,
    Subject.REPOSITORY,
    'RayCluster that the operator does not watch',
    mend="add the namespace to the operator's watchNamespace",
    source='helm-chart/kuberay-operator values.yaml, watchNamespace and singleNamespaceInstall',
)
def unwatched(facts: list[Facts]) -> Iterator[Problem]:
    """The operator looks only at the namespaces in watchNamespace or, with singleNamespaceInstall, at its own. A
    RayCluster elsewhere is synced and healthy to Argo CD, and has no pods.
    """
    operators: dict[Hashable, list[Facts]] = defaultdict(list)
    for one in facts:
        if one.role is Role.OPERATOR:
            operators[place_of(one)].append(one)
    for one in facts:
        namespace = one.destination_namespace
        place = place_of(one) if one.role is Role.RAYCLUSTER and namespace else None
        watching = operators.get(place, []) if place else []
        if watching and all(it.watched_namespaces and namespace not in it.watched_namespaces for it in watching):
            watched = ', '.join(dict.fromkeys(name for it in watching for name in it.watched_namespaces))
            yield Problem(one, _NAMESPACE, f'the operator watches {watched} only: nothing in {namespace} gets pods')


def place_of(one: Facts) -> tuple[str, ...] | None:
    """Which Kubernetes cluster it goes to, as far as the repository tells: equal where it is the same one."""
    place = dict(one.destination)
    if one.kubernetes_cluster:
        return 'label', one.kubernetes_cluster
    if is_in_cluster(place):
        return 'Argo CD', one.argocd
    if 'server' in place:
        return 'server', place['server'].rstrip('/')
    return ('name', one.argocd, place['name']) if 'name' in place else None


def _raycluster(one: Facts) -> Hashable:
    place = place_of(one) if one.raycluster_name else None
    return place and (place, one.destination_namespace, one.raycluster_name)


def _again(facts: Iterable[Facts], key: Callable[[Facts], Hashable]) -> Iterator[tuple[Facts, Facts]]:
    """Each that has the key of an earlier one, behind that one."""
    first: dict[Hashable, Facts] = {}
    for one in facts:
        found = key(one)
        if found is not None and first.setdefault(found, one) is not one:
            yield first[found], one


def _homes(facts: list[Facts]) -> dict[object, str]:
    """The Kubernetes cluster that an environment's Argo CD runs in, where its destinations tell: two of them are two
    Argo CDs."""
    labels = {one.environment: one.kubernetes_cluster for one in facts if one.environment}
    remote = {one.environment for one in facts if not is_in_cluster(dict(one.destination))}
    deployed = {one.environment for one in facts if one.role is not Role.ROOT}
    return {environment: label for environment, label in labels.items() if environment in deployed - remote}
