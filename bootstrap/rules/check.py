"""Runs the rules over what they are about."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from bootstrap.manifest import Position
from bootstrap.manifest.paths import display
from bootstrap.rules import unchecked
from bootstrap.rules.resource import Role
from bootstrap.rules.rule import RULES, Finding, Problem, Rule, Subject
from bootstrap.rules.scope import Facts, Scope, ScopeChange

FAMILIES = (
    'accelerators',
    'applications',
    'autoscaler',
    'changes',
    'crds',
    'group_changes',
    'ignore_differences',
    'images',
    'kubernetes_clusters',
    'mirrors',
    'names',
    'operator',
    'ray_start',
    'raycluster_sync',
    'resources',
    'scaling',
    'security',
    'sync',
    'values',
    'version_skew',
    'versions',
)


@cache
def catalogue() -> dict[str, Rule]:
    """All rules by id, in their order."""
    for family in FAMILIES:
        importlib.import_module(f'bootstrap.rules.{family}')
    return dict(sorted(RULES.items()))


def of_scope(scope: Scope) -> Iterator[Finding]:
    """What the rules about single environments find."""
    subjects = {subject: _subjects(subject, scope) for subject in Subject}
    for rule in catalogue().values():
        for arguments in subjects[rule.subject]:
            for problem in rule.check(*arguments):
                yield _finding(rule, problem)
    yield from (_finding(unchecked.RULE, problem) for problem in unchecked.unchecked(scope))


def of_repository(facts: list[Facts]) -> Iterator[Finding]:
    """What the rules across environments find."""
    yield from _of(Subject.REPOSITORY, facts)


def of_change(change: ScopeChange) -> Iterator[Finding]:
    """What the rules about a change find."""
    yield from _of(Subject.CHANGE, change)


def _of(subject: Subject, given: Any) -> Iterator[Finding]:
    for rule in catalogue().values():
        if rule.subject is subject:
            yield from (_finding(rule, problem) for problem in rule.check(given))


def _subjects(subject: Subject, scope: Scope) -> list[tuple[Any, ...]]:
    if subject is Subject.APPLICATION:
        return [(one, scope) for one in scope.applications if one.role is not Role.OTHER]
    if subject is Subject.RAYCLUSTER:
        return [(one, scope) for one in scope.rayclusters]
    if subject is Subject.GROUP:
        return [(group, one, scope) for one in scope.rayclusters for group in one.groups]
    return [(scope,)] if subject is Subject.SCOPE else []


def _finding(rule: Rule, problem: Problem) -> Finding:
    place = _position(problem)
    return Finding(
        rule=rule.id,
        severity=problem.severity or rule.severity,
        file=problem.resource.file,
        line=place.line,
        column=place.column,
        path=display(problem.path) if problem.path else '',
        message=problem.message,
        fix=problem.fix,
    )


def _position(problem: Problem) -> Position:
    if isinstance(problem.resource, Facts):
        return problem.resource.positions.get(problem.path) or problem.resource.positions[()]
    document = problem.resource.document
    return document.value_position(problem.path) if problem.at_value else document.position(problem.path)
