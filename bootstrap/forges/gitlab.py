"""GitLab: https://docs.gitlab.com/api/merge_requests/."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bootstrap.forges.http import Api
from bootstrap.forges.pull_request import (
    AnswerError,
    Checks,
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

TITLE_LIMIT = 255
BODY_LIMIT = 1 << 20
# So that a page of long descriptions stays below 1 MiB.
_PAGE = 20
_PAGES = 25
_STATES: dict[str, State] = {'opened': 'open', 'locked': 'open', 'merged': 'merged', 'closed': 'closed'}
# https://docs.gitlab.com/api/merge_requests/#merge-status
_CHECKS: dict[str, Checks] = {'ci_must_pass': 'failing', 'ci_still_running': 'pending'}
_DRAFT = 'Draft: '


def find(api: Api, head: Head) -> PullRequest | None:
    """The open merge request of a branch."""
    return first(_of(api, head, 'opened'))


def merged(api: Api, head: Head) -> bool:
    return of_head(_of(api, head, 'merged'), head)


def create(api: Api, draft: Draft) -> PullRequest:
    data: dict[str, Any] = {
        'source_branch': draft.head.branch,
        'target_branch': draft.base,
        'title': _titled(draft.title, draft.draft),
        'description': draft.body,
    }
    if draft.head.project:
        data['target_project_id'] = _id(api, api.forge.project)
    if draft.labels:
        data['labels'] = ','.join(draft.labels)
    path = f'{_project(draft.head.project or api.forge.project)}/merge_requests'
    made = api.once(lambda: _read(api, api.post(path, data)), lambda: find(api, draft.head))
    return replace(made, warnings=_reviewers(api, made, draft))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    data = {'description': body}
    if title is not None:
        data['title'] = _titled(title, pull_request.draft)
    return _read(api, api.send('PUT', _path(api, pull_request), data))


def close(api: Api, pull_request: PullRequest) -> None:
    api.send('PUT', _path(api, pull_request), {'state_event': 'close'})


def open_ones(api: Api) -> list[PullRequest]:
    found: list[PullRequest] = []
    path = f'{_project(api.forge.project)}/merge_requests'
    for page in range(1, _PAGES + 1):
        data = items(api.get(path, state='opened', scope='all', per_page=_PAGE, page=page))
        found += [_read(api, one) for one in data]
        if len(data) < _PAGE:
            break
    return found


def _of(api: Api, head: Head, state: str) -> list[PullRequest]:
    path = f'{_project(api.forge.project)}/merge_requests'
    data = items(api.get(path, source_branch=head.branch, state=state, scope='all', per_page=_PAGE))
    data = [one for one in data if pick(one, str, 'source_branch') == head.branch]
    if head.project:
        source = _id(api, head.project) if data else 0
        return [_read(api, one) for one in data if one.get('source_project_id') == source]
    return [_read(api, one) for one in data if one.get('source_project_id') == one.get('target_project_id')]


def _read(api: Api, data: Any) -> PullRequest:
    state, title = _STATES.get(pick(data, str, 'state')), pick(data, str, 'title')
    if state is None:
        raise AnswerError('has no state')
    return PullRequest(
        url_on(api.forge, pick(data, str, 'web_url')),
        number(data, 'iid'),
        state,
        shown(title),
        maybe(data, str, 'description') or '',
        bool(data.get('draft', data.get('work_in_progress'))),
        pick(data, str, 'source_branch'),
        maybe(data, str, 'sha') or '',
        _CHECKS.get(maybe(data, str, 'detailed_merge_status') or ''),
        bool(data.get('merge_when_pipeline_succeeds')),
    )


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """All at once, for the list replaces the one before; who is not known is left out."""
    ids: list[int] = []
    warnings: tuple[str, ...] = ()
    for reviewer in draft.reviewers:
        name = reviewer.removeprefix('@')

        def look_up(name: str = name) -> None:
            users = items(api.get('/users', username=name))
            if not users:
                raise AnswerError('knows no such user')
            ids.append(number(users[0], 'id'))

        warnings += tried(f'reviewer {shown(name)}', look_up)
    if ids:
        warnings += tried('reviewers', lambda: api.send('PUT', _path(api, made), {'reviewer_ids': ids}))
    return warnings


def _titled(title: str, draft: bool) -> str:
    return f'{_DRAFT}{title}'[:TITLE_LIMIT] if draft and not re.match(r'draft:', title, re.IGNORECASE) else title


def _id(api: Api, project: str) -> int:
    return number(api.get(_project(project)), 'id')


def _path(api: Api, pull_request: PullRequest) -> str:
    return f'{_project(api.forge.project)}/merge_requests/{pull_request.number}'


def _project(project: str) -> str:
    return f'/projects/{quote(project, safe="")}'
