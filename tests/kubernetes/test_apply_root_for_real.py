"""apply-root against a real API server: what it writes, what it leaves alone, what it refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from real_api_server import NOBODY, RealApiServer
from world import URL, Ran, Shell, commit, git, merge

pytestmark = pytest.mark.real_api_server

APPLICATION_HEALTH = 'resource.customizations.health.argoproj.io_Application'
PROJECTS, APPLICATIONS = 'appprojects.argoproj.io', 'applications.argoproj.io'


@dataclass(frozen=True)
class Place:
    """An Argo CD as far as it stands in an API server, and a repository with an environment for it."""

    server: RealApiServer
    shell: Shell
    folder: Path
    namespace: str
    env: str

    def run(self, *words: str) -> Ran:
        return self.shell('apply-root', *words)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text()
        assert old in text
        commit(self.folder, {file: text.replace(old, new)})

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return self.server.get(kind, name, self.namespace)

    def names(self, kind: str) -> list[str]:
        return self.server.kubectl('get', kind, f'--namespace={self.namespace}', '--output=name').split()

    @property
    def projects(self) -> list[str]:
        return [f'{self.env}-ray', f'{self.env}-ray-platform', f'{self.env}-ray-root']


@pytest.fixture
def place(
    real_api_server: RealApiServer, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Place:
    monkeypatch.setenv('KUBECONFIG', str(real_api_server.kubeconfig))
    namespace = real_api_server.namespace('argocd')
    found = Place(real_api_server, Shell(capsys), folder, namespace, f'e{namespace[-8:]}')
    where = ('--repo-url', URL, '--argocd-namespace', namespace, '--health-checks')
    assert found.shell('init', '--env', found.env, *where).code == 0
    git(folder, 'switch', '--quiet', 'main')
    merge(folder, f'raybootstrap/init-{found.env}')
    labels = {'app.kubernetes.io/component': 'application-controller'}
    pod = {'metadata': {'labels': labels}, 'spec': {'containers': [{'name': 'x', 'image': 'argocd:v3.1.0'}]}}
    real_api_server.add(
        {
            'apiVersion': 'v1',
            'kind': 'ConfigMap',
            'metadata': {
                'name': 'argocd-cm',
                'namespace': namespace,
                'labels': {'app.kubernetes.io/part-of': 'argocd'},
            },
            'data': {'url': 'https://argocd.example.com', 'dex.config': 'secret'},
        },
        {
            'apiVersion': 'apps/v1',
            'kind': 'StatefulSet',
            'metadata': {'name': 'argocd-application-controller', 'namespace': namespace, 'labels': labels},
            'spec': {'serviceName': 'x', 'selector': {'matchLabels': labels}, 'template': pod},
        },
    )
    return found


def test_what_is_not_there_is_created_once(place: Place) -> None:
    ran = place.run('--yes')
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    commit_id = git(place.folder, 'rev-parse', 'main')[:12]
    assert lines[-7] == f'{place.env} of main ({commit_id}) to context admin, namespace {place.namespace}:'
    assert lines[-6:-2] == [f'appproject {name} created' for name in place.projects] + [
        f'application {place.env}-ray created'
    ]
    assert lines[-2:] == ['Next:', f'  raybootstrap wait --env {place.env}']
    root = place.get(APPLICATIONS, f'{place.env}-ray')
    assert root['spec'] == yaml.safe_load((place.folder / f'environments/{place.env}/root.yaml').read_text())['spec']
    assert [(one['manager'], one['operation']) for one in root['metadata']['managedFields']] == [
        ('raybootstrap', 'Apply')
    ]
    again = place.run()
    assert again.code == 0, again.err
    assert again.out.startswith(f'Nothing to do: context admin, namespace {place.namespace} has {place.env} of main')
    assert place.get(APPLICATIONS, f'{place.env}-ray') == root


def test_only_what_changed_is_written_and_shown(place: Place) -> None:
    assert place.run('--yes', '-q').out == ''
    before = [place.get(PROJECTS, name)['metadata']['resourceVersion'] for name in place.projects]
    place.edit(f'environments/{place.env}/projects.yaml', f'RayClusters of {place.env}', 'All RayClusters')
    ran = place.run('--yes')
    assert f'-  description: RayClusters of {place.env}\n+  description: All RayClusters\n' in ran.out
    assert f'appproject {place.projects[0]} configured\nappproject {place.projects[1]} unchanged\n' in ran.out
    after = [place.get(PROJECTS, name)['metadata']['resourceVersion'] for name in place.projects]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]


def test_what_somebody_applied_by_hand_stays_theirs(place: Place) -> None:
    root = f'environments/{place.env}/root.yaml'
    place.server.kubectl('apply', f'--filename={place.folder / root}')
    place.edit(root, 'limit: 10', 'limit: 11')
    ran = place.run('--yes')
    assert (ran.code, ran.out) == (1, '')
    error, hint = ran.err.splitlines()
    assert error == (
        f'error: application {place.env}-ray: somebody else has set what Git has otherwise: conflict with '
        '"kubectl-client-side-apply" using argoproj.io/v1alpha1: .spec.syncPolicy.retry.limit'
    )
    assert hint == (
        f'hint: to take these fields over: raybootstrap apply-root --env {place.env} --print | kubectl --context=admin '
        'apply --server-side --force-conflicts --field-manager=raybootstrap --filename=-'
    )
    assert place.names(PROJECTS) == []

    printed = place.run('--print').out
    words = ('--server-side', '--force-conflicts', '--field-manager=raybootstrap', '--filename=-')
    place.server.kubectl('apply', *words, given=printed)
    assert place.run().out.startswith('Nothing to do: ')
    assert place.get(APPLICATIONS, f'{place.env}-ray')['spec']['syncPolicy']['retry']['limit'] == 11


def test_what_is_applied_by_hand_as_git_has_it_is_as_it_should_be(place: Place) -> None:
    for file in ('projects.yaml', 'root.yaml'):
        place.server.kubectl('apply', f'--filename={place.folder / "environments" / place.env / file}')
    assert place.run().out.startswith('Nothing to do: ')
    place.server.kubectl('apply', '--server-side', '--filename=-', given=place.run('--print').out)


def test_health_checks_are_merged_and_nothing_else_is_touched(place: Place) -> None:
    before = place.get('configmaps', 'argocd-cm')
    ran = place.run('--health-checks', '--yes')
    assert ran.code == 0, ran.err
    assert 'configmap argocd-cm configured\nappproject ' in ran.out
    assert 'secret' not in ran.out
    assert '  set argocd.application_health: true in raybootstrap.yaml' in ran.out
    after = place.get('configmaps', 'argocd-cm')
    checks = yaml.safe_load((place.folder / 'argocd/health-checks.yaml').read_text())['data']
    assert after['data'] == {**before['data'], **checks}
    assert after['metadata']['labels'] == before['metadata']['labels']
    managers = {one['manager']: one['fieldsV1'] for one in after['metadata']['managedFields']}
    assert managers['raybootstrap'] == {'f:data': {f'f:{key}': {} for key in checks}}
    others = [one for one in after['metadata']['managedFields'] if one['manager'] != 'raybootstrap']
    assert others == before['metadata']['managedFields']
    assert place.run('--health-checks').out.startswith('Nothing to do: ')


def test_health_checks_that_others_set_stay_and_are_shown(place: Place) -> None:
    patch = f'{{"data": {{"{APPLICATION_HEALTH}": "hs = {{}}\\nreturn hs\\n"}}}}'
    place.server.kubectl(
        'patch', 'configmap', 'argocd-cm', f'--namespace={place.namespace}', '--type=merge', f'--patch={patch}'
    )
    before = place.get('configmaps', 'argocd-cm')
    ran = place.run('--health-checks', '--yes', '--context', 'admin')
    assert ran.code == 1
    assert ran.err.startswith('error: configmap argocd-cm: somebody else has set what Git has otherwise: ')
    assert f'--- argocd-cm: {APPLICATION_HEALTH}\n+++ argocd/health-checks.yaml: {APPLICATION_HEALTH}\n' in ran.err
    assert '+hs.status = "Progressing"\n' in ran.err
    assert 'hint: make them the same in argocd/health-checks.yaml, or in argocd-cm\n' in ran.err
    assert place.get('configmaps', 'argocd-cm') == before
    assert place.names(PROJECTS) == place.names(APPLICATIONS) == []


def test_health_checks_that_it_merged_follow_git(place: Place) -> None:
    assert place.run('--health-checks', '--yes').code == 0
    place.edit('argocd/health-checks.yaml', 'hs.status = "Degraded"', 'hs.status = "Unknown"')
    ran = place.run('--health-checks', '--yes')
    assert 'configmap argocd-cm configured\n' in ran.out, ran.err
    assert 'hs.status = "Unknown"' in str(place.get('configmaps', 'argocd-cm')['data'])


def test_an_entry_that_the_file_has_no_more_stays(place: Place) -> None:
    assert place.run('--health-checks', '--yes').code == 0
    text = (place.folder / 'argocd/health-checks.yaml').read_text()
    commit(place.folder, {'argocd/health-checks.yaml': text[: text.index('  resource.customizations.health.ray.io')]})
    assert place.run('--health-checks').out.startswith('Nothing to do: ')
    place.edit('argocd/health-checks.yaml', 'hs.message = ""', 'hs.message = "?"')
    ran = place.run('--health-checks', '--yes')
    assert 'configmap argocd-cm configured\n' in ran.out, ran.err
    data = place.get('configmaps', 'argocd-cm')['data']
    assert 'hs.message = "?"' in data[APPLICATION_HEALTH]
    assert {'url', 'dex.config', 'resource.customizations.health.ray.io_RayCluster'} < set(data)


def test_without_the_right_nothing_is_written(place: Place) -> None:
    ran = place.run('--yes', '--context', NOBODY)
    assert ran.code == 1
    assert 'is forbidden: User "nobody" cannot get resource "appprojects"' in ran.err
    assert place.names(PROJECTS) == []


def test_a_field_that_argo_cd_does_not_know_is_refused_before_anything_is_written(place: Place) -> None:
    place.edit(f'environments/{place.env}/root.yaml', '  syncPolicy:', '  syncPolitics: {}\n  syncPolicy:')
    commit(place.folder, {'raybootstrap.yaml': 'rules: {RB113: off, RB101: off}\n'})
    ran = place.run('--yes')
    assert ran.code == 1
    assert 'syncPolitics' in ran.err
    assert place.names(PROJECTS) == []


def test_a_second_run_finishes_what_a_killed_one_began(place: Place, tmp_path: Path) -> None:
    real = shutil.which('kubectl')
    kubectl = tmp_path / 'bin' / 'kubectl'
    kubectl.parent.mkdir()
    # The second write comes through no more: the run is killed in front of it.
    kubectl.write_text(
        f"""#!/bin/sh
case "$*" in
*--dry-run*) ;;
*apply*) test ! -e {tmp_path}/one || kill -9 $PPID; touch {tmp_path}/one ;;
esac
test ! -d /proc/$PPID || exec {real} "$@"
"""
    )
    kubectl.chmod(0o755)
    environment = {**os.environ, 'PATH': f'{kubectl.parent}:{os.environ["PATH"]}'}
    line = [sys.executable, '-m', 'bootstrap', 'apply-root', '--yes']
    killed = subprocess.run(line, env=environment, cwd=place.folder, capture_output=True, check=False)
    assert killed.returncode == -9
    assert place.names(APPLICATIONS) == []
    ran = place.run('--yes')
    assert f'appproject {place.projects[0]} unchanged\nappproject {place.projects[1]}' in ran.out, ran.err
    assert f'application {place.env}-ray created\n' in ran.out
