"""What differs between two texts, field by field."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

import json
from typing import Any

import pytest

from bootstrap.manifest import MISSING, Field, fields

ONE = 'kind: A\nmetadata: {name: one}\nv: 1\n'
TWO = 'kind: A\nmetadata: {name: two}\nv: 1\n'

CASES: list[tuple[str, str | None, str | None, list[tuple[str, Any, Any]]]] = [
    ('nothing', 'a: 1  # c\n', 'a:   1\n', []),
    ('a value', 'a: {b: 1}\n', 'a: {b: 2}\n', [('a.b', 1, 2)]),
    ('a type', 'a: 1\n', 'a: true\n', [('a', 1, True)]),
    ('null is a value', 'a:\n', 'b:\n', [('a', None, MISSING), ('b', MISSING, None)]),
    ('a new mapping is one field', 'a: 1\n', 'a: 1\nb: {c: {d: 1}}\n', [('b', MISSING, {'c': {'d': 1}})]),
    ('a mapping gone is one field', 'a: 1\nb: {c: 1}\n', 'a: 1\n', [('b', {'c': 1}, MISSING)]),
    ('another shape is one field', 'a: [1]\n', 'a: {b: 1}\n', [('a', [1], {'b': 1})]),
    ('an item more', 'a: [x, z]\n', 'a: [x, w, z]\n', [('a[1]', MISSING, 'w')]),
    ('an item less', 'a: [x, w, z]\n', 'a: [x, z]\n', [('a[1]', 'w', MISSING)]),
    ('an item changed inside', 'a: [{n: 1, v: 1}, 2]\n', 'a: [{n: 1, v: 2}, 2]\n', [('a[0].v', 1, 2)]),
    ('a key with dots', 'a: {b.c/d: 1}\n', 'a: {b.c/d: 2}\n', [('a[b.c/d]', 1, 2)]),
    ('a whole document', 'a\n', 'b\n', [('', 'a', 'b')]),
    ('a file added', None, 'a: 1\n', [('', MISSING, {'a': 1})]),
    ('a file removed', 'a: 1\n---\nb: 1\n', None, [('', [{'a': 1}, {'b': 1}], MISSING)]),
    ('no file', None, None, []),
    ('a name', ONE, TWO, [('metadata.name', 'one', 'two')]),
    ('several documents', f'{ONE}---\n{TWO}', f'{TWO}v2: 2\n---\n{ONE}', [('A/two: v2', MISSING, 2)]),
    ('a document more', ONE, f'{ONE}---\n{TWO}', [('A/two', MISSING, {'kind': 'A', 'metadata': {'name': 'two'}, 'v': 1})]),
    ('a document less', f'x: 1\n---\n{ONE}', ONE, [('document/0', {'x': 1}, MISSING)]),
    ('same names twice', f'{ONE}---\n{ONE}', f'{ONE}---\n{ONE}w: 1\n', [('A/one: w', MISSING, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(('before', 'after', 'expected'), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_fields(before: str | None, after: str | None, expected: list[tuple[str, Any, Any]]) -> None:
    assert fields(before, after) == [Field(*field) for field in expected]


def test_missing_is_null_in_json() -> None:
    found = [field.as_json() for field in fields('a: 2001-01-01\n', 'a: 2001-01-02\nb: {1: x}\n')]
    assert json.loads(json.dumps(found)) == [
        {'field': 'a', 'before': '2001-01-01', 'after': '2001-01-02'},
        {'field': 'b', 'before': None, 'after': {'1': 'x'}},
    ]
