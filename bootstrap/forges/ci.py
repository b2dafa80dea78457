"""The forge that runs this job, as its variables tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit


class Server(NamedTuple):
    """`web` is the base of its pages; `api` is '' where that follows from it."""

    kind: str
    web: str
    api: str = ''

    @property
    def host(self) -> str:
        return (urlsplit(self.web).hostname or '').lower()


def server(environ: Mapping[str, str]) -> Server | None:
    """The forge of a CI job; None outside of one, or where its variables do not say."""
    found = _told(environ)
    if found is None:
        return None
    try:
        addresses = [urlsplit(text) for text in (found.web, found.api) if text]
    except ValueError:
        return None
    known = all(one.scheme in ('https', 'http') and one.hostname and '@' not in one.netloc for one in addresses)
    return found if addresses and known else None


def _told(environ: Mapping[str, str]) -> Server | None:
    def url(name: str) -> str:
        return environ.get(name, '').rstrip('/')

    # Gitea's and Forgejo's runners set GitHub's variables too.
    if environ.get('FORGEJO_ACTIONS') == 'true':
        return Server('forgejo', url('FORGEJO_SERVER_URL') or url('GITHUB_SERVER_URL'))
    if environ.get('GITEA_ACTIONS') == 'true':
        return Server('gitea', url('GITHUB_SERVER_URL'))
    if url('GITHUB_SERVER_URL'):
        return Server('github', url('GITHUB_SERVER_URL'), url('GITHUB_API_URL'))
    if environ.get('GITLAB_CI') == 'true':
        return Server('gitlab', url('CI_SERVER_URL'), url('CI_API_V4_URL'))
    if url('BITBUCKET_GIT_HTTP_ORIGIN'):
        return Server('bitbucket', 'https://bitbucket.org')
    if environ.get('TF_BUILD') and url('SYSTEM_COLLECTIONURI'):
        return _azure(url('SYSTEM_COLLECTIONURI'))
    return None


def _azure(collection: str) -> Server:
    # https://dev.azure.com/ORG or https://ORG.visualstudio.com, else https://HOST/PREFIX/COLLECTION.
    try:
        host = urlsplit(collection).hostname or ''
    except ValueError:
        host = ''
    if host == 'dev.azure.com' or host.endswith('.visualstudio.com'):
        return Server('azure', 'https://dev.azure.com')
    return Server('azure', collection.rpartition('/')[0])
