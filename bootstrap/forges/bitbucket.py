"""Bitbucket Cloud: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bootstrap.forges.address import quoted
from bootstrap.forges.http import Api
from bootstrap.forges.pull_request import (
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
    source: dict[str, Any] = {'branch': {'name': draft.head.branch}}
    if draft.head.project:
        source['repository'] = {'full_name': draft.head.project}
    data = {
        'title': draft.title,
        'description': draft.body,
        'source': source,
        'destination': {'branch': {'name': draft.base}},
        'draft': draft.draft,
    }
    made = api.once(lambda: _read(api, api.post(_pulls(api), data)), lambda: find(api, draft.head))
    labels = ('labels: Bitbucket has none',) if draft.labels else ()
    return replace(made, warnings=(*_reviewers(api, made, draft), *labels))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    return _read(api, _put(api, pull_request.number, {'description': body} | ({'title': title} if title else {})))


def close(api: Api, pull_request: PullRequest) -> None:
    path = f'{_pulls(api)}/{pull_request.number}'

    def closed() -> Any:
        found = _read(api, api.get(path))
        return None if found.state == 'open' else found

    api.once(lambda: api.post(f'{path}/decline'), closed)


def open_ones(api: Api) -> list[PullRequest]:
    found: list[PullRequest] = []
    for page in range(1, _PAGES + 1):
        data = items(api.get(_pulls(api), state='OPEN', pagelen=_PAGE, page=page), 'values')
        found += [_read(api, one) for one in data]
        if len(data) < _PAGE:
            break
    return found


def _of(api: Api, head: Head, state: str) -> list[PullRequest]:
    # A branch's name can hold a quotation mark.
    name = head.branch.replace('\\', '\\\\').replace('"', '\\"')
    data = items(api.get(_pulls(api), q=f'source.branch.name="{name}" AND state="{state}"', pagelen=_PAGE), 'values')
    project = (head.project or api.forge.project).casefold()
    return [
        _read(api, one)
        for one in data
        if pick(one, str, 'source', 'branch', 'name') == head.branch
        and (maybe(one, str, 'source', 'repository', 'full_name') or project).casefold() == project
    ]


def _read(api: Api, data: Any) -> PullRequest:
    state = pick(data, str, 'state')
    return PullRequest(
        url_on(api.forge, pick(data, str, 'links', 'html', 'href')),
        number(data, 'id'),
        'open' if state == 'OPEN' else 'merged' if state == 'MERGED' else 'closed',
        shown(pick(data, str, 'title')),
        maybe(data, str, 'description') or '',
        bool(data.get('draft')),
        pick(data, str, 'source', 'branch', 'name'),
        maybe(data, str, 'source', 'commit', 'hash') or '',
    )


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """Afterwards, one by one: one that may not review refuses all of a request. Names are not taken since 2019."""
    warnings: tuple[str, ...] = ()
    for name in draft.reviewers:
        if re.fullmatch(r'\{[0-9a-f-]{36}\}', name):
            who = {'uuid': name}
        elif re.fullmatch(r'[0-9a-f]{24}|\d+:[0-9a-f-]{36}', name):
            who = {'account_id': name}
        else:
            warnings += (f'reviewer {shown(name)}: Bitbucket knows users by {{uuid}} or account id only',)
            continue
        warnings += tried(f'reviewer {shown(name)}', lambda who=who: _put(api, made.number, {}, (who,)))  # type: ignore[misc]
    return warnings


def _put(api: Api, pull_number: int, data: dict[str, Any], reviewers: tuple[dict[str, str], ...] = ()) -> Any:
    """What is not given is kept; a list that is left out could be taken for an empty one."""
    path = f'{_pulls(api)}/{pull_number}'
    there = api.get(path)
    known = [{'uuid': one['uuid']} for one in maybe(there, list, 'reviewers') or [] if maybe(one, str, 'uuid')]
    return api.send('PUT', path, {'title': pick(there, str, 'title'), **data, 'reviewers': [*known, *reviewers]})


def _pulls(api: Api) -> str:
    return f'/repositories/{quoted(api.forge.project)}/pullrequests'
