"""Requests and answers as GitHub itself describes them: `npm install @stoplight/prism-cli @octokit/openapi`.

RAYBOOTSTRAP_TEST_PRISM names the folder they are installed in.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap import forges
from bootstrap.forges import Draft, Forge, Head
from bootstrap.forges.http import Api

FOLDER = Path(os.environ.get('RAYBOOTSTRAP_TEST_PRISM', 'node_modules').removesuffix('/node_modules')) / 'node_modules'
PRISM = FOLDER / '.bin' / 'prism'
DESCRIPTION = FOLDER / '@octokit' / 'openapi' / 'generated' / 'api.github.com.json'
pytestmark = pytest.mark.skipif(not (PRISM.exists() and DESCRIPTION.exists()), reason='prism is not installed')


@pytest.fixture(scope='module')
def api() -> Iterator[Api]:
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    command = [str(PRISM), 'mock', '-h', '127.0.0.1', '-p', str(port), str(DESCRIPTION)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as prism:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(('127.0.0.1', port)) == 0:
                        break
                time.sleep(0.1)
            forge = Forge('github', 'https://github.com', f'http://127.0.0.1:{port}', 'octocat/Hello-World', named=True)
            yield Api(forge, forges.Token('token-of-nobody', 'TEST_TOKEN'), wait=lambda seconds: None)
        finally:
            prism.terminate()


def test_github_takes_and_gives_what_is_expected(api: Api) -> None:
    github, head = forges.of('github'), Head('new-topic')
    found = github.find(api, head)
    assert found is not None
    assert found.url.startswith('https://github.com/octocat/Hello-World/pull/')
    # The examples say that both reviewers and labels are taken.
    made = github.create(
        api, Draft('title', 'body', head, 'main', True, ('octocat', 'github/justice-league'), ('bug',))
    )
    assert made.number == found.number
    assert made.warnings == ()
    assert github.update(api, made, None, 'body').number
    github.close(api, made)
    assert [one.number for one in github.open_ones(api)]
    assert not github.merged(api, Head('another'))
