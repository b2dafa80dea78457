"""What somebody would notice in the end: each message whole, odd places, mixed line breaks, the last of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bootstrap import manifest
from bootstrap.manifest import ManifestError, where

BY_HAND = 'edit the file by hand'
ALIAS = 'write the value out here, or edit it where it is defined'
TWICE = 'remove one of the two'

REFUSED: list[tuple[str, Callable[[], object], int, str, str]] = [
    (
        'two items',
        lambda: manifest.get('a:\n- n: 1\n- n: 1\n- n: 1\n', ('a', where(n=1))),
        3,
        'a has a second item with n: 1 (the first is on line 2)',
        TWICE,
    ),
    (
        'two documents',
        lambda: manifest.get('k: 1\n---\nk: 1\n', (where(k=1),)),
        3,
        'a second document with k: 1 (the first is on line 1)',
        TWICE,
    ),
    (
        'no document of these fields',
        lambda: manifest.put('', (where(kind='X', **{'metadata.name': 'y'}), 'a'), 1),
        1,
        'has no document with kind: X, metadata.name: y',
        '',
    ),
    ('no document of this number', lambda: manifest.put('a: 1\n', (5, 'a'), 1), 1, 'has no document 5', ''),
    ('no document at all', lambda: manifest.put('', (0, 'a'), 1), 1, 'has no document 0', ''),
    ('a number where nothing is', lambda: manifest.put('', ('a', 0), 1), 1, 'has no document with a', ''),
    ('nothing but null', lambda: manifest.put('~', ('a',), 1), 1, 'has no content that could be edited', BY_HAND),
    ('the only document', lambda: manifest.drop('\n\na: 1\n', ()), 3, 'is the only document', 'remove the file'),
    (
        'a control character',
        lambda: manifest.load('a: 1\nb: \x07\n'),
        2,
        r"holds the character '\x07', which YAML does not allow",
        'remove it',
    ),
    ('a tag', lambda: manifest.load('a: 1\nb: !x 1\n'), 2, 'the tag !x is not supported here', 'remove the tag'),
    ('a key twice', lambda: manifest.load('a: 1\nb: 2\na: 3\n'), 3, 'the key a stands here and on line 1', TWICE),
    (
        'a long key twice',
        lambda: manifest.load(f'{"k" * 40}: 1\n{"k" * 40}: 2\n'),
        2,
        f'the key {"k" * 40} stands here and on line 1',
        TWICE,
    ),
    (
        'a longer key twice',
        lambda: manifest.load(f'{"k" * 41}: 1\n{"k" * 41}: 2\n'),
        2,
        f'the key {"k" * 40}... stands here and on line 1',
        TWICE,
    ),
    (
        'an anchor twice',
        lambda: manifest.load('a: &x 1\nb: &x 2\n'),
        2,
        'the anchor &x is defined twice',
        '',
    ),
    (
        'a comment in a line',
        lambda: manifest.comment('a: 1\nb: {c: 1, d: 2}\n', ('b', 'd'), 'x'),
        2,
        'a comment cannot stand above what shares its line',
        'put it above the whole line',
    ),
    ('a comment on nothing', lambda: manifest.comment('', ('a',), 'x'), 1, 'has no a to comment on', ''),
    (
        'a comment on what is missing',
        lambda: manifest.comment('a: 1\nb:\n  c: 1\n', ('b', 'd'), 'x'),
        2,
        'has no b.d to comment on',
        '',
    ),
    (
        'comments between items',
        lambda: manifest.drop('a: [x, # c\n  y]\n', ('a', 0)),
        1,
        'comments between the items of a flow collection are in the way',
        BY_HAND,
    ),
    (
        'through an alias',
        lambda: manifest.put('a: &x {b: 1}\nc: *x\n', ('c', 'b'), 2),
        2,
        'c is the alias *x of line 1',
        ALIAS,
    ),
    ('append to a mapping', lambda: manifest.append('a: 1\n', (), 1), 1, 'the document is not a list', ''),
    (
        'a pair without brackets',
        lambda: manifest.put('a: [b: 1]\n', ('a', 0, 'b'), 2),
        1,
        'a pair without brackets cannot be edited',
        'write it as `{key: value}`',
    ),
    (
        "another tag of YAML's",
        lambda: manifest.load('a: !!set {b}\n'),
        1,
        'the tag !!set is not supported here',
        'remove the tag',
    ),
    ('append to a text', lambda: manifest.append('a: 1\nb: 2\n', ('b',), 1), 2, 'b is not a list', ''),
    (
        'a whole document',
        lambda: manifest.put('x: &a 1\ny: *a\n', (), {'x': 2}),
        1,
        'the anchor &a is used on line 2, which a change of x would reach',
        'write the value out at its alias first',
    ),
    (
        'merges count as what they stand for',
        lambda: manifest.load(
            'a: &a\n' + ''.join(f'  k{n}: 1\n' for n in range(2000)) + ''.join(f'b{n}:\n  <<: *a\n' for n in range(24))
        ),
        2033,
        'holds more than 100,000 values',
        '',
    ),
    (
        'documents without a choice',
        lambda: manifest.put('a: 1\n---\nb: 1\n', ('a',), 2),
        3,
        'holds 2 documents (lines 1, 3) where one is needed',
        'split the file',
    ),
    (
        'a key without a value',
        lambda: manifest.put('{a, b: 1}\n', ('a',), 1),
        1,
        'a key without a value cannot be edited here',
        'write it as `key: value`',
    ),
    (
        'below a merged key',
        lambda: manifest.put('a: &x {b: {d: 1}}\nc:\n  <<: *x\n', ('c', 'b', 'd'), 2),
        3,
        'c.b comes from a `<<` merge',
        'write the key out here, or edit it where it is defined',
    ),
    (
        'into what is used elsewhere',
        lambda: manifest.put('a: &x\n  b: 1\nc: *x\n', ('a', 'd'), 2),
        1,
        'the anchor &x is used on line 3, which a change of a would reach',
        'write the value out at its alias first',
    ),
    (
        'an anchor at the first key',
        lambda: manifest.put('m:\n  &x a: 1\nc: *x\n', ('m',), 5),
        2,
        'the anchor &x is used on line 3, which a change of m would reach',
        'write the value out at its alias first',
    ),
    (
        'a pair without brackets, of any letter',
        lambda: manifest.put('a: [X: 1]\n', ('a', 0, 'X'), 2),
        1,
        'a pair without brackets cannot be edited',
        'write it as `{key: value}`',
    ),
    ('too large', lambda: manifest.load('x' * ((1 << 20) + 1)), 1, 'is larger than 1 MiB', 'split the file'),
    (
        'too many documents',
        lambda: manifest.load('---\na: 1\n' * 1001),
        2001,
        'holds more than 1,000 documents',
        'split the file',
    ),
    (
        'a date that is none',
        lambda: manifest.load('a: 2024-13-45\n'),
        1,
        "'2024-13-45' is not a value YAML can hold",
        'put it in quotes',
    ),
    (
        'a long hexadecimal number',
        lambda: manifest.load('a: 0x' + 'f' * 5000 + '\n'),
        1,
        f"'0x{'f' * 38}...' is not a value YAML can hold",
        'put it in quotes',
    ),
    (
        'no YAML',
        lambda: manifest.load('a: 1\nb: c: d\n'),
        2,
        'is not valid YAML: mapping values are not allowed in this context',
        'mend it, and commit it',
    ),
    (
        'half a surrogate pair',
        lambda: manifest.load('a: 1\nb: \udc80\n'),
        2,
        'holds half of a surrogate pair',
        'save the file as UTF-8',
    ),
    (
        'brackets on many lines',
        lambda: manifest.load('[\n' * 200_000),
        65,
        'is nested deeper than 64 levels',
        '',
    ),
    (
        'brackets further down',
        lambda: manifest.load('a: 1\nb: ' + '[' * 200_000 + '\n'),
        2,
        'is nested deeper than 64 levels',
        '',
    ),
    ('many brackets', lambda: manifest.load('[' * 200_000), 1, 'is nested deeper than 64 levels', ''),
    (
        'values that aliases stand for',
        lambda: manifest.load('a: &a [' + '1,' * 50_000 + ']\nb: *a\n'),
        1,
        'holds more than 100,000 values',
        '',
    ),
    (
        'too deep behind another one that was deep',
        lambda: manifest.load('[' * 60 + '[],' * 20 + '\n' + '[' * 10),
        2,
        'is nested deeper than 64 levels',
        '',
    ),
]


@pytest.mark.parametrize(('act', 'line', 'detail', 'hint'), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_refusal_says_where_what_and_the_next_step(
    act: Callable[[], object], line: int, detail: str, hint: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        act()
    error = caught.value
    assert (error.line, error.detail, error.hint) == (line, detail, hint)
    assert error.message == f'line {line}: {detail}'


EDITED: list[tuple[str, Callable[[], str], str]] = [
    ('first of comments with CRLF', lambda: manifest.put('# c\r\n', ('a',), {'b': 1}), '# c\r\na:\r\n  b: 1\r\n'),
    ('first of an open end', lambda: manifest.put('# c', ('a',), 1), '# c\na: 1\n'),
    ('append to an empty text', lambda: manifest.append('', ('a',), 1), 'a:\n  - 1\n'),
    ('append to nothing', lambda: manifest.append('a:\n', ('a',), 1), 'a:\n  - 1\n'),
    # documents
    ('last document', lambda: manifest.drop('a: 1 \n---\nb: 2\n', (1,)), 'a: 1 \n'),
    ('last document, any letter', lambda: manifest.drop('a: X\n---\nb: 2\n', (1,)), 'a: X\n'),
    ('last document, CRLF there', lambda: manifest.drop('a: 1\nb: 2\r\n---\nc: 3\n', (1,)), 'a: 1\nb: 2\r\n'),
    ('first document', lambda: manifest.drop('a: 1\n---  \nb: 1\n', (0,)), 'b: 1\n'),
    ('first document, blank lines', lambda: manifest.drop('a: 1\n---\n\n\nb: 2\n', (0,)), 'b: 2\n'),
    ('first document of a full and an empty one', lambda: manifest.drop('a: 1\n---\n\n', (0,)), ''),
    # comments
    ('comment, CRLF there', lambda: manifest.comment('a: 1\nb: 2\r\n', ('b',), 'why'), 'a: 1\n# why\r\nb: 2\r\n'),
    ('empty comment line', lambda: manifest.comment('a: 1\n', ('a',), ['why', '']), '# why\n#\na: 1\n'),
    ('comment with blanks behind', lambda: manifest.comment('a: 1\n', ('a',), 'why  '), '# why\na: 1\n'),
    ('comment with its mark', lambda: manifest.comment('a: 1\n', ('a',), '# why  '), '# why\na: 1\n'),
    # flow collections
    ('quotes of letters stay', lambda: manifest.put('{a: "z"}\n', ('a',), 'w'), '{a: "w"}\n'),
    ('a flow root and what follows', lambda: manifest.put('{a: 1}\n# end\n', (), [1]), '- 1\n# end\n'),
    ('JSON stays JSON', lambda: manifest.put('{"a": 1, "b": 2}\n', ('c',), 'x'), '{"a": 1, "b": 2, "c": "x"}\n'),
    ('JSON of numbers', lambda: manifest.put('{"a": 1}\n', ('a',), 'x'), '{"a": "x"}\n'),
    (
        'JSON in JSON',
        lambda: manifest.put('{"a": 1}\n', ('b',), ['x', {'y': 'z'}]),
        '{"a": 1, "b": ["x", {"y": "z"}]}\n',
    ),
    ('quotes stay', lambda: manifest.put('{a: "x"}\n', ('a',), 'y'), '{a: "y"}\n'),
    ('plain keys, quoted value', lambda: manifest.put('{a: "x"}\n', ('b',), 'z'), '{a: "x", b: z}\n'),
    ('nothing in flow', lambda: manifest.put('{a: , b: 1}\n', ('a',), 1), '{a: 1 , b: 1}\n'),
    (
        'the line break above',
        lambda: manifest.put('{\n  a: 1,\r\n  b: 2\n}\n', ('c',), 3, before='b'),
        '{\n  a: 1,\r\n  c: 3,\r\n  b: 2\n}\n',
    ),
    ('the only one, anchored', lambda: manifest.drop('a: &x {b: 1}\n', ('a', 'b')), 'a: &x {}\n'),
    ('no blank behind the comma', lambda: manifest.drop('a: [a,b]\n', ('a', 0)), 'a: [b]\n'),
    ('one of two on a line', lambda: manifest.drop('a: [\n  a, b,\n  c\n]\n', ('a', 0)), 'a: [\n  b,\n  c\n]\n'),
    ('a line of its own', lambda: manifest.drop('a: [\n  a,\n  b\n]\n', ('a', 0)), 'a: [\n  b\n]\n'),
    ('the last line', lambda: manifest.drop('a: [\n  a,\n  b\n]\n', ('a', 1)), 'a: [\n  a\n]\n'),
    ('an entry of its own line', lambda: manifest.drop('{\n  a: 1, # c\n  b: 2\n}\n', ('a',)), '{\n  b: 2\n}\n'),
    ('the last entry', lambda: manifest.drop('{\n  a: 1,\n  b: 2\n}\n', ('b',)), '{\n  a: 1\n}\n'),
    # one mapping or list for another
    ('keys of any type stay', lambda: manifest.put('1: a  # why\n2: b\n', (), {1: 'c', 2: 'b'}), '1: c  # why\n2: b\n'),
    ('nothing stays', lambda: manifest.put('# c\na: 1\n', (), {'b': 2}), '# c\nb: 2\n'),
    (
        'another anchor',
        lambda: manifest.put('a: &x\n  <<: {b: 1}\n', ('a',), {'b': 1, 'c': 2}),
        'a:\n  b: 1\n  c: 2\n',
    ),
    # the root
    ('a block scalar for another', lambda: manifest.put('|\n  a\n', (), 'b'), 'b\n'),
    ('a mapping and its comments', lambda: manifest.put('a: 1\n# end\n', (), [1]), '- 1\n'),
    ('any letter', lambda: manifest.put('a\n', (), 'fooX'), 'fooX\n'),
    ('CRLF', lambda: manifest.put('a: 1\r\n', (), ['x', 'z']), '- x\r\n- z\r\n'),
    ('CRLF in the first line', lambda: manifest.put('a: 1\r\nb: 2\n', (), ['x', 'z']), '- x\r\n- z\n'),
    ('behind its mark', lambda: manifest.put('--- a\n', (), {'b': 1}), '--- \nb: 1\n'),
    ('a word behind its mark', lambda: manifest.put('--- a\n', (), 'b'), '--- b\n'),
    ('nothing behind its mark', lambda: manifest.put('--- a\n', (), {}), '--- {}\n'),
    # texts
    ('blank lines behind', lambda: manifest.dump({'a': 'x\n\n'}), 'a: "x\\n\\n"\n'),
    (
        'more blank lines, kept',
        lambda: manifest.put('a: |+\n  x\n\nb: 1\n', ('a',), 'y\n\n\n'),
        'a: |+\n  y\n\n\nb: 1\n',
    ),
    ('letters at the ends', lambda: manifest.dump({'a': 'X\ny\nX'}), 'a: |-\n  X\n  y\n  X\n'),
    ('a tab inside', lambda: manifest.dump({'a': 'a\tb\nc'}), 'a: |-\n  a\tb\n  c\n'),
    ('a tab behind', lambda: manifest.dump({'a': 'a\nb\t'}), 'a: "a\\nb\\t"\n'),
    ('a blank behind', lambda: manifest.dump({'a': 'ab \nc'}), 'a: "ab \\nc"\n'),
    # mixed line breaks
    ('below another line break', lambda: manifest.put('# c\na: 1\r\n', (), ['x', 'z']), '# c\n- x\r\n- z\r\n'),
    (
        'a compact item with a comment',
        lambda: manifest.put('- a: 1\n  # deep\n- b\n', (0,), [1, 2]),
        '- - 1\n  - 2\n- b\n',
    ),
    ('before, CRLF there', lambda: manifest.put('a: 1\nc: 2\r\n', ('b',), 3, before='c'), 'a: 1\nb: 3\r\nc: 2\r\n'),
    (
        'block scalar, CRLF there',
        lambda: manifest.put('z: 1\na: |\r\n  x\r\n', ('a',), 'y\nz\n'),
        'z: 1\na: |\r\n  y\r\n  z\r\n',
    ),
    (
        'compact, CRLF there',
        lambda: manifest.put('z: 1\na:\r\n- b: 1\r\n', ('a', 0), ['x', 'z']),
        'z: 1\na:\r\n- - x\r\n  - z\r\n',
    ),
    ('an empty block scalar', lambda: manifest.put('a: |\n\nb: 1\n', ('a',), 'x\n'), 'a: |\n  x\n\nb: 1\n'),
    ('the first of a compact item', lambda: manifest.drop('- a: 1\n  b: 2\n  c: 3\n', (0, 'a')), '- b: 2\n  c: 3\n'),
    ('the second of a compact item', lambda: manifest.drop('- a: 1\n  b: 2\n  c: 3\n', (0, 'b')), '- a: 1\n  c: 3\n'),
    # comments and what they belong to
    ('first of all, a comment at the end', lambda: manifest.drop('a: 1\nb: 1\n# end\n', ('a',)), 'b: 1\n# end\n'),
    ('a hash in the first key', lambda: manifest.drop('a#b: 1\nc: 1\n', ('a#b',)), 'c: 1\n'),
    ('comment below a blank line', lambda: manifest.comment('\na: 1\n', ('a',), 'x'), '\n# x\na: 1\n'),
    (
        'insert behind a folded one',
        lambda: manifest.put('a: >\n  x\n\n# end\n', ('b',), 1),
        'a: >\n  x\nb: 1\n\n# end\n',
    ),
    (
        'insert behind kept line breaks, further down',
        lambda: manifest.put('b: 1\na: |+\n  x\n\n', ('c',), 1),
        'b: 1\na: |+\n  x\n\nc: 1\n',
    ),
    (
        'insert behind kept line breaks, CRLF',
        lambda: manifest.put('a: |+\r\n  x\r\n\r\n', ('b',), 1),
        'a: |+\r\n  x\r\n\r\nb: 1\r\n',
    ),
    (
        'a plus in a literal',
        lambda: manifest.put('a: |\n  1 + 1\n\n# end\n', ('b',), 1),
        'a: |\n  1 + 1\nb: 1\n\n# end\n',
    ),
    (
        'a plus beside a literal',
        lambda: manifest.put('a: |  # b + c\n  x\n\n# end\n', ('b',), 1),
        'a: |  # b + c\n  x\nb: 1\n\n# end\n',
    ),
    (
        'a blank at the end of a literal',
        lambda: manifest.put('a: |\n  xy \n\n# end\n', ('b',), 1),
        'a: |\n  xy \n\nb: 1\n# end\n',
    ),
    (
        'a tab at the end of a literal',
        lambda: manifest.put('a: |\n  xy\t\n\n# end\n', ('b',), 1),
        'a: |\n  xy\t\n\nb: 1\n# end\n',
    ),
    ('a literal of one letter', lambda: manifest.put('a: |\n  X\n\n# end\n', ('b',), 1), 'a: |\n  X\nb: 1\n\n# end\n'),
    (
        'an empty literal with CRLF',
        lambda: manifest.put('a: |\r\n\r\n# end\r\n', ('b',), 1),
        'a: |\r\nb: 1\r\n\r\n# end\r\n',
    ),
    # keys
    ('a question above a key', lambda: manifest.drop('a: 1\n# why?\nb: 2\nc: 3\n', ('b',)), 'a: 1\nc: 3\n'),
    (
        'before a key with a question above',
        lambda: manifest.put('a: 1\n# why?\nb: 2\n', ('x',), 5, before='b'),
        'a: 1\nx: 5\n# why?\nb: 2\n',
    ),
    (
        'a comment below a question',
        lambda: manifest.comment('a: 1\n# why?\nb: 2\n', ('b',), 'so'),
        'a: 1\n# why?\n# so\nb: 2\n',
    ),
    (
        'a mapping below a question',
        lambda: manifest.put('a: 1\n# why?\nb: 2\n', ('b',), {'k': 1}),
        'a: 1\n# why?\nb:\n  k: 1\n',
    ),
    ('a question above the first key', lambda: manifest.drop('# why?\na: 1\nb: 2\n', ('a',)), 'b: 2\n'),
    (
        'a question in flow',
        lambda: manifest.drop('a: {x: 1, # why?\n  b: 2,\n  c: 3\n}\n', ('a', 'b')),
        'a: {x: 1, # why?\n  c: 3\n}\n',
    ),
    (
        'the first explicit key below an anchor',
        lambda: manifest.drop('a: &x  # why?\n  ? b\n  : 1\n  ? c\n  : 2\n', ('a', 'b')),
        'a: &x  # why?\n  ? c\n  : 2\n',
    ),
    (
        'an explicit key below a question',
        lambda: manifest.drop('? a\n: 1\n# why?\n? b  # so?\n: 2\n', ('b',)),
        '? a\n: 1\n',
    ),
    ('a key that begins with a question mark', lambda: manifest.drop('a: 1\n?b: 2\n', ('?b',)), 'a: 1\n'),
    ('a key that ends with one, in flow', lambda: manifest.put('{a?: 1}\n', ('a?',), 2), '{a?: 2}\n'),
    ('an explicit key in flow', lambda: manifest.drop('a: {? b : 1, c: 2}\n', ('a', 'b')), 'a: {c: 2}\n'),
    ('a question mark in flow', lambda: manifest.drop('a: {b: "?", c: 2}\n', ('a', 'c')), 'a: {b: "?"}\n'),
    ('a key of two lines', lambda: manifest.put('? |\n  x\n: 1\n', ('x\n',), 2), '? |\n  x\n: 2\n'),
    ('two explicit keys', lambda: manifest.drop('? a\n: 1\n? b\n: 2\n', ('b',)), '? a\n: 1\n'),
    (
        'a question above an explicit key',
        lambda: manifest.drop('a: "?"\n? b\n: 2\nc: "?"\n', ('b',)),
        'a: "?"\nc: "?"\n',
    ),
    ('an anchored list', lambda: manifest.put('a: &x\n  - 1\n  - 2\n', ('a', 0), 3), 'a: &x\n  - 3\n  - 2\n'),
    ('an anchor of nothing', lambda: manifest.put('a: &x\nb: 1\n', ('a',), 2), 'a: &x 2\nb: 1\n'),
    ('the last of a flow mapping', lambda: manifest.drop('a: {b: 1, c: 2}\n', ('a', 'c')), 'a: {b: 1}\n'),
    (
        'the first of a compact item, lower',
        lambda: manifest.drop('x: 1\nl:\n- a: 1\n  b: 2\n', ('l', 0, 'a')),
        'x: 1\nl:\n- b: 2\n',
    ),
    # flow collections of several kinds
    ('not JSON alone', lambda: manifest.append('a: ["x", 1]\n', ('a',), 'z'), 'a: ["x", 1, "z"]\n'),
    (
        'JSON and an alias',
        lambda: manifest.append('b: &b x\na: ["y", *b]\n', ('a',), 'z'),
        'b: &b x\na: ["y", *b, "z"]\n',
    ),
    (
        'the line break of the line above',
        lambda: manifest.append('a: [\r\n\n  b]\n', ('a',), 'c'),
        'a: [\r\n\n  b,\n  c]\n',
    ),
    ('two entries in flow', lambda: manifest.put('a: [1]\n', ('a', 0), {'b': 1, 'c': 2}), 'a: [{b: 1, c: 2}]\n'),
    # indentation
    ('of the nearest item', lambda: manifest.append('l:\n-   1\n- 2\n', ('l',), 3), 'l:\n-   1\n- 2\n- 3\n'),
    (
        'of the rest of the document',
        lambda: manifest.put('- q:\n      r: 1\n- s: 1\n', (1, 's'), {'t': 1}),
        '- q:\n      r: 1\n- s:\n      t: 1\n',
    ),
    (
        'of a literal',
        lambda: manifest.put('a:\n    b: 1\n', ('a', 'c'), 'x\ny\n'),
        'a:\n    b: 1\n    c: |\n        x\n        y\n',
    ),
    (
        'of lists and of mappings',
        lambda: manifest.put('a:\n    b: 1\nl:\n- 1\nn: 1\n', ('n',), {'x': [1]}),
        'a:\n    b: 1\nl:\n- 1\nn:\n    x:\n    - 1\n',
    ),
    (
        'not of explicit keys',
        lambda: manifest.put('? a\n:    b: 1\nc: 1\n', ('c',), {'d': 1}),
        '? a\n:    b: 1\nc:\n  d: 1\n',
    ),
    ('of an item for nothing', lambda: manifest.put('-   a\n-\n', (1,), 'b'), '-   a\n-   b\n'),
    (
        'of items is not that of keys',
        lambda: manifest.put('l:\n-   1\na:\n', ('a',), 'x\ny\n'),
        'l:\n-   1\na: |\n  x\n  y\n',
    ),
    (
        'lines before another key',
        lambda: manifest.put('a: 1\nc: 3\n', ('b',), {'x': 1}, before='c'),
        'a: 1\nb:\n  x: 1\nc: 3\n',
    ),
    # one kind of value for another
    (
        'a folded one with a comment',
        lambda: manifest.put('a: >  # c\n  x\nb: 1\n', ('a',), 'z'),
        'a: >-  # c\n  z\nb: 1\n',
    ),
    ('a folded one stays folded', lambda: manifest.put('a: >\n  x y\nb: 1\n', ('a',), 'z\n'), 'a: >\n  z\nb: 1\n'),
    ('a folded one of two lines', lambda: manifest.put('a: >\n  x y\n', ('a',), 'z\nX'), 'a: |-\n  z\n  X\n'),
    (
        'a mapping that ends in a literal',
        lambda: manifest.put('a:\n  b: |\n    x\n\nc: 1\n', ('a',), 5),
        'a: 5\n\nc: 1\n',
    ),
    ('an item that ends in a literal', lambda: manifest.put('- a: |\n    x\n\n- b\n', (0,), 5), '- 5\n\n- b\n'),
    ('an item in quotes', lambda: manifest.put('- "x"\n- y\n', (0,), 'z'), '- "z"\n- y\n'),
    ('a literal in a literal item', lambda: manifest.put('- |\n  x\n', (0,), 'y'), '- |-\n  y\n'),
    # mixed line breaks
    ('lines, CRLF there', lambda: manifest.put('x: 1\na:\r\n  b: 1\r\n', ('a',), {'c': 1}), 'x: 1\na:\r\n  c: 1\r\n'),
    ('behind the last line break', lambda: manifest.put('b: 1\r\nc: 1\na: x', ('d',), 1), 'b: 1\r\nc: 1\na: x\nd: 1'),
    ('behind the only line break', lambda: manifest.put('\r\na: 1', ('b',), 2), '\r\na: 1\r\nb: 2'),
    (
        'a literal at an open end',
        lambda: manifest.put('b: 1\r\nc: 1\na: x', ('a',), 'x\ny\n'),
        'b: 1\r\nc: 1\na: |\n  x\n  y\n',
    ),
    ('one in the middle goes', lambda: manifest.drop('a: 1\r\nb: 1\nc: 1\n', ('b',)), 'a: 1\r\nc: 1\n'),
    ('the last one goes', lambda: manifest.drop('a: 1\r\nb: 1\n', ('b',)), 'a: 1\r\n'),
    # numbers and words
    ('not a number, then one', lambda: manifest.put('a: .nan\n', ('a',), 1.5), 'a: 1.5\n'),
    ('a number, then not one', lambda: manifest.put('a: 1.5\n', ('a',), float('nan')), 'a: .nan\n'),
    ('a large number', lambda: manifest.dump(1.5e300), '1.5e+300\n'),
    ('blanks before a flow mapping', lambda: manifest.put('a:   {b: 1}\n', ('a',), 2), 'a:   2\n'),
    (
        'a capital at the end of a literal',
        lambda: manifest.put('a: |\n  x X\n\n# end\n', ('b',), 1),
        'a: |\n  x X\nb: 1\n\n# end\n',
    ),
    ('below a deep comment at the top', lambda: manifest.put('  # c\na: 1', ('b',), 2), '  # c\na: 1\nb: 2'),
    ('an anchor for a mapping', lambda: manifest.put('a: &x\nb: 1\n', ('a',), {'c': 1}), 'a:\n  c: 1\nb: 1\n'),
    (
        'indentation of the nearest key',
        lambda: manifest.put('a:\n    x: 1\nb:\n  y: 1\nc: 1\n', ('c',), {'z': 1}),
        'a:\n    x: 1\nb:\n  y: 1\nc:\n  z: 1\n',
    ),
    (
        'indentation of the nearest key, not of what is in it',
        lambda: manifest.put('b:\n  y:\n      z:\n          w: 1\nc: 1\n', ('c',), {'k': {'l': 1}}),
        'b:\n  y:\n      z:\n          w: 1\nc:\n  k:\n    l: 1\n',
    ),
    ('an anchor with a comment', lambda: manifest.put('a: &x  # c\n', ('a',), {'c': 1}), 'a:  # c\n  c: 1\n'),
    ('above a lone CR', lambda: manifest.put('a: 1\n\r\r\n  # d\n', ('b',), 2), 'a: 1\n\r\r\n  # d\nb: 2\n'),
    (
        'indentation of what is in the nearest key',
        lambda: manifest.put('a:\n    l:\n        - 1\nb:\n  m:\n  - 1\nc: 1\n', ('c',), {'l': [1]}),
        'a:\n    l:\n        - 1\nb:\n  m:\n  - 1\nc:\n  l:\n  - 1\n',
    ),
    (
        'the blanks of another list',
        lambda: manifest.append('m:\n-   b\nl:\n-\n  a\n', ('l',), 'c'),
        'm:\n-   b\nl:\n-\n  a\n- c\n',
    ),
    ('the quotes of a number', lambda: manifest.put('a: !!int "1"\n', ('a',), 'x'), 'a: x\n'),
    (
        'folded, with its line breaks kept',
        lambda: manifest.put('a: >+\n  x\n\nb: 1\n', ('a',), 'y\n\n'),
        'a: >+\n  y\n\nb: 1\n',
    ),
    ('false', lambda: manifest.put('a: true\n', ('a',), False), 'a: false\n'),
    ('a backslash', lambda: manifest.dump('a: \\d'), "'a: \\d'\n"),
    ('a letter with an accent', lambda: manifest.dump('é'), 'é\n'),
    ('the last of the first plane', lambda: manifest.dump('\uffff'), '"\\uFFFF"\n'),
    ('the first of the second plane', lambda: manifest.dump('\U00010000'), '"\\U00010000"\n'),
    ('the first behind the surrogates', lambda: manifest.dump('\ue000'), '"\\uE000"\n'),
    ('the last before the surrogates', lambda: manifest.dump('\ud7ff'), '"\\uD7FF"\n'),
]


@pytest.mark.parametrize(('act', 'after'), [pytest.param(*case[1:], id=case[0]) for case in EDITED])
def test_an_edit(act: Callable[[], str], after: str) -> None:
    assert act() == after


READ: list[tuple[str, str, Any]] = [
    ('an alias as a key', 'x: &k name\ny:\n  *k : 1\n', {'x': 'name', 'y': {'name': 1}}),
    (
        'a merge of an alias of a list',
        'l: &l [{a: 1}, {b: 2}]\nm:\n  <<: *l\n',
        {'l': [{'a': 1}, {'b': 2}], 'm': {'a': 1, 'b': 2}},
    ),
    ('a merge of nothing', 'a:\n  <<: []\n  b: 1\n', {'a': {'b': 1}}),
    (
        'merges four deep',
        'a: &a\n  <<: []\n  x: 1\nb: &b\n  <<: *a\nc: &c\n  <<: *b\nd:\n  <<: *c\n',
        {key: {'x': 1} for key in 'abcd'},
    ),
    ('a text of exactly 1 MiB', 'a: ' + 'x' * ((1 << 20) - 4) + '\n', {'a': 'x' * ((1 << 20) - 4)}),
    ('exactly 100,000 values', '[' + '1,' * 100_000 + ']', [1] * 100_000),
    ('a tag that says nothing', 'a: ! 1\nb: ! {c: 1}\n', {'a': 1, 'b': {'c': 1}}),
]


@pytest.mark.parametrize(('text', 'data'), [pytest.param(*case[1:], id=case[0]) for case in READ])
def test_reading(text: str, data: Any) -> None:
    [document] = manifest.load(text)
    assert document.data == data


def test_an_alias_is_written_as_what_it_stands_for() -> None:
    [document] = manifest.load('a: &x "1"\nb: *x\n')
    assert (document.style(('b',)), document.source(('b',))) == ('"', '"1"')


def test_what_looks_like_a_comment_in_a_key_is_none() -> None:
    text = '"a # k": 1 # c  \n? &a "# l"\n: 2\nb: &c "# m"\n'
    assert list(manifest.comments(text)) == [(1, '# c')]


A = 'apiVersion: a/v1\nkind: A\nmetadata: {name: x, namespace: one}\nv: 1\n'
FIELDS: list[tuple[str, str, str, list[tuple[str, Any, Any]]]] = [
    ('a document more', A, f'{A}---\nkind: B\n', [('B/1', None, {'kind': 'B'})]),
    ('a document less', f'{A}---\nkind: B\n', A, [('B/1', {'kind': 'B'}, None)]),
    (
        'a change and a document more',
        A,
        A.replace('v: 1', 'v: 2') + '---\nkind: B\n',
        [('A/x: v', 1, 2), ('B/1', None, {'kind': 'B'})],
    ),
    (
        'a change and a document less',
        A + '---\nkind: B\n',
        A.replace('v: 1', 'v: 2'),
        [('A/x: v', 1, 2), ('B/1', {'kind': 'B'}, None)],
    ),
    *(
        (
            f'in another order, told by {what}',
            f'{A}---\n{A.replace(old, new)}',
            f'{A.replace(old, new)}---\n{A}',
            [],
        )
        for what, old, new in (
            ('apiVersion', 'a/v1', 'b/v1'),
            ('kind', 'kind: A', 'kind: B'),
            ('name', 'name: x', 'name: y'),
            ('namespace', 'one', 'two'),
        )
    ),
    ('two items in a row', 'a: [1, 2, 3]\n', 'a: [4, 5, 3]\n', [('a[0]', 1, 4), ('a[1]', 2, 5)]),
    (
        'lists and bytes',
        'a: 1\n',
        'b: [[2024-01-02, !!binary aGk=]]\n',
        [('a', 1, None), ('b', None, [['2024-01-02', 'hi']])],
    ),
    ('a lonely byte', 'a: 1\n', 'a: !!binary /w==\n', [('a', 1, 'ÿ')]),
]


@pytest.mark.parametrize(('before', 'after', 'fields'), [pytest.param(*case[1:], id=case[0]) for case in FIELDS])
def test_fields(before: str, after: str, fields: list[tuple[str, Any, Any]]) -> None:
    found = [one.as_json() for one in manifest.fields(before, after)]
    assert [(one['field'], one['before'], one['after']) for one in found] == fields


def test_what_is_got_is_the_callers_own() -> None:
    text = 'a: [1, [2, {b: 3}]]\n'
    found = manifest.get(text, ('a',))
    assert found == [1, [2, {'b': 3}]]
    found[1].append(4)
    assert manifest.get(text, ('a',)) == [1, [2, {'b': 3}]]
