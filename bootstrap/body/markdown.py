"""Markdown in which text from files stays text: no mention, no link, no reference, no HTML, no row of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_LONGEST = 120


def code(value: Any) -> str:
    """A value in a code span of one line."""
    text = value if isinstance(value, str) else _plain(value)
    text = ''.join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    text = text if len(text) <= _LONGEST else f'{text[: _LONGEST - 1]}…'
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
    """A sentence that may hold words from files, as code where it does not consist of harmless characters alone."""
    words = ' '.join(text.split())
    return words if re.fullmatch(r"[\w ,.;:()'%=+\-/→…]*", words) and '://' not in words else code(words)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {None: 'null', True: 'true', False: 'false'}[value]
    return str(value)
