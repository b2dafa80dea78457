"""Where lines start and end, and which comment lines belong to an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Splice(NamedTuple):
    """Replaces the characters from begin to end."""

    begin: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with splices done that do not overlap; of two at one place the first stands first."""
    parts, position = [], 0
    for splice in sorted(splices, key=lambda splice: (splice.begin, splice.end)):
        parts += [text[position : splice.begin], splice.text]
        position = splice.end
    return ''.join([*parts, text[position:]])


def line_start(text: str, offset: int) -> int:
    return text.rfind('\n', 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line's content ends, before its line break."""
    end = text.find('\n', offset)
    if end < 0:
        return len(text)
    return end - 1 if end > offset and text[end - 1] == '\r' else end


def next_line(text: str, offset: int) -> int:
    end = text.find('\n', offset)
    return len(text) if end < 0 else end + 1


def begins_line(text: str, offset: int) -> bool:
    """Whether only blanks stand before it on its line."""
    return not text[line_start(text, offset) : offset].strip()


def column(text: str, offset: int) -> int:
    return offset - line_start(text, offset)


def line_break(text: str, offset: int) -> str:
    """The line break of the neighbourhood: that of the line itself, else of the one above, else of the file."""
    end = text.find('\n', offset)
    if end < 0:
        end = text.rfind('\n', 0, offset)
    return '\r\n' if text.startswith('\r\n', end - 1) else '\n'


def content_end(text: str, stop: int) -> int:
    """The end of the last line of what stops here; a `|+` scalar stops behind its last line break."""
    if text[stop - 1 : stop] == '\n':
        return stop - 2 if text[stop - 2 : stop] == '\r\n' else stop - 1
    return line_end(text, stop)


def tail(text: str, stop: int, indentation: int) -> int:
    """The end of the last line that belongs to an entry of a collection at this indentation.

    With the comment behind it and the deeper comment lines below it.
    """
    end = content_end(text, stop)
    line = next_line(text, end)
    while line < len(text):
        until = line_end(text, line)
        content = text[line:until].lstrip()
        if content:
            if content[0] != '#' or until - line - len(content) <= indentation:
                break
            end = until
        line = next_line(text, until)
    return end


def head(text: str, begin: int, floor: int) -> int:
    """The start of an entry's first line, or of the comment lines directly above it at its indentation.

    Nothing before `floor`, where the previous content ends.
    """
    first = line_start(text, begin)
    indentation = text[first:begin]
    while True:
        above = line_start(text, first - 1) if first else 0
        if above == first or above < floor or not text.startswith(indentation + '#', above):
            return first
        first = above


_GAP = re.compile(r'(?:\s|(?:^|(?<=\s))#[^\n]*)*', re.MULTILINE)


def skip_gap(text: str, offset: int) -> int:
    """The first character that is neither blank nor comment."""
    found = _GAP.match(text, offset)
    return found.end() if found else offset
