"""Shapes that need more than a table's row: what servers and hooks refuse, where a command is run, what it finds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_world import git, save, script
from shapes_of_heads import two_sides
from shapes_of_storage import sparse
from strange_world import RAYCLUSTER, Place, users
from world import Shell

SET = ('set-group', 'small', '--env', 'prod', '--max', '7')
BRANCH = 'raybootstrap/set-group-prod/small'


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The current directory was deleted."""
    place = tmp_path / 'gone'
    place.mkdir()
    monkeypatch.chdir(place)
    place.rmdir()
    yield
    os.chdir(tmp_path)


def tip(repository: Path, branch: str = BRANCH) -> str:
    return git(repository, 'rev-parse', '--verify', '--quiet', f'refs/heads/{branch}', check=False).strip()


@pytest.mark.parametrize(
    'name', ['remote.git/hooks/pre-receive', 'remote.git/hooks/update', 'work/.git/hooks/pre-push']
)
def test_a_push_that_is_refused_is_finished_by_the_next_run(place: Place, shell: Shell, name: str) -> None:
    hook = script(place.top / name, 'printf "main is \\033[31mprotected\\n" >&2; exit 1')
    before = users(place.top)
    for _ in range(2):
        ran = shell('-C', str(place.work), *SET)
        assert ran.code == 1
        assert re.match('error: cannot push', ran.err)
        assert re.search(r'main is .*protected', ran.err)
        assert '\x1b' not in ran.err
        assert 'hint: ' in ran.err
    made = tip(place.work)
    assert made
    assert tip(place.remote) == ''
    assert users(place.top) == before
    hook.unlink()
    assert shell('-C', str(place.work), *SET).code == 0
    assert tip(place.remote) == tip(place.work) == made


@pytest.mark.parametrize('name', ['raybootstrap', f'{BRANCH}/x'])
@pytest.mark.parametrize('option', ['--push', '--dry-run'])
def test_a_name_in_the_way_on_the_remote(place: Place, shell: Shell, name: str, option: str) -> None:
    git(place.remote, 'branch', name, 'main')
    before = users(place.top, ours=True)
    ran = shell('-C', str(place.work), *SET, option)
    assert ran.code == 1
    assert f'{BRANCH}: cannot stand beside the branch {name}' in ran.err
    assert '--branch' in ran.err
    assert users(place.top, ours=True) == before


def test_a_remote_without_branches_gets_base_first_and_that_is_said(place: Place, shell: Shell) -> None:
    git(place.top, 'init', '--quiet', '--bare', '--initial-branch=trunk', 'empty.git')
    place.git('remote', 'set-url', 'origin', str(place.top / 'empty.git'))
    ran = shell('-C', str(place.work), *SET)
    assert ran.code == 0
    assert git(place.top / 'empty.git', 'branch', '--format=%(refname:short)').split() == ['main', BRANCH]
    assert 'empty.git had no branch yet, so main was pushed first.' in ran.out, ran.out


def test_nothing_to_do_where_the_proposal_is_reviewed_in_another_worktree(place: Place, shell: Shell) -> None:
    assert shell('-C', str(place.work), *SET).code == 0
    place.git('worktree', 'add', '--quiet', str(place.top / 'review'), BRANCH)
    before = users(place.top, ours=True)
    again = shell('-C', str(place.work), *SET)
    assert (again.code, again.out[:14]) == (0, 'Nothing to do:')
    assert users(place.top, ours=True) == before
    more = ('set-group', 'small', '--env', 'prod', '--max', '8', '--branch', BRANCH)
    refused = shell('-C', str(place.work), *more)
    assert (refused.code, 'is checked out in' in refused.err) == (1, True)
    (place.top / 'review').rename(place.top / 'elsewhere')
    assert 'hint: git worktree prune' in shell('-C', str(place.work), *more).err


@pytest.mark.parametrize('linked', [False, True])
def test_a_proposal_in_the_middle_of_a_rebase(place: Place, shell: Shell, linked: bool) -> None:
    assert shell('-C', str(place.work), *SET).code == 0
    text = place.git('show', f'main:{RAYCLUSTER}')
    save(place.work, {RAYCLUSTER: text.replace('maxReplicas: 10\n', 'maxReplicas: 11\n')})
    where = place.work
    if linked:
        where = place.top / 'linked'
        place.git('worktree', 'add', '--quiet', '--detach', str(where))
    git(where, 'switch', '--quiet', BRANCH)
    assert 'CONFLICT' in git(where, 'rebase', 'main', check=False)
    before = users(place.top, ours=True)
    ran = shell('-C', str(place.work), *SET[:-1], '9', '--branch', BRANCH)
    assert ran.code == 1
    assert f'error: {BRANCH} is being rebased in {where}\n' in ran.err
    assert 'git rebase --continue' in ran.err
    assert users(place.top, ours=True) == before


def test_a_lock_on_packed_refs_when_a_branch_is_to_go(place: Place, shell: Shell) -> None:
    assert shell('-C', str(place.work), *SET).code == 0
    place.git('merge', '--quiet', BRANCH)
    place.git('push', '--quiet', 'origin', 'main')
    place.git('pack-refs', '--all')
    lock = place.work / '.git' / 'packed-refs.lock'
    lock.touch()
    before = users(place.top, ours=True)
    ran = shell('-C', str(place.work), 'proposals', '--prune')
    assert (ran.code, str(lock) in ran.err) == (1, True), ran
    assert users(place.top, ours=True) == before
    lock.unlink()
    assert shell('-C', str(place.work), 'proposals', '--prune').code == 0
    assert tip(place.work) == ''


