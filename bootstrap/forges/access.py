"""What a token may do in a project, as far as each forge tells."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from bootstrap.errors import BootstrapError
from bootstrap.forges.address import quoted
from bootstrap.forges.http import Answer, Api
from bootstrap.forges.pull_request import maybe, pick, shown

_DEVELOPER = 30
_SOON_DAYS = 14


class Access(NamedTuple):
    """`words` say what the forge tells; `lacks` what a pull request needs besides; `ends` when it will not do any more.

    What a forge does not tell is nothing lacking.
    """

    words: str
    lacks: str = ''
    ends: str = ''


def of(api: Api, *, fork: bool) -> Access:
    """Raises BootstrapError where the forge does not take the token, or shows it no such project.

    With a `fork` nobody needs to push to the project itself.
    """
    return _FORGES[api.forge.kind](api, fork)


def _github(api: Api, fork: bool) -> Access:
    answer = api.whole(f'/repos/{quoted(api.forge.project)}')
    pushes = _right(answer, 'permissions', 'push')
    listed = answer.headers.get('x-oauth-scopes')
    if listed is None:
        # Fine-grained tokens and those of Apps and jobs: only the user's own rights are told.
        return _with_right('it sees the project; GitHub does not tell what else it may do', pushes, fork)
    scopes = _words(listed)
    public = maybe(answer.data, bool, 'private') is False
    enough = 'repo' in scopes or (public and 'public_repo' in scopes)
    return _with_right(_scopes(scopes), pushes, fork) if enough else Access(_scopes(scopes), 'the scope repo')


def _gitlab(api: Api, fork: bool) -> Access:
    project = api.whole(f'/projects/{quote(api.forge.project, safe="")}')
    levels = [maybe(project.data, int, 'permissions', f'{of}_access', 'access_level') for of in ('project', 'group')]
    told = maybe(project.data, dict, 'permissions') is not None
    pushes = max((level or 0) for level in levels) >= _DEVELOPER if told else None
    try:
        said = api.whole('/personal_access_tokens/self').data
    except BootstrapError:
        return _with_right('it sees the project; GitLab does not tell its scopes', pushes, fork, 'the Developer role')
    scopes = [scope for scope in pick(said, list, 'scopes') if isinstance(scope, str)]
    if 'api' not in scopes:
        return Access(_scopes(scopes), 'the scope api')
    access = _with_right(_scopes(scopes), pushes, fork, 'the Developer role')
    return access._replace(ends=_soon(maybe(said, str, 'expires_at')))


def _gitea(api: Api, fork: bool) -> Access:
    answer = api.whole(f'/repos/{quoted(api.forge.project)}')
    return _with_right('it sees the project; its scopes are not told', _right(answer, 'permissions', 'push'), fork)


def _bitbucket(api: Api, fork: bool) -> Access:  # noqa: ARG001
    answer = api.whole(f'/repositories/{quoted(api.forge.project)}')
    scopes = _words(answer.headers.get('x-oauth-scopes', ''))
    if not scopes:
        return Access('it sees the project; its scopes are not told')
    enough = {'pullrequest:write', 'write:pullrequest:bitbucket'} & set(scopes)
    return Access(_scopes(scopes), '' if enough else 'the scope write:pullrequest:bitbucket')


def _bitbucket_server(api: Api, fork: bool) -> Access:
    project, _, name = api.forge.project.partition('/')
    api.whole(f'/projects/{quote(project, safe="~")}/repos/{quote(name, safe="")}')
    query = f'/repos?permission=REPO_WRITE&name={quote(name, safe="")}&limit=100'
    writable = [one for one in pick(api.whole(query).data, list, 'values') if isinstance(one, dict)]
    names = {(str(maybe(one, str, 'project', 'key')).casefold(), str(one.get('slug')).casefold()) for one in writable}
    return _with_right('it sees the project', (project.casefold(), name.casefold()) in names, fork)


def _azure(api: Api, fork: bool) -> Access:  # noqa: ARG001
    organisation, project, name = (quote(part, safe='') for part in api.forge.project.split('/'))
    api.whole(f'/{organisation}/{project}/_apis/git/repositories/{name}?api-version=6.0')
    return Access('it sees the project; Azure DevOps does not tell its scopes')


def _right(answer: Answer, *path: str) -> bool | None:
    return maybe(answer.data, bool, *path)


def _with_right(words: str, pushes: bool | None, fork: bool, needed: str = 'the right to push') -> Access:
    if fork or pushes is None:
        return Access(words)
    return Access(f'{words}; its user may push') if pushes else Access(words, needed)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r'[,\s]+', text) if word]


def _scopes(scopes: list[str]) -> str:
    return f'scopes {shown(", ".join(scopes))}' if scopes else 'no scope'


def _soon(day: str | None) -> str:
    """The day, where it is near."""
    try:
        ends = datetime.date.fromisoformat(day or '')
    except ValueError:
        return ''
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return ends.isoformat() if (ends - today).days <= _SOON_DAYS else ''


_FORGES: dict[str, Callable[[Api, bool], Access]] = {
    'github': _github,
    'gitlab': _gitlab,
    'gitea': _gitea,
    'forgejo': _gitea,
    'bitbucket': _bitbucket,
    'bitbucket-server': _bitbucket_server,
    'azure': _azure,
}
