"""Another value in the place of one."""

from __future__ import annotations

import re
from typing import Any

from bootstrap.manifest import write
from bootstrap.manifest.blocks import below
from bootstrap.manifest.lines import Splice, content_end, line_end, tail
from bootstrap.manifest.nodes import Node, Scalar, body, is_block, is_empty, start, stop
from bootstrap.manifest.slots import Slot
from bootstrap.manifest.write import Look, Rendered

_HEADER = re.compile(r'[|>][-+0-9]*')


def rewrite(text: str, place: Slot, value: Any, *, look: Look, item: bool) -> list[Splice]:
    """Puts a value in place of an entry's or item's, in a block collection."""
    old = place.node
    hangs = '\n' in text[place.behind : body(text, old)]
    new = (write.item if item else write.rendered)(value, place.indentation, look, _style_above(text, place, value))
    if isinstance(old, Scalar) and old.event.anchor and not (isinstance(value, (dict, list)) and value):
        new = Rendered(f'&{old.event.anchor} {new.inline}', new.lines)
    spaces = ' ' * (look.gap - 1 if item else 1)
    if is_block(old) and not hangs:
        return _instead_of_compact(text, place, new)
    if is_block(old) or (hangs and new.lines):
        return _instead_of_lines(text, place, new, spaces)
    if isinstance(old, Scalar) and old.event.style in ('|', '>'):
        kept = _indented_as(text, old, new) if isinstance(value, str) else new
        return _instead_of_block_scalar(text, old, place, kept)
    return _instead_of_inline(text, place, new, spaces)


def style(old: Node, value: Any) -> str:
    """The quotes of the old value, where both are strings."""
    if isinstance(old, Scalar) and isinstance(old.data, str) and isinstance(value, str):
        return old.event.style or ''
    return ''


def _style_above(text: str, place: Slot, value: Any) -> str:
    """As `style`; a `|` block would take deeper comment lines below it for its own."""
    kept = style(place.node, value)
    end = place.stop(text)
    if not isinstance(value, str) or tail(text, end, place.indentation) == content_end(text, end):
        return kept
    return '"' if '\n' in value else kept.strip('|>')


def _instead_of_inline(text: str, place: Slot, new: Rendered, spaces: str) -> list[Splice]:
    old = place.node
    if is_empty(text, old):
        end = place.stop(text)
        first = Splice(place.behind, end, new.inline and spaces + new.inline)
    else:
        end = stop(text, old)
        first = Splice(start(old) if new.inline else place.behind, end, new.inline)
    return [first, below(text, line_end(text, end), new.lines)]


def _instead_of_block_scalar(text: str, old: Scalar, place: Slot, new: Rendered) -> list[Splice]:
    header = _HEADER.match(text, body(text, old))
    behind = header.end() if header else body(text, old)
    first = Splice(start(old) if new.inline else place.behind, behind, new.inline)
    top = line_end(text, behind)
    end = max(top, content_end(text, stop(text, old)))
    return [first, Splice(top, end, below(text, top, new.lines).text)]


def _indented_as(text: str, old: Scalar, new: Rendered) -> Rendered:
    """The lines of a block scalar at the indentation of the old one."""
    _, *lines = text[body(text, old) : stop(text, old)].split('\n')
    width = next((len(line) - len(line.lstrip(' ')) for line in lines if line.strip()), 0)
    if not width or not new.lines:
        return new
    indentation = len(new.lines[0]) - len(new.lines[0].lstrip(' '))
    return new._replace(lines=[line and ' ' * width + line[indentation:] for line in new.lines])


def _instead_of_lines(text: str, place: Slot, new: Rendered, spaces: str) -> list[Splice]:
    old = place.node
    end = tail(text, stop(text, old), place.indentation)
    top = line_end(text, place.behind)
    properties = len(text[: body(text, old)].rstrip()) if start(old) < top else place.behind
    cut = max(place.behind, min(properties, top))
    first = Splice(place.behind, cut, new.inline and spaces + new.inline)
    return [first, Splice(top, end, below(text, top, new.lines).text)]


def _instead_of_compact(text: str, place: Slot, new: Rendered) -> list[Splice]:
    end = tail(text, stop(text, place.node), place.indentation)
    return [Splice(start(place.node), end, new.inline + below(text, end, new.lines).text)]
