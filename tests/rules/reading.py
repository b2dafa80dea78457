"""What a finding points to, and what its fix makes of the file."""

from __future__ import annotations

import difflib
from typing import Any

from examples import found
from hypothesis import strategies as st

from bootstrap.manifest import Document
from bootstrap.rules.resource import Application, Resource, Role, resources
from bootstrap.rules.rule import Finding
from bootstrap.rules.scope import Scope


def text_of(finding: Finding, where: Scope) -> str:
    return next(one.document.text for one in where.resources if one.file == finding.file)


def line(finding: Finding, where: Scope) -> str:
    """The line of the file that a finding points to."""
    return text_of(finding, where).split('\n')[finding.line - 1].strip()


def mended(finding: Finding, where: Scope) -> tuple[list[str], list[str]]:
    """The lines that a finding's fix takes away and adds. The finding is gone then, and the fix finds nothing to do."""
    assert finding.fix is not None
    before = text_of(finding, where)
    after = finding.fix(before)
    assert finding.fix(after) == after
    others = [one for one in where.resources if one.file != finding.file]
    now = Scope([*others, *resources(finding.file, after, where.environment)], where.settings, where.environment)
    assert not [one for one in found(finding.rule, now) if one.path == finding.path]
    diff = list(difflib.ndiff(before.split('\n'), after.split('\n')))
    return [one[2:].strip() for one in diff if one[0] == '-'], [one[2:].strip() for one in diff if one[0] == '+']


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(16**1000),
    st.floats(),
    st.dates(),
    st.sampled_from(
        ['', '0', 'v1', 'v2', '1.7.0', 'x:2.48.0', 'RAY_enable_autoscaler_v2', 'name', 'gpu', '.spec', '{']
    ),
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3),
    max_leaves=6,
)


def with_junk(where: Scope, role: Role, path: tuple[Any, ...], value: Any) -> Scope:
    """The scope with a value at a path of the Applications of one role, as if it had been read so."""
    found: list[Resource] = []
    for resource in where.resources:
        if isinstance(resource, Application) and resource.role is role:
            document = Document(resource.document.text, resource.document.index, resource.document.root)
            document.data = _with(document.data, path, value)
            found.append(Application(resource.file, document, resource.environment))
        else:
            found.append(resource)
    return Scope(found, where.settings, where.environment)


def _with(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else {}
    copy[path[0]] = _with(copy.get(path[0]), path[1:], value)
    return copy
