"""What is read from a text, and where it stands."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest
import yaml

from bootstrap import manifest
from bootstrap.manifest import where

TEXT = """\
# top
apiVersion: v1  # version
kind: 'Thing'
metadata: {name: "a # b", n: 1}
spec: &spec
  list:
    - name: one
      text: |  # header
        # no comment
        x
    - name: two
      port: 80
  empty:
more: *spec
"""


def test_get() -> None:
    assert manifest.get(TEXT, ('spec', 'list', 1)) == {'name': 'two', 'port': 80}
    assert manifest.get(TEXT, ('spec', 'list', where(name='two'), 'port')) == 80
    assert manifest.get(TEXT, ('more', 'list', where(port=80, name='two'), 'port')) == 80
    assert manifest.get(TEXT, (where(kind='Thing'), 'kind')) == 'Thing'
    assert manifest.get(TEXT, (0, 'kind')) == 'Thing'
    assert manifest.get('- n: x\n', (0, 'n')) == 'x'
    assert manifest.get(TEXT, ('spec', 'empty'), 7) is None


@pytest.mark.parametrize(
    'path',
    [('x',), ('kind', 'x'), ('spec', 'list', 2), ('spec', 'list', -1), ('spec', 'list', 'x'), ('spec', 0), ('empty', 'x'),
     ('spec', 'list', where(name='three'), 'x'), (where(kind='Other'), 'kind'), (3, 'kind'), ('spec', where(a=1))],
)  # fmt: skip
def test_what_is_missing_is_the_default(path: manifest.Path) -> None:
    assert manifest.get(TEXT, path) is None
    assert manifest.get(TEXT, path, 'default') == 'default'


def test_what_is_got_is_the_callers_own() -> None:
    manifest.get(TEXT, ('spec', 'list')).clear()
    manifest.get(TEXT, ('metadata',))['name'] = 'changed'
    assert manifest.get(TEXT, ('spec', 'list', 1, 'name')) == 'two'
    assert manifest.get(TEXT, ('metadata', 'name')) == 'a # b'


def test_positions() -> None:
    document = manifest.load(TEXT)[0]
    assert (document.index, document.line) == (0, 2)
    assert document.position(('kind',)) == (3, 1)
    assert document.value_position(('kind',)) == (3, 7)
    assert document.position(('metadata', 'n')) == (4, 27)
    assert document.position(('spec', 'list', 1)) == (11, 7)
    assert document.position(('spec', 'list', where(name='two'), 'port')) == (12, 7)
    assert document.value_position(('spec', 'list', 1, 'port')) == (12, 13)
    assert document.position(('spec', 'list', 1, 'none', 'x')) == (11, 7)
    assert document.position(('spec', 'list', 7)) == (6, 3)
    assert document.value_position(('spec', 'empty')) == (13, 9)
    assert document.position(('more', 'list', 0, 'name')) == (7, 7)
    assert document.position(()) == document.position(('none',)) == (2, 1)


def test_positions_behind_a_merge() -> None:
    document = manifest.load('a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n')[0]
    assert document.position(('c', 'b')) == (1, 8)
    assert document.position(('c', 'd')) == (4, 3)


def test_lines_are_those_of_editors() -> None:
    document = manifest.load('\ufeffa: "\u2028\x85"\r\n😀: x\r\n')[0]
    assert document.position(('😀',)) == (2, 1)
    assert document.value_position(('😀',)) == (2, 4)


def test_styles_and_sources() -> None:
    document = manifest.load(TEXT)[0]
    assert document.style(('apiVersion',)) == ''
    assert document.style(('kind',)) == "'"
    assert document.style(('metadata', 'name')) == '"'
    assert document.style(('spec', 'list', 0, 'text')) == '|'
    assert document.style(('more', 'list', 0, 'text')) == '|'
    assert document.style(('spec', 'empty')) == ''
    assert document.style(('spec',)) is None
    assert document.style(('none',)) is None
    assert document.source(('kind',)) == "'Thing'"
    assert document.source(('metadata', 'n')) == '1'
    assert document.source(('spec', 'list', 0, 'text')) == '|  # header\n        # no comment\n        x'
    assert document.source(('spec',)) == document.source(('none',)) == document.source(('spec', 'empty')) == ''
    assert manifest.load('a: &x !!str "1"\n')[0].source(('a',)) == '"1"'


def test_comments() -> None:
    found = [(1, '# top'), (2, '# version'), (8, '# header')]
    assert list(manifest.comments(TEXT)) == found
    assert list(manifest.load(TEXT)[0].comments()) == found
    assert list(manifest.comments('\ufeff# a\r\nb: "# c"\r\n--- # d\r\n# e')) == [(1, '# a'), (3, '# d'), (4, '# e')]
    assert list(manifest.comments('a: >-  # b\n  # c\n\n# d\ne: x#f # g\nh: # i\n- # j\n  k\n')) == [
        (1, '# b'), (4, '# d'), (5, '# g'), (6, '# i'), (7, '# j')
    ]  # fmt: skip
    assert list(manifest.comments('# only')) == [(1, '# only')]


def test_empty_documents_are_left_out() -> None:
    documents = manifest.load('# none\n---\na: 1\n---\n# empty\n---\nnull\n---\nb: 1\n...\n')
    assert [(document.index, document.line, document.data) for document in documents] == [
        (0, 3, {'a': 1}),
        (1, 9, {'b': 1}),
    ]
    assert manifest.load('') == manifest.load('# none\n') == manifest.load('---\n') == ()


SAME_AS_PYYAML = """\
- [~, null, Null, '', NO, on, Off, yes, y, n, True, 'true', "no"]
- [1, 0o7, 010, 0x1F, 0b11, 1_000, 12:30:45, -1, +2, 0, 00, 1e3, 1.5e+3, 1., .5, -.5, 1:30.5, .inf, -.INF, 1.5.1, '1', 08]
- [2001-01-01, 2001-12-14t21:59:43.10-05:00, 2001-12-14 21:59:43.10 +5:30, 2001-12-14 21:59:43Z, 2001-12-15 2:59:43.1]
- {2: int, 1.5: float, null: none, 2001-01-01: date, 'x': str, off: bool, =: equals}
- [!!str 1, !!int "3", !!float 1, !!bool "yes", !!null "", !!timestamp "2001-01-01", !!binary aGk=, ! 12, ! x, !!map {}, !!seq []]
- &a {x: 1, y: 2}
- {<<: *a, y: 3}
- &b {x: 9, z: 4}
- {<<: [*a, *b], w: 0}
- {<<: {k: v}, "<<": text}
- [*a, *a]
"""


def unordered(data: Any) -> str:
    """Values and types; not the order of keys, in which versions of PyYAML differ where mappings are merged."""
    if isinstance(data, dict):
        return '{' + ', '.join(sorted(f'{key!r}: {unordered(value)}' for key, value in data.items())) + '}'
    return '[' + ', '.join(map(unordered, data)) + ']' if isinstance(data, list) else repr(data)


@pytest.mark.parametrize('loader', [yaml.SafeLoader, yaml.CSafeLoader])
def test_data_are_those_of_pyyaml(loader: Any) -> None:
    expected = yaml.load(SAME_AS_PYYAML, Loader=loader)
    found = manifest.load(SAME_AS_PYYAML)[0].data
    assert unordered(found) == unordered(expected)
    assert isinstance(found[2][0], datetime.date)


def test_nan_is_a_float() -> None:
    assert math.isnan(manifest.get('a: .nan\n', ('a',)))


def test_where_is_a_value() -> None:
    assert where(name='a', **{'b.c': 1}) == where(name='a', **{'b.c': 1})
    assert len({where(name='a'), where(name='a'), where(name='b')}) == 2
    assert manifest.get('- {a: 1}\n- {a: true}\n', (where(a=True), 'a')) is True
