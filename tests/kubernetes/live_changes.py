"""What befalls the objects of prod, and how its state then looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import live_world as world
from live_world import COMMIT, NEWER, OLDER, Object, find

from bootstrap import live_table
from bootstrap.live import environments
from bootstrap.live.environments import EnvironmentState
from bootstrap.live.observed import Unknown
from bootstrap.live.revisions import Relation

RAY = 'raycluster-kuberay'
RELATIONS = {COMMIT: Relation.SAME, OLDER: Relation.BEHIND, NEWER: Relation.LATER}


def looked_at(objects: list[Object], **unknown: Unknown) -> EnvironmentState:
    wanted = world.wanted()
    found = world.observed(wanted, objects, unknown)
    return environments.state(wanted, found, lambda revision: RELATIONS.get(revision, Relation.UNKNOWN))


def rows(state: EnvironmentState) -> dict[str, tuple[str, ...]]:
    """The cells behind each part's name."""
    return {line.cells[0].strip(): line.cells[1:] for line in live_table.lines([state])}


def application(objects: list[Object], name: str = 'prod-raycluster') -> Object:
    return find(objects, 'Application', name)


def without(kind: str, name: str = '') -> Callable[[list[Object]], None]:
    def change(objects: list[Object]) -> None:
        objects[:] = [one for one in objects if one['kind'] != kind or name not in one['metadata']['name']]

    return change


def status(name: str, **fields: Any) -> Callable[[list[Object]], None]:
    """Changes of an Application's status; dots in names are double underscores."""

    def change(objects: list[Object]) -> None:
        for path, value in fields.items():
            found = application(objects, name)['status']
            *above, last = path.split('__')
            for key in above:
                found = found.setdefault(key, {})
            found[last] = value

    return change


def both(*parts: Callable[[list[Object]], Any]) -> Callable[[list[Object]], None]:
    def change(objects: list[Object]) -> None:
        for part in parts:
            part(objects)

    return change


def condition(kind: str, state: str, message: str = '') -> Callable[[list[Object]], None]:
    def change(objects: list[Object]) -> None:
        conditions = find(objects, 'RayCluster', 'raycluster-kuberay')['status']['conditions']
        conditions[:] = [one for one in conditions if one['type'] != kind]
        conditions.append({'type': kind, 'status': state, 'reason': 'R', 'message': message})

    return change


def replicas(count: int) -> Callable[[list[Object]], None]:
    def change(objects: list[Object]) -> None:
        find(objects, 'RayCluster', 'raycluster-kuberay')['spec']['workerGroupSpecs'][1]['replicas'] = count
        objects.extend(world.pod('cpu', number) for number in range(1, count))

    return change


def invalid(objects: list[Object]) -> None:
    find(objects, 'RayCluster', 'raycluster-kuberay')['metadata']['generation'] = 4
    objects.append(world.event('InvalidRayClusterSpec', 'minReplicas is greater than maxReplicas'))


def mended(objects: list[Object]) -> None:
    """The spec was changed after the event; whether the operator takes it now it has not said yet."""
    find(objects, 'RayCluster', 'raycluster-kuberay')['metadata']['generation'] = 4
    objects.append(world.event('InvalidRayClusterSpec', 'minReplicas is greater than maxReplicas', world.BEFORE))


def other_image(objects: list[Object]) -> None:
    pod = find(objects, 'Pod', 'raycluster-kuberay-head')
    pod['spec']['containers'][0]['image'] = 'docker.io/rayproject/ray:2.51.0'


def unscheduled(objects: list[Object]) -> None:
    reason = {'type': 'PodScheduled', 'status': 'False', 'reason': 'Unschedulable', 'message': '0/3 nodes'}
    find(objects, 'Pod', 'raycluster-kuberay-cpu-worker-0')['status'] = {'phase': 'Pending', 'conditions': [reason]}


def leftover(objects: list[Object]) -> None:
    objects.append(world.pod('old', 0))


def operator_version(objects: list[Object]) -> None:
    objects[objects.index(find(objects, 'Deployment', 'kuberay-operator'))] = world.deployment('v1.6.2')


def old_crds(objects: list[Object]) -> None:
    objects[objects.index(find(objects, 'CustomResourceDefinition', 'rayclusters.ray.io'))] = world.crd('authOptions')


def spec_of_before(objects: list[Object]) -> None:
    application(objects)['spec']['source']['targetRevision'] = '1.6.2'
    application(objects)['status']['sync']['comparedTo']['source']['targetRevision'] = '1.6.2'
