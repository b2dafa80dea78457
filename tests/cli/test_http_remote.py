"""A remote over HTTP that asks for credentials, `git http-backend` on loopback; and forges that fail."""

from __future__ import annotations

import base64
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from forge_world import CANARY, KINDS, World, serving
from test_pull_requests import TOKENS, connected
from world import Ran, Shell, bare, commit, git

from bootstrap import forges
from bootstrap.forges.http import Api

RUN = (sys.executable, '-c', 'from bootstrap.cli import main; main()')
# No wait may come near to this.
SECONDS = 10
FAULTS = (('403 later', 1), ('500', 9), ('reset after', 1), ('cut', 9), ('html', 9), ('422', 1), ('409', 1))


class _Backend(BaseHTTPRequestHandler):
    root: Path
    protocol_version = 'HTTP/1.1'

    def do(self) -> None:
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        wanted = base64.b64encode(f'ada:{CANARY}'.encode()).decode()
        if self.headers.get('Authorization') != f'Basic {wanted}':
            self.say(401, {'WWW-Authenticate': 'Basic realm="git"'}, b'')
            return
        path, _, query = self.path.partition('?')
        variables = {
            'GIT_PROJECT_ROOT': str(self.root),
            'GIT_HTTP_EXPORT_ALL': '1',
            'GIT_PROTOCOL': self.headers.get('Git-Protocol', ''),
            'PATH_INFO': path,
            'QUERY_STRING': query,
            'REQUEST_METHOD': self.command,
            'CONTENT_TYPE': self.headers.get('Content-Type', ''),
            'CONTENT_LENGTH': str(len(body)),
            'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''),
            'REMOTE_USER': 'ada',
        }
        done = subprocess.run(['git', 'http-backend'], input=body, env={**os.environ, **variables}, capture_output=True)
        head, _, content = done.stdout.partition(b'\r\n\r\n')
        headers = dict(line.split(': ', 1) for line in head.decode().split('\r\n') if ': ' in line)
        self.say(int(headers.pop('Status', '200')[:3]), headers, content)

    do_GET = do_POST = do  # noqa: N815

    def say(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, 'Content-Length': str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a bare repository with a first commit, below `tmp_path / 'served'`."""
    root = tmp_path / 'served'
    (root / 'acme').mkdir(parents=True)
    git(bare(root / 'acme' / 'ray.git'), 'config', 'http.receivepack', 'true')
    git(tmp_path, 'clone', '--quiet', str(root / 'acme' / 'ray.git'), 'first')
    commit(tmp_path / 'first', {'README.md': 'hello\n'})
    git(tmp_path / 'first', 'push', '--quiet', 'origin', 'main')
    server = ThreadingHTTPServer(('127.0.0.1', 0), type('Handler', (_Backend,), {'root': root}))
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True)
    thread.start()
    yield f'http://127.0.0.1:{server.server_address[1]}/acme/ray.git'
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def place(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of it; what it may ask for on a terminal is not answered."""
    for name in [name for name in os.environ if 'TOKEN' in name or name.startswith(('CI', 'GITHUB_', 'GITLAB_'))]:
        monkeypatch.delenv(name)
    here = tmp_path / 'clone'
    git(tmp_path, 'clone', '--quiet', str(tmp_path / 'served' / 'acme' / 'ray.git'), str(here))
    git(here, 'remote', 'set-url', 'origin', address)
    return here


@pytest.fixture
def github() -> Iterator[World]:
    with serving('github') as world:
        yield world


def run(place: Path, *arguments: str, **variables: str) -> Ran:
    done = subprocess.run(
        [*RUN, *arguments],
        cwd=place,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        start_new_session=True,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def arguments_of_all_processes() -> Iterator[set[bytes]]:
    seen: set[bytes] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for process in Path('/proc').glob('[0-9]*'):
                with suppress(OSError):
                    seen.add((process / 'cmdline').read_bytes())
            time.sleep(0.002)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def forge_of(world: World) -> dict[str, str]:
    return {'RAYBOOTSTRAP_FORGE': world.kind, 'RAYBOOTSTRAP_FORGE_URL': world.url}


def holds(directory: Path, secret: str) -> list[Path]:
    return [path for path in directory.rglob('*') if path.is_file() and secret.encode() in path.read_bytes()]


def test_a_credential_helper_is_all_it_takes(github: World, place: Path, address: str, tmp_path: Path) -> None:
    kept = tmp_path / 'credentials'
    hosts = (address.split('/')[2], github.url.split('/')[2])
    kept.write_text(''.join(f'http://ada:{CANARY}@{host}\n' for host in hosts))
    git(tmp_path, 'config', '--global', 'credential.helper', f'store --file={kept}')
    with arguments_of_all_processes() as seen:
        ran = run(place, 'init', '--env', 'prod', **forge_of(github))
    assert ran.code == 0, ran.err
    [pull] = github.open_pulls()
    assert ran.out.splitlines()[-1] == f'{github.url}/acme/ray/pull/1'
    served = tmp_path / 'served'
    assert git(served / 'acme' / 'ray.git', 'branch', '--list', 'raybootstrap/init-prod')
    again = run(place, 'init', '--env', 'prod', '-o', 'json', **forge_of(github))
    assert again.code == 0, again.err
    assert len(github.pulls) == 1
    assert any(b'push' in arguments for arguments in seen)
    assert not any(CANARY.encode() in arguments for arguments in seen)
    assert CANARY not in ''.join((*ran[1:], *again[1:], pull['title'], pull['body']))
    assert not holds(place, CANARY)
    assert not holds(served, CANARY)


def test_a_credential_in_the_remote_url_stays_there(github: World, place: Path, address: str) -> None:
    git(place, 'remote', 'set-url', 'origin', address.replace('//', f'//ada:{CANARY}@'))
    ran = run(place, 'init', '--env', 'prod', '-o', 'json', **forge_of(github), GH_ENTERPRISE_TOKEN='other-0123456789')
    assert ran.code == 0, ran.err
    [pull] = github.open_pulls()
    assert CANARY not in ran.out + ran.err + pull['body']
    assert CANARY not in git(place, 'log', '-p', '--all')
    assert holds(place, CANARY) == [place / '.git' / 'config']


@pytest.mark.parametrize('arguments', [('init', '--env', 'prod'), ('proposals',), ('replay', '--all')])
def test_without_credentials_nothing_waits_off_a_terminal(github: World, place: Path, arguments: tuple[str]) -> None:
    start = time.monotonic()
    ran = run(place, *arguments, **forge_of(github))
    assert time.monotonic() - start < SECONDS
    assert ran.code == 1
    assert ran.err.startswith('error: ')
    assert 'hint: give git credentials for this host' in ran.err
    assert 'Traceback' not in ran.err
    assert git(place, 'branch', '--format=%(refname:short)') == 'main\n'


def test_without_credentials_nothing_waits_in_ci_even_where_there_is_a_terminal(github: World, place: Path) -> None:
    end, terminal = pty.openpty()
    command = [*RUN, 'init', '--env', 'prod']
    environment = {**os.environ, **forge_of(github), 'CI': 'true'}
    # setsid makes it the terminal that the process, and git, may open as /dev/tty.
    with subprocess.Popen(
        ['setsid', '--ctty', '--wait', *command],
        cwd=place,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        try:
            said = _all_of(end)
            code = process.wait(SECONDS)
        finally:
            process.kill()
            os.close(end)
    assert code == 1
    assert 'terminal prompts disabled' in said
    assert 'give git credentials' in said


def _all_of(end: int) -> str:
    said = b''
    with suppress(OSError):  # Linux's way to say that the last one has closed it
        while part := os.read(end, 4096):
            said += part
            if said.endswith(b"': "):  # a question
                break
    return said.decode()


@pytest.mark.parametrize('kind', KINDS)
def test_a_run_after_a_fault_ends_with_one_pull_request(
    kind: str, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(forges, 'api', lambda forge, token: Api(forge, token, wait=waits.append))
    for name in (name for name in dict(os.environ) if name.startswith(('CI', 'GITHUB_', 'GITLAB_', *TOKENS.values()))):
        monkeypatch.delenv(name)
    with serving(kind) as world:
        place = connected(world, remote, tmp_path / 'clone', monkeypatch)
        for number, (fault, times) in enumerate(FAULTS):
            name = f'e{number}'
            world.fail('POST', fault, times)
            ran = shell('init', '--env', name)
            world.faults.clear()
            assert ran.code in (0, 6), (fault, ran.err)
            if ran.code == 6:
                error, hint = ran.err.splitlines()
                assert error.startswith(f'error: raybootstrap/init-{name} is pushed, its pull request is not'), fault
                assert 'run it again' in hint or '--forge' in hint, fault
            again = shell('init', '--env', name)
            assert again.code == 0, (fault, again.err)
            [pull] = [one for one in world.pulls if one['head'] == f'raybootstrap/init-{name}']
            assert pull['state'] == 'open'
            assert CANARY not in ran.out + ran.err + again.out + again.err + pull['body'], fault
        assert len(world.pulls) == len(FAULTS)
        assert not holds(place, CANARY)
        assert 7 in waits
