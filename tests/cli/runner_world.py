"""A forge on loopback that holds the comments of a pull request, and a runner of workflows' scripts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

TOKEN = 'canary-token'


class Forge:
    """The comments of one pull request, as Gitea and GitLab tell and take them."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.refused = 0
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def _answer(self, data: Any) -> None:
                body = json.dumps(data).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def _change(self) -> None:
                if TOKEN not in self.headers.get('Authorization', self.headers.get('PRIVATE-TOKEN', '')):
                    forge.refused += 1
                    self.send_response(401)
                    self.end_headers()
                    return
                text = self.rfile.read(int(self.headers['Content-Length'])).decode()
                is_json = self.headers['Content-Type'] == 'application/json'
                body = json.loads(text)['body'] if is_json else parse_qs(text)['body'][0]
                if self.command == 'POST':
                    forge.comments.append(comment(len(forge.comments) + 1, body))
                else:
                    number = int(self.path.rpartition('/')[2])
                    next(one for one in forge.comments if one['id'] == number)['body'] = body
                self._answer({})

            def do_GET(self) -> None:
                self._answer({'id': -2} if self.path.endswith('/user') else forge.comments)

            do_POST = do_PUT = do_PATCH = _change  # noqa: N815

        self._server = HTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self._server.server_port}'
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def comment(number: int, body: str, login: str = 'gitea-actions', user: int = -2) -> dict[str, Any]:
    return {'id': number, 'body': body, 'user': {'login': login}, 'author': {'id': user}}


class Runner:
    """A checkout of a pull request, and the environment that a runner gives to its scripts."""

    def __init__(self, repository: Path, temporary: Path, **variables: str) -> None:
        temporary.mkdir(exist_ok=True)
        self.temporary, self._repository = temporary, repository
        paths = [str(temporary / 'bin'), str(Path(sys.executable).parent), os.environ['PATH']]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(('GITHUB', 'CI'))},
            'PATH': os.pathsep.join(paths),
            'RUNNER_TEMP': str(temporary),
            'GITHUB_WORKSPACE': str(repository),
            'GITHUB_OUTPUT': str(temporary / 'output'),
            'GITHUB_STEP_SUMMARY': str(temporary / 'summary.md'),
            'GITHUB_REPOSITORY': 'acme/ray',
            'NUMBER': '7',
            **variables,
        }

    def __call__(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
            cwd=self._repository,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def output(self, name: str) -> str:
        found = re.findall(rf'^{name}=(.*)$', (self.temporary / 'output').read_text(), re.MULTILINE)
        return str(found[-1]) if found else ''
