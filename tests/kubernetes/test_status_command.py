"""`raybootstrap status` with the real kubectl."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import live_world
import pytest
from place import Place, running
from world import Shell, commit, git

pytestmark = pytest.mark.skipif(shutil.which('kubectl') is None, reason='there is no kubectl')

RAY = 'raycluster-kuberay'
RAYBOOTSTRAP = [sys.executable, '-m', 'bootstrap']


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with running(folder) as found:
        monkeypatch.setenv('KUBECONFIG', str(found.api.kubeconfig))
        yield found


def row(out: str, part: str) -> str:
    """The cells of a part, a space apart."""
    return next(' '.join(line.split()) for line in out.splitlines() if line.split()[:1] == [part])


def test_all_well(place: Place, shell: Shell) -> None:
    ran = shell('status')
    tip = place.tip[:7]
    assert ran == (
        0,
        (
            f'prod: Git is main at {tip}\n'
            'PART                 SYNC    HEALTH     RUNS     GIT      NOTE\n'
            f'root                 Synced  Healthy    {tip}  {tip}\n'
            'CRDs                 Synced  Healthy    v1.7.0   v1.7.0\n'
            'operator             Synced  Healthy    1.7.0    1.7.0\n'
            'raycluster           Synced  Healthy    1.7.0    1.7.0\n'
            ' raycluster-kuberay          Healthy    2.52.0   2.52.0\n'
            '  headgroup                  1/1 ready  1        1\n'
            '  standard-worker            1/1 ready  1        1..200\n'
            '  cpu                        1/1 ready  1        1..20\n'
            '  h100                       0/0 ready  0        0..4\n'
            '  l4                         0/0 ready  0        0..16\n'
        ),
        '',
    )


def test_json_is_one_document(place: Place, shell: Shell) -> None:
    data = json.loads(shell('status', '-o', 'json').out)
    assert (data['schema'], data['command'], data['result']) == ('raybootstrap/v1', 'status', 'unchanged')
    found = data['environments'][0]
    assert (found['environment'], found['branch'], found['revision']) == ('prod', 'main', place.tip)
    assert found['problems'] == []
    assert found['applications'][0] == {
        'part': 'root',
        'name': 'prod-ray',
        'sync': 'Synced',
        'health': 'Healthy',
        'revision': place.tip,
        'wanted': place.tip,
        'current': True,
        'operation': {'phase': 'Succeeded', 'message': 'successfully synced (all tasks run)', 'retries': 0},
        'conditions': [],
    }
    assert found['operator'] == {'running': '1.7.0', 'wanted': '1.7.0'}
    groups = found['rayclusters'][0]['groups']
    assert [(one['group'], one['ready'], one['maximum']) for one in groups][1:3] == [
        ('standard-worker', 1, 200),
        ('cpu', 1, 20),
    ]


def test_no_token_in_json(place: Place, shell: Shell) -> None:
    error = {'type': 'ComparisonError', 'message': 'cannot read https://bot:hunter2@git.example.com/ray.git'}
    place.application('prod-ray')['status']['conditions'] = [error]
    for words in (('status',), ('status', '-o', 'json'), ('wait', '-o', 'json', '--timeout', '0s')):
        ran = shell(*words)
        assert 'git.example.com' in ran.out or words[0] == 'wait'
        assert 'hunter2' not in ran.out + ran.err


def test_argo_cd_is_behind_and_ahead_of_git(place: Place, shell: Shell) -> None:
    path = 'environments/prod/applications/raycluster.yaml'
    newer = commit(place.folder, {path: (place.folder / path).read_text().replace('tag: 2.52.0', 'tag: 2.53.0')})
    assert f'prod root: Argo CD compared it with {place.tip[:7]}, which is older\n' in shell('status').out
    git(place.folder, 'reset', '--quiet', '--hard', place.tip)
    place.application('prod-ray')['status']['sync']['revision'] = newer
    assert f"{newer[:7]}, which is newer and changes the environment's files\n  next: git fetch" in shell('status').out
    docs = commit(place.folder, {'README.md': 'hello\n'})
    place.application('prod-ray')['status']['sync']['revision'] = place.tip
    assert f'{place.tip[:7]}  {docs[:7]}\n' in shell('status').out
    assert json.loads(shell('status', '-o', 'json').out)['environments'][0]['problems'] == []


def test_what_is_forbidden_has_its_line(place: Place, shell: Shell) -> None:
    place.api.faults['/pods'] = 403
    place.api.faults['/customresourcedefinitions'] = 403
    ran = shell('status')
    assert ran.code == 0
    assert row(ran.out, RAY) == f'{RAY} Healthy 2.52.0 2.52.0'
    assert re.search(r'prod raycluster-kuberay: kubectl \(the current context\): .*is forbidden', ran.out)
    assert re.search(r'prod CRDs: .*is forbidden.*\n  next: ask for the right', ran.out)


def test_the_crds_are_missing(place: Place, shell: Shell) -> None:
    place.api.missing.add('rayclusters')
    place.api.objects.remove(place.find('CustomResourceDefinition', 'rayclusters.ray.io'))
    out = shell('status').out
    assert 'prod CRDs: the CRD rayclusters.ray.io is not installed\n' in out
    assert row(out, RAY) == f'{RAY} no such kind - 2.52.0'


def test_an_api_server_that_is_away(place: Place, shell: Shell) -> None:
    config = place.api.kubeconfig
    config.write_text(config.read_text().replace(place.api.url, 'http://127.0.0.1:9'))
    ran = shell('status', '-o', 'json')
    assert (ran.code, json.loads(ran.out)['exit_code']) == (1, 1)
    assert '127.0.0.1:9 was refused' in ran.err


def test_a_context_that_is_not_there(place: Place, shell: Shell) -> None:
    assert place.tip
    ran = shell('status', '--context', 'nope')
    assert (ran.code, ran.out) == (1, '')
    assert 'hint: kubectl config get-contexts' in ran.err


def test_kubectl_is_missing(place: Place, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = place.folder.parent / 'programs'
    programs.mkdir()
    (programs / 'git').symlink_to(str(shutil.which('git')))
    monkeypatch.setenv('PATH', str(programs))
    ran = shell('status')
    assert (ran.code, ran.out) == (1, '')
    assert ran.err.startswith('error: kubectl is not installed or not on the PATH\n')


def test_a_server_that_answers_too_late(place: Place, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('bootstrap.cli.status._LONGEST_LOOK', 3.0)
    place.api.faults['GET .*/pods'] = 6.0
    ran = shell('status')
    assert ran.code == 0
    assert row(ran.out, 'cpu') == 'cpu - 1 1..20'
    # What was answered in time is shown, though it was asked after what was not.
    assert ran.out.count('did not answer') == 1
    assert f'prod {RAY}: kubectl did not answer within 3 seconds' in ran.out


def test_where_a_destination_has_no_context(place: Place, shell: Shell) -> None:
    path = 'environments/prod/applications/raycluster.yaml'
    text = (place.folder / path).read_text()
    commit(place.folder, {path: text.replace('server: https://kubernetes.default.svc', 'name: gpu-east')})
    out = shell('status').out
    assert (
        'raycluster-kuberay: no context of the kubeconfig reaches gpu-east, so only what Argo CD says is shown' in out
    )
    config = json.loads(place.api.kubeconfig.read_text())
    config['contexts'].append({'name': 'gpu-east', 'context': config['contexts'][0]['context']})
    place.api.kubeconfig.write_text(json.dumps(config))
    assert row(shell('status').out, 'cpu') == 'cpu 1/1 ready 1 1..20'


def questions(place: Place) -> list[str]:
    """What was asked, without kubectl's look at what the server serves."""
    return [one for one in place.api.requests if not re.match(r'GET /apis?\?', one)]


