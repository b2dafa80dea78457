"""`raybootstrap dashboard`: real kubectl, but for the forwarding itself, which needs a kubelet."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from api_server import ApiServer, serving
from world import URL, git

pytestmark = pytest.mark.skipif(shutil.which('kubectl') is None, reason='needs kubectl')

RUN = (sys.executable, '-c', 'from bootstrap.cli import main; main()')
SECONDS = 15
# Answers on the local port with the number of its start; what `control` holds says how it goes wrong.
FAKE = """\
#!{python}
import http.server, os, pathlib, sys, time
if 'port-forward' not in sys.argv:
    os.execv('{kubectl}', ['kubectl', *sys.argv[1:]])
folder = pathlib.Path('{folder}')
with open(folder / 'started', 'a') as started:
    started.write(str(os.getpid()) + ' ' + ' '.join(sys.argv[1:]) + '\\n')
count = len((folder / 'started').read_text().splitlines())
control = (folder / 'control').read_text()
if control == 'lost':
    sys.exit('error: lost connection to pod')
if control == 'gone':
    sys.exit('Error from server (NotFound): services "raycluster-kuberay-head-svc" not found')
if control == 'stubborn':
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.command == 'GET':
            self.wfile.write(str(count).encode())
    do_HEAD = do_GET
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[-1].split(':')[0])), Handler).serve_forever()
"""
SERVICE = 'raycluster-kuberay-head-svc'
PLACE = {'name': 'raycluster-kuberay', 'namespace': 'ray-prod'}
READY = {'type': 'HeadPodReady', 'status': 'True', 'reason': 'HeadPodRunningAndReady', 'message': ''}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """Holds a RayCluster that is ready, and its head service."""
    with serving(tmp_path) as server:
        monkeypatch.setenv('KUBECONFIG', str(server.kubeconfig))
        status = {'head': {'serviceName': SERVICE}, 'conditions': [READY]}
        server.add({'apiVersion': 'ray.io/v1', 'kind': 'RayCluster', 'metadata': PLACE, 'spec': {}, 'status': status})
        ports = [{'name': 'gcs-server', 'port': 6379}, {'name': 'dashboard', 'port': 8265}]
        service = {'name': SERVICE, 'namespace': 'ray-prod'}
        server.add({'apiVersion': 'v1', 'kind': 'Service', 'metadata': service, 'spec': {'ports': ports}})
        yield server


@pytest.fixture
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kubectl on the PATH does when it is to forward."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    program = folder / 'kubectl'
    program.write_text(FAKE.format(python=sys.executable, kubectl=shutil.which('kubectl'), folder=folder))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / 'control').write_text('')
    monkeypatch.setenv('PATH', f'{folder}:{os.environ["PATH"]}')
    return folder / 'control'


@pytest.fixture
def repository(folder: Path) -> Path:
    subprocess.run([*RUN, 'init', '--env', 'prod', '--repo-url', URL, '-q'], check=True, capture_output=True)
    git(folder, 'switch', '--quiet', 'raybootstrap/init-prod')
    return folder


def free_port() -> int:
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        return int(found.getsockname()[1])


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command at work; it has ended afterwards, whatever happens."""
    process = subprocess.Popen(
        [*RUN, 'dashboard', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def refused(*arguments: str) -> str:
    """The error of a command that ends by itself."""
    done = subprocess.run([*RUN, 'dashboard', *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1, done
    assert done.stdout == ''
    assert 'Traceback' not in done.stderr
    return done.stderr


def eventually(check: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)


def starts(control: Path) -> list[str]:
    return (control.parent / 'started').read_text().splitlines()


def is_gone(line: str) -> bool:
    try:
        os.kill(int(line.split()[0]), 0)
    except ProcessLookupError:
        return True
    return False


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_dashboard_answers_until_it_is_ended_and_leaves_no_child(
    repository: Path, api: ApiServer, control: Path, number: int
) -> None:
    port = free_port()
    with running('--port', str(port)) as process:
        assert first_line(process) == f'http://127.0.0.1:{port}'
        assert urlopen(f'http://127.0.0.1:{port}', timeout=5).read() == b'1'
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (0, '')
    assert err == f'RayCluster ray-prod/raycluster-kuberay, service {SERVICE}. Ctrl-C ends it.\n'
    assert all(map(is_gone, starts(control)))
    assert (
        f'--address=127.0.0.1 --namespace=ray-prod --pod-running-timeout=20s -- service/{SERVICE} {port}:8265'
        in (starts(control)[0])
    )
    assert '--request-timeout=0s' in starts(control)[0]


def test_a_kubectl_that_does_not_listen_is_killed(repository: Path, api: ApiServer, control: Path) -> None:
    control.write_text('stubborn')
    with running('--port', str(free_port())) as process:
        first_line(process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert all(map(is_gone, starts(control)))


def test_json_is_one_document(repository: Path, api: ApiServer, control: Path) -> None:
    port = free_port()
    with running('--port', str(port), '-o', 'json') as process:
        eventually(lambda: (control.parent / 'started').exists())
        eventually(lambda: _answers(port))
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    document = json.loads(out)
    assert (document['url'], document['service'], document['result']) == (
        f'http://127.0.0.1:{port}',
        SERVICE,
        'unchanged',
    )
    assert err == ''


def _answers(port: int) -> bool:
    try:
        urlopen(f'http://127.0.0.1:{port}', timeout=1).close()
    except OSError:
        return False
    return True


def test_a_lost_connection_comes_back_and_is_told_once(repository: Path, api: ApiServer, control: Path) -> None:
    port = free_port()
    with running('--port', str(port)) as process:
        first_line(process)
        control.write_text('lost')
        os.kill(int(starts(control)[0].split()[0]), signal.SIGKILL)
        eventually(lambda: len(starts(control)) >= 3)
        control.write_text('')
        eventually(lambda: _answers(port))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (0, '')
    assert err.count('The connection is lost, trying again') == 1
    assert all(map(is_gone, starts(control)))


def test_a_raycluster_that_is_deleted_ends_it(repository: Path, api: ApiServer, control: Path) -> None:
    with running('--port', str(free_port())) as process:
        first_line(process)
        control.write_text('gone')
        os.kill(int(starts(control)[0].split()[0]), signal.SIGKILL)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert 'services "raycluster-kuberay-head-svc" not found' in err
    assert err.endswith('hint: raybootstrap status\n')


def test_a_busy_port_is_refused_in_a_sentence(repository: Path, api: ApiServer, control: Path) -> None:
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        err = refused('--port', str(port))
    said, hint = err.splitlines()
    assert said == f'error: 127.0.0.1:{port} cannot be listened on: address already in use'
    assert hint == f'hint: another one: --port {port + 1}'


def _deleted(api: ApiServer, kind: str) -> None:
    api.objects = [one for one in api.objects if one['kind'] != kind]


def _suspended(api: ApiServer) -> None:
    api.objects[0]['spec']['suspend'] = True


def _starting(api: ApiServer) -> None:
    condition = {'type': 'HeadPodReady', 'status': 'False', 'reason': 'HeadPodNotFound', 'message': 'no pod\x1b[31m'}
    api.objects[0]['status']['conditions'] = [condition]


def _without_port(api: ApiServer) -> None:
    api.objects[1]['spec']['ports'].pop()


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        (lambda api: _deleted(api, 'RayCluster'), 'there is no RayCluster ray-prod/raycluster-kuberay'),
        (lambda api: api.missing.add('rayclusters'), 'there is no RayCluster ray-prod/raycluster-kuberay'),
        (lambda api: _deleted(api, 'Service'), f'has no head service yet ({SERVICE})'),
        (_suspended, 'is suspended'),
        (_starting, 'has no head pod that is ready (HeadPodNotFound: no pod\\x1b[31m)'),
        (_without_port, f'the service {SERVICE} has no port named dashboard'),
        (lambda api: api.faults.update({'rayclusters': 403}), 'is forbidden'),
    ],
)
def test_what_cannot_be_reached_is_said_in_a_sentence(
    repository: Path, api: ApiServer, control: Path, change: Callable[[ApiServer], None], said: str
) -> None:
    change(api)
    err = refused('--port', str(free_port()))
    assert said in err
    assert 'hint: ' in err
    assert not (control.parent / 'started').exists()


def test_without_a_status_the_service_has_its_usual_name(repository: Path, api: ApiServer, control: Path) -> None:
    del api.objects[0]['status']
    port = free_port()
    with running('--port', str(port)) as process:
        assert first_line(process) == f'http://127.0.0.1:{port}'
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)


def test_a_destination_without_a_context_is_refused(repository: Path, api: ApiServer, control: Path) -> None:
    file = repository / 'environments/prod/applications/raycluster.yaml'
    file.write_text(file.read_text().replace('https://kubernetes.default.svc', 'https://prod.example.com'))
    assert 'no context of the kubeconfig is known to reach https://prod.example.com' in refused()
    config = json.loads(api.kubeconfig.read_text())
    config['clusters'].append({'name': 'far', 'cluster': {'server': 'https://prod.example.com'}})
    config['contexts'].append({'name': 'far', 'context': {'cluster': 'far', 'user': 'loopback'}})
    api.kubeconfig.write_text(json.dumps(config))
    assert 'context far' in refused()


def test_without_kubectl_it_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    assert 'kubectl is not installed' in refused('--port', str(free_port()))


def test_an_unknown_raycluster_names_those_there_are(repository: Path) -> None:
    err = refused('--raycluster', 'other')
    assert 'prod has no RayCluster other' in err
    assert 'raycluster-kuberay' in err
