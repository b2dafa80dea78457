"""`raybootstrap doctor` on Kubernetes: an API server on loopback, the real kubectl."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import doctor_world
import pytest
from api_server import ApiServer
from api_server import serving as serving_api
from doctor_world import checks, program
from world import Shell, commit

NEEDS_KUBECTL = pytest.mark.skipif(shutil.which('kubectl') is None, reason='needs kubectl')
nothing_of_the_machine = doctor_world.nothing_of_the_machine


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    with serving_api(tmp_path) as server:
        monkeypatch.setenv('KUBECONFIG', str(server.kubeconfig))
        yield server


def workload(kind: str, container: str, namespace: str, image: str, **labels: str) -> dict[str, Any]:
    known = {f'app.kubernetes.io/{key.replace("_", "-")}': value for key, value in labels.items()}
    containers = [{'name': container, 'image': image}]
    return {
        'apiVersion': 'apps/v1',
        'kind': kind,
        'metadata': {'name': container, 'namespace': namespace, 'labels': known},
        'spec': {'template': {'spec': {'containers': containers}}},
    }


def argocd(version: str, server: str = '') -> list[dict[str, Any]]:
    image = 'registry.example.com:5000/argoproj/argocd:'
    of_it = {'namespace': 'argocd', 'part_of': 'argocd'}
    return [
        workload('StatefulSet', 'x', image=image + version, component='application-controller', **of_it),
        workload('Deployment', 'y', image=f'{image}{server or version}@sha256:{"0" * 64}', component='server', **of_it),
    ]


def config_map(*kinds: str) -> dict[str, Any]:
    data = {f'resource.customizations.health.{kind}': 'return {}' for kind in kinds}
    return {
        'apiVersion': 'v1',
        'kind': 'ConfigMap',
        'metadata': {'name': 'argocd-cm', 'namespace': 'argocd'},
        'data': data,
    }


def operator(version: str) -> dict[str, Any]:
    image = f'quay.io/kuberay/operator:v{version}'
    return workload('Deployment', 'kuberay-operator', 'kuberay-system', image, name='kuberay-operator')


BOTH = ('argoproj.io_Application', 'ray.io_RayCluster')


@NEEDS_KUBECTL
def test_an_argocd_that_fits(prod: Path, shell: Shell, api: ApiServer) -> None:
    api.add(*argocd('v3.4.1'), config_map(*BOTH), operator('1.7.0'))
    commit(prod, {'raybootstrap.yaml': "argocd:\n  version: '3.4'\n  application_health: true\n"})
    found = checks(shell, '--env', 'prod')
    assert found['kubectl'].mark == 'ok'
    # A warning where the kubectl at hand is too new for the server.
    assert found['context'].mark in ('ok', 'warn')
    assert found['context'].found.startswith(f'loopback ({api.url}), Kubernetes v1.33')
    assert found['Argo CD'] == ('ok', '3.4.1 in namespace argocd', '')
    assert found['sync options'] == ('ok', 'Argo CD 3.4.1 knows those of all 4 Applications', '')
    assert found['health checks'].mark == 'ok'
    assert found['operator'] == ('ok', 'prod: KubeRay 1.7.0 in namespace kuberay-system, as in Git', '')
    assert all(request.startswith('GET ') for request in api.requests)


@NEEDS_KUBECTL
def test_an_older_argocd_without_health_checks(prod: Path, shell: Shell, api: ApiServer) -> None:
    api.add(*argocd('v2.13.2', server='v3.0.0'), config_map(), operator('1.5.1'))
    file = prod / 'environments/prod/applications/ray-operator-crds.yaml'
    text = file.read_text().replace('      - ServerSideApply=true', '      - ServerSideApply=true\n      - Prune=false')
    file.write_text(text)
    found = checks(shell)
    assert found['Argo CD'].mark == 'warn'
    assert 'application-controller 2.13.2 and server 3.0.0' in found['Argo CD'].found
    assert found['sync options'].mark == 'warn'
    assert 'Argo CD 2.13.2 ignores Prune=false here' in found['sync options'].found
    assert 'RB210' in found['sync options'].mend
    assert found['health checks'].mark == 'warn'
    assert found['health checks'].mend == 'raybootstrap apply-root --health-checks'
    assert found['operator'].mark == 'warn'
    assert 'KubeRay 1.5.1 in namespace kuberay-system, in Git 1.7.0' in found['operator'].found


@NEEDS_KUBECTL
def test_settings_that_the_argocd_belies(prod: Path, shell: Shell, api: ApiServer) -> None:
    api.add(*argocd('v3.1.0'))
    commit(prod, {'raybootstrap.yaml': "argocd:\n  version: '2.14'\n  application_health: true\n"})
    found = checks(shell, code=1)
    assert found['Argo CD'] == (
        'warn',
        '3.1.0 in namespace argocd, but raybootstrap.yaml says 2.14',
        "argocd.version: '3.1' in raybootstrap.yaml",
    )
    assert found['health checks'].mark == 'fail'
    assert found['operator'].found == 'prod: no KubeRay operator in namespace kuberay-system'


@NEEDS_KUBECTL
def test_a_context_without_an_argocd_or_without_rights(prod: Path, shell: Shell, api: ApiServer) -> None:
    missing = checks(shell, '--context', 'loopback', code=1)
    assert missing['Argo CD'].mark == 'fail'
    assert '--context' in missing['Argo CD'].mend
    api.faults['deployments'] = 403
    forbidden = checks(shell)
    assert forbidden['Argo CD'].mark == 'warn'
    assert 'is forbidden' in forbidden['Argo CD'].found
    assert forbidden['operator'].mark == 'warn'


@NEEDS_KUBECTL
def test_a_context_that_is_not_there(prod: Path, shell: Shell, api: ApiServer) -> None:
    found = checks(shell, '--context', 'nowhere', code=1)
    assert found['context'].mark == 'fail'
    assert found['Argo CD'] == ('skipped', 'needs context', '')
    api.kubeconfig.write_text(api.kubeconfig.read_text().replace(api.url, 'http://127.0.0.1:9'))
    assert 'refused' in checks(shell, code=1)['context'].found


def test_without_kubectl_and_with_some_helm(
    prod: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / 'bin'
    folder.mkdir()
    (folder / 'git').symlink_to(str(shutil.which('git')))
    monkeypatch.setenv('PATH', str(folder))
    assert checks(shell)['kubectl'].mark == 'warn'
    for version, mark in (('v3.15.2', 'ok'), ('v4.0.1', 'ok'), ('v2.17.0', 'fail'), ('what?', 'fail')):
        program(folder / 'helm', f'echo {version}')
        assert checks(shell, code=int(mark == 'fail'))['helm'].mark == mark
