"""What a tree holds: its environments, RayClusters and worker groups, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bootstrap import capacity, kuberay, layout, manifest
from bootstrap.capacity import Amount, Capacity
from bootstrap.following import Following, unwatched
from bootstrap.layout import Environment
from bootstrap.rules import rendered
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.resource import Application, Role, mapping, resources
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings
from bootstrap.tree import Tree
from bootstrap.validation import files_of


@dataclass(frozen=True)
class EnvironmentRow:
    """`operator` is 'own', 'external', 'none' or the name of the environment that has it."""

    environment: str
    directory: str
    kubernetes_cluster: str
    operator: str
    rayclusters: int
    argocd_namespace: str
    follows: str
    sync: str
    protected: bool


@dataclass(frozen=True)
class RayClusterRow:
    """`name` is what `--raycluster` calls it: '' for the first one; `raycluster` its name in Kubernetes."""

    environment: str
    name: str
    raycluster: str
    namespace: str
    ray: str
    chart: str
    image: str
    autoscaler: str
    groups: int
    file: str


@dataclass(frozen=True)
class GroupRow:
    """`pod` is one worker; `limited` False: the group has no maxReplicas, so the chart sets no limit."""

    environment: str
    raycluster: str
    group: str
    pod: Amount
    capacity: Capacity
    limited: bool


def scope(tree: Tree, settings: Settings, environment: Environment) -> Scope:
    """All documents of an environment. Raises manifest.ManifestError where a file cannot be read."""
    found = []
    for file in files_of(tree, environment):
        with manifest.in_file(file):
            found += list(resources(file, tree[file], environment))
    return Scope(found, settings, environment)


def scopes(
    tree: Tree, settings: Settings, path: str, following: Following = unwatched
) -> Iterator[tuple[Environment, Scope]]:
    """Every environment with its documents."""
    for environment in following('reading', list(layout.environments(tree, path))):
        yield environment, scope(tree, settings, environment)


def owners(tree: Tree, path: str) -> dict[str, Environment]:
    """By the labels of Kubernetes clusters: the environments that have their CRDs and operators."""
    found: dict[str, Environment] = {}
    for environment in layout.environments(tree, path):
        if layout.owns_kubernetes_cluster(tree, environment):
            found.setdefault(layout.kubernetes_cluster(tree, environment), environment)
    return found


def environments(tree: Tree, settings: Settings, path: str, following: Following = unwatched) -> list[EnvironmentRow]:
    """A row for each environment, in byte order."""
    has_it = owners(tree, path)
    return [_environment(tree, settings, has_it, *found) for found in scopes(tree, settings, path, following)]


def rayclusters(tree: Tree, settings: Settings, path: str, following: Following = unwatched) -> list[RayClusterRow]:
    """A row for each RayCluster, by environment, the first one first."""
    return [
        _raycluster(one, found) for one, of_it in scopes(tree, settings, path, following) for found in of_it.rayclusters
    ]


def groups(tree: Tree, settings: Settings, path: str, following: Following = unwatched) -> list[GroupRow]:
    """A row for each worker group that the chart renders, by RayCluster and in the chart's order."""
    return [
        GroupRow(one.name, raycluster.name, group.name, *capacity_of(group, raycluster), is_limited(group))
        for one, found in scopes(tree, settings, path, following)
        for raycluster in found.rayclusters
        for group in in_order(raycluster)
    ]


def in_order(raycluster: RayCluster) -> list[Group]:
    """The groups that the chart renders: the default group, then the others in byte order of their names."""
    return sorted(raycluster.groups, key=lambda group: (not group.is_worker, group.name.encode(errors='replace')))


def capacity_of(group: Group, raycluster: RayCluster) -> tuple[Amount, Capacity]:
    """One pod of a group and the group's capacity, the chart's defaults merged in."""
    limits, requests = rendered.resources(group, raycluster)
    values = {**group.values, 'resources': {'limits': limits, 'requests': requests}}
    if group.is_worker:
        most = kuberay.defaults(raycluster.chart).worker_max_replicas
        values = {'minReplicas': 1, 'maxReplicas': most, **values}
    pod = capacity.of_group({**values, 'numOfHosts': 1, 'minReplicas': 1}).minimum
    return pod, capacity.of_group(values)


def total(rows: list[GroupRow]) -> Capacity:
    """The capacity of all these groups."""
    found = Capacity()
    for row in rows:
        found = found.plus(row.capacity)
    return found


def autoscaler(raycluster: RayCluster) -> str:
    """'off', or the version of Ray's autoscaler as far as the manifest says it."""
    if not raycluster.autoscaling:
        return 'off'
    version = mapping(raycluster.head.get('autoscalerOptions')).get('version')
    return version if isinstance(version, str) and version else 'on'


def ray_version(raycluster: RayCluster) -> str:
    """The Ray version as the manifest states it; '' where it does not."""
    stated = raycluster.head.get('rayVersion')
    return rendered.shown(stated).strip('"') if stated is not None else str(raycluster.head_image_version or '')


def head_image(raycluster: RayCluster) -> str:
    """The head's image, REPOSITORY:TAG; '' where the manifest does not tell it."""
    image = rendered.image(raycluster.head_group, raycluster)
    return '' if image is None else f'{image.repository}:{image.tag or ""}'.rstrip(':')


def _environment(
    tree: Tree, settings: Settings, has_it: Mapping[str, Environment], environment: Environment, found: Scope
) -> EnvironmentRow:
    label, roots = layout.kubernetes_cluster(tree, environment), found.of(Role.ROOT)
    leading = next(iter(found.of(Role.RAYCLUSTER) or roots), None)
    return EnvironmentRow(
        environment.name,
        environment.directory,
        label,
        operator_of(tree, settings, has_it.get(label), environment),
        len(found.rayclusters),
        roots[0].namespace if roots else '',
        roots[0].target_revision if roots else '',
        'auto' if leading is not None and leading.automated is not None else 'manual',
        settings.protected(environment.name),
    )


def operator_of(tree: Tree, settings: Settings, owner: Environment | None, environment: Environment) -> str:
    """'own', 'external', 'none', or the name of the owner of its Kubernetes cluster's operator."""
    if layout.owns_kubernetes_cluster(tree, environment):
        return 'own'
    if owner is not None:
        return owner.name
    return 'external' if settings.operator_is_external(environment.name) else 'none'


def name_of(environment: Environment, application: Application) -> str:
    """What `--raycluster` calls a RayCluster: '' for the first one."""
    stem = application.file.removeprefix(f'{environment.applications}/').rpartition('.')[0]
    return stem.removeprefix('raycluster').removeprefix('-')


def _raycluster(environment: Environment, found: RayCluster) -> RayClusterRow:
    application = found.application
    return RayClusterRow(
        environment.name,
        name_of(environment, application),
        found.name,
        application.destination_namespace,
        ray_version(found),
        application.target_revision,
        head_image(found),
        autoscaler(found),
        len(found.groups),
        application.file,
    )


def is_limited(group: Group) -> bool:
    """Whether the chart renders the limit that the manifest gives; without one it sets 2147483647."""
    return group.is_worker or bool(rendered.whole(group.values.get('maxReplicas'))) or _drained(group)


def _drained(group: Group) -> bool:
    # The chart takes the number 0 for "not given", the text "0" for none.
    return group.values.get('maxReplicas') == '0'
