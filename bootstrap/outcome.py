"""What a run of a writing command did, or would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bootstrap.capacity import Capacity
from bootstrap.gate import Findings
from bootstrap.layout import Environment
from bootstrap.request import Request
from bootstrap.tree import Change, Tree, changes


class Part(NamedTuple):
    """One commit of a proposal."""

    title: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Outcome:
    """What a run did; `result` is changed, unchanged or planned."""

    result: str
    base: str
    branch: str
    title: str = ''
    commit: str | None = None
    changes: Sequence[Change] = ()
    parts: Sequence[Part] = ()
    notes: Sequence[str] = ()
    environments: Sequence[str] = ()
    new_environments: Sequence[Environment] = ()
    capacity: tuple[Capacity, Capacity] = (Capacity(), Capacity())
    findings: Findings = field(default_factory=Findings)
    pushed_to: str | None = None
    started: bool = False
    checked_out: bool = False


def parts(request: Request, title: str, before: Tree, trees: Sequence[Tree]) -> list[Part]:
    """The commits to make: of the plan and its steps, those that change something."""
    titles = [title, *(step.title for step in request.steps)]
    found = [
        Part(name, changes(old, new)) for name, old, new in zip(titles, (before, *trees[:-1]), trees, strict=False)
    ]
    return [part for part in found if part.changes]
