"""Azure DevOps: https://learn.microsoft.com/en-us/rest/api/azure/devops/git/pull-requests."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bootstrap.forges.http import Api
from bootstrap.forges.pull_request import (
    AnswerError,
    Draft,
    Head,
    PullRequest,
    State,
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

TITLE_LIMIT = 400
BODY_LIMIT = 4000
_PAGE = 100
_PAGES = 10
# The newest that Azure DevOps Server 2020 knows.
_VERSION = '6.0'
_STATES: dict[str, State] = {'active': 'open', 'completed': 'merged', 'abandoned': 'closed'}


def find(api: Api, head: Head) -> PullRequest | None:
    """The open pull request of a branch."""
    return first(_of(api, head, 'active'))


def merged(api: Api, head: Head) -> bool:
    return of_head(_of(api, head, 'completed'), head)


def create(api: Api, draft: Draft) -> PullRequest:
    data: dict[str, Any] = {
        'title': draft.title,
        'description': draft.body,
        'sourceRefName': f'refs/heads/{draft.head.branch}',
        'targetRefName': f'refs/heads/{draft.base}',
        'isDraft': draft.draft,
        'labels': [{'name': label} for label in draft.labels],
    }
    if draft.head.project:
        data['forkSource'] = {'repository': {'id': _id(api, draft.head.project)}}
    path = f'{_pulls(api)}?api-version={_VERSION}'
    made = api.once(lambda: _read(api, api.post(path, data)), lambda: find(api, draft.head))
    return replace(made, warnings=_reviewers(api, made, draft))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    data = {'description': body} if title is None else {'title': title, 'description': body}
    return _read(api, api.send('PATCH', _path(api, pull_request), data))


def close(api: Api, pull_request: PullRequest) -> None:
    api.send('PATCH', _path(api, pull_request), {'status': 'abandoned'})


def open_ones(api: Api) -> list[PullRequest]:
    return _listed(api, {'searchCriteria.status': 'active'})


def _of(api: Api, head: Head, status: str) -> list[PullRequest]:
    source = {'searchCriteria.sourceRepositoryId': _id(api, head.project)} if head.project else {}
    ref = f'refs/heads/{head.branch}'
    query = {'searchCriteria.sourceRefName': ref, 'searchCriteria.status': status, **source}
    return [one for one in _listed(api, query, fork=bool(head.project)) if one.head == head.branch]


def _listed(api: Api, query: dict[str, str], *, fork: bool | None = None) -> list[PullRequest]:
    found: list[PullRequest] = []
    for page in range(_PAGES):
        paging = {'$top': str(_PAGE), '$skip': str(page * _PAGE), 'api-version': _VERSION}
        data = items(api.get(_pulls(api), **query, **paging), 'value')
        found += [_read(api, one) for one in data if fork is None or fork == ('forkSource' in one)]
        if len(data) < _PAGE:
            break
    return found


def _read(api: Api, data: Any) -> PullRequest:
    state, found = _STATES.get(pick(data, str, 'status')), number(data, 'pullRequestId')
    if state is None:
        raise AnswerError('has no status')
    organisation, project, repository = (quote(part) for part in api.forge.project.split('/'))
    page = f'{api.forge.web}/{organisation}/{project}/_git/{repository}/pullrequest/{found}'
    return PullRequest(
        url_on(api.forge, page),
        found,
        state,
        shown(pick(data, str, 'title')),
        maybe(data, str, 'description') or '',
        bool(data.get('isDraft')),
        pick(data, str, 'sourceRefName').removeprefix('refs/heads/'),
        maybe(data, str, 'lastMergeSourceCommit', 'commitId') or '',
        auto_merge=data.get('autoCompleteSetBy') is not None,
    )


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """Names would have to be looked up on another host, to which this token does not go."""
    warnings: tuple[str, ...] = ()
    for name in draft.reviewers:
        if not re.fullmatch(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', name, re.IGNORECASE):
            warnings += (f'reviewer {shown(name)}: Azure DevOps knows users and groups by their id (a GUID) only',)
            continue
        path = f'{_pulls(api)}/{made.number}/reviewers/{name}?api-version={_VERSION}'
        warnings += tried(f'reviewer {name}', lambda path=path: api.send('PUT', path, {'vote': 0}))  # type: ignore[misc]
    return warnings


def _id(api: Api, project: str) -> str:
    return pick(api.get(_repository(project), **{'api-version': _VERSION}), str, 'id')


def _path(api: Api, pull_request: PullRequest) -> str:
    return f'{_pulls(api)}/{pull_request.number}?api-version={_VERSION}'


def _pulls(api: Api) -> str:
    return f'{_repository(api.forge.project)}/pullrequests'


def _repository(project: str) -> str:
    organisation, name, repository = (quote(part, safe='') for part in project.split('/'))
    return f'/{organisation}/{name}/_apis/git/repositories/{repository}'
