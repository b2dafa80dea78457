"""Several runs at once in one repository beside its user, and several clones at one remote."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fault_tracer import COMMAND, run
from fault_world import SCENARIOS, URL, Scenario, State, World, built, history, save, state, unsound

_OVERTAKEN = 5
_REFUSED = 'is there already, with another change|there is a worker group .* with other values'
_RAYCLUSTER = 'environments/{}/applications/raycluster.yaml'


@dataclass
class Counts:
    """What was counted in a race, and what was wrong."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


def _group(name: str, environment: str, cpu: int = 2) -> tuple[str, ...]:
    return ('add-group', name, '--env', environment, '--max', '4', '--cpu', str(cpu), '--memory', '4Gi')


def one_environment(place: Path, processes: int = 8, rounds: int = 25) -> Counts:
    """All processes add worker groups to one environment, on one branch."""
    world, counts = _fresh(place, SCENARIOS['add-group']), Counts()
    branch = 'raybootstrap/shared'

    def command(process: int, number: int) -> tuple[str, ...]:
        return *_group(f'g{process}-{number}', 'prod'), '--branch', branch, '--no-push'

    done = _beside_the_user(world, processes, rounds, command, counts)
    text = world.git(world.work, 'show', f'{branch}:{_RAYCLUSTER.format("prod")}')
    for process, number in done:
        if not re.search(rf'^ *g{process}-{number}:', text, re.MULTILINE):
            counts.problems.append(('lost', f'g{process}-{number} was acknowledged'))
    commits = world.git(world.work, 'rev-list', '--count', f'main..{branch}').strip()
    if int(commits) != len(done):
        counts.problems.append(('twice', f'{commits} commits for {len(done)} runs'))
    return counts


def several_environments(place: Path, processes: int = 8, rounds: int = 25) -> Counts:
    """Each process adds worker groups to an environment of its own, on branches of their own."""
    names = tuple(f'--env=e{process}' for process in range(processes))
    world, counts = _fresh(place, Scenario((), '', (('init', '--operator', '--repo-url', URL, *names),))), Counts()

    def command(process: int, number: int) -> tuple[str, ...]:
        return *_group(f'g{number}', f'e{process}'), '--no-push'

    for process, number in _beside_the_user(world, processes, rounds, command, counts):
        branch = f'raybootstrap/add-group-e{process}/g{number}'
        if len(history(world, world.work, branch)) != len(history(world, world.remote, 'main')) + 1:
            counts.problems.append(('lost', f'{branch} is not one commit on base'))
    return counts


def _fresh(place: Path, scenario: Scenario) -> World:
    shutil.rmtree(place, ignore_errors=True)
    return built(place, scenario)


def _beside_the_user(
    world: World, processes: int, rounds: int, command: Callable[[int, int], tuple[str, ...]], counts: Counts
) -> list[tuple[int, int]]:
    """The runs that ended well, by process and round, while the user commits in a loop."""
    before, over, committed = _untouched(state(world)), threading.Event(), list[str]()

    def rounds_of(process: int) -> list[tuple[int, int]]:
        done = []
        for number in range(rounds):
            ran = run(command(process, number), world.work, world.variables)
            counts.add(f'exit {ran.returncode}')
            if ran.returncode not in (0, _OVERTAKEN):
                counts.problems.append(('refused', f'{process}-{number}: {ran.stderr.strip()[-300:]}'))
            done += [(process, number)] if ran.returncode == 0 else []
        return done

    def user() -> None:
        while not over.is_set():
            committed.append(save(world, world.work, {'mine.txt': f'{len(committed)}\n'}))
            over.wait(0.05)

    with ThreadPoolExecutor(processes + 1) as pool:
        at_work = pool.submit(user)
        done = [one for found in pool.map(rounds_of, range(processes)) for one in found]
        over.set()
        at_work.result()
    counts.add("commits of the user's", len(committed))
    kept = set(world.git(world.work, 'rev-list', 'main').split())
    counts.problems += [('user', f'{oid} is lost') for oid in committed if oid not in kept]
    after = _untouched(state(world))
    counts.problems += [('user', name) for name in {*before, *after} if before.get(name) != after.get(name)]
    _check(world, world.work, counts)
    return done


def _untouched(everything: State) -> State:
    """Without what the user's own commits change."""
    theirs = ('mine.txt', '.git/index', '.git/refs/heads', '.git/logs', '.git/COMMIT_EDITMSG')
    return {name: entry for name, entry in everything.items() if not name.startswith(theirs)}


def _check(world: World, directory: Path, counts: Counts) -> None:
    if words := unsound(world, directory):
        counts.problems.append(('fsck', words))
    locks = [str(path) for path in directory.rglob('*.lock')]
    counts.problems += [('left', path) for path in locks]


