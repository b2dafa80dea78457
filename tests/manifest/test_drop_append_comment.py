"""Bytes in, bytes out: what `drop`, `append` and `comment` make of a text."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

from typing import Any

import pytest

from bootstrap import manifest
from bootstrap.manifest import where

DROPS = [
    ('a key', 'a: 1\nb: 2\n', ('a',), 'b: 2\n'),
    ('the last key', 'a: 1\nb: 2\n', ('b',), 'a: 1\n'),
    ('the last key at an open end', 'a: 1\nb: 2', ('b',), 'a: 1'),
    ('the last key at an open end, CRLF', 'a: 1\r\nb: 2', ('b',), 'a: 1'),
    ('a nested key at an open end', 'a:\n  b: 1\n  c: 2  # c', ('a', 'c'), 'a:\n  b: 1'),
    ('with everything below', 'a:\n  b:\n  - 1\n\n  # deep\nc: 2\n', ('a',), 'c: 2\n'),
    ('with its comments', 'a: 1\n# b\n# bb\nb: 2  # c\n# c\nc: 3\n', ('b',), 'a: 1\n# c\nc: 3\n'),
    ('comments behind a blank line stay', '# file\n\n# a\na: 1\nb: 2\n', ('a',), '# file\n\nb: 2\n'),
    ('comments at another column stay', 'a: 1\n  # deep\nb: 2\n', ('b',), 'a: 1\n  # deep\n'),
    ('deeper comments below go', 'a: 1\nb:\n  c: 1\n  # deep\n# end\n', ('b',), 'a: 1\n# end\n'),
    ('comments at its column stay', 'a:\n  b: 1\n  c: 2\n  # end\n', ('a', 'c'), 'a:\n  b: 1\n  # end\n'),
    ('blank lines stay', 'a: 1\n\nb: 2\n\nc: 3\n', ('b',), 'a: 1\n\n\nc: 3\n'),
    ('an only key', 'a:  # why\n  # b\n  b: 1\n  # end\nc: 2\n', ('a', 'b'), 'a: {}  # why\nc: 2\n'),
    ('the only key of a document', '# top\na: 1  # c\n', ('a',), '# top\n{}\n'),
    ('the only key of an item', '- a: 1\n- x\n', (0, 'a'), '- {}\n- x\n'),
    ('the first key of an item', '- a: 1  # c\n  b: 2\n', (0, 'a'), '- b: 2\n'),
    ('the first key of an item, comments next', '- a: 1\n  # b\n  b: 2\n', (0, 'a'), '-\n  # b\n  b: 2\n'),
    ('the second key of an item', '- a: 1\n  # b\n  b: 2\n- x\n', (0, 'b'), '- a: 1\n- x\n'),
    ('a literal', 'a: |\n  # x\n  y\n\nb: 2\n', ('a',), '\nb: 2\n'),
    ('kept line breaks', 'a: |+\n  x\n\nb: 2\n', ('a',), 'b: 2\n'),
    ('behind a literal with a hash', 'a:\n- |\n  # x\nb: 2\nc: 3\n', ('b',), 'a:\n- |\n  # x\nc: 3\n'),
    ('behind a quoted text with a hash', 'a: "x\n# y"\nb: 2\n', ('b',), 'a: "x\n# y"\n'),
    ('an explicit key', 'a: 1\n? b\n: 2\nc: 3\n', ('b',), 'a: 1\nc: 3\n'),
    ('an item', 'a:\n- x\n# y\n- y  # c\n- z\n', ('a', 1), 'a:\n- x\n- z\n'),
    ('the last item before comments', 'a:\n  - x\n  - y\n  # end\n', ('a', 1), 'a:\n  - x\n  # end\n'),
    ('behind a literal at an open end', 'a: |\n  x\nb: 1', ('b',), 'a: |\n  x\n'),
    ('an only item', 'a:  # why\n- x\nb: 1\n', ('a', 0), 'a: []  # why\nb: 1\n'),
    ('an item by selector', '- n: a\n- n: b\n  v: 1\n', (where(n='b'),), '- n: a\n'),
    ('the first item of an item', '- - x\n  - y\n', (0, 0), '- - y\n'),
    ('in flow, first', '{a: 1, b: 2}\n', ('a',), '{b: 2}\n'),
    ('in flow, last', '[x, y ] # c\n', (1,), '[x ] # c\n'),
    ('in flow, only', 'a: [ x ]\n', ('a', 0), 'a: []\n'),
    ('in flow, comma at its end', '[x, y,]\n', (1,), '[x,]\n'),
    ('in flow over lines', '[\n  x,  # x\n  # y\n  y,  # yy\n  z\n]\n', (1,), '[\n  x,  # x\n  z\n]\n'),
    ('in flow over lines, last', '[\n  x,  # x\n  y  # y\n]\n', (1,), '[\n  x  # x\n]\n'),
    ('in flow over lines, first on the bracket', '[x,\n y]\n', (0,), '[y]\n'),
    ('with CRLF', 'a: 1\r\n# b\r\nb: 2\r\nc: 3\r\n', ('b',), 'a: 1\r\nc: 3\r\n'),
    ('with a byte-order mark', '\ufeffa: 1\nb: 2\n', ('a',), '\ufeffb: 2\n'),
    ('a key that is not there', 'a: 1\n', ('b', 'c'), 'a: 1\n'),
    ('an item that is not there', 'a: [1]\n', ('a', where(n='b')), 'a: [1]\n'),
    ('a document that is not there', 'kind: A\n', (where(kind='B'), 'a'), 'kind: A\n'),
    ('an alias', 'a: &x 1\nb: *x\nc: 2\n', ('b',), 'a: &x 1\nc: 2\n'),
    ('an anchor with its aliases', 'a:\n  b: &x 1\n  c: *x\nd: 2\n', ('a',), 'd: 2\n'),
    ('the first document', '# one\na: 1\n---\n# two\nb: 2\n', (0,), '# two\nb: 2\n'),
    ('the first document, marked', '---\na: 1\n---\nb: 2\n', (0,), '---\nb: 2\n'),
    ('a document in the middle', 'a: 1\n\n---\n\nb: 2\n\n---\n\nc: 3\n', (1,), 'a: 1\n\n---\n\nc: 3\n'),
    ('the last document', 'a: 1\n\n---\n\nb: 2\n', (1,), 'a: 1\n'),
]  # fmt: skip


@pytest.mark.parametrize(('before', 'path', 'after'), [pytest.param(*case[1:], id=case[0]) for case in DROPS])
def test_drop(before: str, path: manifest.Path, after: str) -> None:
    assert manifest.drop(before, path) == after


NOT_DROPPED = [
    ('an anchor used elsewhere', 'a: &x 1\nb: *x\n', ('a',), 'line 1: the anchor &x is used on line 2'),
    ('an anchor inside', 'a:\n- &x 1\nb: *x\n', ('a',), 'line 2: the anchor &x is used on line 3'),
    ('a merged key', 'a: &x {b: 1}\nc:\n  <<: *x\n', ('c', 'b'), 'line 3: c.b comes from a `<<` merge'),
    (
        'a key over a merged one',
        'a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n',
        ('c', 'b'),
        'line 4: c.b would not read back as what was asked for',
    ),
    ('through an alias', 'a: &x {b: 1}\nc: *x\n', ('c', 'b'), 'line 2: c is the alias *x'),
    ('the only document', '# c\na: 1\n', (0,), 'line 2: is the only document'),
    ('comments between flow items', '[x, # x\n y]\n', (0,), 'line 1: comments between the items'),
]


@pytest.mark.parametrize(('text', 'path', 'message'), [pytest.param(*case[1:], id=case[0]) for case in NOT_DROPPED])
def test_not_dropped(text: str, path: manifest.Path, message: str) -> None:
    with pytest.raises(manifest.ManifestError) as caught:
        manifest.drop(text, path)
    assert caught.value.message.startswith(message)


APPENDS = [
    ('to a list', 'a:\n- x\n# c\nb: 1\n', ('a',), 'z', 'a:\n- x\n- z\n# c\nb: 1\n'),
    ('to an indented list', 'a:\n  - x  # x\n  # end\nb:\n- w\n', ('a',), 'z', 'a:\n  - x  # x\n  - z\n  # end\nb:\n- w\n'),
    ('to an unindented list', 'b:\n  - w\na:\n- x\n', ('a',), 'z', 'b:\n  - w\na:\n- x\n- z\n'),
    ('to the document', '- x\n', (), {'a': 1}, '- x\n- a: 1\n'),
    ('an equal item', 'a:\n- 1\n- b: 2\n', ('a',), {'b': 2}, 'a:\n- 1\n- b: 2\n'),
    ('an item of another type', 'a:\n- 1\n', ('a',), True, 'a:\n- 1\n- true\n'),
    ('to a list of mappings', 'a:\n- b: 1\n  c: 2\n', ('a',), {'b': 2, 'd': ['x']}, 'a:\n- b: 1\n  c: 2\n- b: 2\n  d:\n  - x\n'),
    ('in the indentation of its siblings', '- a:\n    - x\n', (), {'b': ['z']}, '- a:\n    - x\n- b:\n    - z\n'),
    ('to flow', 'a: [x]  # c\n', ('a',), 'z: 1', 'a: [x, "z: 1"]  # c\n'),
    ('to flow, comma at its end', '[x, ]\n', (), 'z', '[x, z, ]\n'),
    ('to flow over lines', '[\n  x,\n  w\n]\n', (), 'z', '[\n  x,\n  w,\n  z\n]\n'),
    ('to flow over lines, comma and comment', '[\n  x,  # x\n]\n', (), 'z', '[\n  x,  # x\n  z,\n]\n'),
    ('to flow over lines, comment', '[\n  x  # x\n]\n', (), 'z', '[\n  x,  # x\n  z\n]\n'),
    ('to flow of quoted texts', '["x"]\n', (), 'z', '["x", "z"]\n'),
    ('to []', 'a: []  # c\nb: 1\n', ('a',), 'z', 'a:  # c\n  - z\nb: 1\n'),
    ('to []  as the document', '[]\n', (), 'z', '- z\n'),
    ('to an empty value', 'a:\nb:\n- x\n', ('a',), 'z', 'a:\n- z\nb:\n- x\n'),
    ('to nothing', 'a: 1\n', ('b', 'c'), 'z', 'a: 1\nb:\n  c:\n    - z\n'),
    ('behind a literal', '- |\n  x\n\n# c\n', (), 'z', '- |\n  x\n- z\n\n# c\n'),
    ('at an open end', '- x', (), 'z', '- x\n- z'),
    ('with CRLF', '- x\r\n', (), 'z', '- x\r\n- z\r\n'),
    ('an empty mapping', '- x\n', (), {}, '- x\n- {}\n'),
]  # fmt: skip


@pytest.mark.parametrize(
    ('before', 'path', 'value', 'after'), [pytest.param(*case[1:], id=case[0]) for case in APPENDS]
)
def test_append(before: str, path: manifest.Path, value: Any, after: str) -> None:
    assert manifest.append(before, path, value) == after
    assert manifest.append(after, path, value) == after


def test_append_to_what_is_no_list() -> None:
    with pytest.raises(manifest.ManifestError, match='line 2: b is not a list'):
        manifest.append('a: 1\nb: x\n', ('b',), 'z')


COMMENTS = [
    ('above a key', 'a: 1\nb: 2\n', ('b',), 'why', 'a: 1\n# why\nb: 2\n'),
    ('above a nested key', 'a:\n  b: 2\n', ('a', 'b'), '# why', 'a:\n  # why\n  b: 2\n'),
    ('below the comments there', '# one\na: 1\n', ('a',), ['two', 'three'], '# one\n# two\n# three\na: 1\n'),
    ('above an item', '- a\n- b\n', (1,), 'why', '- a\n# why\n- b\n'),
    ('above the first key of an item', 'x:\n  - a: 1\n', ('x', 0, 'a'), 'why', 'x:\n  # why\n  - a: 1\n'),
    ('of several lines', 'a: 1\n', ('a',), 'one\n\ntwo', '# one\n#\n# two\na: 1\n'),
    ('with CRLF', 'a: 1\r\nb: 2\r\n', ('b',), 'why', 'a: 1\r\n# why\r\nb: 2\r\n'),
    ('with control characters', 'a: 1\n', ('a',), 'x\x1b[0m\x85y', '# x?[0m\n# y\na: 1\n'),
    ('above a document', '---\na: 1\n', (), 'why', '---\n# why\na: 1\n'),
    ('with a byte-order mark', '\ufeffa: 1\n', ('a',), 'why', '\ufeff# why\na: 1\n'),
]


@pytest.mark.parametrize(
    ('before', 'path', 'lines', 'after'), [pytest.param(*case[1:], id=case[0]) for case in COMMENTS]
)
def test_comment(before: str, path: manifest.Path, lines: str | list[str], after: str) -> None:
    assert manifest.comment(before, path, lines) == after
    assert manifest.comment(after, path, lines) == after


@pytest.mark.parametrize(
    ('text', 'path', 'message'),
    [('a: {b: 1}\n', ('a', 'b'), 'line 1: a comment cannot stand'), ('a: 1\n', ('b',), 'line 1: has no b')],
)
def test_no_place_for_a_comment(text: str, path: manifest.Path, message: str) -> None:
    with pytest.raises(manifest.ManifestError) as caught:
        manifest.comment(text, path, 'why')
    assert caught.value.message.startswith(message)
