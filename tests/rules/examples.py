"""Manifests to find something in: the skeletons, edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bootstrap import manifest, skeletons
from bootstrap.layout import Environment
from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.resource import resources
from bootstrap.rules.rule import Finding
from bootstrap.rules.scope import Scope, ScopeChange
from bootstrap.settings import Settings

ENVIRONMENT = Environment('example')
VALUES = ('spec', 'source', 'helm', 'valuesObject')
GROUPS = (*VALUES, 'additionalWorkerGroups')
Edit = Callable[[str], str]

GROUP: dict[str, Any] = {
    'replicas': 0,
    'minReplicas': 0,
    'maxReplicas': 3,
    'rayStartParams': {'resources': '\'{"gpu": 1}\''},
    'resources': {'requests': {'cpu': '4', 'memory': '8Gi'}, 'limits': {'cpu': '4', 'memory': '8Gi'}},
}


def put(*path: Any, value: Any) -> Edit:
    """An edit for `scope`: puts a value."""
    return lambda text: manifest.put(text, path, value)


def drop(*path: Any) -> Edit:
    """An edit for `scope`: drops what stands there."""
    return lambda text: manifest.drop(text, path)


def scope(settings: Settings | None = None, **edits: Edit | list[Edit] | str) -> Scope:
    """The skeletons as one environment, edited by role: root, projects, crds, operator, raycluster; '' leaves one out.

    A text in place of an edit replaces the file.
    """
    files = {
        'root': ENVIRONMENT.root,
        'projects': ENVIRONMENT.projects,
        'crds': ENVIRONMENT.crds,
        'operator': ENVIRONMENT.operator,
        'raycluster': ENVIRONMENT.raycluster(),
    }
    found = []
    for name, file in files.items():
        text = skeletons.read(file.replace('environments/example', 'environment'))
        edit = edits.get(name, [])
        if isinstance(edit, str):
            text = edit
        else:
            for one in edit if isinstance(edit, list) else [edit]:
                text = one(text)
        found += list(resources(file, text, ENVIRONMENT))
    return Scope(found, settings or Settings(), ENVIRONMENT)


def found(rule: str, where: Scope) -> list[Finding]:
    """What one rule finds in a scope, be it about single environments or about all."""
    every = [*check.of_scope(where), *check.of_repository(facts(where))]
    return [finding for finding in every if finding.rule == rule]


def found_in_change(rule: str, before: Scope | None, after: Scope | None, **options: Any) -> list[Finding]:
    """What one rule finds in a change."""
    return [one for one in check.of_change(ScopeChange(before, after, **options)) if one.rule == rule]
