"""Addresses of git repositories, in the forms git takes."""

from __future__ import annotations

import re
from typing import NamedTuple

from bootstrap.errors import USAGE, BootstrapError

_URL = re.compile(
    r'(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^/@]*)@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:@\s]*)(?::(?P<port>\d{1,5}))?'
    r'(?:/(?P<path>.*))?',
    re.ASCII | re.DOTALL,
)
# git reads `host:path` as ssh unless a slash stands before the first colon; with `//` behind it the host is a scheme,
# with another colon a remote helper.
_SCP = re.compile(
    r'(?:(?P<user>[^/@:]+)@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:@\s]+):(?P<path>(?!//|:).*)', re.ASCII | re.DOTALL
)
_HOST = re.compile(r'\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?', re.ASCII)
_USER = re.compile(r'(?:[\w][\w.+-]*)?', re.ASCII)
_PATH = re.compile(r'[\w.~%+@/-]+', re.ASCII)


class GitUrl(NamedTuple):
    """`scheme` is '' for the scp-like form, where `path` may begin with a slash."""

    scheme: str
    user: str
    host: str
    port: int | None
    path: str


def parse(text: str) -> GitUrl | None:
    """The parts of an address; None for a local path or what git would hand to a remote helper (`ext::`)."""
    if match := _URL.fullmatch(text):
        port = int(match['port']) if match['port'] else None
        return GitUrl(match['scheme'], match['user'] or '', match['host'], port, match['path'] or '')
    if match := _SCP.fullmatch(text):
        return GitUrl('', match['user'] or '', match['host'], None, match['path'])
    return None


def checked(text: str) -> str:
    """An address that Argo CD can read and that holds no secret; a usage error where it is none.

    An ssh alias (a host without a dot) is refused: only the user's own ssh configuration knows it.
    """
    url = parse(text)
    if url and url.scheme and (':' in url.user or (url.scheme in ('https', 'http') and url.user)):
        raise BootstrapError(
            'the repository URL holds credentials',
            'leave them out: Argo CD has its own (argocd repo add)',
            exit_code=USAGE,
        )
    if url is None or url.scheme not in ('https', 'ssh', '') or not _HOST.fullmatch(url.host):
        raise _refused(text, 'is no https or ssh address of a repository')
    path, port = url.path.strip('/'), url.port
    if not _PATH.fullmatch(path) or '..' in path.split('/') or (port is not None and not 0 < port < 65536):
        raise _refused(text, 'is no https or ssh address of a repository')
    if not _USER.fullmatch(url.user):
        raise _refused(text, 'is no https or ssh address of a repository')
    if url.scheme != 'https' and '.' not in url.host and not url.host.startswith('['):
        raise _refused(text, f'names {url.host!a}, which looks like an alias of your ssh configuration')
    return text


def _refused(text: str, why: str) -> BootstrapError:
    # Whatever stands before an @ may be a password.
    shown = re.sub(r'//.*@', '//***@', text, flags=re.DOTALL)
    return BootstrapError(
        f'{shown!a} {why}',
        'give the address Argo CD reads with --repo-url, such as https://git.example.com/acme/ray.git',
        exit_code=USAGE,
    )
