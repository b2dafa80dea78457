"""Bitbucket Data Center and Server: https://developer.atlassian.com/server/bitbucket/rest/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bootstrap.forges.address import quoted
from bootstrap.forges.http import TRIES, Api, ExistsError
from bootstrap.forges.pull_request import (
    AnswerError,
    Draft,
    Head,
    PullRequest,
    first,
    items,
    maybe,
    number,
    of_head,
    pick,
    shown,
    tried,
    url_on,
)

TITLE_LIMIT = 255
BODY_LIMIT = 32768
# So that a page of long descriptions stays below 1 MiB.
_PAGE = 20
_PAGES = 25


def find(api: Api, head: Head) -> PullRequest | None:
    """The open pull request of a branch."""
    return first(_of(api, head, 'OPEN'))


def merged(api: Api, head: Head) -> bool:
    return of_head(_of(api, head, 'MERGED'), head)


def create(api: Api, draft: Draft) -> PullRequest:
    data = {
        'title': draft.title,
        'description': draft.body,
        'fromRef': _ref(draft.head.branch, draft.head.project or api.forge.project),
        'toRef': _ref(draft.base, api.forge.project),
        'draft': draft.draft,
    }
    made = api.once(lambda: _read(api, api.post(_pulls(api.forge.project), data)), lambda: find(api, draft.head))
    labels = ('labels: Bitbucket has none for pull requests',) if draft.labels else ()
    return replace(made, warnings=(*_reviewers(api, made, draft), *labels))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    def put(there: dict[str, Any]) -> Any:
        # Reviewers that are left out are removed.
        known = maybe(there, list, 'reviewers') or []
        reviewers = [{'user': {'name': pick(one, str, 'user', 'name')}} for one in known]
        data = {'title': title or pick(there, str, 'title'), 'description': body, 'reviewers': reviewers}
        return api.send('PUT', _path(api, pull_request), {**data, 'version': _version(there)})

    return _read(api, _at_version(api, pull_request, put))


def close(api: Api, pull_request: PullRequest) -> None:
    def decline(there: dict[str, Any]) -> Any:
        if _read(api, there).state != 'open':
            return there
        return api.send('POST', f'{_path(api, pull_request)}/decline?version={_version(there)}', {})

    _at_version(api, pull_request, decline)


def open_ones(api: Api) -> list[PullRequest]:
    return [_read(api, one) for one in _listed(api, api.forge.project, state='OPEN', direction='INCOMING')]


def _of(api: Api, head: Head, state: str) -> list[PullRequest]:
    project = head.project or api.forge.project
    ref = f'refs/heads/{head.branch}'
    data = _listed(api, project, state=state, direction='OUTGOING', at=ref)
    return [
        _read(api, one)
        for one in data
        if pick(one, str, 'fromRef', 'id') == ref and _project(one, 'toRef') == api.forge.project.casefold()
    ]


def _listed(api: Api, project: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start = 0
    for _ in range(_PAGES):
        page = api.get(_pulls(project), **query, limit=_PAGE, start=start)
        found += items(page, 'values')
        following = maybe(page, int, 'nextPageStart')
        if page.get('isLastPage', True) or following is None or following <= start:
            break
        start = following
    return found


def _read(api: Api, data: Any) -> PullRequest:
    state, links = pick(data, str, 'state'), items(data, 'links', 'self')
    if not links:
        raise AnswerError('has no links')
    return PullRequest(
        url_on(api.forge, pick(links[0], str, 'href')),
        number(data, 'id'),
        'open' if state == 'OPEN' else 'merged' if state == 'MERGED' else 'closed',
        shown(pick(data, str, 'title')),
        maybe(data, str, 'description') or '',
        bool(data.get('draft')),
        pick(data, str, 'fromRef', 'id').removeprefix('refs/heads/'),
        maybe(data, str, 'fromRef', 'latestCommit') or '',
    )


def _at_version(api: Api, pull_request: PullRequest, act: Callable[[dict[str, Any]], Any]) -> Any:
    """A change names the version that it changes; what was faster is read again."""
    for _ in range(TRIES - 1):
        try:
            return act(api.get(_path(api, pull_request)))
        except ExistsError:
            continue
    return act(api.get(_path(api, pull_request)))


def _version(there: dict[str, Any]) -> int:
    return pick(there, int, 'version')


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """Afterwards, one by one: one that may not review refuses the whole pull request."""
    path = f'{_path(api, made)}/participants'
    warnings: tuple[str, ...] = ()
    for reviewer in draft.reviewers:
        data = {'user': {'name': reviewer.removeprefix('@')}, 'role': 'REVIEWER'}
        warnings += tried(f'reviewer {shown(reviewer)}', lambda data=data: api.send('POST', path, data))  # type: ignore[misc]
    return warnings


def _project(data: dict[str, Any], ref: str) -> str:
    key = pick(data, str, ref, 'repository', 'project', 'key')
    return f'{key}/{pick(data, str, ref, "repository", "slug")}'.casefold()


def _ref(branch: str, project: str) -> dict[str, Any]:
    key, _, slug = project.partition('/')
    return {'id': f'refs/heads/{branch}', 'repository': {'slug': slug, 'project': {'key': key}}}


def _path(api: Api, pull_request: PullRequest) -> str:
    return f'{_pulls(api.forge.project)}/{pull_request.number}'


def _pulls(project: str) -> str:
    key, _, slug = quoted(project).partition('/')
    return f'/projects/{key}/repos/{slug}/pull-requests'
