"""What Git expects of an environment: its Applications, its RayClusters, their groups."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from bootstrap import inventory, kuberay
from bootstrap.layout import Environment
from bootstrap.rules import rendered
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.resource import Application, Resource, Role, at, mapping, sequence
from bootstrap.rules.scope import Scope

HEAD_GROUP = 'headgroup'
"""How KubeRay calls the head in the label `ray.io/group`."""


class Place(NamedTuple):
    """A namespace of the Kubernetes cluster that a destination names (`server` and `name` of an Application)."""

    destination: tuple[tuple[str, str], ...]
    namespace: str


@dataclass(frozen=True)
class ExpectedApplication:
    """`part` is what a table calls it; `in_repository`: its source is the repository itself, so its revision is ours.

    `version` is KubeRay's, '' where the manifest does not tell it.
    """

    part: str
    role: Role
    name: str
    namespace: str
    spec: dict[Any, Any]
    in_repository: bool
    version: str = ''

    @property
    def revision(self) -> str:
        """The targetRevision of its source; '' for several sources."""
        return str(at(self.spec, 'source', 'targetRevision') or '')

    @property
    def automated(self) -> dict[Any, Any] | None:
        found = at(self.spec, 'syncPolicy', 'automated')
        return found if isinstance(found, dict) and found.get('enabled') is not False else None


class ExpectedGroup(NamedTuple):
    """Replicas of a worker group; one of them is `hosts` pods. `maximum` None: no limit."""

    name: str
    replicas: int
    minimum: int
    maximum: int | None
    hosts: int
    image: str


@dataclass(frozen=True)
class ExpectedRayCluster:
    """`application` is the name of the Application that brings it."""

    name: str
    place: Place
    application: str
    ray_version: str
    image: str
    autoscaling: bool
    groups: tuple[ExpectedGroup, ...]


@dataclass(frozen=True)
class ExpectedEnvironment:
    """`revision` is the commit that says so, and `branch` the one it is the tip of, if it is one's.

    `operator` is 'own', 'external', 'none' or the name of the environment that has it; '' where nobody asked.
    """

    name: str
    directory: str
    revision: str
    branch: str
    applications: tuple[ExpectedApplication, ...]
    rayclusters: tuple[ExpectedRayCluster, ...]
    operator: str = ''

    def of(self, role: Role) -> ExpectedApplication | None:
        return next((one for one in self.applications if one.role is role), None)


def expected(environment: Environment, scope: Scope, revision: str, branch: str) -> ExpectedEnvironment:
    """What the documents of an environment at a commit ask for."""
    argocd = _argocd_namespace(scope)
    own = next((str(root.source.get('repoURL')) for root in scope.of(Role.ROOT)), None)
    order = list(Role)
    found = sorted(scope.applications, key=lambda one: (order.index(one.role), one.file))
    applications = tuple(
        ExpectedApplication(
            *(_part(one), one.role, one.name, one.namespace or argocd, mapping(one.at('spec'))),
            in_repository=not one.sources and own is not None and str(one.source.get('repoURL')) == own,
            version=str((one.running_version if one.role is Role.OPERATOR else one.version) or ''),
        )
        for one in found
    )
    rayclusters = (*map(_of_chart, scope.rayclusters), *_bare(scope))
    return ExpectedEnvironment(environment.name, environment.directory, revision, branch, applications, rayclusters)


def _argocd_namespace(scope: Scope) -> str:
    roots = (root.destination_namespace for root in scope.of(Role.ROOT))
    return next(filter(None, roots), scope.settings.argocd_namespace or 'argocd')


def _part(application: Application) -> str:
    named = {Role.ROOT: 'root', Role.CRDS: 'CRDs', Role.OPERATOR: 'operator'}
    stem = posixpath.basename(application.file).rpartition('.')[0]
    return named.get(application.role, stem or application.name)


def _place(application: Application, namespace: str = '') -> Place:
    return Place(tuple(sorted(application.destination.items())), namespace or application.destination_namespace)


def _of_chart(raycluster: RayCluster) -> ExpectedRayCluster:
    application = raycluster.application
    return ExpectedRayCluster(
        raycluster.name,
        _place(application),
        application.name,
        inventory.ray_version(raycluster),
        inventory.head_image(raycluster),
        raycluster.autoscaling,
        tuple(_group(group, raycluster) for group in inventory.in_order(raycluster)),
    )


def _group(group: Group, raycluster: RayCluster) -> ExpectedGroup:
    default: dict[str, Any] = {}
    if group.is_worker:
        most = kuberay.defaults(raycluster.chart).worker_max_replicas
        default = {'replicas': 1, 'minReplicas': 1, 'maxReplicas': most}
    values = {**default, **group.values}
    image = rendered.image(group, raycluster)
    least, written = (rendered.whole(values.get(key)) for key in ('minReplicas', 'replicas'))
    # The chart takes the number 0 for "not given".
    unlimited = values.get('maxReplicas') in (0, None) or not inventory.is_limited(group)
    return ExpectedGroup(
        group.name,
        (least or 0) if written is None else written,
        least or 0,
        None if unlimited else rendered.whole(values['maxReplicas']),
        rendered.whole(values.get('numOfHosts')) or 1,
        f'{image.repository}:{image.tag or ""}'.rstrip(':') if image else '',
    )


def _bare(scope: Scope) -> Iterator[ExpectedRayCluster]:
    """The RayClusters that stand in the repository as they are, in the folder of an Application's source."""
    folders = {str(one.source.get('path')).strip('/'): one for one in scope.applications if one.source.get('path')}
    for resource in scope.resources:
        application = folders.get(posixpath.dirname(resource.file))
        if resource.kind == 'RayCluster' and application is not None:
            yield _of_manifest(resource, application)


def _of_manifest(resource: Resource, application: Application) -> ExpectedRayCluster:
    spec = mapping(resource.at('spec'))
    autoscaling = spec.get('enableInTreeAutoscaling') is True
    groups = tuple(_of_spec(mapping(one)) for one in sequence(spec.get('workerGroupSpecs')))
    head = container_image(at(spec, 'headGroupSpec', 'template', 'spec'))
    place, version = _place(application, resource.namespace), str(spec.get('rayVersion') or '')
    return ExpectedRayCluster(resource.name, place, application.name, version, head, autoscaling, groups)


def _of_spec(group: dict[Any, Any]) -> ExpectedGroup:
    replicas, least, most, hosts = (
        rendered.whole(group.get(key)) for key in ('replicas', 'minReplicas', 'maxReplicas', 'numOfHosts')
    )
    image = container_image(at(group, 'template', 'spec'))
    return ExpectedGroup(str(group.get('groupName')), replicas or 0, least or 0, most, hosts or 1, image)


def container_image(pod_spec: Any) -> str:
    """The image of Ray's container, which KubeRay takes to be the first one; '' where there is none."""
    return str(at(pod_spec, 'containers', 0, 'image') or '')
