"""What a proposal comes to: base and tip, and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bootstrap import proposal
from bootstrap.capacity import Capacity
from bootstrap.context import Context
from bootstrap.gate import Findings
from bootstrap.layout import Environment
from bootstrap.request import Table
from bootstrap.tree import Change, Tree


@dataclass(frozen=True)
class Review:
    """A proposal as its pull request shows it: everything from base to the branch's tip.

    `commands` are those of all its commits, oldest first; `allowed` are the rules its commits let through.
    """

    title: str
    base: str
    branch: str
    before: Tree
    after: Tree
    context: Context
    changes: Sequence[Change]
    environments: Sequence[Environment]
    new_environments: Sequence[Environment]
    commands: Sequence[str]
    why: str = ''
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    findings: Findings = field(default_factory=Findings)
    allowed: Sequence[tuple[str, str]] = ()
    capacity: tuple[Capacity, Capacity] = (Capacity(), Capacity())


def why_of(message: str) -> str:
    """The author's own words in the body of a commit's message: what stands before the list of changes."""
    paragraphs = message.split('\n\n')
    # The author's words may hold a list too.
    places = [number for number, paragraph in enumerate(paragraphs) if proposal.is_described(paragraph)]
    return '\n\n'.join(paragraphs[: places[-1]]).strip() if places else ''
