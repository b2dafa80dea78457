"""The health checks in Lua, run as Argo CD runs them: Lua 5.1 (gopher-lua) with the object as `obj`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bootstrap import skeletons

# Argo CD takes no other status (its health.HealthStatusCode).
STATUSES = {'Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown'}


def health(key: str, obj: dict[str, Any]) -> tuple[str, str]:
    """Status and message that an entry gives an object."""
    lua51 = pytest.importorskip('lupa.lua51')
    script = yaml.safe_load(skeletons.read('argocd/health-checks.yaml'))['data'][key]
    runtime = lua51.LuaRuntime()
    runtime.globals()['obj'] = runtime.table_from(obj, recursive=True)
    found = dict(runtime.execute(script))
    assert found['status'] in STATUSES
    return found['status'], found['message']


def application(status: dict[str, Any] | None) -> tuple[str, str]:
    key = 'resource.customizations.health.argoproj.io_Application'
    return health(key, {'kind': 'Application', **({} if status is None else {'status': status})})


def raycluster(status: dict[str, Any] | None, **spec: Any) -> tuple[str, str]:
    key = 'resource.customizations.health.ray.io_RayCluster'
    return health(key, {'kind': 'RayCluster', 'spec': spec, **({} if status is None else {'status': status})})


def conditions(**conditions: str) -> dict[str, Any]:
    """The conditions of KubeRay, each 'Status' or 'Status Reason message'."""
    found = []
    for kind, words in conditions.items():
        status, reason, message = [*words.split(' ', 2), '', ''][:3]
        found.append({'type': kind, 'status': status, 'reason': reason, 'message': message})
    return {'conditions': found, 'readyWorkerReplicas': 2, 'desiredWorkerReplicas': 3}


def test_an_application_is_as_healthy_as_it_says() -> None:
    assert application(None) == ('Progressing', '')
    assert application({}) == ('Progressing', '')
    assert application({'health': {'status': 'Degraded', 'message': 'no head pod'}}) == ('Degraded', 'no head pod')
    assert application({'health': {'status': 'Healthy'}}) == ('Healthy', '')


def test_a_raycluster_that_the_operator_has_not_seen_is_not_ready() -> None:
    assert raycluster(None) == ('Progressing', 'Waiting for the KubeRay operator to report status')
    assert raycluster({})[0] == 'Progressing'


def test_a_suspended_raycluster() -> None:
    assert raycluster(conditions(HeadPodReady='True'), suspend=True) == ('Suspended', 'RayCluster is suspended')
    assert raycluster({'state': 'suspended'}) == ('Suspended', 'RayCluster is suspended')


def test_a_raycluster_without_conditions_has_a_state() -> None:
    assert raycluster({'state': 'ready'}) == ('Healthy', 'RayCluster is ready')
    assert raycluster({'state': 'failed'})[0] == 'Progressing'


@pytest.mark.parametrize(
    ('status', 'expected'),
    [
        (conditions(HeadPodReady='True', RayClusterProvisioned='True'), ('Healthy', 'Head pod ready; 2/3 workers')),
        (
            conditions(HeadPodReady='True', RayClusterProvisioned='False'),
            ('Progressing', 'Head pod ready; workers are'),
        ),
        (conditions(HeadPodReady='True'), ('Progressing', 'Head pod ready; workers are')),
        (conditions(HeadPodReady='False Pulling image'), ('Progressing', 'Head pod not ready: image')),
        (conditions(HeadPodReady='False Pulling'), ('Progressing', 'Head pod not ready: ')),
        (
            conditions(HeadPodReady='False X gone', RayClusterProvisioned='True'),
            ('Degraded', 'Head pod not ready: gone'),
        ),
        (conditions(ReplicaFailure='True FailedCreatePod quota'), ('Degraded', 'FailedCreatePod: quota')),
        (conditions(ReplicaFailure='True', HeadPodReady='True', RayClusterProvisioned='True'), ('Degraded', ': ')),
        (
            conditions(ReplicaFailure='False', HeadPodReady='True', RayClusterProvisioned='True'),
            ('Healthy', 'Head pod'),
        ),
        # The sticky, deprecated state counts for nothing where there are conditions.
        ({**conditions(HeadPodReady='False X gone'), 'state': 'ready'}, ('Progressing', 'Head pod not ready: gone')),
    ],
)
def test_a_raycluster_is_what_its_conditions_say(status: dict[str, Any], expected: tuple[str, str]) -> None:
    found = raycluster(status)
    assert found[0] == expected[0]
    assert found[1].startswith(expected[1])
