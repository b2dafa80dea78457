"""A rule, manifests it finds something in, and what comes of it."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from examples import Edit, scope

from bootstrap.manifest.paths import display
from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.resource import resources
from bootstrap.rules.rule import Finding, Severity
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
PROTECTED = Settings(environments={'example': {'protected': True}})
EPHEMERAL = Settings(environments={'example': {'ephemeral': True}})


class Case(NamedTuple):
    """`line` is the source line the finding points to, `mended` what its fix takes away (-) and puts in (+)."""

    rule: str
    edits: dict[str, Edit | list[Edit] | str]
    line: str
    path: tuple[Any, ...]
    severity: Severity
    message: str = ''
    mended: tuple[str, ...] = ()
    settings: Settings | None = None


def all_findings(where: Scope) -> list[Finding]:
    return [*check.of_scope(where), *check.of_repository(facts(where))]


def findings(rule: str, where: Scope) -> list[Finding]:
    """What a rule finds in a scope, be it about single environments or about all."""
    return [one for one in all_findings(where) if one.rule == rule]


def text_of(where: Scope, file: str) -> str:
    return next(one.document.text for one in where.resources if one.file == file)


def with_text(where: Scope, file: str, text: str) -> Scope:
    """The scope with another text in one of its files."""
    others = [one for one in where.resources if one.file != file]
    return Scope([*others, *resources(file, text, where.environment)], where.settings, where.environment)


def differing(before: str, after: str) -> tuple[str, ...]:
    """The lines that differ, each with its sign and without its indentation."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return tuple(f'{line[0]}{line[2:].strip()}' for line in lines if line[0] in '+-')


def hold(case: Case) -> None:
    """What the case says is found once, at its place, and its fix mends it and nothing else."""
    where = scope(case.settings, **case.edits)
    (found,) = findings(case.rule, where)
    text = text_of(where, found.file)
    assert text.splitlines()[found.line - 1].partition(' #')[0].strip() == case.line, text.splitlines()[found.line - 1]
    assert (found.path, found.severity) == (display(case.path) if case.path else '', case.severity)
    assert case.message in found.message
    assert not found.message.endswith('.')
    assert (found.fix is None) == (not case.mended)
    if found.fix:
        mended = found.fix(text)
        assert differing(text, mended) == case.mended, differing(text, mended)
        assert found.fix(mended) == mended
        assert findings(case.rule, with_text(where, found.file, mended)) == []
