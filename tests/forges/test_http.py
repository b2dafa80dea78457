from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from forge_world import CANARY, World, serving

from bootstrap import forges
from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges.http import Api, asked


@pytest.fixture
def world() -> Iterator[World]:
    with serving('github') as world:
        yield world


def api_at(url: str) -> Api:
    forge = forges.forge('https://x.example/acme/ray', 'github', api_url=url, environ={})
    return Api(forge, forges.Token(CANARY, 'TEST_TOKEN'), wait=lambda seconds: None)


def test_the_client_is_imported_only_when_a_forge_is_talked_to() -> None:
    code = 'import sys, bootstrap.forges; print("urllib3" in sys.modules or "bootstrap.forges.http" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == 'False'


def test_an_answer_a_byte_at_a_time_ends_in_time() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listening:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b'HTTP/1.1 200 OK\r\nX: ')
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b'x')
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        api = api_at(f'http://127.0.0.1:{listening.getsockname()[1]}')
        api._end = time.monotonic() + 0.4
        began = time.monotonic()
        with pytest.raises(BootstrapError) as caught:
            api.get('/slow')
        assert time.monotonic() - began < 5
        assert caught.value.exit_code == NO_PULL_REQUEST
        stop.set()
        thread.join()


def test_a_host_that_is_not_there() -> None:
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(BootstrapError) as caught:
        api_at(f'http://127.0.0.1:{port}').get('/')
    assert caught.value.message.startswith(f'127.0.0.1:{port} does not answer: ')
    assert 'refused' in caught.value.message


def test_the_proxy_of_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None]] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get('Proxy-Authorization')))
            self.send_response(200)
            self.send_header('Content-Length', '2')
            self.end_headers()
            self.wfile.write(b'[]')

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv('http_proxy', f'http://ada:p%40ss@127.0.0.1:{server.server_address[1]}')
    monkeypatch.setenv('no_proxy', '')
    assert api_at('http://git.example.com').get('/pulls') == []
    assert seen == [('http://git.example.com/api/v3/pulls', 'Basic YWRhOnBAc3M=')]
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    assert world.api().get('/repos/acme/ray/pulls', state='open') == []
    assert len(seen) == 1
    server.shutdown()
    server.server_close()


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An https server, and the file with its own certificate."""
    certificate, key = tmp_path / 'cert.pem', tmp_path / 'key.pem'
    names = ('-subj', '/CN=forge', '-addext', 'subjectAltName=IP:127.0.0.1')
    made = ('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', *names)
    try:
        subprocess.run([*made, '-out', str(certificate), '-keyout', str(key)], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('no openssl')

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header('Content-Length', '2')
            self.end_headers()
            self.wfile.write(b'{}')

        def log_message(self, *arguments: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign, assignment]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f'https://127.0.0.1:{server.server_address[1]}', certificate
    server.shutdown()
    server.server_close()


def test_only_the_system_says_whom_to_trust(trusted: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, certificate = trusted
    with pytest.raises(BootstrapError) as caught:
        api_at(url).get('/')
    assert 'cannot be trusted' in caught.value.message
    assert 'SSL_CERT_FILE' in caught.value.hint
    monkeypatch.setenv('SSL_CERT_FILE', str(certificate))
    assert api_at(url).get('/') == {}


def test_a_question_of_nobody(world: World) -> None:
    answer = asked(f'{world.url}/api/v3/repos/acme/ray/pulls?state=open')
    assert answer is not None
    assert (answer[0], answer[2]) == (200, [])
    assert 'authorization' not in world.seen[0][2]
    world.fail('GET', 'huge')
    assert asked(world.url) == (0, {}, None)
    assert asked('http://127.0.0.1:1/') is None
