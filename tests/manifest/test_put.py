"""Bytes in, bytes out: what `put` makes of a text."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

from typing import Any

import pytest

from bootstrap import manifest
from bootstrap.manifest import where

SCALARS = [
    ('plain stays plain', 'a: x\n', ('a',), 'w', 'a: w\n'),
    ('single quotes stay', "a: 'x'\n", ('a',), "it's", "a: 'it''s'\n"),
    ('double quotes stay', 'a: "x"\n', ('a',), 'w', 'a: "w"\n'),
    ('single quotes cannot hold a tab', "a: 'x'\n", ('a',), 'x\ty', 'a: "x\\ty"\n'),
    ('plain becomes quoted where it must', 'a: x\n', ('a',), 'on', 'a: "on"\n'),
    ('number over string', 'a: "1"\n', ('a',), 1, 'a: 1\n'),
    ('string over number', 'a: 1\n', ('a',), '1', 'a: "1"\n'),
    ('true is not 1', 'a: 1\n', ('a',), True, 'a: true\n'),
    ('1.0 is not 1', 'a: 1\n', ('a',), 1.0, 'a: 1.0\n'),
    ('null', 'a: 1\n', ('a',), None, 'a: null\n'),
    ('equal is the same text', 'a:   0x10 # c\n', ('a',), 16, 'a:   0x10 # c\n'),
    ('nan is nan', 'a: .NaN\n', ('a',), float('nan'), 'a: .NaN\n'),
    ('minus zero is not zero', 'a: 0.0\n', ('a',), -0.0, 'a: -0.0\n'),
    ('comment and gap stay', 'a:   x   # why\nb: 1\n', ('a',), 'w', 'a:   w   # why\nb: 1\n'),
    ('tab before a comment', 'a: x\t# why\n', ('a',), 'w', 'a: w\t# why\n'),
    ('empty value', 'a:\nb: 1\n', ('a',), 'x', 'a: x\nb: 1\n'),
    ('empty value with a comment', 'a:   # why\nb: 1\n', ('a',), 'x', 'a: x   # why\nb: 1\n'),
    ('empty value at the end', 'a:', ('a',), 'x', 'a: x'),
    ('value on the next line', 'a:\n  "x"  # c\nb: 1\n', ('a',), 'w', 'a:\n  "w"  # c\nb: 1\n'),
    ('plain over lines', 'a: one\n  two\n  three  # c\nb: 1\n', ('a',), 'x', 'a: x  # c\nb: 1\n'),
    ('quoted over lines', 'a: "one\n  two"  # c\nb: 1\n', ('a',), 'x', 'a: "x"  # c\nb: 1\n'),
    ('space before the colon', 'a : x\n', ('a',), 'w', 'a : w\n'),
    ('explicit key', '? a\n: x\nb: 1\n', ('a',), 'w', '? a\n: w\nb: 1\n'),
    ('quoted key', '"a.b/c": x\n', ('a.b/c',), 'w', '"a.b/c": w\n'),
    ('quoted key without a gap in flow', '{"a":1}\n', ('a',), 2, '{"a":2}\n'),
    ('list item', '- x  # c\n- y\n', (0,), 'z', '- z  # c\n- y\n'),
    ('empty list item', '-\n- y\n', (0,), 'z', '- z\n- y\n'),
    ('emoji before it', '"😀": "😀"  # 😀\nb: x\n', ('b',), 'w', '"😀": "😀"  # 😀\nb: w\n'),
    ('line separator before it', 'a: "\u2028"\nb: x\n', ('b',), 'w', 'a: "\u2028"\nb: w\n'),
    ('next line before it', 'a: "\x85"\nb: x\n', ('b',), 'w', 'a: "\x85"\nb: w\n'),
    ('tag goes', 'a: !!str 1\n', ('a',), 2, 'a: 2\n'),
    ('unused anchor stays', 'a: &x 1\n', ('a',), 2, 'a: &x 2\n'),
    ('anchor without a value', 'a: &x\nb: 1\n', ('a',), 2, 'a: &x 2\nb: 1\n'),
    ('alias replaced as a whole', 'a: &x 1\nb: *x  # c\n', ('b',), 2, 'a: &x 1\nb: 2  # c\n'),
    ('flow value', 'a: [x, {b: y}]\n', ('a', 1, 'b'), 'z, z', 'a: [x, {b: "z, z"}]\n'),
    ('flow value by scalar', 'a: [x]  # c\n', ('a',), 'z', 'a: z  # c\n'),
    ('flow over lines by scalar', 'a: [\n  x,  # one\n]  # c\nb: 1\n', ('a',), 'z', 'a: z  # c\nb: 1\n'),
    ('only a scalar', 'x  # c\n', (), 'w', 'w  # c\n'),
    ('json in double quotes', 'a: "\'{\\"g\\": 1}\'"\n', ('a',), '\'{"h": 1}\'', 'a: "\'{\\"h\\": 1}\'"\n'),
    ('document marker and end', '%YAML 1.1\n---\na: x\n...\n', ('a',), 'w', '%YAML 1.1\n---\na: w\n...\n'),
]

BLOCKS = [
    ('literal by literal', 'a: |\n  x\n  y\nb: 1\n', ('a',), 'x\nz\n', 'a: |\n  x\n  z\nb: 1\n'),
    (
        'literal keeps its indentation',
        'a: |\n      x\n\n      y\nb: 1\n',
        ('a',),
        'x\n\n z\n',
        'a: |\n      x\n\n       z\nb: 1\n',
    ),
    ('literal by a mapping', 'a: |\n      x\n      y\nb: 1\n', ('a',), {'c': {'d': 1}}, 'a:\n  c:\n    d: 1\nb: 1\n'),
    (
        'literal in an item by a mapping with one',
        '- |\n      x\n- y\n',
        (0,),
        {'a': 'x\nz\n', 'b': 1},
        '- a: |\n    x\n    z\n  b: 1\n- y\n',
    ),
    ('literal keeps its header comment', 'a: |  # c\n  x\nb: 1\n', ('a',), 'y\n', 'a: |  # c\n  y\nb: 1\n'),
    ('literal by one word', 'a: |-\n  x\nb: 1\n', ('a',), 'w', 'a: |-\n  w\nb: 1\n'),
    ('literal chomping follows the value', 'a: |\n  x\nb: 1\n', ('a',), 'w', 'a: |-\n  w\nb: 1\n'),
    ('literal by number', 'a: |  # c\n  x\n  y\n\nb: 1\n', ('a',), 1, 'a: 1  # c\n\nb: 1\n'),
    ('literal at the end by scalar', 'a: |\n  x\n', ('a',), 1, 'a: 1\n'),
    ('folded of one line', 'a: >-\n  x y\nb: 1\n', ('a',), 'z', 'a: >-\n  z\nb: 1\n'),
    ('folded by lines is literal', 'a: >\n  x\nb: 1\n', ('a',), 'x\ny\n', 'a: |\n  x\n  y\nb: 1\n'),
    ('kept line breaks', 'a: |+\n  x\n\n\nb: 1\n', ('a',), 'y\n\n', 'a: |+\n  y\n\nb: 1\n'),
    ('kept line breaks by scalar', 'a: |+\n  x\n\n\nb: 1\n', ('a',), 'w', 'a: |-\n  w\nb: 1\n'),
    ('lines over a word', 'a: x  # c\nb: 1\n', ('a',), 'x\ny', 'a: |-  # c\n  x\n  y\nb: 1\n'),
    ('lines in an item', '- x\n- y\n', (0,), 'x\ny\n', '- |\n  x\n  y\n- y\n'),
    ('lines that a block cannot hold', 'a: x\n', ('a',), ' x\ny', 'a: " x\\ny"\n'),
    ('lines with blanks at their ends', 'a: x\n', ('a',), 'x \ny', 'a: "x \\ny"\n'),
    ('lines with two breaks at the end', 'a: x\n', ('a',), 'x\ny\n\n', 'a: "x\\ny\\n\\n"\n'),
    ('lines at an open end', 'a: x', ('a',), 'x\ny\n', 'a: |\n  x\n  y\n'),
    ('lines over quotes', 'a: "x"\n', ('a',), 'x\ny\n', 'a: "x\\ny\\n"\n'),
    ('lines above deeper comments', 'a: x\n    # deep\nb: 1\n', ('a',), 'x\ny\n', 'a: "x\\ny\\n"\n    # deep\nb: 1\n'),
    ('literal above deeper comments', 'a: |\n    x\n  # deep\nb: 1\n', ('a',), 'w', 'a: w\n  # deep\nb: 1\n'),
    ('literal below an anchor', 'a: &x |\n  x\nb: 1\n', ('a',), 'y\n', 'a: &x |\n  y\nb: 1\n'),
    ('insert behind kept line breaks', 'a: |+\n  x\n\n', ('b',), 1, 'a: |+\n  x\n\nb: 1\n'),
    ('insert behind a literal', 'a: |\n  x\n\n# end\n', ('b',), 1, 'a: |\n  x\nb: 1\n\n# end\n'),
    ('insert behind an empty literal', 'a: |\nc:\n  d: |\n\n', ('c', 'e'), 1, 'a: |\nc:\n  d: |\n  e: 1\n\n'),
    ('hash in a literal is no comment', 'a: |\n  # x\nb: 1\n', ('c',), 2, 'a: |\n  # x\nb: 1\nc: 2\n'),
]

KEYS = [
    ('at the end', 'a: 1\n', ('b',), 2, 'a: 1\nb: 2\n'),
    ('no final line break', 'a: 1', ('b',), 2, 'a: 1\nb: 2'),
    ('nested at an open end', 'a:\n  b: 1  # c', ('a', 'c'), 2, 'a:\n  b: 1  # c\n  c: 2'),
    ('into the middle', 'a:\n  b: 1\n\nc: 3\n', ('a', 'd'), 2, 'a:\n  b: 1\n  d: 2\n\nc: 3\n'),
    (
        'before comments at its own column',
        'a:\n  b: 1\n  # end\nc: 3\n',
        ('a', 'd'),
        2,
        'a:\n  b: 1\n  d: 2\n  # end\nc: 3\n',
    ),
    ('behind deeper comments', 'a:\n  b: 1\n  # end\n', ('c',), 3, 'a:\n  b: 1\n  # end\nc: 3\n'),
    (
        'behind deeper comments and blanks',
        'a:\n  b: 1\n\n  # end\n\n# file\n',
        ('c',),
        3,
        'a:\n  b: 1\n\n  # end\nc: 3\n\n# file\n',
    ),
    ('behind a trailing comment', 'a: 1  # one\n# end\n', ('b',), 2, 'a: 1  # one\nb: 2\n# end\n'),
    ('missing parents', 'a: 1\n', ('b', 'c', 'd'), 2, 'a: 1\nb:\n  c:\n    d: 2\n'),
    ('four spaces', 'a:\n    b: 1\n', ('c', 'd'), 2, 'a:\n    b: 1\nc:\n    d: 2\n'),
    ('one space', 'a:\n b: 1\n', ('a', 'c', 'd'), 2, 'a:\n b: 1\n c:\n  d: 2\n'),
    (
        'step of the siblings',
        'a:\n    b:\n      c: 1\nd:\n  e: 1\n',
        ('a', 'f', 'g'),
        2,
        'a:\n    b:\n      c: 1\n    f:\n      g: 2\nd:\n  e: 1\n',
    ),
    ('step of the lists where there is no other', 'a:\n    - x\n', ('b', 'c'), 2, 'a:\n    - x\nb:\n    c: 2\n'),
    ('quoted key', 'a: 1\n', ('on',), 2, 'a: 1\n"on": 2\n'),
    ('key that is a number', 'a: 1\n', ('1.5',), 2, 'a: 1\n"1.5": 2\n'),
    ('key of a label', 'a: 1\n', ('app.kubernetes.io/name',), 'x', 'a: 1\napp.kubernetes.io/name: x\n'),
    ('into an item', '- a: 1\n- a: 2\n', (0, 'b'), 3, '- a: 1\n  b: 3\n- a: 2\n'),
    ('into an item with a wide dash', '-   a: 1\n-   a: 2\n', (0, 'b'), 3, '-   a: 1\n    b: 3\n-   a: 2\n'),
    ('into an item below its dash', '-\n  a: 1\n', (0, 'b'), 3, '-\n  a: 1\n  b: 3\n'),
    ('into {}', 'a: {}  # why\nb: 1\n', ('a', 'c'), 2, 'a:  # why\n  c: 2\nb: 1\n'),
    ('into { } over lines', 'a: {\n}  # why\n', ('a', 'c'), 2, 'a:  # why\n  c: 2\n'),
    ('into an empty value', 'a:  # why\nb: 1\n', ('a', 'c'), 2, 'a:  # why\n  c: 2\nb: 1\n'),
    ('into null', 'a: null  # why\nb: 1\n', ('a', 'c'), 2, 'a:  # why\n  c: 2\nb: 1\n'),
    ('into {} in an item', '- {}  # why\n- x\n', (0, 'a'), {'b': 1}, '- a:  # why\n    b: 1\n- x\n'),
    ('into {} as the document', '# top\n{}\n', ('a',), 1, '# top\na: 1\n'),
    ('into {} behind an anchor', 'a: &x {}\n', ('a', 'b'), 1, 'a:\n  b: 1\n'),
    ('into flow', 'a: {b: 1}\n', ('a', 'c'), 2, 'a: {b: 1, c: 2}\n'),
    ('into padded flow', 'a: { b: 1 }\n', ('a', 'c'), [1, 'x'], 'a: { b: 1, c: [1, x] }\n'),
    ('into flow with a comma at its end', 'a: {b: 1,}\n', ('a', 'c'), 2, 'a: {b: 1, c: 2,}\n'),
    ('into {} in flow', 'a: {b: {}}\n', ('a', 'b', 'c'), 'x: y', 'a: {b: {c: "x: y"}}\n'),
    ('into JSON', '{"a": {"b": "c"}}\n', ('a', 'd'), 'e', '{"a": {"b": "c", "d": "e"}}\n'),
    (
        'into flow over lines',
        'a: {\n  b: 1,  # one\n  c: 2  # two\n}\n',
        ('a', 'd'),
        3,
        'a: {\n  b: 1,  # one\n  c: 2,  # two\n  d: 3\n}\n',
    ),
    (
        'into flow over lines, comma',
        'a: {\n  b: 1,\n  c: 2,  # two\n}\n',
        ('a', 'd'),
        3,
        'a: {\n  b: 1,\n  c: 2,  # two\n  d: 3,\n}\n',
    ),
    (
        'line breaks of the file',
        'a: 1\r\nb:\r\n  c: 1\r\n',
        ('b', 'd', 'e'),
        2,
        'a: 1\r\nb:\r\n  c: 1\r\n  d:\r\n    e: 2\r\n',
    ),
    ('line breaks of the neighbour', 'a: 1\nb: 1\r\nc: 1\n', ('d',), 2, 'a: 1\nb: 1\r\nc: 1\nd: 2\n'),
    ('line breaks of what goes', 'a:\r\n  b: 1', (), {'a': 1, 'c': 2}, 'a: 1\r\nc: 2'),
    ('line breaks of items that go', '- a\r\n- b', (), ['x', 'a'], '- x\r\n- a'),
    ('line breaks and literal', 'a: 1\r\n', ('b',), 'x\ny\n', 'a: 1\r\nb: |\r\n  x\r\n  y\r\n'),
    ('byte-order mark', '\ufeffa: 1\n', ('b',), 2, '\ufeffa: 1\nb: 2\n'),
    ('byte-order mark and value', '\ufeffa: 1\n', ('a',), 2, '\ufeffa: 2\n'),
    ('nothing there', '', ('a', 'b'), 1, 'a:\n  b: 1\n'),
    ('only comments there', '# top\n', ('a',), 1, '# top\na: 1\n'),
    ('only a marker there', '---\n', ('a',), 1, '---\na: 1\n'),
    ('before the end marker', 'a: 1\n...\n', ('b',), 2, 'a: 1\nb: 2\n...\n'),
    ('into the first of two', 'a: 1\n---\nb: 1\n', (0, 'c'), 2, 'a: 1\nc: 2\n---\nb: 1\n'),
    ('into the last of two', 'a: 1\n---\nb: 1', (1, 'c'), 2, 'a: 1\n---\nb: 1\nc: 2'),
    (
        'into the one selected',
        'kind: A\n---\n# e\n---\nkind: B\n',
        (where(kind='B'), 'c'),
        2,
        'kind: A\n---\n# e\n---\nkind: B\nc: 2\n',
    ),
    ('beside a merge', 'a: &x {b: 1}\nc:\n  <<: *x\n', ('c', 'd'), 2, 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n'),
    ('beside an anchor', 'a:\n  b: &x 1\nc: *x\n', ('a', 'd'), 2, 'a:\n  b: &x 1\n  d: 2\nc: *x\n'),
    ('over a merge', 'a: &x {b: 1}\nc:\n  <<: *x\n  b: 3\n', ('c', 'b'), 2, 'a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n'),
    (
        'by a selector',
        '- name: a\n  v: 1\n- name: b\n  v: 1\n',
        (where(name='b'), 'v'),
        2,
        '- name: a\n  v: 1\n- name: b\n  v: 2\n',
    ),
    (
        'by a dotted selector',
        'l:\n- m: {n: a}\n- m: {n: b}\n',
        ('l', where(**{'m.n': 'b'}), 'v'),
        2,
        'l:\n- m: {n: a}\n- m: {n: b}\n  v: 2\n',
    ),
]

COLLECTIONS = [
    ('list in the file\'s style', 'a:\n- x\nb: 1\n', ('c',), ['w'], 'a:\n- x\nb: 1\nc:\n- w\n'),
    ('list in the nearest style', 'a:\n- x\nb:\n  c:\n    - y\n', ('b', 'd'), ['z'], 'a:\n- x\nb:\n  c:\n    - y\n  d:\n    - z\n'),
    ('list in the style of most', 'a:\n- x\nb:\n- y\nc:\n  - z\nd:\n  e: 1\n', ('d', 'f'), ['z'], 'a:\n- x\nb:\n- y\nc:\n  - z\nd:\n  e: 1\n  f:\n  - z\n'),
    ('list in the style of the house', 'a: 1\n', ('b',), ['w', {'c': 1, 'd': []}], 'a: 1\nb:\n  - w\n  - c: 1\n    d: []\n'),
    ('list over []', 'a: []  # why\n', ('a',), ['x'], 'a:  # why\n  - x\n'),
    ('list over []: unindented file', 'a: []\nb:\n- y\n', ('a',), ['x'], 'a:\n- x\nb:\n- y\n'),
    ('mapping over a scalar', 'a: x  # why\nb: 1\n', ('a',), {'c': 1}, 'a:  # why\n  c: 1\nb: 1\n'),
    ('mapping over a scalar below', 'a:  # one\n  x  # two\nb: 1\n', ('a',), {'c': 1}, 'a:  # one\n  c: 1\nb: 1\n'),
    ('mapping in an item', '- x  # why\n- y\n', (0,), {'a': 1, 'b': 2}, '- a: 1  # why\n  b: 2\n- y\n'),
    ('list in an item', '-  x\n- y\n', (0,), [1, [2]], '-  - 1\n   - - 2\n- y\n'),
    ('scalar over a mapping', 'a:  # why\n  # gone\n  b: 1\n  # gone\nc: 1\n', ('a',), 'x', 'a: x  # why\nc: 1\n'),
    ('scalar over an item', '- a: 1  # gone\n  b: 2\n- y\n', (0,), 'x', '- x\n- y\n'),
    ('{} over a mapping', 'a:  # why\n  b: 1\nc: 1\n', ('a',), {}, 'a: {}  # why\nc: 1\n'),
    ('[] over a list', 'a:\n- b\n# c\nc: 1\n', ('a',), [], 'a: []\n# c\nc: 1\n'),
    ('list over a mapping', 'a:\n  b: 1\nc: 1\n', ('a',), ['x'], 'a:\n  - x\nc: 1\n'),
    ('mapping over a list', 'a:\n- b\nc: 1\n', ('a',), {'x': 1}, 'a:\n  x: 1\nc: 1\n'),
    ('changed keys only', 'a:\n  b: 1  # b\n  # c\n  c: 2\n  d: 3\n', ('a',), {'b': 1, 'c': 9, 'e': 4}, 'a:\n  b: 1  # b\n  # c\n  c: 9\n  e: 4\n'),
    ('nested changes only', 'a:\n  b:\n    c: 1  # c\n    d: 2\n', ('a',), {'b': {'c': 1, 'd': 3}}, 'a:\n  b:\n    c: 1  # c\n    d: 3\n'),
    ('no key in common', 'a:  # why\n  b: 1\n', ('a',), {'c': 2}, 'a:  # why\n  c: 2\n'),
    ('order of keys is no difference', 'a: {b: 1, c: 2}\n', ('a',), {'c': 2, 'b': 1}, 'a: {b: 1, c: 2}\n'),
    ('item put in the middle', 'a:\n- x  # x\n- z  # z\n', ('a',), ['x', 'w', 'z'], 'a:\n- x  # x\n- w\n- z  # z\n'),
    ('item put first', 'a:\n  # x\n  - x\n', ('a',), ['w', 'x'], 'a:\n  - w\n  # x\n  - x\n'),
    ('item taken out', 'a:\n- x  # x\n- y\n- z  # z\n', ('a',), ['x', 'z'], 'a:\n- x  # x\n- z  # z\n'),
    ('item replaced', 'a:\n- x  # x\n- y  # y\n', ('a',), ['x', 'w'], 'a:\n- x  # x\n- w  # y\n'),
    ('items replaced by fewer', 'a: [1, 2, 3, 4]\n', ('a',), [1, 9, 4], 'a: [1, 9, 4]\n'),
    ('item changed inside', '- n: a\n  v: 1  # c\n- n: b\n', (), [{'n': 'a', 'v': 2}, {'n': 'b'}], '- n: a\n  v: 2  # c\n- n: b\n'),
    ('flow by flow', 'a: [x, y]  # c\n', ('a',), ['x', 'z', {'k': []}], 'a: [x, z, {k: []}]  # c\n'),
    ('document by its changes', 'a: 1  # a\nb: 2\n', (), {'a': 1, 'b': 3}, 'a: 1  # a\nb: 3\n'),
    ('wide dashes', 'a:\n-   x\n-   y\n', ('a',), ['x', 'y', 'z'], 'a:\n-   x\n-   y\n-   z\n'),
]  # fmt: skip


@pytest.mark.parametrize(
    ('before', 'path', 'value', 'after'),
    [pytest.param(*case[1:], id=case[0]) for case in [*SCALARS, *BLOCKS, *KEYS, *COLLECTIONS]],
)
def test_put(before: str, path: manifest.Path, value: Any, after: str) -> None:
    assert manifest.put(before, path, value) == after
    assert manifest.put(after, path, value) == after


PLACES = [
    ('before a key', 'a: 1\nc: 3\n', ('b',), {'before': 'c'}, 'a: 1\nb: 2\nc: 3\n'),
    ('before its comments', 'a: 1\n\n# c\n# cc\nc: 3\n', ('b',), {'before': 'c'}, 'a: 1\n\nb: 2\n# c\n# cc\nc: 3\n'),
    ('before the first', '# a\na: 1\n', ('b',), {'before': 'a'}, 'b: 2\n# a\na: 1\n'),
    ('before the first of an item', '- a: 1  # c\n  d: 2\n', (0, 'b'), {'before': 'a'}, '- b: 2\n  a: 1  # c\n  d: 2\n'),
    ('before a key that is not there', 'a: 1\n', ('b',), {'before': 'z'}, 'a: 1\nb: 2\n'),
    ('before a key in flow', '{a: 1, c: 3}\n', ('b',), {'before': 'c'}, '{a: 1, b: 2, c: 3}\n'),
    ('before a key in flow over lines', '{\n  a: 1,\n  c: 3\n}\n', ('b',), {'before': 'c'}, '{\n  a: 1,\n  b: 2,\n  c: 3\n}\n'),
    ('in order', 'a: 1\nc: 3\n', ('b',), {'in_order': True}, 'a: 1\nb: 2\nc: 3\n'),
    ('in order, last', 'a: 1\nc: 3\n', ('d',), {'in_order': True}, 'a: 1\nc: 3\nd: 2\n'),
    ('in byte order', 'a: 1\nc: 3\n', ('B',), {'in_order': True}, 'B: 2\na: 1\nc: 3\n'),
    ('in order where there is none', 'c: 3\na: 1\n', ('b',), {'in_order': True}, 'b: 2\nc: 3\na: 1\n'),
    ('an existing key stays in its place', 'c: 3\nb: 1\n', ('b',), {'before': 'c'}, 'c: 3\nb: 2\n'),
    ('before an explicit key', 'a: 1\n? c\n: 3\n', ('b',), {'before': 'c'}, 'a: 1\nb: 2\n? c\n: 3\n'),
    ('with the line breaks there', 'a: 1\r\nc: 3\r\n', ('b',), {'before': 'c'}, 'a: 1\r\nb: 2\r\nc: 3\r\n'),
]  # fmt: skip


@pytest.mark.parametrize(
    ('before', 'path', 'options', 'after'), [pytest.param(*case[1:], id=case[0]) for case in PLACES]
)
def test_place_of_a_new_key(before: str, path: manifest.Path, options: dict[str, Any], after: str) -> None:
    assert manifest.put(before, path, 2, **options) == after
    assert manifest.put(after, path, 2, **options) == after


REFUSED = [
    ('through an alias', 'a: &x {b: 1}\nc: *x\n', ('c', 'b'), 'line 2: c is the alias *x of line 1'),
    ('into an alias', 'a: &x {b: 1}\nc: *x\n', ('c', 'd'), 'line 2: c is the alias *x of line 1'),
    ('an anchored value', 'a: &x 1\nc: *x\n', ('a',), 'line 1: the anchor &x is used on line 2'),
    ('inside an anchored value', 'a: &x\n  b: 1\nc: *x\n', ('a', 'b'), 'line 1: the anchor &x is used on line 3'),
    ('around an anchor', 'a:\n- &x 1\nc: *x\n', ('a',), 'line 2: the anchor &x is used on line 3'),
    ('a merged key', 'a: &x {b: 1}\nc:\n  <<: *x\n', ('c', 'b'), 'line 3: c.b comes from a `<<` merge'),
    ('a key in a list', 'a: [1]\n', ('a', 'b'), 'line 1: a is a list'),
    ('a key in a scalar', 'a: 1\nb: x\n', ('b', 'c', 'd'), 'line 2: b is a single value'),
    ('an item that is not there', 'a:\n- 1\n', ('a', 1), 'line 2: a has no item [1]'),
    ('a selector without a match', 'a:\n- n: x\n', ('a', where(n='y'), 'v'), 'line 2: a has no item [n: y]'),
    ('a selector with two', 'a:\n- n: x\n- n: x\n', ('a', where(n='x'), 'v'), 'line 3: a has a second item with n: x'),
    ('two documents', 'a: 1\n---\nb: 1\n', ('a',), 'line 3: holds 2 documents (lines 1, 3)'),
    ('no such document', 'kind: A\n---\nkind: B\n', (where(kind='C'), 'a'), 'line 1: has no document with kind: C'),
    ('no such document by number', 'a: 1\n', (1, 'a'), 'line 1: has no document 1'),
    ('two such documents', 'kind: A\n---\nkind: A\n', (where(kind='A'), 'a'), 'line 3: a second document with kind: A'),
    ('a pair without brackets', '[a: 1]\n', (0, 'a'), 'line 1: a pair without brackets cannot be edited'),
    ('a key without a value', '{a, b: 1}\n', ('a',), 'line 1: a key without a value cannot be edited here'),
    ('a literal at an open end', 'a: |\n  x', ('b',), 'line 1: changing b would also change a'),
]  # fmt: skip


@pytest.mark.parametrize(('text', 'path', 'message'), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_refused(text: str, path: manifest.Path, message: str) -> None:
    with pytest.raises(manifest.ManifestError) as caught:
        manifest.put(text, path, 2)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize('value', [(1, 2), {'a': {1, 2}}, [object()], b'x'])
def test_other_types_are_a_bug(value: Any) -> None:
    with pytest.raises(TypeError):
        manifest.put('a: 1\n', ('a',), value)


def test_the_refusal_names_the_file() -> None:
    with pytest.raises(manifest.ManifestError) as caught, manifest.in_file('outer'), manifest.in_file('prod/x.yaml'):
        manifest.put('a: 1\nb: x\n', ('b', 'c'), 2)
    assert caught.value.message == 'prod/x.yaml:2: b is a single value, so c cannot stand in it'
    assert caught.value.line == 2
