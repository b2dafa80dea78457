"""What a rule is, and what it finds."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bootstrap.manifest import Path
from bootstrap.rules.resource import Resource
from bootstrap.rules.scope import Facts


class Severity(str, enum.Enum):
    ERROR = 'error'
    WARNING = 'warning'
    INFO = 'info'


class Subject(enum.Enum):
    """What a rule's function is given, always with the Scope behind it."""

    APPLICATION = 'application'
    """Each Application that has to do with Ray (role other than OTHER): f(application, scope)."""
    RAYCLUSTER = 'raycluster'
    """Each Application of the ray-cluster chart: f(raycluster, scope)."""
    GROUP = 'group'
    """Each group the chart renders: f(group, raycluster, scope)."""
    SCOPE = 'scope'
    """All that is checked together: f(scope)."""
    REPOSITORY = 'repository'
    """Facts of all environments: f(facts: list[Facts])."""
    CHANGE = 'change'
    """A scope before and after: f(change: ScopeChange)."""


Fix = Callable[[str], str]
"""Text of the file in, text out: made of manifest.put, drop, append."""


class Problem(NamedTuple):
    """What a rule found: where (`path` inside of the resource's document) and what will happen in the cluster."""

    resource: Resource | Facts
    path: Path
    message: str
    severity: Severity | None = None
    """Where it differs from the rule's own."""
    fix: Fix | None = None
    at_value: bool = False
    """Whether the place is the value rather than its key."""


class Finding(NamedTuple):
    """A problem with its rule and its place; line and column count from 1."""

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    path: str
    message: str
    fix: Fix | None = None


Check = Callable[..., Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    """One entry of the catalogue. `why` is the docstring of its function."""

    id: str
    severity: Severity
    subject: Subject
    title: str
    mend: str
    source: str
    check: Check

    @property
    def why(self) -> str:
        return inspect.cleandoc(self.check.__doc__ or '')


RULES: dict[str, Rule] = {}


def rule(
    id: str,  # noqa: A002
    severity: Severity,
    subject: Subject,
    title: str,
    *,
    mend: str,
    source: str,
) -> Callable[[Check], Check]:
    """Put a function into the catalogue.

    `title` completes "RB402: …" as a noun or sentence without a full stop, `mend` says how to mend it,
    `source` names where the fact comes from (documentation, source file or issue of Argo CD, KubeRay, Ray or Helm).
    The function's docstring says why, for `raybootstrap explain`.
    """

    def put(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f'{id} stands twice in the catalogue')
        RULES[id] = Rule(id, severity, subject, title, mend, source, check)
        return check

    return put
