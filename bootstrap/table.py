"""Tables: plain aligned text, coloured and folded to its width on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from bootstrap import console
from bootstrap.words import sanitise

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_GAP = 2


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] = ()) -> None:
    """Columns whose header begins with '>' are set right; `styles` are the rows'. Nothing is cut off."""
    out = console.out()
    if out.is_terminal:
        _print_folded(out, headers, rows, styles)
    else:
        _print_aligned(out, headers, rows)


def _print_aligned(out: Console, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Off a terminal a reader is a program, or a pager: every row is one line."""
    from rich.cells import cell_len

    # Most cells of thousands of rows are the same few words.
    shown = cache(lambda text: sanitise(text).replace('\n', '\\n').expandtabs())
    width = cache(lambda text: cell_len(shown(text)))
    lines = [[header.lstrip('>') for header in headers], *rows]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    right = [header.startswith('>') for header in headers]
    for line in lines:
        cells = []
        for text, most, is_right in zip(line, widths, right, strict=True):
            blank = ' ' * (most - width(text))
            cells.append(blank + shown(text) if is_right else shown(text) + blank)
        out.file.write((' ' * _GAP).join(cells).rstrip() + '\n')


def folded(headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] = ()) -> Table:
    """The table that `print_table` prints on a terminal."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style='bold')
    for header in headers:
        justify = 'right' if header.startswith('>') else 'left'
        table.add_column(console.text(header.lstrip('>')), justify=justify, overflow='fold')  # type: ignore[arg-type]
    for number, row in enumerate(rows):
        table.add_row(*map(console.text, row), style=styles[number] if number < len(styles) else '')
    return table


def _print_folded(out: Console, headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str]) -> None:
    with out.capture() as captured:
        out.print(folded(headers, rows, styles))
    for line in captured.get().splitlines():
        out.file.write(line.rstrip() + '\n')
