"""Forges on loopback: they hold pull requests, and fail when they are told to."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import stand_ins

from bootstrap import forges
from bootstrap.forges.http import Api

CANARY = 'canary-0123456789-token'
KINDS = ('github', 'gitlab', 'gitea', 'bitbucket', 'bitbucket-server', 'azure')
PROJECTS = {'gitlab': 'acme/platform/ray', 'azure': 'acme/platform/ray', 'bitbucket-server': 'acme/ray'}
SLOW_SECONDS = 0.12


@dataclass
class World:
    """One server; `pulls` is what it holds, in the stand-in's own words.

    `pages` are further answers by path and query, without the API's base: status, headers and data.
    """

    kind: str
    url: str = ''
    pulls: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    elsewhere: str = ''
    pages: dict[str, tuple[int, dict[str, str], Any]] = field(default_factory=dict)
    queued: bool = True
    read_seconds: float = 10

    @property
    def project(self) -> str:
        return PROJECTS.get(self.kind, 'acme/ray')

    def open_pulls(self) -> list[dict[str, Any]]:
        return [one for one in self.pulls if one['state'] == 'open']

    def fail(self, method: str, fault: str, times: int = 1) -> None:
        self.faults += [(method, fault)] * times

    def api(self, waits: list[float] | None = None) -> Api:
        forge = forges.forge(f'https://git.example.com/{self._path()}', self.kind, api_url=self.url, environ={})
        waited: list[float] = [] if waits is None else waits
        return Api(forge, forges.Token(CANARY, 'TEST_TOKEN'), wait=waited.append, read_seconds=self.read_seconds)

    def _path(self) -> str:
        return 'acme/platform/_git/ray' if self.kind == 'azure' else f'{self.project}.git'


@contextmanager
def serving(kind: str) -> Iterator[World]:
    world = World(kind)
    server = ThreadingHTTPServer(('127.0.0.1', 0), type('Handler', (_Handler,), {'world': world}))
    server.daemon_threads = True
    world.url = f'http://127.0.0.1:{server.server_address[1]}'
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    world: World
    protocol_version = 'HTTP/1.1'

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def answer(self) -> None:
        world, length = self.world, int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length)
        world.seen.append((self.command, self.path, {name.lower(): text for name, text in self.headers.items()}))
        fault = next((fault for fault in world.faults if fault[0] == self.command), None)
        if fault is not None:
            world.faults.remove(fault)
        self.connection.settimeout(10)
        self.do(fault[1] if fault else '', json.loads(body) if body else None)

    do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815

    def do(self, fault: str, data: Any) -> None:
        if fault in _BEFORE:
            status, headers, body = _BEFORE[fault]
            self.say(status, body.encode(), {**headers, **self.where(fault)})
        elif fault == 'reset':
            self.reset()
        elif fault == 'slow':
            time.sleep(SLOW_SECONDS * 1.5)
            self.reset()
        elif fault == 'huge':
            self.huge()
        elif fault == 'late':
            time.sleep(SLOW_SECONDS * 1.5)
            self.real(data)
            self.reset()
        elif page := next((self.world.pages[end] for end in self.world.pages if self.path.endswith(end)), None):
            self.say(page[0], json.dumps(page[2]).encode(), page[1])
        else:
            self.after(fault, *self.real(data))

    def real(self, data: Any) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return stand_ins.answer(self.world, self.command, parts.path, query, data)

    def after(self, fault: str, status: int, data: Any) -> None:
        """What the forge did is done, whatever its answer is."""
        text = json.dumps(data)
        if fault == 'reset after':
            self.reset()
        elif fault == 'cut':
            self.say(status, text[: len(text) // 2].encode(), {})
        elif fault == 'cut short of its length':
            self.say(status, text[: len(text) // 2].encode(), {'Content-Length': str(len(text))})
            self.reset()
        elif fault == 'html after':
            self.say(status, b'<html><body>Sign in</body></html>', {'Content-Type': 'text/html'})
        elif fault == 'other host':
            self.say(status, text.replace(self.world.url, 'https://evil.example').encode(), {})
        elif fault == 'escapes':
            bad = json.dumps('\x1b]0;x\x07\u202e')[1:-1]
            self.say(status, text.replace(self.world.url, self.world.url + bad).encode(), {})
        elif fault == 'wrong shape':
            self.say(status, b'{"number": "7", "id": true, "values": {}, "value": 1}', {})
        elif fault == 'deep':
            self.say(status, b'[' * 200_000, {})
        else:
            self.say(status, text.encode(), {})

    def where(self, fault: str) -> dict[str, str]:
        return {'Location': self.world.elsewhere + self.path} if fault == '302' else {}

    def say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {'Content-Length': str(len(body)), 'Content-Type': 'application/json', **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def huge(self) -> None:
        self.send_response(200)
        self.send_header('Content-Length', str(100 << 20))
        self.end_headers()
        for _ in range(1600):
            self.wfile.write(b' ' * (1 << 16))

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        # The handler's two files keep the socket open otherwise.
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


_EXISTS = json.dumps({'message': 'a pull request already exists for this branch'})
_BEFORE: dict[str, tuple[int, dict[str, str], str]] = {
    '401': (401, {}, json.dumps({'message': f'Bad credentials {CANARY} \x1b[31m'})),
    '403': (403, {}, json.dumps({'message': 'Resource not accessible'})),
    '403 later': (403, {'Retry-After': '7'}, '{}'),
    '403 much later': (403, {'Retry-After': '3600'}, '{}'),
    '404': (404, {}, json.dumps({'message': 'Not Found'})),
    '409': (409, {}, _EXISTS),
    '422': (422, {}, _EXISTS),
    '422 other': (422, {}, json.dumps({'message': 'Validation Failed', 'errors': [{'message': 'No commits'}]})),
    '429': (429, {'Retry-After': '3'}, '{}'),
    '500': (500, {}, '{}'),
    '503': (503, {}, '<html>'),
    'html': (200, {'Content-Type': 'text/html'}, '<!DOCTYPE html><p>proxy</p>'),
    '302': (302, {}, ''),
}
