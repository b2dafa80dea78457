"""Comment lines above a key or item."""

from __future__ import annotations

from collections.abc import Iterable

from bootstrap.manifest.lines import Splice, line_break, line_start, spliced
from bootstrap.manifest.refusal import refuse
from bootstrap.manifest.steps import Where, place_of


def annotated(text: str, where: Where, comment: Iterable[str]) -> str:
    """The text with comment lines directly above what stands at the path, unless these already stand there."""
    begin = place_of(text, where)
    first = line_start(text, begin)
    before = text[first:begin]
    if before.strip(' \t-'):
        raise refuse(text, begin, 'a comment cannot stand above what shares its line', 'put it above the whole line')
    indentation = before[: len(before) - len(before.lstrip(' \t'))]
    newline = line_break(text, begin)
    lines = [_commented(line) for part in comment for line in part.splitlines() or ['']]
    block = ''.join(indentation + line + newline for line in lines)
    return text if text[:first].endswith(block) else spliced(text, [Splice(first, first, block)])


def _commented(line: str) -> str:
    shown = ''.join(character if character.isprintable() else '?' for character in line.rstrip())
    return shown if shown.startswith('#') else f'# {shown}'.rstrip()
