"""`raybootstrap doctor`: real git and remotes, forges and an API server on loopback, the real kubectl."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import test_http_remote
from api_server import ApiServer
from api_server import serving as serving_api
from forge_world import CANARY, World
from forge_world import serving as serving_forge
from test_pull_requests import connected
from world import Shell, commit, git, user_state

from bootstrap import doctor
from bootstrap.doctor import worker
from bootstrap.doctor.question import CHAINS

RUN = (sys.executable, '-c', 'from bootstrap.cli import main; main()')
SECONDS = 15
NEEDS_KUBECTL = pytest.mark.skipif(shutil.which('kubectl') is None, reason='needs kubectl')
address = test_http_remote.address


class Check(NamedTuple):
    mark: str
    found: str
    mend: str


@pytest.fixture(autouse=True)
def _nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if 'TOKEN' in name or name.startswith(('CI', 'GITHUB_', 'GITLAB_'))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv('KUBECONFIG', str(tmp_path / 'no-kubeconfig'))
    monkeypatch.delenv('RAYBOOTSTRAP_CONTEXT', raising=False)


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    with serving_api(tmp_path) as server:
        monkeypatch.setenv('KUBECONFIG', str(server.kubeconfig))
        yield server


def checks(shell: Shell, *options: str, code: int = 0) -> dict[str, Check]:
    """What a run says, by check."""
    ran = shell('doctor', '-o', 'json', *options)
    assert ran.code == code, ran
    assert ran.err == ''
    document = json.loads(ran.out)
    assert document['result'] == ('failed' if code else 'unchanged')
    assert CANARY not in ran.out
    found = {one['check']: Check(one['mark'], one['found'], one['mend']) for one in document['checks']}
    assert [one['check'] for one in document['checks']] == [name for names in CHAINS.values() for name in names]
    return found


def test_a_checkout_with_a_remote_is_well_and_stays_as_it_is(checkout: Path, remote: Path, shell: Shell) -> None:
    before, there = user_state(checkout), git(remote, 'for-each-ref')
    objects = sorted((checkout / '.git' / 'objects').rglob('*'))
    found = checks(shell)
    assert found['git'].mark == 'ok'
    assert found['identity'] == ('ok', 'Ada <ada@example.com>', '')
    assert found['signing'].mark == 'ok'
    assert found['remote'] == ('ok', f'origin ({remote}), 1 branch, base main', '')
    assert found['push'].mark == 'ok'
    assert found['forge'].mark == 'skipped'
    assert user_state(checkout) == before
    assert git(remote, 'for-each-ref') == there
    assert sorted((checkout / '.git' / 'objects').rglob('*')) == objects


def test_text_has_a_mark_and_a_mend(checkout: Path, shell: Shell) -> None:
    git(checkout, 'remote', 'set-url', 'origin', '/nowhere/ray.git')
    ran = shell('doctor')
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert 'ok      identity       Ada <ada@example.com>' in lines
    place = next(number for number, line in enumerate(lines) if line.startswith('fail    remote         cannot read'))
    assert any(line.strip().startswith("mend: check the remote's URL") for line in lines[place:])
    assert 'skipped push           needs remote' in lines
    assert ran.err.startswith('1 failed')
    quiet = shell('doctor', '-q')
    assert {line[:8].strip() for line in quiet.out.splitlines()} <= {'fail', 'warn', ''}


def test_outside_of_a_repository(folder: Path, shell: Shell) -> None:
    found = checks(shell)
    assert found['git'].found.endswith(f'{folder} is in no repository')
    assert found['remote'] == ('skipped', 'nothing to check', '')
    assert list(folder.iterdir()) == []


def test_without_an_identity(checkout: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', os.devnull)
    found = checks(shell, code=1)
    assert found['identity'].mark == 'fail'
    assert found['identity'].mend == 'git config --global user.name "Your Name"'
    assert found['signing'] == ('skipped', 'needs identity', '')


def test_signing_with_a_key_and_without(checkout: Path, shell: Shell, tmp_path: Path) -> None:
    for name, phrase in (('key', ''), ('locked', 'open sesame')):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', phrase, '-f', str(tmp_path / name)], check=True)
    for name, value in (('commit.gpgSign', 'true'), ('gpg.format', 'ssh'), ('user.signingKey', str(tmp_path / 'key'))):
        git(checkout, 'config', name, value)
    objects = sorted((checkout / '.git' / 'objects').rglob('*'))
    assert checks(shell)['signing'].mark == 'ok'
    assert sorted((checkout / '.git' / 'objects').rglob('*')) == objects
    git(checkout, 'config', 'user.signingKey', str(tmp_path / 'locked'))
    locked = checks(shell)['signing']
    assert (locked.mark, 'not known' in locked.found) == ('warn', True)
    git(checkout, 'config', 'user.signingKey', str(tmp_path / 'nowhere'))
    assert checks(shell, code=1)['signing'].mark == 'fail'


@pytest.mark.skipif(shutil.which('gpg') is None, reason='needs gpg')
def test_a_gpg_key_that_is_missing(
    checkout: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('GNUPGHOME', str(tmp_path))
    git(checkout, 'config', 'commit.gpgSign', 'true')
    signing = checks(shell, code=1)['signing']
    assert signing.mark == 'fail'
    assert 'gpg' in signing.found or 'there is no secret key' in signing.found


def test_a_refusing_hook_is_not_asked_and_no_hook_of_ours_runs(checkout: Path, remote: Path, shell: Shell) -> None:
    for hook in (remote / 'hooks/pre-receive', checkout / '.git/hooks/pre-push'):
        hook.write_text(f'#!/bin/sh\ntouch {checkout.parent}/hook-ran\nexit 1\n')
        hook.chmod(0o755)
    push = checks(shell)['push']
    assert push.mark == 'ok'
    assert 'no hook was asked' in push.found
    assert not (checkout.parent / 'hook-ran').exists()


def _over_http(checkout: Path, address: str, user: str = '') -> None:
    git(checkout, 'remote', 'set-url', 'origin', address.replace('http://', f'http://{user}'))


def test_a_remote_that_may_only_be_read(checkout: Path, address: str, tmp_path: Path, shell: Shell) -> None:
    git(tmp_path / 'served' / 'acme' / 'ray.git', 'config', 'http.receivepack', 'false')
    _over_http(checkout, address, f'ada:{CANARY}@')
    found = checks(shell, code=1)
    assert found['remote'].mark == 'ok'
    assert found['push'].mark == 'fail'
    assert '403' in found['push'].found
    assert found['push'].mend == 'fork the repository, and push there: --push-remote NAME'


def test_a_remote_that_knows_nobody(checkout: Path, address: str, shell: Shell) -> None:
    _over_http(checkout, address)
    found = checks(shell, code=1)
    assert found['remote'].mark == 'fail'
    assert 'credential helper' in found['remote'].mend
    assert found['push'] == ('skipped', 'needs remote', '')


def test_a_remote_over_http_that_takes_us(checkout: Path, address: str, shell: Shell) -> None:
    _over_http(checkout, address, f'ada:{CANARY}@')
    assert checks(shell)['push'].mark == 'ok'


REPOSITORY = {'full_name': 'acme/ray', 'private': True, 'permissions': {'pull': True, 'push': True}}
PROJECT = {'permissions': {'project_access': None, 'group_access': {'access_level': 40}}}
GITLAB_PROJECT = '/projects/acme%2Fplatform%2Fray'
GITLAB_TOKEN = '/personal_access_tokens/self'
REPOS = '/repos?permission=REPO_WRITE&name=ray&limit=100'
AZURE = '/_apis/git/repositories/ray?api-version=6.0'
Page = tuple[int, dict[str, str], Any]
ACCESS: list[tuple[str, dict[str, Page], str, str]] = [
    ('github', {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'repo, gist'}, REPOSITORY)}, 'ok', 'scopes repo, gist'),
    ('github', {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'gist'}, REPOSITORY)}, 'fail', 'without the scope repo'),
    ('github', {'/repos/acme/ray': (200, {}, REPOSITORY)}, 'ok', 'does not tell'),
    (
        'github',
        {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'repo'}, {**REPOSITORY, 'permissions': {'push': False}})},
        'fail',
        'without the right to push',
    ),
    ('github', {'/repos/acme/ray': (404, {}, {'message': 'Not Found'})}, 'fail', 'has no acme/ray'),
    ('github', {'/repos/acme/ray': (401, {}, {'message': f'Bad {CANARY}'})}, 'fail', 'does not take the token'),
    ('github', {'/repos/acme/ray': (200, {}, [1])}, 'ok', 'sees the project'),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['api'], 'expires_at': None})},
        'ok',
        'scopes api; its user may push',
    ),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['api'], 'expires_at': '2020-01-01'})},
        'warn',
        'it ends on 2020-01-01',
    ),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['read_api']})},
        'fail',
        'without the scope api',
    ),
    ('gitlab', {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (401, {}, {})}, 'ok', 'does not tell its scopes'),
    ('gitea', {'/repos/acme/ray': (200, {}, REPOSITORY)}, 'ok', 'its user may push'),
    ('gitea', {'/repos/acme/ray': (403, {}, {'message': 'token does not have scope'})}, 'fail', 'does not have scope'),
    (
        'bitbucket',
        {'/repositories/acme/ray': (200, {'X-OAuth-Scopes': 'repository:write, pullrequest:write'}, {})},
        'ok',
        'scopes repository:write, pullrequest:write',
    ),
    (
        'bitbucket',
        {'/repositories/acme/ray': (200, {'X-OAuth-Scopes': 'repository'}, {})},
        'fail',
        'without the scope write:pullrequest:bitbucket',
    ),
    (
        'bitbucket-server',
        {
            '/projects/acme/repos/ray': (200, {}, {}),
            REPOS: (200, {}, {'values': [{'slug': 'ray', 'project': {'key': 'ACME'}}]}),
        },
        'ok',
        'its user may push',
    ),
    (
        'bitbucket-server',
        {'/projects/acme/repos/ray': (200, {}, {}), REPOS: (200, {}, {'values': []})},
        'fail',
        'without the right to push',
    ),
    ('azure', {AZURE: (200, {}, {'id': 'x'})}, 'ok', 'it sees the project'),
    ('azure', {AZURE: (203, {}, {})}, 'fail', 'does not take the token'),
]


@pytest.mark.parametrize(('kind', 'pages', 'mark', 'said'), ACCESS)
def test_what_a_token_may_do(
    remote: Path,
    tmp_path: Path,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    pages: dict[str, Page],
    mark: str,
    said: str,
) -> None:
    with serving_forge(kind) as world:
        place = connected(world, remote, tmp_path / 'second', monkeypatch)
        world.pages.update(pages)
        found = checks(shell, '-C', str(place), code=int(mark == 'fail'))
        assert all(method == 'GET' for method, *_ in world.seen)
    assert found['forge'].found == f'{kind} at {_api(world)}, {world.project}'
    assert found['token'].mark == mark
    assert said in found['token'].found


def _api(world: World) -> str:
    ends = {'github': '/api/v3', 'gitlab': '/api/v4', 'gitea': '/api/v1', 'bitbucket': '/2.0', 'azure': ''}
    return world.url + ends.get(world.kind, '/rest/api/1.0')


def test_without_a_token(remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_forge('github') as world:
        connected(world, remote, tmp_path / 'second', monkeypatch, token=False)
        token = checks(shell)['token']
    assert token.mark == 'warn'
    assert token.mend.startswith('set GH_ENTERPRISE_TOKEN; it needs')


def test_usage_errors_are_no_findings(checkout: Path, shell: Shell) -> None:
    assert shell('doctor', '--forge', 'sourcehut').code == 2
    assert shell('doctor', '--forge-url', 'ftp://x').code == 2
    assert shell('doctor', '-o', 'yaml').code == 2
    assert 'no such environment' in shell('doctor', '--env', 'prod').err


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


def program(file: Path, line: str) -> None:
    file.write_text(f'#!/bin/sh\n{line}\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_what_hangs_is_given_up(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    _hanging(checkout, tmp_path, monkeypatch)
    monkeypatch.setattr(doctor, 'SECONDS', 3)
    found = checks(shell, code=1)
    assert found['identity'].mark == 'ok'
    assert found['remote'] == (
        'fail',
        'no answer within 3 seconds',
        'check the network and the proxy, then run it again',
    )
    eventually_gone(tmp_path)


def eventually_gone(tmp_path: Path) -> None:
    end = time.monotonic() + SECONDS
    while not _gone(tmp_path):
        assert time.monotonic() < end
        time.sleep(0.05)


def _hanging(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's ssh and helm never end; they write their process ids down."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    for name in ('ssh', 'helm'):
        program(folder / name, f'echo $$ >> {tmp_path}/pids\nexec sleep 300')
    monkeypatch.setenv('PATH', f'{folder}:{os.environ["PATH"]}')
    git(checkout, 'remote', 'set-url', 'origin', 'git@far:acme/ray.git')


def _gone(tmp_path: Path) -> bool:
    return not any(_lives(pid) for pid in _pids(tmp_path))


def _lives(pid: str) -> bool:
    """Whether a process is there, and not merely its entry that nobody has asked for."""
    try:
        return ') Z ' not in Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path('/proc/self').exists(), reason='needs /proc')
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _hanging(checkout, tmp_path, monkeypatch)
    with subprocess.Popen([*RUN, 'doctor'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and len(_pids(tmp_path)) < 2:
            time.sleep(0.05)
        process.send_signal(number)
        process.communicate(timeout=SECONDS)
    assert process.returncode == {signal.SIGINT: 130}.get(signal.Signals(number), -number)
    eventually_gone(tmp_path)


def _pids(tmp_path: Path) -> list[str]:
    return (tmp_path / 'pids').read_text().split() if (tmp_path / 'pids').exists() else []


def test_all_of_it_fits_into_a_minute() -> None:
    assert worker.SECONDS < doctor.SECONDS < 60


def test_a_module_of_the_repository_is_not_imported(checkout: Path, shell: Shell) -> None:
    for name in ('json.py', 'bootstrap.py', 'sitecustomize.py'):
        (checkout / name).write_text(f'open({str(checkout.parent / "ran")!r}, "w")\n')
    checks(shell)
    assert not (checkout.parent / 'ran').exists()
