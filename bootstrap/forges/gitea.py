"""Gitea and Forgejo: https://docs.gitea.com/api/."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bootstrap.forges.address import quoted
from bootstrap.forges.http import Api
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
BODY_LIMIT = 65535
# A pull request takes some 15 KB, and an answer may have 1 MiB.
_PAGE = 20
_PAGES = 25
# The first of the server's WORK_IN_PROGRESS_PREFIXES, unless its owner says otherwise.
_DRAFT = 'WIP: '


def find(api: Api, head: Head) -> PullRequest | None:
    """The open pull request of a branch."""
    return first(_of(api, head, 'open'))


def merged(api: Api, head: Head) -> bool:
    return of_head([one for one in _of(api, head, 'closed') if one.state == 'merged'], head)


def create(api: Api, draft: Draft) -> PullRequest:
    owner = draft.head.project.partition('/')[0]
    data = {
        'title': _titled(draft.title, draft.draft),
        'body': draft.body,
        'base': draft.base,
        'head': f'{owner}:{draft.head.branch}' if owner else draft.head.branch,
    }
    made = api.once(lambda: _read(api, api.post(f'{_repository(api)}/pulls', data)), lambda: find(api, draft.head))
    return replace(made, warnings=(*_reviewers(api, made, draft), *_labels(api, made, draft)))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    data = {'body': body}
    if title is not None:
        data['title'] = _titled(title, pull_request.draft)
    return _read(api, api.send('PATCH', f'{_repository(api)}/pulls/{pull_request.number}', data))


def close(api: Api, pull_request: PullRequest) -> None:
    api.send('PATCH', f'{_repository(api)}/pulls/{pull_request.number}', {'state': 'closed'})


def open_ones(api: Api) -> list[PullRequest]:
    return [_read(api, one) for one in _listed(api, 'open')]


def _of(api: Api, head: Head, state: str) -> list[PullRequest]:
    project = (head.project or api.forge.project).casefold()
    return [
        _read(api, one)
        for one in _listed(api, state)
        if maybe(one, str, 'head', 'ref') == head.branch
        and (maybe(one, str, 'head', 'repo', 'full_name') or project).casefold() == project
    ]


def _listed(api: Api, state: str) -> list[dict[str, Any]]:
    """Newest first; a server may give fewer a page than asked for."""
    found: list[dict[str, Any]] = []
    for page in range(1, _PAGES + 1):
        data = items(api.get(f'{_repository(api)}/pulls', state=state, sort='recentupdate', limit=_PAGE, page=page))
        found += data
        if not data or (page == 1 and len(data) < 10):
            break
    return found


def _read(api: Api, data: Any) -> PullRequest:
    closed = pick(data, str, 'state') != 'open'
    title = pick(data, str, 'title')
    return PullRequest(
        url_on(api.forge, pick(data, str, 'html_url')),
        number(data, 'number'),
        ('merged' if data.get('merged') else 'closed') if closed else 'open',
        shown(title),
        maybe(data, str, 'body') or '',
        bool(data.get('draft', _is_draft(title))),
        pick(data, str, 'head', 'ref'),
        maybe(data, str, 'head', 'sha') or '',
    )


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    path = f'{_repository(api)}/pulls/{made.number}/requested_reviewers'
    warnings: tuple[str, ...] = ()
    for reviewer in draft.reviewers:
        name = reviewer.removeprefix('@')
        team = {'team_reviewers': [name.partition('/')[2]]} if '/' in name else {'reviewers': [name]}
        warnings += tried(f'reviewer {shown(name)}', lambda data=team: api.send('POST', path, data))  # type: ignore[misc]
    return warnings


def _labels(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """By number: names are taken by newer servers only."""

    def add() -> None:
        known = {one.get('name'): number(one, 'id') for one in items(api.get(f'{_repository(api)}/labels', limit=50))}
        missing = [label for label in draft.labels if label not in known]
        ids = [known[label] for label in draft.labels if label in known]
        if ids:
            api.send('POST', f'{_repository(api)}/issues/{made.number}/labels', {'labels': ids})
        if missing:
            raise AnswerError(f'lists no label {", ".join(map(shown, missing))}')

    return tried('labels', add) if draft.labels else ()


def _titled(title: str, draft: bool) -> str:
    return f'{_DRAFT}{title}'[:TITLE_LIMIT] if draft and not _is_draft(title) else title


def _is_draft(title: str) -> bool:
    return re.match(r'wip:|\[wip\]', title, re.IGNORECASE) is not None


def _repository(api: Api) -> str:
    return f'/repos/{quoted(api.forge.project)}'
