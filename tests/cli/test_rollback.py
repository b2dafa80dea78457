"""rollback: which commit it goes back to is said once and for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import Shell, commit, git, merge

BRANCH = 'raybootstrap/rollback-prod'


@pytest.fixture
def changed(prod: Path, shell: Shell) -> Path:
    assert shell('set-raycluster', '--env', 'prod', '--idle-timeout', '333').code == 0
    merge(prod, 'raybootstrap/set-raycluster-prod')
    return prod


def test_the_title_and_the_trailer_name_a_commit(changed: Path, shell: Shell) -> None:
    to = git(changed, 'rev-parse', 'HEAD~1').strip()
    assert shell('rollback', '--env', 'prod', '--to', 'HEAD~1').code == 0
    message = git(changed, 'log', '-1', '--format=%B', BRANCH)
    assert message.startswith(f'Roll prod back to {to[:12]}\n')
    assert f'Raybootstrap-Command: rollback --to {to} --env prod\n' in message
    for name in ('HEAD~1', to, to[:9]):
        assert shell('rollback', '--env', 'prod', '--to', name).out == f'Nothing to do: {BRANCH} holds it already.\n'


def test_it_is_planned_again_where_base_moved_on(changed: Path, shell: Shell) -> None:
    then = git(changed, 'rev-parse', 'HEAD~1:environments')
    assert shell('rollback', '--env', 'prod', '--to', 'HEAD~1').code == 0
    assert shell('replay', BRANCH, '--dry-run', '--exit-code').code == 0
    path = 'environments/prod/applications/raycluster.yaml'
    commit(changed, {path: (changed / path).read_text().replace('idleTimeoutSeconds: 333', 'idleTimeoutSeconds: 334')})
    ran = shell('replay', BRANCH)
    assert ran.code == 0, ran.err
    assert git(changed, 'merge-base', 'main', BRANCH) == git(changed, 'rev-parse', 'main')
    assert git(changed, 'rev-parse', f'{BRANCH}:environments') == then


def test_a_trailer_with_a_revision_that_moves_is_not_planned_again(changed: Path, shell: Shell) -> None:
    assert shell('rollback', '--env', 'prod', '--to', 'HEAD~1').code == 0
    git(changed, 'switch', '--quiet', BRANCH)
    message = git(changed, 'log', '-1', '--format=%B').replace(git(changed, 'rev-parse', 'main~1').strip(), 'main~1')
    git(changed, 'commit', '--quiet', '--amend', '--message', message)
    git(changed, 'switch', '--quiet', 'main')
    ran = shell('replay', BRANCH)
    assert (ran.code, 'names a revision that may be another commit here' in ran.err) == (1, True)


@pytest.mark.parametrize('to', ['nowhere', 'HEAD~99', '--all', 'a\nb', ' ', 'HEAD:environments'])
def test_no_such_revision(changed: Path, shell: Shell, to: str) -> None:
    ran = shell('rollback', '--env', 'prod', f'--to={to}')
    assert ran.code == 2
    assert 'evision' in ran.err
