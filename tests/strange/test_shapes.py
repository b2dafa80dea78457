"""Every shape of repository, every kind of command: it works, or refuses with a sentence; the user's bytes stay."""

from __future__ import annotations

import re

import pytest
import shapes_of_configuration
import shapes_of_files
import shapes_of_heads
import shapes_of_remotes
import shapes_of_storage
from git_world import git
from strange_world import RAYCLUSTER, Place, Refusal, Shape, dirty, users
from world import URL, Ran, Shell

MODULES = (shapes_of_heads, shapes_of_storage, shapes_of_files, shapes_of_remotes, shapes_of_configuration)
SHAPES = [shape for module in MODULES for shape in module.SHAPES]
# What decides where a proposal goes: there every command is run twice, elsewhere one is.
PLACES = [*shapes_of_heads.SHAPES, *shapes_of_storage.SHAPES, *shapes_of_remotes.SHAPES]

INIT = ('init', '--env', 'stage', '--like', 'prod', '--repo-url', URL, '--dest-name', 'stage')
ADD = ('add-group', 'large', '--env', 'prod', '--cpu', '8', '--memory', '32Gi', '--max', '4')
SET = ('set-group', 'small', '--env', 'prod', '--max', '7')
WRITERS = (
    (INIT, 'raybootstrap/init-stage', 'environments/stage/'),
    (ADD, 'raybootstrap/add-group-prod/large', RAYCLUSTER),
    (SET, 'raybootstrap/set-group-prod/small', RAYCLUSTER),
)


@pytest.mark.parametrize('shape', SHAPES, ids=lambda shape: shape.name.replace(' ', '-'))
def test_a_shape(shape: Shape, place: Place, shell: Shell) -> None:
    if shape.skip:
        pytest.skip(shape.skip)
    shape.make(place)
    if shape.dirty:
        dirty(place.work)
    reads_only(shape, place, shell)
    for arguments, branch, below in WRITERS:
        run = ('-C', str(place.directory), *arguments, *shape.options)
        if shape.writes is not None:
            refused(place, shell, shape.writes, *run)
        else:
            proposed(place, shell, branch, below, *run)
            if arguments is INIT or shape in PLACES:
                done_already(place, shell, branch, *run)
    listing = ('-C', str(place.directory), 'proposals', *shape.options[:2])
    if shape.proposals is not None:
        refused(place, shell, shape.proposals, *listing)
        return
    listed = unchanging(place, shell, *listing)
    assert listed.code == 0, listed
    if shape.writes is None:
        assert [branch for _, branch, _ in WRITERS if branch not in listed.out] == [], listed
        assert_sound(place)


def reads_only(shape: Shape, place: Place, shell: Shell) -> None:
    """What only reads, and a dry run: nothing at all changes."""
    for arguments in (('validate',), ('list', 'groups')):
        if shape.reads is not None:
            refused(place, shell, shape.reads, '-C', str(place.directory), *arguments)
        else:
            ran = unchanging(place, shell, '-C', str(place.directory), *arguments)
            assert ran.code == 0, ran
            assert shape.groups in ran.out or 'list' not in arguments, ran
    dry_run = ('-C', str(place.directory), *SET, '--dry-run', '--exit-code', *shape.options)
    if shape.writes is not None and not shape.late:
        refused(place, shell, shape.writes, *dry_run)
    else:
        ran = unchanging(place, shell, *dry_run)
        assert ran.code == 3, ran


def unchanging(place: Place, shell: Shell, *arguments: str) -> Ran:
    before = users(place.top, ours=True)
    ran = shell(*arguments)
    after = users(place.top, ours=True)
    assert after == before
    return ran


def refused(place: Place, shell: Shell, refusal: Refusal, *arguments: str) -> None:
    ran = unchanging(place, shell, *arguments)
    assert ran.code == refusal.code, ran
    message, _, hint = ran.err.partition('\nhint: ')
    assert message.startswith('error: ')
    assert re.search(refusal.words, message), ran
    assert re.search(refusal.hint, hint), ran


def proposed(place: Place, shell: Shell, branch: str, below: str, *arguments: str) -> None:
    """One commit on base with these files only; nothing of the user's is another."""
    before = users(place.top)
    ran = shell(*arguments)
    assert ran.code == 0, ran
    tip = tip_of(place, branch)
    assert users(place.top) == before
    changed = git(place.work, '--no-replace-objects', 'diff-tree', '-r', '--name-only', f'{tip}^', tip).split()
    assert changed
    assert [name for name in changed if not name.startswith(below)] == []
    assert '\r' not in git(place.work, 'cat-file', 'blob', f'{tip}:{changed[0]}')


def done_already(place: Place, shell: Shell, branch: str, *arguments: str) -> None:
    tip = tip_of(place, branch)
    again = unchanging(place, shell, *arguments)
    assert (again.code, again.out[:14]) == (0, 'Nothing to do:'), again
    assert tip_of(place, branch) == tip


def tip_of(place: Place, branch: str) -> str:
    return git(place.work, 'rev-parse', '--verify', f'refs/heads/{branch}').strip()


def assert_sound(place: Place) -> None:
    words = git(place.work, 'fsck', '--strict', check=False).splitlines()
    harmless = ('dangling', 'notice:', 'hint:', 'error: HEAD points to something strange', 'warning in commit')
    assert [line for line in words if not line.startswith(harmless)] == []
