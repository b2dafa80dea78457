"""What a run of a writing command did, or would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from bootstrap.capacity import Capacity
from bootstrap.context import Context
from bootstrap.gate import Findings
from bootstrap.layout import Environment
from bootstrap.request import Request, Step, Table
from bootstrap.tree import Change, Tree, changes


class Part(NamedTuple):
    """One commit of a proposal; what is empty is as its request has it."""

    title: str
    changes: Sequence[Change]
    line: str = ''
    why: str = ''
    trailers: Sequence[tuple[str, str]] = ()
    allowed: Mapping[str, str] = MappingProxyType({})


class Opened(NamedTuple):
    """What became of the pull request; `words` are sentences about it."""

    url: str | None = None
    number: int | None = None
    state: str | None = None
    compare_url: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a run did; `result` is changed, unchanged or planned. `tables` is the request's own."""

    result: str
    base: str
    branch: str
    title: str = ''
    commit: str | None = None
    changes: Sequence[Change] = ()
    parts: Sequence[Part] = ()
    notes: Sequence[str] = ()
    tables: Callable[[Tree, Tree, Context], Sequence[Table]] = lambda before, after, context: ()  # noqa: ARG005
    environments: Sequence[str] = ()
    new_environments: Sequence[Environment] = ()
    capacity: tuple[Capacity, Capacity] = (Capacity(), Capacity())
    findings: Findings = field(default_factory=Findings)
    pushed_to: str | None = None
    opened: Opened = field(default_factory=Opened)
    started: bool = False
    checked_out: bool = False


def parts(request: Request, title: str, before: Tree, trees: Sequence[Tree]) -> list[Part]:
    """The commits to make: of the plan and its steps, those that change something."""
    steps = [Step(title, request.plan), *request.steps]
    found = [
        Part(step.title, changes(old, new), step.line, step.why, step.trailers, step.allowed)
        for step, old, new in zip(steps, (before, *trees[:-1]), trees, strict=False)
    ]
    return [part for part in found if part.changes]
