"""A picture as SVG: a column for each level, cards joined by curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from bootstrap.picture import Node, Shape

_GAP, _ROW, _CARD, _MARGIN, _HEADER = 60, 62, 48, 32, 52
_BETWEEN = 30
_NARROWEST, _WIDEST = 190, 380
# About how wide a character is in the sans serif fonts below, at their sizes.
_TITLE, _DETAIL = 7.8, 6.3
_INSET, _PILL = 22, 52

_HEADINGS = ('Root Application', 'Applications, by sync wave', 'RayClusters', 'Head and worker groups')

_CLASSES = {
    Shape.ROOT: 'root',
    Shape.APPLICATION: 'application',
    Shape.RAYCLUSTER: 'raycluster',
    Shape.HEAD: 'head',
    Shape.GROUP: 'group',
}

_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'

_STYLE = """
  text { font-family: Inter, "Segoe UI", "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }
  .ground { fill: #f8fafc; stroke: #e2e8f0; }
  .heading { font-size: 11px; font-weight: 600; letter-spacing: .06em; fill: #64748b; }
  .card { fill: #ffffff; stroke: #cbd5e1; }
  .title { font-size: 13px; font-weight: 600; fill: #0f172a; }
  .detail { font-size: 11px; fill: #64748b; }
  .edge { fill: none; stroke: #94a3b8; stroke-width: 1.5; }
  .divider { stroke: #e2e8f0; stroke-width: 1; }
  .pill { fill: #eef2ff; }
  .wave { font-size: 10px; font-weight: 600; fill: #4f46e5; text-anchor: middle; }
  .root { fill: #4f46e5; } .application { fill: #818cf8; } .raycluster { fill: #0d9488; }
  .head { fill: #2dd4bf; } .group { fill: #f59e0b; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0f172a; stroke: #1e293b; }
    .heading, .detail { fill: #94a3b8; }
    .card { fill: #1e293b; stroke: #334155; }
    .title { fill: #f1f5f9; }
    .edge { stroke: #475569; }
    .divider { stroke: #1e293b; }
    .pill { fill: #312e81; }
    .wave { fill: #c7d2fe; }
  }
"""


class _Placed(NamedTuple):
    """A node with the column it is in, the middle of its card from the top, and what hangs on it."""

    node: Node
    column: int
    middle: float
    children: list[_Placed]


class _Column(NamedTuple):
    left: int
    width: int


def document(roots: Sequence[Node]) -> str:
    """A whole SVG file. Every word from a manifest is escaped and shortened to its card."""
    placed, breaks, top = [], [], float(_MARGIN + _HEADER - (_ROW - _CARD) / 2)
    for root in roots:
        one, top = _place(root, 0, top)
        placed.append(one)
        breaks.append(top + _BETWEEN / 2)
        top += _BETWEEN
    columns = _columns(placed)
    width = columns[-1].left + columns[-1].width + _MARGIN
    height = round(max(top - _BETWEEN - (_ROW - _CARD) / 2, _MARGIN + _HEADER)) + _MARGIN
    body = [*_headings(columns), *_dividers(breaks[:-1], width)]
    body += [line for one in placed for line in _edges(one, columns)]
    body += [line for one in placed for line in _cards(one, columns)]
    return '\n'.join(
        [
            f'<svg {_NAMESPACE} width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f'<title>{_escaped(", ".join(root.title for root in roots))}</title>',
            f'<style>{_STYLE}</style>',
            f'<rect class="ground" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="14"/>',
            *body,
            '</svg>\n',
        ]
    )


def _place(node: Node, column: int, top: float) -> tuple[_Placed, float]:
    """The node beside the middle of its children, and where the next one may begin."""
    if not node.children:
        return _Placed(node, column, top + _ROW / 2, []), top + _ROW
    children = []
    for child in node.children:
        placed, top = _place(child, column + 1, top)
        children.append(placed)
    return _Placed(node, column, (children[0].middle + children[-1].middle) / 2, children), top


def _columns(placed: Sequence[_Placed]) -> list[_Column]:
    """As wide as the longest words in them, within limits."""
    widths: list[float] = []
    level = list(placed)
    while level:
        widest = max(_room_of(one.node) for one in level)
        heading = len(_HEADINGS[len(widths)]) * _DETAIL * 1.4
        widths.append(min(max(widest, heading, _NARROWEST), _WIDEST))
        level = [child for one in level for child in one.children]
    found, left = [], _MARGIN
    for width in widths or [_NARROWEST]:
        found.append(_Column(left, round(width)))
        left += round(width) + _GAP
    return found


def _room_of(node: Node) -> float:
    badge = 0 if node.wave is None else _PILL
    return _INSET + 14 + max(len(node.title) * _TITLE + badge, len(_details(node)) * _DETAIL)


def _details(node: Node) -> str:
    return ' · '.join(node.details)


def _headings(columns: Sequence[_Column]) -> Iterator[str]:
    for column, words in zip(columns, _HEADINGS, strict=False):
        yield f'<text class="heading" x="{column.left}" y="{_MARGIN + 12}">{escape(words.upper())}</text>'


def _dividers(heights: Sequence[float], width: int) -> Iterator[str]:
    for height in heights:
        yield f'<path class="divider" d="M{_MARGIN} {height:g} H{width - _MARGIN}"/>'


def _edges(placed: _Placed, columns: Sequence[_Column]) -> Iterator[str]:
    start = columns[placed.column].left + columns[placed.column].width
    for child in placed.children:
        end = columns[child.column].left
        bend = (start + end) / 2
        yield (
            f'<path class="edge" d="M{start} {placed.middle:g} C{bend:g} {placed.middle:g} '
            f'{bend:g} {child.middle:g} {end} {child.middle:g}"/>'
        )
        yield from _edges(child, columns)


def _cards(placed: _Placed, columns: Sequence[_Column]) -> Iterator[str]:
    node, (x, width), y = placed.node, columns[placed.column], placed.middle - _CARD / 2
    room = width - _INSET - 14
    title = _cut(node.title, room - (0 if node.wave is None else _PILL), _TITLE)
    yield f'<g><title>{_escaped(", ".join((node.title, *node.details)))}</title>'
    yield f'<rect class="card" x="{x}" y="{y:g}" width="{width}" height="{_CARD}" rx="9"/>'
    yield f'<rect class="{_CLASSES[node.shape]}" x="{x + 8}" y="{y + 9:g}" width="4" height="{_CARD - 18}" rx="2"/>'
    yield f'<text class="title" x="{x + _INSET}" y="{y + 20:g}">{_escaped(title)}</text>'
    details = _escaped(_cut(_details(node), room, _DETAIL))
    yield f'<text class="detail" x="{x + _INSET}" y="{y + 37:g}">{details}</text>'
    if node.wave is not None:
        yield f'<rect class="pill" x="{x + width - 46}" y="{y + 8:g}" width="38" height="16" rx="8"/>'
        yield f'<text class="wave" x="{x + width - 27}" y="{y + 19.5:g}">{_escaped(_cut(str(node.wave), 36, 6))}</text>'
    yield '</g>'
    for child in placed.children:
        yield from _cards(child, columns)


def _cut(words: str, room: float, character: float) -> str:
    """The words as far as they fit, a character being about so wide."""
    most = round(room / character)
    return words if len(words) <= most else f'{words[: most - 1]}…'


def _escaped(words: str) -> str:
    """XML takes no control characters at all, and direction marks would turn the rest of a line around."""
    return escape(''.join(character if character.isprintable() else '�' for character in words))
