"""`raybootstrap doctor` on forges and tokens: forges on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import doctor_world
import pytest
from doctor_world import checks
from forge_world import CANARY, World
from forge_world import serving as serving_forge
from test_pull_requests import connected
from world import Shell

nothing_of_the_machine = doctor_world.nothing_of_the_machine

REPOSITORY = {'full_name': 'acme/ray', 'private': True, 'permissions': {'pull': True, 'push': True}}
PROJECT = {'permissions': {'project_access': None, 'group_access': {'access_level': 40}}}
GITLAB_PROJECT = '/projects/acme%2Fplatform%2Fray'
GITLAB_TOKEN = '/personal_access_tokens/self'
REPOS = '/repos?permission=REPO_WRITE&name=ray&limit=100'
AZURE = '/_apis/git/repositories/ray?api-version=6.0'
Page = tuple[int, dict[str, str], Any]
ACCESS: list[tuple[str, dict[str, Page], str, str]] = [
    ('github', {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'repo, gist'}, REPOSITORY)}, 'ok', 'scopes repo, gist'),
    ('github', {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'gist'}, REPOSITORY)}, 'fail', 'without the scope repo'),
    ('github', {'/repos/acme/ray': (200, {}, REPOSITORY)}, 'ok', 'does not tell'),
    (
        'github',
        {'/repos/acme/ray': (200, {'X-OAuth-Scopes': 'repo'}, {**REPOSITORY, 'permissions': {'push': False}})},
        'fail',
        'without the right to push',
    ),
    ('github', {'/repos/acme/ray': (404, {}, {'message': 'Not Found'})}, 'fail', 'has no acme/ray'),
    ('github', {'/repos/acme/ray': (401, {}, {'message': f'Bad {CANARY}'})}, 'fail', 'does not take the token'),
    ('github', {'/repos/acme/ray': (200, {}, [1])}, 'ok', 'sees the project'),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['api'], 'expires_at': None})},
        'ok',
        'scopes api; its user may push',
    ),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['api'], 'expires_at': '2020-01-01'})},
        'warn',
        'it ends on 2020-01-01',
    ),
    (
        'gitlab',
        {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (200, {}, {'scopes': ['read_api']})},
        'fail',
        'without the scope api',
    ),
    ('gitlab', {GITLAB_PROJECT: (200, {}, PROJECT), GITLAB_TOKEN: (401, {}, {})}, 'ok', 'does not tell its scopes'),
    ('gitea', {'/repos/acme/ray': (200, {}, REPOSITORY)}, 'ok', 'its user may push'),
    ('gitea', {'/repos/acme/ray': (403, {}, {'message': 'token does not have scope'})}, 'fail', 'does not have scope'),
    (
        'bitbucket',
        {'/repositories/acme/ray': (200, {'X-OAuth-Scopes': 'repository:write, pullrequest:write'}, {})},
        'ok',
        'scopes repository:write, pullrequest:write',
    ),
    (
        'bitbucket',
        {'/repositories/acme/ray': (200, {'X-OAuth-Scopes': 'repository'}, {})},
        'fail',
        'without the scope write:pullrequest:bitbucket',
    ),
    (
        'bitbucket-server',
        {
            '/projects/acme/repos/ray': (200, {}, {}),
            REPOS: (200, {}, {'values': [{'slug': 'ray', 'project': {'key': 'ACME'}}]}),
        },
        'ok',
        'its user may push',
    ),
    (
        'bitbucket-server',
        {'/projects/acme/repos/ray': (200, {}, {}), REPOS: (200, {}, {'values': []})},
        'fail',
        'without the right to push',
    ),
    ('azure', {AZURE: (200, {}, {'id': 'x'})}, 'ok', 'it sees the project'),
    ('azure', {AZURE: (203, {}, {})}, 'fail', 'does not take the token'),
]


@pytest.mark.parametrize(('kind', 'pages', 'mark', 'said'), ACCESS)
def test_what_a_token_may_do(
    remote: Path,
    tmp_path: Path,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    pages: dict[str, Page],
    mark: str,
    said: str,
) -> None:
    with serving_forge(kind) as world:
        place = connected(world, remote, tmp_path / 'second', monkeypatch)
        world.pages.update(pages)
        found = checks(shell, '-C', str(place), code=int(mark == 'fail'))
        assert all(method == 'GET' for method, *_ in world.seen)
    assert found['forge'].found == f'{kind} at {_api(world)}, {world.project}'
    assert found['token'].mark == mark
    assert said in found['token'].found


def _api(world: World) -> str:
    ends = {'github': '/api/v3', 'gitlab': '/api/v4', 'gitea': '/api/v1', 'bitbucket': '/2.0', 'azure': ''}
    return world.url + ends.get(world.kind, '/rest/api/1.0')


def test_without_a_token(remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_forge('github') as world:
        connected(world, remote, tmp_path / 'second', monkeypatch, token=False)
        token = checks(shell)['token']
    assert token.mark == 'warn'
    assert token.mend.startswith('set GH_ENTERPRISE_TOKEN; it needs')
