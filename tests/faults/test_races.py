"""A sample of the races: `python tests/faults/sweep.py --only races` runs them in full."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_races import Counts, clones_on_one_branch, clones_with_one_command, one_environment
from fault_tracer import run
from fault_world import SCENARIOS, World, built, state, tip

_BRANCH = 'raybootstrap/add-group-prod/gpu'

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='needs POSIX locks')


@pytest.mark.parametrize('race', [one_environment, clones_with_one_command, clones_on_one_branch])
def test_race(race: Callable[[Path, int, int], Counts], tmp_path: Path) -> None:
    counts = race(tmp_path / 'race', 3, 1)
    assert counts.problems == []
    assert sum(number for what, number in counts.counts.items() if what.startswith('exit')) == 3


@pytest.fixture(scope='module')
def before(tmp_path_factory: pytest.TempPathFactory) -> World:
    return built(tmp_path_factory.mktemp('races') / 'before', SCENARIOS['add-group, pushed'])


@pytest.fixture
def world(before: World, tmp_path: Path) -> World:
    return before.copied(tmp_path / 'world')


def _at_each_push(world: World, script: str) -> Path:
    """Run a script in a colleague's clone each time before the user's push."""
    clone = world.place / 'clone'
    world.git(world.place, 'clone', '--quiet', str(world.remote), str(clone))
    hook = world.work / '.git' / 'hooks' / 'pre-push'
    hook.parent.mkdir()
    hook.write_text(f'#!/bin/sh\nunset GIT_DIR\ncd {clone} && {script}\n')
    hook.chmod(0o755)
    return clone


def test_a_colleague_was_faster_with_other_values(world: World) -> None:
    clone = _at_each_push(world, f'git push --quiet origin {_BRANCH}')
    before = state(world)
    group = ('add-group', 'gpu', '--env', 'prod', '--max', '4', '--memory', '4Gi', '--cpu')
    assert run((*group, '7', '--no-push'), clone, world.variables).returncode == 0
    ran = run((*group, '2'), world.work, world.variables)
    assert ran.returncode == 1
    assert 'there is a worker group gpu with other values' in ran.stderr
    assert tip(world, world.work, _BRANCH) == ''
    assert tip(world, world.remote, _BRANCH) == world.git(clone, 'rev-parse', _BRANCH).strip()
    assert state(world) == before


def test_a_colleague_is_faster_every_time(world: World) -> None:
    push = f'git push --quiet origin HEAD:refs/heads/{_BRANCH}'
    _at_each_push(world, f'git commit --quiet --allow-empty -m more && {push}')
    before = state(world)
    ran = run((*SCENARIOS['add-group, pushed'].arguments, '--branch', _BRANCH), world.work, world.variables)
    assert (ran.returncode, 'nothing was changed' in ran.stderr) == (5, True)
    assert tip(world, world.work, _BRANCH) == ''
    assert state(world) == before
    (world.work / '.git' / 'hooks' / 'pre-push').unlink()
    again = run((*SCENARIOS['add-group, pushed'].arguments, '--branch', _BRANCH), world.work, world.variables)
    assert again.returncode == 0, again.stderr
    assert tip(world, world.work, _BRANCH) == tip(world, world.remote, _BRANCH)
