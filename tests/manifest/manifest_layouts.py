"""YAML texts in many layouts, for the data they were made from."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import strategies as st

WORDS = ['a', 'b', 'name', 'spec', 'x-y', 'app.kubernetes.io/name', 'on', '1', 'two words', 'ключ', 'k#v', "it's"]
TEXTS = [
    '',
    'ray',
    'v1.5.1',
    'true',
    '1:30',
    'a: b',
    '# no',
    'tail ',
    'é\u2028',
    '😀',
    '{{x}}',
    "it's",
    '"q"',
    '- d',
    '*',
]
BLOCKS = ['one\ntwo\n', 'one\n\n  two', '# not a comment\nx: 1\n', 'a\n\n\n', '{"gpu": 1}\n']

# What comments hold is nobody's business, whatever it would be elsewhere.
COMMENTS = [
    *(
        '# about: it',
        '# is it?',
        '# é 😀',
        '#',
        '# - x',
        '# a: b # c',
        '# ---',
        '# ...',
        '# {',
        '# ],',
        '# "',
        "# it's",
    ),
    *('# |', '# >-', '# &a', '# *a', '# ,', '# :', '# ?', '#!', '# <<: *x', '# %YAML 1.1', '#\t', '# {{ x }}', '# \\'),
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10_000),
    st.floats(allow_nan=False),
    st.sampled_from(TEXTS + BLOCKS),
    st.text(alphabet='ab \n\t:#\'"-{}[],&*!|>%@`\\é0.~', max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)),
    max_leaves=10,
)
mappings = st.dictionaries(st.sampled_from(WORDS), values, min_size=1, max_size=5)
seeds = st.integers(0, 2**32)


class Layout:
    """One way of writing data, chosen by a seed: indentation, quotes, flow or block, comments, line breaks."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.step = self.random.choice([1, 2, 2, 2, 3, 4])
        self.offset = self.random.choice([0, self.step])
        self.chatty = self.random.choice([0.0, 0.2, 0.5])
        self.newline = self.random.choice(['\n', '\n', '\r\n'])
        self.bom = self.random.choice(['', '', '', '\ufeff'])
        self.open_end = self.random.random() < 0.2

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def stream(self, documents: list[Any]) -> str:
        parts = [self.document(data) for data in documents]
        text = '---\n'.join(parts)
        if self.chance(0.2) or not parts:
            text = '---\n' + text
        if self.open_end and not _ends_in_block(documents):
            text = text.rstrip('\n')
        return self.bom + text.replace('\n', self.newline)

    def document(self, data: Any) -> str:
        lines = [self.words(), ''] if self.chance(self.chatty) else []
        if isinstance(data, dict) and data:
            lines += self.entries(data, 0)
        elif isinstance(data, list) and data:
            lines += self.items(data, 0)
        else:
            lines += [self.scalar(data, 2)[0]]
        return '\n'.join(lines + [self.words()] * self.chance(self.chatty)) + '\n'

    def entries(self, data: dict[str, Any], column: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items():
            lines += self.above(column, after=lines[-1:])
            name = ' ' * column + self.string(key, key=True) + ' ' * self.chance(0.05) + ':'
            lines += self.value(name, value, column, self.offset if self.chance(0.8) else self.step, self.step)
            lines += self.below(column, value)
        return lines

    def items(self, data: list[Any], column: int) -> list[str]:
        lines: list[str] = []
        for value in data:
            lines += self.above(column, after=lines[-1:])
            dash = ' ' * column + '-'
            gap = self.random.choice([1, 1, 1, 3])
            if isinstance(value, (dict, list)) and value and self.chance(0.8):
                inside = column + 1 + gap
                nested = self.entries(value, inside) if isinstance(value, dict) else self.items(value, inside)
                while not nested[0].strip() or nested[0].strip().startswith('#'):
                    nested.pop(0)
                lines += [dash + ' ' * gap + nested[0][inside:], *nested[1:]]
            else:
                lines += self.value(dash, value, column, 2, 2)
            lines += self.below(column, value)
        return lines

    def value(self, start: str, value: Any, column: int, offset: int, step: int) -> list[str]:
        if isinstance(value, dict) and value and self.chance(0.85):
            return [start + self.comment(), *self.entries(value, column + step)]
        if isinstance(value, list) and value and self.chance(0.85):
            return [start + self.comment(), *self.items(value, column + offset)]
        if value is None and self.chance(0.5):
            return [start + self.comment()]
        first, *rest = self.scalar(value, column + step)
        gap = ' ' * self.random.choice([1, 1, 1, 2])
        if rest or first.startswith(('|', '>')):
            return [start + gap + first + self.comment(), *rest]
        if self.chance(0.05):
            return [start + self.comment(), ' ' * (column + step) + first + self.comment()]
        return [start + gap + first + self.comment('' if first[-1] in ']}' else '\t# tab')]

    def scalar(self, value: Any, column: int) -> list[str]:
        if isinstance(value, str):
            if '\n' in value and self.chance(0.7) and _fits_block(value):
                content = value.rstrip('\n')
                ends = len(value) - len(content)
                header = ['|-', '|', '|+'][min(ends, 2)]
                body = [' ' * column + line if line else '' for line in content.split('\n')]
                return [header, *body, *[''] * (ends - 1)]
            return [self.string(value)]
        if isinstance(value, dict):
            return [self.flow(value)]
        if isinstance(value, list):
            return [self.flow(value)]
        return [_number(value)]

    def flow(self, value: Any) -> str:
        pad = ' ' * self.chance(0.3)
        comma = ',' if value and self.chance(0.1) else ''
        if isinstance(value, dict):
            inner = [f'{self.string(key, key=True, flow=True)}: {self.flow(item)}' for key, item in value.items()]
            return '{' + pad + ', '.join(inner) + comma + pad + '}'
        if isinstance(value, list):
            return '[' + pad + ', '.join(self.flow(item) for item in value) + comma + pad + ']'
        return self.string(value, flow=True) if isinstance(value, str) else _number(value)

    def string(self, value: str, *, key: bool = False, flow: bool = False) -> str:
        plain = value.isascii() and value.replace('-', '').replace('.', '').isalpha() and not key
        if plain and value[0].isalpha() and value not in ('true', 'on', 'y', 'n', 'no', 'null') and self.chance(0.7):
            return value
        if key and value.isalpha() and value not in ('on', 'true'):
            return value
        if value.isprintable() and self.chance(0.5):
            return "'" + value.replace("'", "''") + "'"
        return (
            json.dumps(value, ensure_ascii=self.chance(0.5)).replace('\u2028', '\\L')
            if max(value, default='') < '\U00010000'
            else _wide(value)
        )

    def comment(self, tab: str = '') -> str:
        return (
            self.random.choice([f'  {self.words()}', f' {self.words()}', tab or f'   {self.words()}'])
            if self.chance(self.chatty / 2)
            else ''
        )

    def words(self) -> str:
        return self.random.choice(COMMENTS)

    def above(self, column: int, after: list[str]) -> list[str]:
        # A blank line behind another may be one more of a `|+` scalar.
        lines = [''] if self.chance(self.chatty / 2) and after != [''] else []
        return lines + [' ' * column + self.words()] * (self.chance(self.chatty) + self.chance(self.chatty / 2))

    def below(self, column: int, value: Any) -> list[str]:
        if _ends_in_block([value]) or not self.chance(self.chatty / 4):
            return []
        return [' ' * (column + 1) + self.words()]


def _wide(value: str) -> str:
    return (
        '"'
        + ''.join(
            c if c < '\U00010000' else f'\\U{ord(c):08X}' for c in json.dumps(value, ensure_ascii=False)[1:-1]
        ).replace('\u2028', '\\L')
        + '"'
    )


def _number(value: Any) -> str:
    if isinstance(value, float):
        shown = repr(value).replace('inf', '.inf')
        return shown if '.' in shown else shown.replace('e', '.0e')
    return json.dumps(value)


def _fits_block(value: str) -> bool:
    lines = value.rstrip('\n').split('\n')
    printable = all(line.isprintable() and '\u2028' not in line for line in lines)
    return bool(lines[0]) and lines[0][0] not in ' \t' and printable and all(line == line.rstrip() for line in lines)


def _ends_in_block(documents: list[Any]) -> bool:
    last: Any = documents[-1] if documents else None
    while isinstance(last, (dict, list)) and last:
        last = list(last.values())[-1] if isinstance(last, dict) else last[-1]
    return isinstance(last, str) and '\n' in last