def test_variables_that_a_hook_of_another_repository_left(place: Place, shell: Shell) -> None:
    git(place.top, 'init', '--quiet', 'other')
    other = place.top / 'other' / '.git'
    for name in ('GIT_DIR', 'GIT_COMMON_DIR', 'GIT_WORK_TREE', 'GIT_OBJECT_DIRECTORY'):
        place.monkeypatch.setenv(name, str(other))
    place.monkeypatch.setenv('GIT_INDEX_FILE', str(other / 'index'))
    place.monkeypatch.setenv('GIT_NAMESPACE', 'other')
    before = users(place.top)
    ran = shell('-C', str(place.work), *SET)
    for name in (
        'GIT_DIR',
        'GIT_COMMON_DIR',
        'GIT_WORK_TREE',
        'GIT_OBJECT_DIRECTORY',
        'GIT_INDEX_FILE',
        'GIT_NAMESPACE',
    ):
        place.monkeypatch.delenv(name, raising=False)
    assert ran.code == 0, ran
    assert tip(place.work) == tip(place.remote) != ''
    assert users(place.top) == before


def test_run_by_the_users_own_hook(place: Place) -> None:
    """`git commit` gives its pre-commit hook GIT_INDEX_FILE, and in a linked work tree GIT_DIR."""
    place.git('worktree', 'add', '--quiet', '-b', 'side', str(place.top / 'side'))
    command = ' '.join([sys.executable, '-m', 'bootstrap', *SET])
    script(place.work / '.git' / 'hooks' / 'pre-commit', f'rm "$0"; exec {command}')
    (place.top / 'side' / 'other.txt').write_text('two\n')
    git(place.top / 'side', 'commit', '--quiet', '--all', '--message', 'mine')
    assert git(place.top / 'side', 'show', '--format=%s', '--name-only').split() == ['mine', 'other.txt']
    assert place.git('diff-tree', '-r', '--name-only', 'main', BRANCH).split() == [RAYCLUSTER]


@pytest.mark.usefixtures('gone')
@pytest.mark.parametrize('arguments', [('list',), ('validate',), ('proposals',), SET, (*SET, '-C', '.')])
def test_the_current_directory_is_gone(shell: Shell, arguments: tuple[str, ...]) -> None:
    ran = shell(*arguments)
    assert ran.code == 1
    assert re.fullmatch('error: (the current directory is no longer there|.*: no such directory)\nhint: .+\n', ran.err)


@pytest.mark.usefixtures('gone')
def test_the_current_directory_does_not_matter_where_another_is_named(place: Place, shell: Shell) -> None:
    assert shell('-C', str(place.work), *SET).code == 0
    assert 'small' in shell('-C', str(place.work), 'list', 'groups').out


def test_a_sparse_checkout_says_that_files_are_left_out(place: Place, shell: Shell) -> None:
    sparse('--cone')(place)
    for arguments in (('list',), ('validate',)):
        ran = shell('-C', str(place.work), *arguments)
        assert 'this is a sparse checkout; --rev HEAD reads what it leaves out' in ran.err
    assert 'prod' in shell('-C', str(place.work), 'list', '--rev', 'HEAD').out
    place.git('sparse-checkout', 'disable')
    assert 'prod' in shell('-C', str(place.work), 'list').out


def test_a_filter_of_which_nothing_is_left_in_base(place: Place, shell: Shell) -> None:
    """What counts is base's .gitattributes, not the work tree's."""
    (place.work / '.gitattributes').write_text('*.yaml filter=lfs\n')
    assert shell('-C', str(place.work), *SET).code == 0


def test_direct_in_the_middle_of_a_merge(place: Place, shell: Shell) -> None:
    two_sides(place)
    place.git('switch', '--quiet', 'main')
    assert 'CONFLICT' in git(place.work, 'merge', 'side', check=False)
    place.git('push', '--quiet', 'origin', 'main')
    before = users(place.top, ours=True)
    ran = shell('-C', str(place.work), *SET, '--direct')
    assert (ran.code, 'a merge is in progress' in ran.err) == (1, True), ran
    assert users(place.top, ours=True) == before


def test_a_repository_that_cannot_be_written(place: Place) -> None:
    arguments = [sys.executable, '-m', 'bootstrap', '-C', str(place.work)]
    before = users(place.top, ours=True)
    for command, code in (('validate',), 0), (('list',), 0), (('proposals',), 0), (SET, 1):
        done = read_only(place.top, [*arguments, *command])
        assert done.returncode == code, done.stderr
        if code:
            assert re.match(r'error: .*Read-only file system.*|error: .*Permission denied.*', done.stderr)
            assert 'nothing was changed' in done.stderr
            assert 'hint: make the repository writable' in done.stderr
    assert users(place.top, ours=True) == before


def read_only(top: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """The command, where `top` is mounted read-only: permissions stop nobody who is root."""
    mounted = f'mount --bind {top} {top} && mount -o remount,ro,bind {top} || exit 75; exec "$@"'
    user = [] if os.geteuid() == 0 else ['--map-root-user']
    prefix = ['unshare', *user, '--mount', 'sh', '-c', mounted, 'sh']
    try:
        done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip('there is no unshare')
    if done.returncode == 75 or 'unshare' in done.stderr:
        pytest.skip('nothing can be mounted here')
    return done
