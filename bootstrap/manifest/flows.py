"""Entries and items of flow collections."""

from __future__ import annotations

from bootstrap.manifest.lines import Splice, begins_line, line_break, line_end, line_start, next_line, skip_gap
from bootstrap.manifest.nodes import Collection, Mapping, Scalar, body, start
from bootstrap.manifest.refusal import refuse
from bootstrap.manifest.slots import slot


def quote(collection: Collection) -> str:
    """The quote that a flow collection's strings prefer: JSON stays JSON."""
    nodes = collection.keys if isinstance(collection, Mapping) else collection.values
    styles = {node.event.style for node in nodes if isinstance(node, Scalar) and isinstance(node.data, str)}
    return '"' if styles == {'"'} else ''


def refuse_bare_pair(text: str, collection: Collection) -> None:
    """`[a: 1]` holds a mapping without brackets of its own."""
    if text[body(text, collection)] not in ('{', '['):
        raise refuse(text, start(collection), 'a pair without brackets cannot be edited', 'write it as `{key: value}`')


def insert(text: str, collection: Collection, index: int, entry: str) -> list[Splice]:
    """Puts a new entry or item before the one at `index` of a filled collection; at the end where there is none."""
    refuse_bare_pair(text, collection)
    if index < len(collection.values):
        begin = slot(text, collection, index).begin
        return [Splice(begin, begin, entry + ',' + _separator(text, begin))]
    return _append(text, collection, entry)


def _separator(text: str, begin: int) -> str:
    if not begins_line(text, begin):
        return ' '
    return line_break(text, line_start(text, begin) - 1) + text[line_start(text, begin) : begin]


def _append(text: str, collection: Collection, entry: str) -> list[Splice]:
    last = slot(text, collection, len(collection.values) - 1)
    end = last.stop(text)
    comma = skip_gap(text, end)
    trailing = text.startswith(',', comma)
    separator = _separator(text, last.begin)
    place = comma + 1 if trailing else end
    if separator != ' ' and '#' in text[place : line_end(text, place)]:
        commas = [] if trailing else [Splice(end, end, ',')]
        behind = line_end(text, place)
        return [*commas, Splice(behind, behind, separator + entry + (',' if trailing else ''))]
    if trailing:
        return [Splice(place, place, separator + entry + ',')]
    return [Splice(place, place, ',' + separator + entry)]


def remove(text: str, collection: Collection, index: int) -> list[Splice]:
    """Takes out an entry or item."""
    refuse_bare_pair(text, collection)
    if len(collection.values) == 1:
        return [Splice(body(text, collection) + 1, collection.end.start_mark.index, '')]
    place = slot(text, collection, index)
    end = place.stop(text)
    comma = skip_gap(text, end)
    behind = comma + 1 if text.startswith(',', comma) else end
    if _has_own_line(text, place.begin, behind):
        return _remove_line(text, collection, index, behind, trailing=behind > end)
    if index + 1 < len(collection.values):
        return [Splice(place.begin, _following(text, behind), '')]
    return [Splice(slot(text, collection, index - 1).stop(text), end, '')]


def _following(text: str, behind: int) -> int:
    if '#' in text[behind : skip_gap(text, behind)]:
        raise refuse(text, behind, 'comments between the items of a flow collection are in the way', _BY_HAND)
    return skip_gap(text, behind)


def _has_own_line(text: str, begin: int, behind: int) -> bool:
    rest = text[behind : line_end(text, behind)].strip()
    return begins_line(text, begin) and (not rest or rest[0] == '#')


def _remove_line(text: str, collection: Collection, index: int, behind: int, *, trailing: bool) -> list[Splice]:
    begin = slot(text, collection, index).head(text)
    line = Splice(begin, next_line(text, behind), '')
    if trailing:
        return [line]
    end = slot(text, collection, index - 1).stop(text)
    comma = skip_gap(text, end)
    return [Splice(comma, comma + 1, ''), line]


_BY_HAND = 'edit the file by hand'
