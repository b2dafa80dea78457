"""A sample of the sweep: `python tests/faults/sweep.py` strikes at every step."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fault_cases import Case
from fault_tracer import Strike, traced, tracer
from fault_world import SCENARIOS, entries, state

pytestmark = pytest.mark.skipif(
    sys.platform != 'linux' or tracer() is None,
    reason='needs Linux on x86-64, a C compiler (cc) and the right to trace a process',
)


@pytest.fixture(scope='module')
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(SCENARIOS['add-group, pushed'], tmp_path_factory.mktemp('faults'))


@pytest.fixture(scope='module')
def last(case: Case) -> int:
    """The number of the last step that changes a file."""
    return len(case.steps('files'))


@pytest.mark.parametrize(('how', 'part'), [('tree', 0.5), ('parent', 0.7)])
def test_killed(case: Case, last: int, how: str, part: float) -> None:
    result = case.struck(Strike('files', how, int(last * part)))
    assert (bool(result.at), result.problems) == (True, [])


@pytest.mark.parametrize('how', ['tree', 'parent'])
def test_killed_while_the_branch_is_locked(case: Case, how: str) -> None:
    result = case.struck(Strike('rename', how, 1))
    assert (result.at, result.problems) == ('rename git', [])


def test_killed_at_the_push(case: Case) -> None:
    result = case.struck(Strike('git', 'parent', len(case.steps('git'))))
    assert (bool(result.at), result.problems) == (True, [])


@pytest.mark.parametrize('strike', ['once EIO', 'onwards ENOSPC'])
def test_a_write_that_fails(case: Case, last: int, strike: str) -> None:
    how, error = strike.split()
    result = case.struck(Strike('files', how, last // 2, error))
    assert (bool(result.at), result.problems) == (True, [])


def test_an_empty_folder(tmp_path: Path) -> None:
    case = Case(SCENARIOS['init in an empty folder'], tmp_path)
    result = case.struck(Strike('files', 'tree', len(case.steps('files')) - 20))
    assert (bool(result.at), result.problems) == (True, [])


def test_the_harness_sees_what_is_wrong(case: Case, tmp_path: Path) -> None:
    """A command that only reads changes nothing, and no change of the user's data stays unseen."""
    world = case.before.copied(tmp_path / 'world')
    before = state(world)
    with traced(('list', 'groups'), world.work, world.variables, Strike('files', 'none')) as run:
        status, _ = run.ended()
    assert (status, state(world)) == (0, before)
    for change in ('README.md', '.git/index', '.git/logs/refs/stash', '.git/HEAD', '.git/packed-refs'):
        (world.work / change).write_bytes(b'x')
        assert {name for name, entry in state(world).items() if entry != before.get(name)} == {change}
        (world.work / change).write_bytes(before[change][1])
        (world.work / change).chmod(before[change][0])
    (world.work / '.git' / 'refs' / 'heads' / 'main.lock').touch()
    assert state(world) != before
    assert '.git/objects' in entries(world.work)
