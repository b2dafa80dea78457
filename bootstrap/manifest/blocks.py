"""Entries and items of block collections: lines put in and taken out."""

from __future__ import annotations

from bootstrap.manifest.lines import (
    Splice,
    begins_line,
    line_break,
    line_start,
    next_line,
    tail,
)
from bootstrap.manifest.nodes import Collection
from bootstrap.manifest.slots import Slot, slot


def indentation(text: str, collection: Collection) -> int:
    """The column of a block collection's keys or dashes."""
    return slot(text, collection, 0).indentation


def insert(text: str, collection: Collection, index: int, lines: list[str]) -> Splice:
    """Puts the lines of a new entry or item before the one at `index`; at the end where there is none."""
    if index < len(collection.values):
        return _insert_before(text, slot(text, collection, index), lines)
    last = slot(text, collection, index - 1)
    end = tail(text, last.stop(text), last.indentation)
    return below(text, end, lines)


def below(text: str, end: int, lines: list[str]) -> Splice:
    """Puts lines below the line that ends here."""
    newline = line_break(text, end)
    return Splice(end, end, ''.join(newline + line for line in lines))


def _insert_before(text: str, place: Slot, lines: list[str]) -> Splice:
    newline = line_break(text, place.begin)
    if begins_line(text, place.begin):
        above = place.head(text)
        return Splice(above, above, ''.join(line + newline for line in lines))
    inline = newline.join(lines)[place.indentation :] + newline + ' ' * place.indentation
    return Splice(place.begin, place.begin, inline)


def remove(text: str, collection: Collection, index: int) -> Splice:
    """Takes out one of several entries or items, with the comment lines that belong to it."""
    place = slot(text, collection, index)
    end = tail(text, place.stop(text), place.indentation)
    if not begins_line(text, place.begin):
        return _remove_inline(text, collection, index, place, end)
    begin = place.head(text)
    if end == len(text):
        return Splice(_before_break(text, begin), end, '')
    return Splice(begin, next_line(text, end), '')


def _before_break(text: str, begin: int) -> int:
    return begin - 2 if text[begin - 2 : begin] == '\r\n' else begin - 1


def _remove_inline(text: str, collection: Collection, index: int, place: Slot, end: int) -> Splice:
    following = slot(text, collection, index + 1)
    if next_line(text, end) == line_start(text, following.begin):
        return Splice(place.begin, following.begin, '')
    begin = len(text[: place.begin].rstrip(' \t'))
    return Splice(begin, end, '')
