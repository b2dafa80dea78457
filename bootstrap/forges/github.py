"""GitHub and GitHub Enterprise: https://docs.github.com/en/rest/pulls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bootstrap.errors import BootstrapError
from bootstrap.forges.address import quoted
from bootstrap.forges.http import Api
from bootstrap.forges.pull_request import (
    Checks,
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

TITLE_LIMIT = 256
BODY_LIMIT = 65536
# A pull request takes some 25 KB, and an answer may have 1 MiB.
_PAGE = 20
_PAGES = 25
_CHECKS: dict[str, Checks] = {
    'SUCCESS': 'passing',
    'FAILURE': 'failing',
    'ERROR': 'failing',
    'PENDING': 'pending',
    'EXPECTED': 'pending',
}


def find(api: Api, head: Head) -> PullRequest | None:
    """The open pull request of a branch."""
    return first(_of(api, head, 'open'))


def merged(api: Api, head: Head) -> bool:
    return of_head([one for one in _of(api, head, 'closed') if one.state == 'merged'], head)


def create(api: Api, draft: Draft) -> PullRequest:
    owner, name = _owner(api, draft.head), (draft.head.project or api.forge.project).partition('/')[2]
    data: dict[str, Any] = {'title': draft.title, 'body': draft.body, 'base': draft.base, 'draft': draft.draft}
    data['head'] = f'{owner}:{draft.head.branch}'
    if draft.head.project and owner.casefold() == api.forge.project.partition('/')[0].casefold():
        data['head_repo'] = name
    made = api.once(lambda: _read(api, api.post(f'{_repository(api)}/pulls', data)), lambda: find(api, draft.head))
    return replace(made, warnings=(*_reviewers(api, made, draft), *_labels(api, made, draft)))


def update(api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest:
    data = {'body': body} if title is None else {'title': title, 'body': body}
    return _read(api, api.send('PATCH', f'{_repository(api)}/pulls/{pull_request.number}', data))


def close(api: Api, pull_request: PullRequest) -> None:
    api.send('PATCH', f'{_repository(api)}/pulls/{pull_request.number}', {'state': 'closed'})


def open_ones(api: Api) -> list[PullRequest]:
    found: list[PullRequest] = []
    for page in range(1, _PAGES + 1):
        data = items(api.get(f'{_repository(api)}/pulls', state='open', per_page=_PAGE, page=page))
        found += [_read(api, one) for one in data]
        if len(data) < _PAGE:
            break
    more = _checks_and_queues(api) if found else {}
    return [
        replace(one, checks=more[one.number][0], auto_merge=one.auto_merge or more[one.number][1])
        if one.number in more
        else one
        for one in found
    ]


def _of(api: Api, head: Head, state: str) -> list[PullRequest]:
    query = f'{_owner(api, head)}:{head.branch}'
    data = items(api.get(f'{_repository(api)}/pulls', head=query, state=state, per_page=_PAGE))
    project = (head.project or api.forge.project).casefold()
    # A filter that GitHub does not understand filters nothing; a fork that is gone has no repository.
    return [
        _read(api, one)
        for one in data
        if pick(one, str, 'head', 'ref') == head.branch
        and (maybe(one, str, 'head', 'repo', 'full_name') or project).casefold() == project
    ]


def _read(api: Api, data: Any) -> PullRequest:
    closed = pick(data, str, 'state') != 'open'
    was_merged = bool(data.get('merged_at') or data.get('merged'))
    return PullRequest(
        url_on(api.forge, pick(data, str, 'html_url')),
        number(data, 'number'),
        ('merged' if was_merged else 'closed') if closed else 'open',
        shown(pick(data, str, 'title')),
        maybe(data, str, 'body') or '',
        bool(data.get('draft')),
        pick(data, str, 'head', 'ref'),
        maybe(data, str, 'head', 'sha') or '',
        auto_merge=data.get('auto_merge') is not None,
    )


def _reviewers(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    """One by one: one that may not review refuses all of a request."""
    path = f'{_repository(api)}/pulls/{made.number}/requested_reviewers'
    warnings: tuple[str, ...] = ()
    for reviewer in draft.reviewers:
        name = reviewer.removeprefix('@')
        team = {'team_reviewers': [name.partition('/')[2]]} if '/' in name else {'reviewers': [name]}
        warnings += tried(f'reviewer {shown(name)}', lambda data=team: api.send('POST', path, data))  # type: ignore[misc]
    return warnings


def _labels(api: Api, made: PullRequest, draft: Draft) -> tuple[str, ...]:
    if not draft.labels:
        return ()
    path = f'{_repository(api)}/issues/{made.number}/labels'
    return tried('labels', lambda: api.send('POST', path, {'labels': list(draft.labels)}))


def _checks_and_queues(api: Api) -> dict[int, tuple[Checks | None, bool]]:
    """By number: what REST does not tell of all pull requests at once; empty where that cannot be had either."""
    owner, _, name = api.forge.project.partition('/')
    query = (
        'query($owner:String!,$name:String!){repository(owner:$owner,name:$name){pullRequests(states:OPEN,first:100,'
        'orderBy:{field:CREATED_AT,direction:DESC}){nodes{number isInMergeQueue autoMergeRequest{enabledAt}'
        'commits(last:1){nodes{commit{statusCheckRollup{state}}}}}}}}'
    )
    try:
        data = api.send(
            'POST',
            f'{api.forge.api.removesuffix("/v3")}/graphql',
            {'query': query, 'variables': {'owner': owner, 'name': name}},
        )
        nodes = items(data, 'data', 'repository', 'pullRequests', 'nodes')
        return {number(node, 'number'): _more(node) for node in nodes}
    except BootstrapError:
        return {}


def _more(node: dict[str, Any]) -> tuple[Checks | None, bool]:
    commits = items(node, 'commits', 'nodes')
    state = maybe(commits[-1], str, 'commit', 'statusCheckRollup', 'state') if commits else None
    return _CHECKS.get(state or ''), bool(node.get('isInMergeQueue') or node.get('autoMergeRequest'))


def _repository(api: Api) -> str:
    return f'/repos/{quoted(api.forge.project)}'


def _owner(api: Api, head: Head) -> str:
    return (head.project or api.forge.project).partition('/')[0]
