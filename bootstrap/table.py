"""Tables: plain aligned text, coloured and folded to its width on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import console
from bootstrap.words import sanitise


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] = ()) -> None:
    """Columns whose header begins with '>' are set right; `styles` are the rows'. Nothing is cut off."""
    from rich.table import Table

    out = console.out()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style='bold')
    for header in headers:
        justify = 'right' if header.startswith('>') else 'left'
        table.add_column(console.text(header.lstrip('>')), justify=justify, overflow='fold')  # type: ignore[arg-type]
    for number, row in enumerate(rows):
        table.add_row(*map(console.text, row), style=styles[number] if number < len(styles) else '')
    # Off a terminal a reader is a program, or a pager: every row is one line.
    if not out.is_terminal:
        out.width = sum(_width(column, rows, headers) + 2 for column in range(len(headers)))
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        out.file.write(line.rstrip() + '\n')


def _width(column: int, rows: Sequence[Sequence[str]], headers: Sequence[str]) -> int:
    from rich.cells import cell_len

    return max(cell_len(sanitise(text)) for text in (headers[column], *(row[column] for row in rows)))
