"""Where a forge is, and which of its projects a remote is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from bootstrap import git_url
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.forges import ci
from bootstrap.git_url import GitUrl

KINDS = ('github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'bitbucket-server', 'azure')
# Hosts that only speak ssh, and the one whose pages they belong to.
_PAGES = {
    'ssh.github.com': 'github.com',
    'altssh.gitlab.com': 'gitlab.com',
    'altssh.bitbucket.org': 'bitbucket.org',
    'ssh.dev.azure.com': 'dev.azure.com',
    'vs-ssh.visualstudio.com': 'dev.azure.com',
}
_APIS = {'github.com': 'https://api.github.com', 'bitbucket.org': 'https://api.bitbucket.org/2.0'}
_ROOTS = {
    'github': '/api/v3',
    'gitlab': '/api/v4',
    'gitea': '/api/v1',
    'forgejo': '/api/v1',
    'bitbucket': '/2.0',
    'bitbucket-server': '/rest/api/1.0',
    'azure': '',
}


@dataclass(frozen=True)
class Forge:
    """`web` and `api` are base URLs; `named` says that the user named the API with --forge-url.

    `project` is owner/name; on GitLab with all groups, on Azure DevOps organisation/project/repository, on Bitbucket
    Data Center project/repository.
    """

    kind: str
    web: str
    api: str
    project: str
    named: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.web).netloc


def forge(remote_url: str, kind: str, *, api_url: str | None, environ: Mapping[str, str]) -> Forge:
    """The forge and project of a remote; a usage error where the remote's address names none."""
    url = git_url.parse(remote_url)
    if url is None or url.scheme not in ('', 'ssh', 'git', 'git+ssh', 'https', 'http'):
        raise _no_project(kind)
    web, api = _bases(url, kind, api_url, environ)
    segments = _segments(url, kind)
    prefix = [unquote(part) for part in urlsplit(web).path.split('/') if part]
    if url.scheme in ('https', 'http') and prefix and segments[: len(prefix)] == prefix:
        segments = segments[len(prefix) :]
    segments, above = _project(segments, kind)
    if above and not prefix and kind != 'gitlab' and url.scheme in ('https', 'http'):
        web = f'{web}/{quote("/".join(above))}'
        api = api if api_url else web + _ROOTS[kind]
    if len(segments) < (3 if kind == 'azure' else 2):
        raise _no_project(kind)
    return Forge(kind, web, api, '/'.join(segments), api_url is not None)


def web_host(url: GitUrl) -> str:
    """The host of the pages of what a remote's address names, in lower case."""
    host = _PAGES.get(url.host.lower(), url.host.lower())
    return 'dev.azure.com' if host.endswith('.visualstudio.com') else host


def web_of(url: GitUrl) -> str:
    """The base of a forge's pages, as far as a remote's address tells: an ssh port says nothing about https."""
    host = web_host(url)
    if url.scheme not in ('https', 'http'):
        return f'https://{host}'
    usual = url.port is None or url.port == {'https': 443, 'http': 80}[url.scheme]
    return f'{url.scheme}://{host}' + ('' if usual else f':{url.port}')


def checked_api_url(text: str) -> str:
    """A --forge-url without a slash at its end."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(''), None
    bad = parts.username is not None or parts.query or parts.fragment or port == 0
    if parts.scheme not in ('https', 'http') or not parts.hostname or bad or not re.fullmatch(r'[!-~]+', text):
        raise BootstrapError(
            '--forge-url is no https address, or holds credentials',
            "give the base of the forge's API, such as https://git.example.com/api/v4",
            exit_code=USAGE,
        )
    return text.rstrip('/')


def quoted(project: str) -> str:
    """A project as it stands in a page's address."""
    return '/'.join(quote(part, safe='~') for part in project.split('/'))


def _bases(url: GitUrl, kind: str, api_url: str | None, environ: Mapping[str, str]) -> tuple[str, str]:
    if api_url is not None:
        return _named(checked_api_url(api_url), kind)
    server = ci.server(environ)
    if server is not None and server.kind == kind and server.host == web_host(url):
        same = url.scheme not in ('https', 'http') or urlsplit(server.web).netloc == urlsplit(web_of(url)).netloc
        if same:
            return server.web, server.api or _api_of(server.web, kind)
    web = web_of(url)
    return web, _api_of(web, kind)


def _api_of(web: str, kind: str) -> str:
    host = urlsplit(web).netloc
    if kind == 'github' and host.endswith('.ghe.com'):
        return f'https://api.{host}'
    if kind in ('github', 'bitbucket') and host in _APIS:
        return _APIS[host]
    return web + _ROOTS[kind]


def _named(api: str, kind: str) -> tuple[str, str]:
    for host, public in _APIS.items():
        if api in (public, f'https://{host}'):
            return f'https://{host}', public
    if kind == 'github' and (tenant := re.fullmatch(r'https://api\.([a-z0-9-]+\.ghe\.com)', api)):
        return f'https://{tenant[1]}', api
    root = re.search(r'/api/v\d+$|/rest/api/(latest|\d+\.\d+)$|/2\.0$', api)
    if root and kind != 'azure':
        return api[: root.start()], api
    return api, api + _ROOTS[kind]


def _segments(url: GitUrl, kind: str) -> list[str]:
    """The parts of a remote's path, decoded; refused where one could be read as something else."""
    path = url.path.strip('/')
    path = re.sub(r'\.git/*$', '', path) if kind != 'azure' else path
    parts = [unquote(part) for part in path.split('/')]
    if any(part in ('', '.', '..') or re.search(r'[\x00-\x1f\x7f/\\?#]', part) for part in parts):
        raise _no_project(kind)
    if kind == 'azure' and url.host.lower().endswith('.visualstudio.com') and parts[0] != 'v3':
        parts = [url.host.partition('.')[0], *(parts[1:] if parts[0] == 'DefaultCollection' else parts)]
    return parts


def _project(parts: list[str], kind: str) -> tuple[list[str], list[str]]:
    """The parts that name the project, and those above them: a path prefix of the forge."""
    if kind == 'azure':
        return _azure_project(parts)
    if kind == 'bitbucket-server' and 'scm' in parts[:-2]:
        place = len(parts) - 3
        return (parts[place + 1 :], parts[:place]) if parts[place] == 'scm' else ([], [])
    if kind == 'gitlab':
        return parts, []
    return parts[-2:], parts[:-2]


def _azure_project(parts: list[str]) -> tuple[list[str], list[str]]:
    if parts[0] == 'v3':
        return (parts[1:], []) if len(parts) == 4 else ([], [])
    if '_git' not in parts:
        return [], []
    place = parts.index('_git')
    above, repository = parts[:place], [part for part in parts[place + 1 :] if part not in ('_full', '_optimized')]
    if len(repository) != 1 or not above:
        return [], []
    # A project's first repository is called like the project, which its address leaves out.
    if len(above) == 1:
        return [above[0], repository[0], repository[0]], []
    return [*above[-2:], repository[0]], above[:-2]


def _no_project(kind: str) -> BootstrapError:
    return BootstrapError(
        f"the remote's address names no project of a {kind} forge",
        'check it with git remote -v, and --forge',
        exit_code=USAGE,
    )
