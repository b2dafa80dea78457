"""Which forge a remote is: told, or found out, never guessed from a part of a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from bootstrap import git_url
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.forges import ci
from bootstrap.forges.address import KINDS, checked_api_url, web_host, web_of
from bootstrap.git_url import GitUrl

PUBLIC = {
    'github.com': 'github',
    'gitlab.com': 'gitlab',
    'gitea.com': 'gitea',
    'codeberg.org': 'forgejo',
    'bitbucket.org': 'bitbucket',
    'dev.azure.com': 'azure',
}


def kind_of(
    remote_url: str,
    *,
    kind: str | None,
    settings_kind: str | None,
    environ: Mapping[str, str],
    probe: bool,
    api_url: str | None = None,
) -> str | None:
    """The kind of a remote's forge; None where it is not known, or the remote is no forge's."""
    for told in (kind, settings_kind):
        if told is not None:
            return _checked(told)
    if api_url is not None and (found := _kind_of_api(checked_api_url(api_url))):
        return found
    url = git_url.parse(remote_url)
    if url is None or url.scheme not in ('', 'ssh', 'git', 'git+ssh', 'https', 'http') or not url.host:
        return None
    host = web_host(url)
    server = ci.server(environ)
    if server is not None and server.host == host:
        return server.kind
    if found := public_kind(host):
        return found
    return _probed(url) if probe else None


def public_kind(host: str) -> str | None:
    """The kind of a host that everybody knows."""
    # Tenants of GitHub with data residency.
    return 'github' if host.endswith('.ghe.com') else PUBLIC.get(host)


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise BootstrapError(f'{kind!a}: no such kind of forge', f'there is {", ".join(KINDS)}', exit_code=USAGE)
    return kind


def _kind_of_api(api: str) -> str | None:
    host = urlsplit(api).netloc.lower()
    if host.startswith('api.') and (found := public_kind(host.removeprefix('api.'))):
        return found
    if found := public_kind(host):
        return found
    shape = re.search(r'/api/v[34]$|/rest/api/(latest|\d+\.\d+)$', api)
    kinds = {'/api/v3': 'github', '/api/v4': 'gitlab'}
    return kinds.get(shape[0], 'bitbucket-server') if shape else None


def _probed(url: GitUrl) -> str | None:
    """What a forge says about itself to anybody; its root may stand below the host's."""
    from bootstrap.forges import http

    if '.' not in url.host and ':' not in url.host and url.scheme not in ('https', 'http'):
        return None  # an alias of the user's ssh configuration
    parts = url.path.strip('/').split('/')
    web = web_of(url)
    prefix = '/'.join(quote(part) for part in parts[:-2]) if url.scheme in ('https', 'http') else ''
    for base in [web, f'{web}/{prefix}'] if prefix else [web]:
        for path, kind in _PROBES:
            answer = http.asked(base + path)
            if answer is None:
                return None
            if _says(kind, answer):
                return kind
    return None


_PROBES = (
    ('/api/forgejo/v1/version', 'forgejo'),
    ('/api/v1/version', 'gitea'),
    ('/api/v4/version', 'gitlab'),
    ('/api/v3/meta', 'github'),
    ('/rest/api/1.0/application-properties', 'bitbucket-server'),
    ('/_apis/connectionData', 'azure'),
)


def _says(kind: str, answer: tuple[int, Mapping[str, str], object]) -> bool:
    status, headers, data = answer
    said = data if isinstance(data, dict) else {}
    if kind in ('forgejo', 'gitea'):
        return status == 200 and isinstance(said.get('version'), str)
    if kind == 'bitbucket-server':
        return status == 200 and said.get('displayName') == 'Bitbucket'
    # These answer 401 to anybody, but with headers of their own.
    marks = {'gitlab': ('x-gitlab-meta',), 'github': ('x-github-request-id', 'x-github-enterprise-version')}
    return status in (200, 401, 403) and any(mark in headers for mark in marks.get(kind, ('x-tfs-processid',)))
