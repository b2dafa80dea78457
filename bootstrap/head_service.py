"""The head of a RayCluster as a user reaches it: which RayCluster Git means, its service and the dashboard's port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bootstrap import inventory, manifest
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.layout import Environment
from bootstrap.rules.resource import Application, Role, at, mapping, resources, sequence
from bootstrap.settings import Settings
from bootstrap.tree import Kind, Tree

PORT_NAME = 'dashboard'


@dataclass(frozen=True)
class Target:
    """A RayCluster in Git: `name` is what `--raycluster` calls it, `raycluster` its name in Kubernetes."""

    environment: Environment
    name: str
    raycluster: str
    namespace: str
    destination: Mapping[str, str]


def target(tree: Tree, settings: Settings, environment: Environment, name: str) -> Target:
    """The RayCluster of this name ('': the first one, or the only one); NotHereError where there is none."""
    found = list(_targets(tree, settings, environment))
    fitting = [one for one in found if name in (one.name, one.raycluster)]
    if not fitting and not name and len(found) == 1:
        fitting = found
    if not fitting:
        known = ', '.join(one.name or one.raycluster for one in found)
        said = f'{environment.name} has no RayCluster {name}' if name else f'{environment.name}: which RayCluster?'
        raise NotHereError(said, f'there is: {known}; see --raycluster' if known else 'raybootstrap list rayclusters')
    return fitting[0]


def service_name(raycluster: dict[str, Any]) -> str:
    """The head service: as the operator says, else as it names it (GenerateHeadServiceName, ray-operator)."""
    said = at(raycluster, 'status', 'head', 'serviceName')
    given = at(raycluster, 'spec', 'headGroupSpec', 'headService', 'metadata', 'name')
    return str(said or given or f'{at(raycluster, "metadata", "name")}-head-svc')


def not_ready(raycluster: dict[str, Any]) -> str:
    """Why the head cannot be reached yet; '' where nothing says so."""
    if at(raycluster, 'spec', 'suspend') is True:
        return 'is suspended'
    # KubeRay before 1.3 has no conditions.
    for condition in map(mapping, sequence(at(raycluster, 'status', 'conditions'))):
        if condition.get('type') == 'HeadPodReady' and condition.get('status') != 'True':
            why = ': '.join(str(condition[key]) for key in ('reason', 'message') if condition.get(key))
            return f'has no head pod that is ready{f" ({why})" if why else ""}'
    return ''


def dashboard_port(service: dict[str, Any]) -> int:
    """The service's port of that name; refused where it has none."""
    for port in map(mapping, sequence(at(service, 'spec', 'ports'))):
        if port.get('name') == PORT_NAME and isinstance(port.get('port'), int):
            return int(port['port'])
    name = at(service, 'metadata', 'name')
    raise BootstrapError(
        f'the service {name} has no port named {PORT_NAME}', 'give the head group a container port of that name'
    )


def _targets(tree: Tree, settings: Settings, environment: Environment) -> Iterator[Target]:
    scope = inventory.scope(tree, settings, environment)
    for raycluster in scope.rayclusters:
        application = raycluster.application
        name = inventory.name_of(environment, application)
        yield _target(environment, name, raycluster.name, application.destination_namespace, application)
    for application in scope.of(Role.OTHER):
        if str(application.source.get('path') or '').rstrip('/') == f'{environment.directory}/rayclusters':
            yield from _bare(tree, environment, application)


def _bare(tree: Tree, environment: Environment, application: Application) -> Iterator[Target]:
    """Those that stand in a folder as they are, without a chart."""
    folder = f'{environment.directory}/rayclusters'
    for file, kind in sorted(tree.entries(folder).items()):
        if kind is not Kind.FILE or not file.endswith(('.yaml', '.yml', '.json')):
            continue
        with manifest.in_file(f'{folder}/{file}'):
            for one in resources(f'{folder}/{file}', tree[f'{folder}/{file}'], environment):
                if one.kind == 'RayCluster':
                    namespace = one.namespace or application.destination_namespace
                    yield _target(environment, one.name, one.name, namespace, application)


def _target(environment: Environment, name: str, raycluster: str, namespace: str, application: Application) -> Target:
    return Target(environment, name, raycluster, namespace or 'default', application.destination)
