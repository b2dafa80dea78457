"""Fresh data as text."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bootstrap import manifest

CASES: list[tuple[Any, str]] = [
    ({}, '{}\n'),
    ([], '[]\n'),
    ('x', 'x\n'),
    (None, 'null\n'),
    ('a\nb\n', '|\n  a\n  b\n'),
    ({'a': 1, 'b': True, 'c': None, 'd': 1.5}, 'a: 1\nb: true\nc: null\nd: 1.5\n'),
    ({'a': {'b': {}}, 'c': []}, 'a:\n  b: {}\nc: []\n'),
    ({'a': ['x', ['y ', ['z']], {'b': 1, 'c': [2]}]}, 'a:\n  - x\n  - - "y "\n    - - z\n  - b: 1\n    c:\n      - 2\n'),
    ({'a': 'x\n\ny\n', 'b': ['x\ny']}, 'a: |\n  x\n\n  y\nb:\n  - |-\n    x\n    y\n'),
    ([1e16, 1e-7, -0.0, float('inf'), float('-inf'), float('nan')], '- 1.0e+16\n- 1.0e-07\n- -0.0\n- .inf\n- -.inf\n- .nan\n'),
    ({'on': 'off', '1': '1', 'a b': 'a: b', '': ''}, '"on": "off"\n"1": "1"\na b: "a: b"\n"": ""\n'),
    ({2: 'x', True: 'z', None: 'w'}, '2: x\ntrue: z\nnull: w\n'),
    ('\'{"gpu": 1}\'', '"\'{\\"gpu\\": 1}\'"\n'),
    ('{"gpu": 1}', '\'{"gpu": 1}\'\n'),
    ('\x07\x1b\x85\u2028\u202e\ufeff😀\t\\"', '"\\a\\e\\x85\\u2028\\u202E\\uFEFF\\U0001F600\\t\\\\\\""\n'),
    (['1.5.1', 'v1.5.1', 'rayproject/ray:2.52.0', 'https://x.y/z', '.spec.a[]?.b', '100m', '16Gi', '--a=b', 'CreateNamespace=true'],
     '- 1.5.1\n- v1.5.1\n- rayproject/ray:2.52.0\n- https://x.y/z\n- .spec.a[]?.b\n- 100m\n- 16Gi\n- --a=b\n- CreateNamespace=true\n'),
]  # fmt: skip


@pytest.mark.parametrize(('value', 'text'), CASES)
def test_dump(value: Any, text: str) -> None:
    assert manifest.dump(value) == text


QUOTED = 'y Y n N yes No on OFF true null ~ 1 -1 +1 1_0 017 0o17 0x1F 0b11 1.5 1. .5 1e3 1E+3 1:30 1:30.5 .inf -.INF .nan 2001-01-01 = <<'


@pytest.mark.parametrize(
    'text', [*QUOTED.split(), '2001-01-01 10:00:00', '', ' a', 'a ', 'a: b', 'a:', 'a #b', '- a', '---', '...']
)
def test_what_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert manifest.dump(text) == f'"{text}"\n'
    assert manifest.dump({text: [text]}) == f'"{text}":\n  - "{text}"\n'


@settings(max_examples=500, deadline=None, database=None)
@given(st.text(alphabet='0123456789_.:-+~=<>abefinoxNO \'"#', max_size=9))
def test_texts_stay_texts(text: str) -> None:
    assert yaml.safe_load(manifest.dump({text: [text]})) == {text: [text]}
