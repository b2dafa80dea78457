"""replay and proposals, on real git."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import Shell, commit, git, merge

from bootstrap.cli.replay import request_of
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.plans import init
from bootstrap.tree import Files, Tree, changes

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'


def group(name: str, *more: str) -> tuple[str, ...]:
    return ('add-group', name, '--env', 'prod', '--cpu', '8', '--memory', '64Gi', '--max', '8', *more)


def test_of_two_open_proposals_one_is_merged_and_the_other_replayed(prod: Path, shell: Shell) -> None:
    assert shell(*group('a', '-m', 'For the first team.')).code == 0
    assert shell(*group('b', '-m', 'For the second team.', '--trailer', 'Issue=OPS-1')).code == 0
    merge(prod, 'raybootstrap/add-group-prod/a')
    branch = 'raybootstrap/add-group-prod/b'
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 3
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    assert git(prod, 'rev-list', '--count', f'main..{branch}').strip() == '1'
    assert git(prod, 'merge-base', 'main', branch) == git(prod, 'rev-parse', 'main')
    message = git(prod, 'log', '-1', '--format=%B', branch)
    assert 'For the second team.' in message
    assert 'Raybootstrap-Command: add-group b --env prod' in message
    assert 'Issue: OPS-1' in message
    again = shell('replay', branch, '--dry-run', '--exit-code')
    assert (again.code, again.out) == (0, f'{branch} is what its commands make on main: nothing to do.\n')
    git(prod, 'merge', '--quiet', branch)
    assert [name for name in ('a:', 'b:') if f'          {name}' in (prod / RAYCLUSTER).read_text()] == ['a:', 'b:']


def test_a_branch_that_base_still_takes_is_left_as_it_is(prod: Path, shell: Shell) -> None:
    assert shell(*group('a')).code == 0
    commit(prod, {'other.txt': 'moved on\n'})
    tip = git(prod, 'rev-parse', 'raybootstrap/add-group-prod/a')
    assert shell('replay', 'raybootstrap/add-group-prod/a').code == 0
    assert git(prod, 'rev-parse', 'raybootstrap/add-group-prod/a') == tip


def test_a_branch_that_is_not_what_its_command_makes_is_told(prod: Path, shell: Shell) -> None:
    assert shell(*group('a')).code == 0
    branch = 'raybootstrap/add-group-prod/a'
    git(prod, 'switch', '--quiet', branch)
    text = (prod / RAYCLUSTER).read_text().replace('maxReplicas: 8', 'maxReplicas: 800')
    (prod / RAYCLUSTER).write_text(text)
    git(prod, 'commit', '--quiet', '--all', '--amend', '--no-edit')
    git(prod, 'switch', '--quiet', 'main')
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 3
    assert shell('replay', branch).code == 0
    assert 'maxReplicas: 800' not in git(prod, 'show', f'{branch}:{RAYCLUSTER}')


def test_commits_of_a_person_are_never_lost(prod: Path, shell: Shell) -> None:
    assert shell(*group('a')).code == 0
    branch = 'raybootstrap/add-group-prod/a'
    git(prod, 'switch', '--quiet', branch)
    commit(prod, {'note.txt': 'mine\n'}, 'A note of mine')
    tip = git(prod, 'rev-parse', branch)
    assert 'is checked out' in shell('replay', branch).err
    git(prod, 'switch', '--quiet', 'main')
    ran = shell('replay', branch)
    assert ran.code == 1
    assert 'A note of mine' in ran.err
    assert git(prod, 'rev-parse', branch) == tip


def test_all_open_proposals_are_replayed(prod: Path, shell: Shell) -> None:
    for name in ('a', 'b', 'c'):
        assert shell(*group(name)).code == 0
    merge(prod, 'raybootstrap/add-group-prod/b')
    assert shell('replay', '--all').code == 0
    for name in ('a', 'c'):
        git(prod, 'merge', '--quiet', '--no-edit', f'raybootstrap/add-group-prod/{name}')
        assert shell('replay', '--all').code == 0
    text = (prod / RAYCLUSTER).read_text()
    assert [text.index(f'          {name}:\n') for name in 'abc'] == sorted(
        text.index(f'          {name}:\n') for name in 'abc'
    )
    assert shell('replay', '--all').out == 'There is no open proposal.\n'


@pytest.mark.parametrize(
    'line',
    [
        'add-group gpu --values /etc/passwd',
        'add-group gpu --values=/etc/passwd --cpu 1',
        'add-group gpu -C /tmp --cpu 1',
        'add-group gpu --directory=/tmp',
        'add-group gpu --push-remote evil',
        'add-group gpu --remote evil',
        'add-group gpu --direct',
        'add-group gpu --forge-url https://evil.example.com',
        'add-group gpu --trailer a=b',
        'add-group gpu --allow RB701=x',
        'add-group --help',
        'adopt /etc/passwd --env prod',
        'adopt sha256:0000 --env prod',
        'replay main',
        'validate',
        "add-group 'unclosed",
        'init --env ../../etc',
        'add-group $(id) --cpu 1',
        '--version',
        '',
    ],
)
def test_a_trailer_is_hostile_input(line: str) -> None:
    with pytest.raises((BootstrapError, ValueError)):
        request_of(line)


NAMES = st.sampled_from(['a', 'b', 'c', 'm', 'z'])
PLANS = st.builds(
    lambda name, high, cpu: f'add-group {name} --env prod --cpu {cpu} --memory 8Gi --max {high}',
    NAMES,
    st.integers(1, 9),
    st.integers(1, 64),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=PLANS, second=PLANS)
def test_replaying_one_after_the_other_is_planning_it_afresh(first: str, second: str) -> None:
    context = Context(remote_url='https://git.example.com/acme/ray.git')
    base = init.plan(Tree(Files({})), context, ['prod'], init.Options())
    try:
        merged = request_of(first).trees(base, context)[-1]
        fresh = request_of(second).trees(merged, context)[-1]
    except BootstrapError:
        return
    replayed = request_of(second).trees(request_of(first).trees(base, context)[-1], context)[-1]
    assert changes(fresh, replayed) == []


def test_proposals_are_listed_closed_and_pruned(checkout: Path, remote: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'prod').code == 0
    rows = json.loads(shell('proposals', '-o', 'json').out)['proposals']
    assert [(row['branch'], row['environments'], row['pushed']) for row in rows] == [
        ('raybootstrap/init-prod', ['prod'], True)
    ]
    assert 'raybootstrap/init-prod' in shell('proposals').out
    ran = shell('proposals', '--close', 'raybootstrap/init-prod')
    assert ran.code == 0
    assert 'raybootstrap' not in git(remote, 'branch')
    assert 'raybootstrap' not in git(checkout, 'branch')
    assert shell('proposals').out == 'There is no open proposal.\n'
    assert shell('proposals', '--close', 'main').code == 1
    assert shell('init', '--env', 'prod').code == 0
    git(checkout, 'push', '--quiet', 'origin', 'raybootstrap/init-prod:main')
    assert 'is merged' in shell('proposals', '--prune').out
    assert shell('proposals', '--prune').out == 'Nothing to do.\n'
