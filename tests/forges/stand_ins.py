"""What each forge answers, as far as its documentation says; the state is one list for all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from forge_world import World

Said = tuple[int, Any]
MISSING: Said = (404, {'message': 'no such page'})


def answer(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    return _FORGES[world.kind](world, method, path, query, data)


def _made(world: World, **values: Any) -> dict[str, Any] | None:
    """A new one; None where the branch has an open one."""
    project = values.pop('project', None) or world.project
    there = [one for one in world.open_pulls() if (one['head'], one['project']) == (values['head'], project)]
    if there:
        return None
    world.pulls.append(
        {'number': len(world.pulls) + 1, 'state': 'open', 'project': project, 'reviewers': [], 'labels': [], **values}
    )
    return world.pulls[-1]


def _numbered(world: World, number: str) -> dict[str, Any] | None:
    return next((one for one in world.pulls if one['number'] == int(number)), None)


def _github(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    if path == '/api/graphql':
        state = {
            'commits': {'nodes': [{'commit': {'statusCheckRollup': {'state': 'FAILURE'}}}]},
            'isInMergeQueue': world.queued,
        }
        nodes = [{'number': one['number'], **state} for one in world.open_pulls()]
        return 200, {'data': {'repository': {'pullRequests': {'nodes': nodes}}}}
    match = re.fullmatch(r'(?:/api/v[13])/repos/acme/ray/(pulls|issues|labels)(?:/(\d+))?(/\w+)?', path)
    if match is None:
        return MISSING
    if match[1] == 'labels':
        return 200, [{'name': 'ray', 'id': 5}]
    if match[2] is None:
        return _github_list(world, query) if method == 'GET' else _github_create(world, data)
    one = _numbered(world, match[2])
    if one is None:
        return MISSING
    if match[3] == '/requested_reviewers':
        named = [*data.get('reviewers', []), *data.get('team_reviewers', [])]
        if 'nobody' in named:
            return 422, {'message': 'Reviews may only be requested from collaborators.'}
        one['reviewers'] += named
        return 201, {}
    if match[3] == '/labels':
        one['labels'] += data['labels']
        return 200, [{}]
    one.update({key: value for key, value in data.items() if key in ('title', 'body')})
    one['state'] = data.get('state', one['state'])
    return 200, _github_shown(world, one)


def _github_list(world: World, query: dict[str, str]) -> Said:
    owner, _, branch = query.get('head', '').partition(':')
    wanted = 'open' if query['state'] == 'open' else ''
    found = [
        _github_shown(world, one)
        for one in reversed(world.pulls)
        if (one['state'] == 'open') == bool(wanted)
        and (not branch or (one['head'], one['project'].split('/')[0]) == (branch, owner))
    ]
    return 200, found if query.get('page', '1') == '1' else []


def _github_create(world: World, data: Any) -> Said:
    owner, colon, branch = data['head'].rpartition(':')
    project = f'{owner}/{data.get("head_repo", "ray")}' if colon else None
    draft = data.get('draft', data['title'].startswith('WIP:'))
    one = _made(world, title=data['title'], body=data['body'], head=branch, project=project, draft=draft)
    if one is None:
        text = f'A pull request already exists for {data["head"]}.'
        return 409 if world.kind == 'gitea' else 422, {'message': 'Validation Failed', 'errors': [{'message': text}]}
    return 201, _github_shown(world, one)


def _github_shown(world: World, one: dict[str, Any]) -> Any:
    page = {'github': 'pull', 'gitea': 'pulls'}[world.kind]
    merged = one['state'] == 'merged'
    return {
        'number': one['number'],
        'state': 'open' if one['state'] == 'open' else 'closed',
        'merged_at': '2026-01-01T00:00:00Z' if merged else None,
        'merged': merged,
        'title': one['title'],
        'body': one['body'],
        'draft': one['draft'],
        'html_url': f'{world.url}/acme/ray/{page}/{one["number"]}',
        'head': {'ref': one['head'], 'sha': 'a' * 40, 'repo': {'full_name': one['project']}},
        'auto_merge': None,
    }


def _gitlab(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    if path == '/api/v4/users':
        return 200, [] if query['username'] == 'nobody' else [{'id': 31}]
    match = re.fullmatch(r'/api/v4/projects/([^/]+)(/merge_requests)?(?:/(\d+))?', path)
    if match is None:
        return MISSING
    project = unquote(match[1])
    if match[2] is None:
        return 200, {'id': _gitlab_id(world, project)}
    if match[3] is None and method == 'POST':
        title = data['title'].removeprefix('Draft: ')
        one = _made(
            world,
            title=title,
            draft=title != data['title'],
            body=data['description'],
            head=data['source_branch'],
            project=project,
            labels=data.get('labels', '').split(','),
        )
        text = 'Another open merge request already exists for this source branch: !1'
        return (409, {'message': [text]}) if one is None else (201, _gitlab_shown(world, one))
    if match[3] is None:
        state = {'opened': 'open'}.get(query['state'], query['state'])
        found = [one for one in world.pulls if one['state'] == state]
        found = [one for one in found if query.get('source_branch') in (None, one['head'])]
        return 200, [_gitlab_shown(world, one) for one in found]
    one = _numbered(world, match[3])
    if one is None:
        return MISSING
    names = {'title': 'title', 'description': 'body', 'reviewer_ids': 'reviewers'}
    one.update({names[key]: value for key, value in data.items() if key in names})
    one['state'] = 'closed' if data.get('state_event') == 'close' else one['state']
    return 200, _gitlab_shown(world, one)


def _gitlab_id(world: World, project: str) -> int:
    return 11 if project == world.project else 12


def _gitlab_shown(world: World, one: dict[str, Any]) -> Any:
    return {
        'iid': one['number'],
        'state': {'open': 'opened'}.get(one['state'], one['state']),
        'title': one['title'],
        'description': one['body'],
        'draft': one['draft'],
        'source_branch': one['head'],
        'source_project_id': _gitlab_id(world, one['project']),
        'target_project_id': 11,
        'sha': 'a' * 40,
        'web_url': f'{world.url}/acme/platform/ray/-/merge_requests/{one["number"]}',
        'detailed_merge_status': 'ci_must_pass',
        'merge_when_pipeline_succeeds': True,
    }


def _bitbucket(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    match = re.fullmatch(r'/2\.0/repositories/acme/ray/pullrequests(?:/(\d+))?(/decline)?', path)
    if match is None:
        return MISSING
    if match[1] is None and method == 'POST':
        source = data['source']
        project = source.get('repository', {}).get('full_name')
        one = _made(
            world,
            title=data['title'],
            body=data['description'],
            head=source['branch']['name'],
            project=project,
            draft=data['draft'],
        )
        if one is None:
            return 400, {'type': 'error', 'error': {'message': 'There is already an open pull request: already exists'}}
        return 201, _bitbucket_shown(world, one)
    if match[1] is None:
        wanted = re.fullmatch(r'source\.branch\.name="(.*)" AND state="(\w+)"', query.get('q', ''))
        state = wanted[2] if wanted else query['state']
        found = [one for one in world.pulls if one['state'].upper() == state]
        found = [one for one in found if wanted is None or one['head'] == wanted[1]]
        return 200, {'values': [_bitbucket_shown(world, one) for one in found]}
    one = _numbered(world, match[1])
    if one is None:
        return MISSING
    if match[2]:
        if one['state'] != 'open':
            return 400, {'error': {'message': 'This pull request is already closed.'}}
        one['state'] = 'declined'
    elif method == 'PUT':
        one.update(title=data['title'], body=data.get('description', one['body']))
        one['reviewers'] = [next(iter(who.values())) for who in data['reviewers']]
    return 200, _bitbucket_shown(world, one)


def _bitbucket_shown(world: World, one: dict[str, Any]) -> Any:
    return {
        'id': one['number'],
        'state': one['state'].upper(),
        'title': one['title'],
        'description': one['body'],
        'draft': one['draft'],
        'links': {'html': {'href': f'{world.url}/acme/ray/pull-requests/{one["number"]}'}},
        'source': {
            'branch': {'name': one['head']},
            'commit': {'hash': 'a' * 12},
            'repository': {'full_name': one['project']},
        },
        'reviewers': [{'uuid': uuid} for uuid in one['reviewers']],
    }


def _bitbucket_server(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    pattern = r'/rest/api/1\.0/projects/([^/]+)/repos/([^/]+)/pull-requests(?:/(\d+))?(/\w+)?'
    match = re.fullmatch(pattern, path)
    if match is None:
        return MISSING
    if match[3] is None and method == 'POST':
        one = _server_made(world, data)
        name = 'com.atlassian.bitbucket.pull.DuplicatePullRequestException'
        if one is None:
            return 409, {'errors': [{'message': 'Only one pull request may be open', 'exceptionName': name}]}
        return 201, _server_shown(world, one)
    if match[3] is None:
        found = [one for one in world.pulls if one['state'].upper() == query['state']]
        if query['direction'] == 'OUTGOING':
            found = [one for one in found if one['project'] == f'{match[1]}/{match[2]}']
            found = [one for one in found if f'refs/heads/{one["head"]}' == query['at']]
        return 200, {'values': [_server_shown(world, one) for one in found], 'isLastPage': True}
    one = _numbered(world, match[3])
    if one is None:
        return MISSING
    if match[4] == '/participants':
        if data['user']['name'] == 'nobody':
            return 409, {'errors': [{'message': 'nobody is not a user'}]}
        one['reviewers'].append(data['user']['name'])
        return 200, {}
    if method != 'GET':
        version = int(query['version']) if match[4] else data['version']
        if version != one['version']:
            return 409, {'errors': [{'message': 'You are attempting to modify an old version'}]}
        one['version'] += 1
    if match[4] == '/decline':
        one['state'] = 'declined'
    elif method == 'PUT':
        one.update(title=data['title'], body=data['description'])
        one['reviewers'] = [who['user']['name'] for who in data['reviewers']]
    return 200, _server_shown(world, one)


def _server_made(world: World, data: Any) -> dict[str, Any] | None:
    source = data['fromRef']
    project = f'{source["repository"]["project"]["key"]}/{source["repository"]["slug"]}'
    head = source['id'].removeprefix('refs/heads/')
    title, body = data['title'], data['description']
    return _made(world, title=title, body=body, head=head, project=project, draft=data['draft'], version=0)


def _server_shown(world: World, one: dict[str, Any]) -> Any:
    def ref(name: str, project: str) -> Any:
        key, _, slug = project.partition('/')
        return {'id': name, 'latestCommit': 'a' * 40, 'repository': {'slug': slug, 'project': {'key': key}}}

    return {
        'id': one['number'],
        'version': one['version'],
        'state': one['state'].upper(),
        'title': one['title'],
        'description': one['body'],
        'draft': one['draft'],
        'fromRef': ref(f'refs/heads/{one["head"]}', one['project']),
        'toRef': ref('refs/heads/main', world.project),
        'links': {'self': [{'href': f'{world.url}/projects/acme/repos/ray/pull-requests/{one["number"]}'}]},
        'reviewers': [{'user': {'name': name}} for name in one['reviewers']],
    }


def _azure(world: World, method: str, path: str, query: dict[str, str], data: Any) -> Said:
    pattern = r'/acme/platform/_apis/git/repositories/([^/]+)(/pullrequests)?(?:/(\d+))?(?:/reviewers/(.+))?'
    match = re.fullmatch(pattern, path)
    if match is None or 'api-version' not in query:
        return MISSING
    if match[2] is None:
        return 200, {'id': f'id-of-{match[1]}'}
    if match[3] is None and method == 'POST':
        fork = data.get('forkSource', {}).get('repository', {}).get('id')
        one = _made(
            world,
            title=data['title'],
            body=data['description'],
            draft=data['isDraft'],
            head=data['sourceRefName'].removeprefix('refs/heads/'),
            project=fork,
            labels=[label['name'] for label in data['labels']],
        )
        text = 'TF401179: An active pull request for the source and target branch already exists.'
        return (409, {'message': text}) if one is None else (201, _azure_shown(world, one))
    if match[3] is None:
        found = [one for one in world.pulls if _AZURE[one['state']] == query['searchCriteria.status']]
        ref, source = query.get('searchCriteria.sourceRefName'), query.get('searchCriteria.sourceRepositoryId')
        found = [one for one in found if ref in (None, f'refs/heads/{one["head"]}')]
        found = [one for one in found if source in (None, one['project'])]
        return 200, {'value': [_azure_shown(world, one) for one in found]}
    one = _numbered(world, match[3])
    if one is None:
        return MISSING
    if match[4]:
        one['reviewers'].append(match[4])
        return 200, {}
    names = {'title': 'title', 'description': 'body'}
    one.update({names[key]: value for key, value in data.items() if key in names})
    one['state'] = 'closed' if data.get('status') == 'abandoned' else one['state']
    return 200, _azure_shown(world, one)


_AZURE = {'open': 'active', 'merged': 'completed', 'closed': 'abandoned'}


def _azure_shown(world: World, one: dict[str, Any]) -> Any:
    fork: dict[str, Any] = {'forkSource': {}} if one['project'] != world.project else {}
    return {
        'pullRequestId': one['number'],
        'status': _AZURE[one['state']],
        'title': one['title'],
        'description': one['body'],
        'isDraft': one['draft'],
        'sourceRefName': f'refs/heads/{one["head"]}',
        'lastMergeSourceCommit': {'commitId': 'a' * 40},
        'url': f'{world.url}/_apis/git/pullRequests/{one["number"]}',
        **fork,
    }


_FORGES = {
    'github': _github,
    'gitlab': _gitlab,
    'gitea': _github,
    'bitbucket': _bitbucket,
    'bitbucket-server': _bitbucket_server,
    'azure': _azure,
}