@dataclass(frozen=True)
class _Ended:
    code: int
    commit: str
    words: str


def clones_with_one_command(place: Path, processes: int = 8, rounds: int = 50) -> Counts:
    """The same command in every clone: one makes the branch, the others find it done."""
    return _clones(place, processes, rounds, lambda _, number: _group(f'g{number}', 'prod'), _one_winner)


def clones_with_other_values(place: Path, processes: int = 8, rounds: int = 50) -> Counts:
    """One branch, other content in every clone: one makes it, the others are refused."""
    return _clones(
        place, processes, rounds, lambda process, number: _group(f'g{number}', 'prod', process + 1), _one_winner
    )


def clones_on_one_branch(place: Path, processes: int = 8, rounds: int = 50) -> Counts:
    """A worker group from every clone onto one branch: each plans again on what the others pushed."""

    def command(process: int, number: int) -> tuple[str, ...]:
        return *_group(f'g{number}-{process}', 'prod'), '--branch', f'raybootstrap/add-group-prod/g{number}'

    return _clones(place, processes, rounds, command, _all_there)


_Judge = Callable[[World, str, Sequence[_Ended], Counts], None]


def _clones(
    place: Path, processes: int, rounds: int, command: Callable[[int, int], tuple[str, ...]], judge: _Judge
) -> Counts:
    world, counts = _fresh(place, SCENARIOS['add-group, pushed']), Counts()
    clones = [world.place / f'clone-{process}' for process in range(processes)]
    for clone in clones:
        shutil.copytree(world.work, clone, symlinks=True)
    for number in range(rounds):
        started = [_started(world, clone, command(process, number)) for process, clone in enumerate(clones)]
        ended = [_ended(process) for process in started]
        branch = f'raybootstrap/add-group-prod/g{number}'
        judge(world, branch, ended, counts)
        _judge_losers(world, clones, branch, ended, counts)
    for directory in (world.remote, *clones):
        _check(world, directory, counts)
    for clone in clones:
        if _untouched(state(World(world.place))) != _untouched(_state_of(clone)):
            counts.problems.append(('user', str(clone)))
    return counts


def _state_of(clone: Path) -> State:
    class Clone(World):
        @property
        def work(self) -> Path:
            return clone

    return state(Clone(clone.parent))


def _started(world: World, clone: Path, arguments: tuple[str, ...]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments, '--output', 'json'],
        cwd=clone,
        env=world.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ended(process: subprocess.Popen[str]) -> _Ended:
    out, err = process.communicate(timeout=200)
    said = json.loads(out) if out.startswith('{') else {}
    return _Ended(process.returncode, said.get('commit') or '', err + json.dumps(said.get('error', '')))


def _one_winner(world: World, branch: str, ended: Sequence[_Ended], counts: Counts) -> None:
    there = world.git(world.remote, 'rev-list', f'main..{branch}').split()
    counts.add('branches made')
    won = {one.commit for one in ended if one.code == 0}
    if len(there) != 1 or won != set(there):
        counts.problems.append(('winners', f'{branch}: {there} on the remote, {won} acknowledged'))


def _all_there(world: World, branch: str, ended: Sequence[_Ended], counts: Counts) -> None:
    there = world.git(world.remote, 'rev-list', f'main..{branch}').split()
    counts.add('branches made')
    won = [one.commit for one in ended if one.code == 0]
    if not set(won) <= set(there) or len(there) != len(won):
        counts.problems.append(('lost', f'{branch}: {there} on the remote, {won} acknowledged'))


def _judge_losers(world: World, clones: Sequence[Path], branch: str, ended: Sequence[_Ended], counts: Counts) -> None:
    for clone, one in zip(clones, ended, strict=True):
        counts.add(f'exit {one.code}')
        if one.code == 0:
            continue
        if one.code != _OVERTAKEN and not re.search(_REFUSED, one.words):
            counts.problems.append(('refused', f'{clone.name} {branch}: {one.words[-300:]}'))
        if world.git(clone, 'for-each-ref', f'refs/heads/{branch}'):
            counts.problems.append(('left', f'{clone.name} {branch}: the branch of a run that did not end well'))


RACES: dict[str, Callable[[Path], Counts]] = {
    '8 processes, 25 rounds, one repository, one environment, beside its user': one_environment,
    '8 processes, 25 rounds, one repository, other environments, beside its user': several_environments,
    '8 clones, 50 rounds, one command': clones_with_one_command,
    '8 clones, 50 rounds, one branch, other values': clones_with_other_values,
    '8 clones, 50 rounds, one branch, other worker groups': clones_on_one_branch,
}
