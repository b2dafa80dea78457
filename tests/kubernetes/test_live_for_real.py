"""status and wait against a real API server: its schemas take what the tests take for Argo CD's and KubeRay's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import live_world
import pytest
from live_world import Object
from real_api_server import NOBODY, RealApiServer
from world import Ran, Shell, commit, git

pytestmark = pytest.mark.real_api_server

RAY = 'raycluster-kuberay'


@dataclass(frozen=True)
class Place:
    """prod, in namespaces of its own."""

    server: RealApiServer
    shell: Shell
    argocd: str
    ray: str
    tip: str

    def patch(self, kind: str, name: str, namespace: str, patch: Object, *words: str) -> None:
        line = ('patch', kind, name, f'--namespace={namespace}', '--type=merge', f'--patch={json.dumps(patch)}')
        self.server.kubectl(*line, *words)

    def status(self, *words: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.shell('status', '-o', 'json', *words).out)['environments'][0]
        return found

    def wait(self, *words: str) -> Ran:
        return self.shell('wait', '--timeout', '30s', *words)


def _moved(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(f'namespace: {old}', f'namespace: {new}').replace(
            f'"namespace": "{old}"', f'"namespace": "{new}"'
        )
    return text


@pytest.fixture
def place(
    real_api_server: RealApiServer, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Place:
    monkeypatch.setenv('KUBECONFIG', str(real_api_server.kubeconfig))
    names = {old: real_api_server.namespace(old) for old in ('argocd', 'ray-prod', 'kuberay-system')}
    git(folder, 'init', '--quiet', '--initial-branch=main')
    tip = commit(folder, {name: _moved(text, names) for name, text in live_world.files().items()})
    for one in json.loads(_moved(json.dumps(live_world.all_well(tip)), names)):
        if one['kind'] != 'CustomResourceDefinition':
            _create(real_api_server, _as_created(one))
    return Place(real_api_server, Shell(capsys), names['argocd'], names['ray-prod'], tip)


def _create(server: RealApiServer, one: Object) -> None:
    server.add(one)
    if one['kind'] in ('Pod', 'Deployment'):
        patch = ('--subresource=status', '--type=merge', f'--patch={json.dumps({"status": one["status"]})}')
        server.kubectl(
            'patch', one['kind'], one['metadata']['name'], f'--namespace={one["metadata"]["namespace"]}', *patch
        )


def _as_created(one: Object) -> Object:
    """What a server takes: it gives uid, generation and managedFields itself."""
    for key in ('uid', 'generation', 'managedFields', 'creationTimestamp'):
        one['metadata'].pop(key, None)
    if one['kind'] == 'Deployment':
        labels = {'app': 'operator'}
        one['spec'] |= {'selector': {'matchLabels': labels}}
        one['spec']['template']['metadata'] = {'labels': labels}
    if one['kind'] == 'RayCluster':
        pod = {'spec': {'containers': [{'name': 'ray', 'image': live_world.IMAGE}]}}
        one['spec']['headGroupSpec'] = {'rayStartParams': {}, 'template': pod}
        for group in one['spec']['workerGroupSpecs']:
            group |= {'minReplicas': 0, 'maxReplicas': 200, 'rayStartParams': {}, 'template': pod}
        one['status']['observedGeneration'] = 1
    return one


def test_all_well(place: Place) -> None:
    found = place.status()
    assert [one['sync'] for one in found['applications']] == ['Synced'] * 4
    assert found['rayclusters'][0]['health'] == 'Healthy'
    assert found['crds']['running'] == '1.7'
    for goal in ('synced', 'healthy', 'ray-ready'):
        assert place.wait('--for', goal).code == 0, goal


def test_an_invalid_spec_has_only_an_event(place: Place) -> None:
    place.patch('rayclusters.ray.io', RAY, place.ray, {'spec': {'rayVersion': '2.53.0'}})
    generation = place.server.get('rayclusters.ray.io', RAY, place.ray)['metadata']['generation']
    assert generation == 2
    event = live_world.event('InvalidRayClusterSpec', 'min is greater than max', '2099-01-01T00:00:00Z')
    event['metadata']['namespace'] = event['involvedObject']['namespace'] = place.ray
    event['involvedObject'].pop('uid')
    place.server.add(event)
    assert place.status()['rayclusters'][0]['health'] == 'Invalid'
    ran = place.wait()
    assert (ran.code, 'the operator ignores its spec: InvalidRayClusterSpec' in ran.err) == (7, True)


def test_an_event_from_before_the_last_change_says_nothing(place: Place) -> None:
    event = live_world.event('InvalidRayClusterSpec', 'min is greater than max', '2020-01-01T00:00:00Z')
    event['metadata']['namespace'] = event['involvedObject']['namespace'] = place.ray
    event['involvedObject'].pop('uid')
    place.server.add(event)
    place.patch('rayclusters.ray.io', RAY, place.ray, {'spec': {'rayVersion': '2.53.0'}})
    assert place.status()['rayclusters'][0]['health'] == 'Healthy'


def test_an_application_that_is_not_synced(place: Place) -> None:
    place.patch(
        'applications.argoproj.io', 'prod-raycluster', place.argocd, {'status': {'sync': {'status': 'OutOfSync'}}}
    )
    assert place.status()['applications'][3]['sync'] == 'OutOfSync'
    assert shortened(place.wait('--timeout', '0s').err) == 'raycluster: is OutOfSync, and its sync is manual'


def shortened(err: str) -> str:
    return err.splitlines()[-2].rpartition('within 0s: ')[2]


def test_whoever_may_do_nothing(place: Place) -> None:
    ran = place.shell('status', '--context', NOBODY)
    assert (ran.code, ran.out) == (1, '')
    assert 'User "nobody" cannot' in ran.err
    assert place.shell('wait', '--context', NOBODY).code == 1


def test_one_may_see_applications_only(place: Place) -> None:
    rule = ('--verb=get', '--resource=applications.argoproj.io', f'--namespace={place.argocd}')
    place.server.kubectl('create', 'role', 'look', *rule)
    place.server.kubectl(
        'create', 'rolebinding', 'look', '--role=look', f'--user={NOBODY}', f'--namespace={place.argocd}'
    )
    found = place.status('--context', NOBODY)
    assert [one['sync'] for one in found['applications']] == ['Synced'] * 4
    assert found['rayclusters'][0]['health'] == 'forbidden'
    assert place.wait('--for', 'synced', '--context', NOBODY).code == 0
    assert place.wait('--for', 'healthy', '--context', NOBODY).code == 1
