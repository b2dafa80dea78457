from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bootstrap import forges
from bootstrap.errors import USAGE, BootstrapError

OWN = 'git@git.example.com:acme/ray.git'
SERVER = 'https://git.example.com'


def kind_of(
    remote: str,
    environ: dict[str, str] | None = None,
    *,
    told: str | None = None,
    settings: str | None = None,
    probe: bool = False,
    api_url: str | None = None,
) -> str | None:
    return forges.kind_of(
        remote, kind=told, settings_kind=settings, environ=environ or {}, probe=probe, api_url=api_url
    )


def test_the_flag_comes_first_then_the_settings() -> None:
    assert kind_of('git@github.com:acme/ray', told='gitea', settings='gitlab') == 'gitea'
    assert kind_of('git@github.com:acme/ray', settings='gitlab') == 'gitlab'
    with pytest.raises(BootstrapError) as caught:
        kind_of(OWN, told='gogs')
    assert caught.value.exit_code == USAGE


@pytest.mark.parametrize(
    ('environ', 'expected'),
    [
        ({'GITHUB_SERVER_URL': SERVER}, 'github'),
        ({'GITHUB_SERVER_URL': 'https://github.com'}, None),
        ({'GITHUB_SERVER_URL': SERVER, 'GITEA_ACTIONS': 'true'}, 'gitea'),
        ({'GITHUB_SERVER_URL': SERVER, 'FORGEJO_ACTIONS': 'true'}, 'forgejo'),
        ({'GITLAB_CI': 'true', 'CI_SERVER_URL': SERVER}, 'gitlab'),
        ({'CI_SERVER_URL': SERVER}, None),
        ({'GITLAB_CI': 'true', 'CI_SERVER_URL': 'https://evil.git.example.com'}, None),
        ({'GITLAB_CI': 'true'}, None),
        ({'GITLAB_CI': 'true', 'CI_SERVER_URL': 'https://[x'}, None),
        ({'TF_BUILD': 'True', 'SYSTEM_COLLECTIONURI': f'{SERVER}/tfs/Main/'}, 'azure'),
        ({'BITBUCKET_GIT_HTTP_ORIGIN': 'http://bitbucket.org/acme/ray'}, None),
    ],
)
def test_a_job_tells_the_kind_of_its_own_host_only(environ: dict[str, str], expected: str | None) -> None:
    assert kind_of(OWN, environ) == expected


def test_a_job_tells_where_its_forge_is() -> None:
    environ = {
        'GITLAB_CI': 'true',
        'CI_SERVER_URL': f'{SERVER}:8443/gitlab',
        'CI_API_V4_URL': f'{SERVER}:8443/gitlab/api/v4',
    }
    forge = forges.forge('git@git.example.com:a/b/ray.git', 'gitlab', api_url=None, environ=environ)
    assert (forge.web, forge.api, forge.project) == (f'{SERVER}:8443/gitlab', f'{SERVER}:8443/gitlab/api/v4', 'a/b/ray')
    forge = forges.forge(f'{SERVER}:8443/gitlab/a/b/ray.git', 'gitlab', api_url=None, environ=environ)
    assert (forge.web, forge.project) == (f'{SERVER}:8443/gitlab', 'a/b/ray')


@pytest.mark.parametrize(
    'remote',
    [
        'https://github.com.evil.example/acme/ray',
        'https://notgithub.com/acme/ray',
        'https://gitlab.example.com/acme/ray',
        'https://example.com/github.com/ray',
        'git@mygitlab.com:acme/ray',
        'https://ghe.com/acme/ray',
        '/srv/github.com/ray.git',
        'file:///github.com/acme/ray',
        'https://github.com@evil.example/acme/ray',
    ],
)
def test_a_part_of_a_name_tells_nothing(remote: str) -> None:
    assert kind_of(remote) is None


@pytest.mark.parametrize(
    ('api_url', 'expected'),
    [
        ('https://api.github.com', 'github'),
        ('https://x.example/api/v3', 'github'),
        ('https://x.example/gitlab/api/v4/', 'gitlab'),
        ('https://x.example/rest/api/1.0', 'bitbucket-server'),
        ('https://api.bitbucket.org/2.0', 'bitbucket'),
        ('https://x.example', None),
        ('https://x.example/api/v1', None),
    ],
)
def test_the_shape_of_a_named_address(api_url: str, expected: str | None) -> None:
    assert kind_of(OWN, api_url=api_url) == expected


@contextmanager
def answering(pages: dict[str, tuple[int, dict[str, str], object]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert not {'authorization', 'private-token'} & {name.lower() for name in self.headers}
            status, headers, data = pages.get(self.path, (404, {}, {}))
            body = json.dumps(data).encode()
            self.send_response(status)
            for name, value in {**headers, 'Content-Length': str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f'http://127.0.0.1:{server.server_address[1]}'
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ('path', 'status', 'headers', 'data', 'expected'),
    [
        ('/api/forgejo/v1/version', 200, {}, {'version': '9.0.0'}, 'forgejo'),
        ('/api/v1/version', 200, {}, {'version': '1.22.0'}, 'gitea'),
        ('/below/api/v1/version', 200, {}, {'version': '1.22.0'}, 'gitea'),
        ('/api/v4/version', 401, {'X-Gitlab-Meta': '{}'}, {'message': '401 Unauthorized'}, 'gitlab'),
        ('/api/v4/version', 401, {}, {'message': '401 Unauthorized'}, None),
        ('/api/v3/meta', 200, {'X-GitHub-Request-Id': 'x'}, {}, 'github'),
        ('/rest/api/1.0/application-properties', 200, {}, {'displayName': 'Bitbucket'}, 'bitbucket-server'),
        ('/_apis/connectionData', 401, {'X-TFS-ProcessId': 'x'}, {}, 'azure'),
        ('/api/v1/version', 302, {'Location': 'https://evil.example/'}, {}, None),
        ('/api/v1/version', 200, {}, ['1.22.0'], None),
        ('/nothing', 200, {}, {}, None),
    ],
)
def test_a_host_is_asked(path: str, status: int, headers: dict[str, str], data: object, expected: str | None) -> None:
    with answering({path: (status, headers, data)}) as url:
        assert kind_of(f'{url}/below/acme/ray.git', probe=True) == expected
        assert kind_of(f'{url}/below/acme/ray.git') is None


def test_nobody_is_asked_about_an_alias_or_a_folder() -> None:
    assert kind_of('work:acme/ray', probe=True) is None
    assert kind_of('/srv/ray.git', probe=True) is None
    assert kind_of('http://127.0.0.1:1/acme/ray', probe=True) is None
