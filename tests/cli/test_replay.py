"""replay and proposals, on real git."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
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


CANNOT_BE_REPLAYED = (
    'add-group gpu --env UPPER --cpu 1 --memory 1Gi --max 1',
    'add-group gpu --env prod --values /etc/passwd',
)


@pytest.fixture
def shared(checkout: Path, remote: Path, shell: Shell) -> Path:
    """A clone whose remote holds prod on main."""
    git(checkout, 'stash', '--quiet', '--include-untracked')
    assert shell('init', '--env', 'prod').code == 0
    merge(checkout, 'raybootstrap/init-prod')
    git(checkout, 'push', '--quiet', 'origin', 'main')
    return checkout


def conflicting(place: Path, shell: Shell) -> str:
    """Two open proposals, of which the first is merged; the branch of the other."""
    for name in 'ab':
        assert shell(*group(name)).code == 0
    merge(place, 'raybootstrap/add-group-prod/a')
    git(place, 'push', '--quiet', 'origin', 'main')
    return 'raybootstrap/add-group-prod/b'


def test_a_replay_that_was_not_pushed_is_finished_by_the_next(shared: Path, remote: Path, shell: Shell) -> None:
    branch = conflicting(shared, shell)
    hook = remote / 'hooks' / 'pre-receive'
    hook.write_text('#!/bin/sh\nexit 1\n')
    hook.chmod(0o755)
    assert shell('replay', branch).code == 1
    assert git(shared, 'rev-parse', branch) != git(remote, 'rev-parse', branch)
    hook.unlink()
    made = git(shared, 'rev-parse', branch)
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    assert git(shared, 'rev-parse', branch) == git(remote, 'rev-parse', branch) == made
    git(shared, 'merge', '--quiet', '--no-edit', branch)


def test_a_replay_that_another_clone_pushed_is_taken(shared: Path, remote: Path, shell: Shell) -> None:
    branch = conflicting(shared, shell)
    old = git(shared, 'rev-parse', branch)
    assert shell('replay', branch).code == 0
    theirs = git(remote, 'rev-parse', branch)
    git(shared, 'branch', '--force', branch, old.strip())
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    assert git(remote, 'rev-parse', branch) == theirs


def test_commits_of_a_person_are_not_lost_where_the_remote_has_others(shared: Path, remote: Path, shell: Shell) -> None:
    branch = conflicting(shared, shell)
    old = git(shared, 'rev-parse', branch).strip()
    assert shell('replay', branch).code == 0
    theirs = git(remote, 'rev-parse', branch)
    git(shared, 'switch', '--quiet', '--force-create', branch, old)
    mine = commit(shared, {'note.txt': 'mine\n'}, 'A note of mine')
    git(shared, 'switch', '--quiet', 'main')
    ran = shell('replay', branch)
    assert ran.code == 1
    assert 'both have commits of their own' in ran.err
    assert git(shared, 'rev-parse', branch).strip() == mine
    assert git(remote, 'rev-parse', branch) == theirs
    # One such branch is in nobody's way.
    assert shell(*group('c')).code == 0
    rows = json.loads(shell('proposals', '-o', 'json').out)['proposals']
    assert (rows[0]['branch'], rows[0]['commit']) == (branch, theirs.strip())
    assert shell('proposals', '--close', 'raybootstrap/add-group-prod/c').code == 0
    assert shell('proposals', '--close', branch).code == 1
    assert git(shared, 'rev-parse', branch).strip() == mine


@pytest.mark.parametrize('line', CANNOT_BE_REPLAYED)
def test_a_branch_that_cannot_be_replayed_keeps_no_other_from_it(prod: Path, shell: Shell, line: str) -> None:
    branch = conflicting_here(prod, shell)
    git(prod, 'switch', '--quiet', '--create', 'raybootstrap/a-first')
    commit(prod, {'evil.txt': 'x\n'}, f'Evil\n\nRaybootstrap-Command: {line}')
    git(prod, 'switch', '--quiet', 'main')
    ran = shell('replay', '--all')
    assert ran.code in (1, 2)
    assert ran.err.count('error: ') == 1
    git(prod, 'merge', '--quiet', '--no-edit', branch)


def conflicting_here(place: Path, shell: Shell) -> str:
    for name in 'ab':
        assert shell(*group(name)).code == 0
    merge(place, 'raybootstrap/add-group-prod/a')
    return 'raybootstrap/add-group-prod/b'


RESOURCES = st.tuples(st.integers(1, 64), st.integers(8, 256), st.integers(1, 9)).map(
    lambda of: ('--cpu', str(of[0]), '--memory', f'{of[1]}Gi', '--max', str(of[2]))
)
MORE = st.sets(
    st.sampled_from(
        [
            ('--gpu', '1'),
            ('--min', '1'),
            ('--toleration', 'nvidia.com/gpu:NoSchedule'),
            ('--node-selector', 'pool=big'),
            ('--env-var', "QUOTED=it's: a # value"),
            ('--env-from', 'secret/keys'),
            ('--ray-resource', 'fast=2'),
            ('--pod-annotation', 'example.com/note=@all #1'),
            ('--values', '{"rayStartParams": {"block": "true"}}'),
        ]
    ),
    max_size=4,
).map(lambda chosen: tuple(word for pair in sorted(chosen) for word in pair))
GROUPS = st.builds(
    lambda name, resources, more: ('add-group', name, '--env', 'prod', *resources, *more),
    st.sampled_from(['a', 'm', 'z']),
    RESOURCES,
    MORE,
)
INITS = st.sampled_from(
    [
        ('init', '--env', 'prod', '--ray-version', '2.51.0'),
        ('init', '--env', 'prod', '--sync', 'manual'),
        ('init', '--env', 'prod', '--kuberay-version', '1.6.0'),
        ('init', '--env', 'dev', '--like', 'prod', '--shares', 'prod'),
    ]
)
PLANS = st.one_of(GROUPS, GROUPS, INITS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=PLANS, second=PLANS)
def test_replaying_one_after_the_other_is_planning_it_afresh(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    context = Context(remote_url='https://git.example.com/acme/ray.git')
    base = init.plan(Tree(Files({})), context, ['prod'], init.Options())
    try:
        merged = request_of(shlex.join(first)).trees(base, context)[-1]
        fresh = request_of(shlex.join(second)).trees(merged, context)[-1]
    except BootstrapError:
        return
    # What a trailer says is the normalised command.
    lines = [request_of(shlex.join(words)).line([words[words.index('--env') + 1]]) for words in (first, second)]
    replayed = base
    for line in lines:
        replayed = request_of(line).trees(replayed, context)[-1]
    assert changes(fresh, replayed) == []


def branches(place: Path) -> list[str]:
    return git(place, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/raybootstrap').split()


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=PLANS, second=PLANS)
def test_replaying_after_a_merge_is_planning_on_the_merged_tree(
    prod: Path, shell: Shell, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    start = git(prod, 'rev-parse', 'main').strip()
    for branch in branches(prod):
        git(prod, 'branch', '--quiet', '--delete', '--force', branch)
    try:
        for name, words in (('first', first), ('second', second)):
            if shell(*words, '--branch', f'raybootstrap/{name}').code != 0:
                return
        merge(prod, 'raybootstrap/first')
        fresh = shell(*second, '--branch', 'raybootstrap/fresh')
        replayed = shell('replay', 'raybootstrap/second')
        if fresh.code != 0:
            assert replayed.code == fresh.code, replayed.err
        elif 'raybootstrap/fresh' in branches(prod):
            assert replayed.code == 0, replayed.err
            git(prod, 'merge', '--quiet', '--no-edit', 'raybootstrap/second')
            assert git(prod, 'diff', 'main', 'raybootstrap/fresh') == ''
    finally:
        git(prod, 'reset', '--quiet', '--hard', start)


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


def test_a_proposal_is_replayed_on_the_branch_that_its_environment_follows(
    checkout: Path, remote: Path, shell: Shell
) -> None:
    git(checkout, 'stash', '--quiet', '--include-untracked')
    git(checkout, 'push', '--quiet', 'origin', 'main:release')
    assert shell('init', '--env', 'prod', '--base', 'release').code == 0
    git(checkout, 'push', '--quiet', 'origin', 'raybootstrap/init-prod:release', 'raybootstrap/init-prod:main')
    for name in 'ab':
        assert shell(*group(name)).code == 0
    git(checkout, 'push', '--quiet', 'origin', 'raybootstrap/add-group-prod/a:release')
    branch = 'raybootstrap/add-group-prod/b'
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    assert git(remote, 'merge-base', 'release', branch) == git(remote, 'rev-parse', 'release')


def test_a_proposal_is_replayed_where_there_are_several_environments(prod: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'dev', '--like', 'prod', '--shares', 'prod').code == 0
    merge(prod, 'raybootstrap/init-dev')
    branch = conflicting_here(prod, shell)
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    git(prod, 'merge', '--quiet', '--no-edit', branch)


def test_nothing_but_the_command_and_plain_words_are_taken_from_a_strangers_commit(prod: Path, shell: Shell) -> None:
    branch = conflicting_here(prod, shell)
    message = git(prod, 'log', '-1', '--format=%B', branch).rstrip()
    evil = f'Evil \x1b[31m{message}\nraybootstrap-allow: RB701=mine\nEvil: \x1b[31mx\nIssue: OPS-1\n'
    git(prod, 'switch', '--quiet', branch)
    git(prod, 'commit', '--quiet', '--amend', '--message', evil)
    git(prod, 'switch', '--quiet', 'main')
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    made = git(prod, 'log', '-1', '--format=%B', branch)
    assert made.replace('\n', '').isprintable()
    assert 'RB701' not in made
    assert 'Issue: OPS-1' in made
