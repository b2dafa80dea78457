"""What is to be said of the environments that a change is about: notes, capacity, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bootstrap import notes
from bootstrap.capacity import Capacity
from bootstrap.context import Context
from bootstrap.gate import Findings, Gate
from bootstrap.layout import Environment
from bootstrap.proposal import capacity_of
from bootstrap.request import NOTHING, Notes
from bootstrap.tree import Change, Tree


@dataclass(frozen=True)
class Survey:
    """What was found, and of which environments; `capacity` is that before and after."""

    environments: Sequence[Environment]
    new_environments: Sequence[Environment]
    notes: Sequence[str]
    capacity: tuple[Capacity, Capacity]
    findings: Findings


def survey(
    before: Tree,
    after: Tree,
    environments: Sequence[Environment],
    context: Context,
    allow: Mapping[str, str],
    brought: Sequence[Change] = (),
    told: Notes = NOTHING,
) -> Survey:
    """All of it in one round, so that an environment is read once and not kept: a thousand are half a gigabyte."""
    gate, said, new = Gate(before, after, context), [], []
    old_total, new_total = Capacity(), Capacity()
    for environment in context.following('checking', environments):
        new += notes.new_environments(before, after, [environment])
        said.append(notes.about(before, after, environment))
        old_total = old_total.plus(capacity_of(before, [environment]))
        new_total = new_total.plus(capacity_of(after, [environment]))
        gate.look_at(environment)
        told.see(environment)
    findings = gate.findings(allow, brought)
    return Survey(environments, new, [*notes.in_order(said), *told.lines()], (old_total, new_total), findings)