def test_several_environments_take_no_more_requests(place: Place, shell: Shell) -> None:
    assert shell('status').code == 0
    alone = questions(place)
    copies = {}
    for number in range(6):
        for name, text in live_world.files().items():
            copies[name.replace('/prod/', f'/e{number}/')] = text.replace('prod', f'e{number}')
    commit(place.folder, copies)
    place.api.requests.clear()
    ran = shell('status')
    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith('ENVIRONMENT  PART')
    assert len(questions(place)) == 6 < len(alone)
    assert row(ran.out, 'prod').startswith('prod root Synced Healthy')
    assert 'e3 root: the Application e3-ray is not in namespace argocd\n' in ran.out


def started(place: Place, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*RAYBOOTSTRAP, *words], cwd=place.folder, env=place.environment, text=True, stdout=subprocess.PIPE
    )


def test_watch_prints_what_changes(place: Place) -> None:
    with started(place, 'status', '--watch') as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(10)]
        assert first[3] == 'prod raycluster Synced Healthy 1.7.0 1.7.0\n'
        place.application()['status']['health'] = {'status': 'Degraded'}
        assert process.stdout.readline() == 'prod raycluster Synced Degraded 1.7.0 1.7.0\n'
        assert process.stdout.readline() == 'prod raycluster: is Degraded\n'
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130


def test_watch_in_json_prints_a_document_a_change(place: Place) -> None:
    with started(place, 'status', '--watch', '-o', 'json') as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())['environments'][0]['problems'] == []
        place.application()['status']['health'] = {'status': 'Degraded'}
        assert json.loads(process.stdout.readline())['environments'][0]['problems'][0]['message'] == 'is Degraded'
        process.terminate()
        assert process.wait(5) == 130


def test_watch_draws_again_on_a_terminal(place: Place) -> None:
    top, terminal = pty.openpty()
    environment = {**place.environment, 'TERM': 'xterm', 'COLUMNS': '100', 'LINES': '40'}
    process = subprocess.Popen(
        [*RAYBOOTSTRAP, 'status', '--watch'], cwd=place.folder, env=environment, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    seen = b''
    while b'Synced' not in seen:
        seen += os.read(top, 65536)
    place.application()['status']['health'] = {'status': 'Degraded'}
    while b'is Degraded' not in seen:
        seen += os.read(top, 65536)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    os.close(top)


def test_there_is_no_environment(folder: Path, shell: Shell) -> None:
    git(folder, 'init', '--quiet')
    assert shell('status').code == 1
    commit(folder, {'README.md': 'hello\n'})
    assert shell('status').err.startswith('error: there is no environment in main\n')
    assert shell('status', '--env', 'prod').code == 1
