"""Markdown in which text from files stays text: no mention, no link, no reference, no HTML, no row of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_LONGEST = 120
_LONGEST_COMMAND = 4_000

# Letters, digits and signs that no forge gives a meaning inside of a sentence; `GH-12` is a reference on GitHub.
_SIGNS = r""".,;:()'"=+/→…-"""
_HARMLESS = re.compile(rf'(?!\W*GH-\d)(?!\W*www\.)[^\W_{_SIGNS}]*(?:[{_SIGNS}]+[^\W_{_SIGNS}]*)*', re.IGNORECASE)
_WORD = re.compile(r"([(\"']*)(.*?)([)\"'.,;:]*)", re.DOTALL)


def command(text: str) -> str:
    """A command in a code span, whole."""
    return code(text, _LONGEST_COMMAND)


def code(value: Any, longest: int = _LONGEST) -> str:
    """A value in a code span of one line; what is too long for it ends in '…'."""
    text = value if isinstance(value, str) else _plain(value)
    text = ''.join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    text = text if len(text) <= longest else f'{text[: longest - 1]}…'
    if not text.strip():
        return '` `'
    ticks = '`' * (1 + max((len(run) for run in re.findall('`+', text)), default=0))
    space = ' ' if '`' in (text[0], text[-1]) else ''
    # In a table GFM ends a cell at a bar even inside of a code span, unless it is escaped.
    return f'{ticks}{space}{text}{space}{ticks}'.replace('|', '\\|')


def block(text: str, language: str = '') -> str:
    """Text in a fence longer than any in it."""
    ticks = '`' * max(3, 1 + max((len(run) for run in re.findall('`+', text)), default=0))
    return f'{ticks}{language}\n{text.rstrip()}\n{ticks}'


def sentence(text: str) -> str:
    """A sentence that may hold words from files; those that a forge could take for more than words stand as code."""
    return ' '.join(_word(word) for word in text.split())


def _word(word: str) -> str:
    if _HARMLESS.fullmatch(word) and '://' not in word:
        return word
    found = _WORD.fullmatch(word)
    before, inside, behind = found.groups() if found else ('', word, '')
    return f'{before}{code(inside, _LONGEST_COMMAND)}{behind}' if inside else code(word)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {None: 'null', True: 'true', False: 'false'}[value]
    return str(value)
