"""One strike at one run: what became of the user's data, and whether running it again ends where it should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from fault_tracer import Strike, run, traced
from fault_world import Scenario, World, built, history, names, state, tip, unsound


class Result(NamedTuple):
    """`at` is the call and the program that were struck, '' where the run ended before; `problems` by kind."""

    at: str
    problems: list[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A scenario with its world before, and after an undisturbed run."""

    scenario: Scenario
    place: Path

    @cached_property
    def before(self) -> World:
        return built(self.place / 'before', self.scenario)

    @cached_property
    def reference(self) -> World:
        world = self.before.copied(self.place / 'reference')
        done = run(self.scenario.arguments, world.work, world.variables)
        assert done.returncode == 0, done.stderr
        return world

    @cached_property
    def trees(self) -> Sequence[str]:
        return history(self.reference, self.reference.work, self.scenario.branch)

    def steps(self, counted: str) -> list[str]:
        """The call and the program of each step of an undisturbed run."""
        world = self.before.copied(self.place / 'counted')
        with traced(self.scenario.arguments, world.work, world.variables, Strike(counted, 'none')) as run_:
            status, stderr = run_.ended()
        assert status == 0, stderr
        return run_.seen

    def struck(self, strike: Strike, name: str = 'struck') -> Result:
        """Strike a run in a world of its own, then run the command again."""
        self.reference  # noqa: B018
        world = self.before.copied(self.place / name)
        before, found = state(world), list[tuple[str, str]]()
        with traced(self.scenario.arguments, world.work, world.variables, strike) as struck:
            # Every other time the command is run again at once, beside what was orphaned.
            if strike.how == 'parent' and strike.number % 2:
                struck.until_struck()
                again = run(self.scenario.arguments, world.work, world.variables)
                struck.ended()
            else:
                status, stderr = struck.ended()
                found += self._after_strike(world, status, stderr, strike)
                found += [('user', name) for name in self._touched(world, before)]
                again = run(self.scenario.arguments, world.work, world.variables)
        found += [('user', name) for name in self._touched(world, before)]
        if again.returncode != 0:
            found.append(('re-run', f'exit {again.returncode}: {again.stderr.strip()[-400:]}'))
        found += self._after_all(world)
        return Result(struck.struck, found)

    def _touched(self, world: World, before: dict[str, tuple[int, bytes]]) -> Iterator[str]:
        if self.scenario.empty_folder:
            return
        after = state(world)
        yield from sorted(name for name in {*before, *after} if before.get(name) != after.get(name))

    def _after_strike(self, world: World, status: int, stderr: str, strike: Strike) -> Iterator[tuple[str, str]]:
        if 'Traceback' in stderr:
            yield 'traceback', stderr.strip()[-400:]
        if status == 0 and not strike.kills:
            yield from (('false success', words) for words in self._missing(world))
        if not (world.work / '.git').exists():
            return
        if words := unsound(world, world.work):
            yield 'fsck', words
        trees = history(world, world.work, self.scenario.branch)
        if trees and trees not in (self.trees, self.trees[1:]):
            yield 'half done', ' '.join(trees)

    def _missing(self, world: World) -> Iterator[str]:
        """Where the branch is not what an undisturbed run makes of it."""
        branch = self.scenario.branch
        if history(world, world.work, branch) != self.trees:
            yield f'{branch} holds other trees'
        if self.scenario.pushes and tip(world, world.remote, branch) != tip(world, world.work, branch):
            yield f'{branch} is not pushed'

    def _after_all(self, world: World) -> Iterator[tuple[str, str]]:
        yield from (('tree', words) for words in self._missing(world))
        for place, reference in ((world.work, self.reference.work), (world.remote, self.reference.remote)):
            if not place.exists():
                continue
            if words := unsound(world, place):
                yield 'fsck', words
            yield from (('left', name) for name in sorted(names(place) ^ names(reference)))
