"""The indentation that a new value takes over from what stands around it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from bootstrap.manifest.lines import begins_line, column, line_start, skip_gap
from bootstrap.manifest.nodes import Collection, Mapping, Node, Sequence, body, is_block, start, stop
from bootstrap.manifest.write import HOUSE, Look


class Trait(NamedTuple):
    """What one value says about the indentation around it: a field of Look, and its width."""

    offset: int
    name: str
    width: int


def look(text: str, root: Node, near: Collection, index: int, value: Any) -> Look:
    """The look for a value at `index` of a collection.

    That of the nearest siblings, else of what stands in them, else of most of the document, else of the house.
    """
    siblings = sorted(range(len(near.values)), key=lambda other: (abs(other - index), other))
    if not _has_lines(value):
        siblings = [] if isinstance(near, Mapping) else siblings
        return HOUSE._replace(**_widths(_traits(text, near, sibling) for sibling in siblings))
    every = list(_all_traits(text, root))
    offsets = [trait.offset for trait in every]

    def inside(node: Node) -> list[Trait]:
        return every[bisect_left(offsets, start(node)) : bisect_left(offsets, stop(text, node))]

    widths = _widths(
        chain(
            (_traits(text, near, sibling) for sibling in siblings),
            (inside(near.values[sibling]) for sibling in siblings),
            [every],
        )
    )
    if widths.get('offset'):
        widths.setdefault('step', widths['offset'])
    return HOUSE._replace(**widths)


def _has_lines(value: Any) -> bool:
    return bool(value) and (isinstance(value, (dict, list)) or (isinstance(value, str) and '\n' in value))


def _widths(nearest_first: Iterable[Iterable[Trait]]) -> dict[str, int]:
    """For each name the most frequent width in the first group that has one."""
    found: dict[str, int] = {}
    for traits in nearest_first:
        for (name, width), _ in Counter((trait.name, trait.width) for trait in traits).most_common():
            found.setdefault(name, width)
        if len(found) == len(HOUSE):
            break
    return found


def _traits(text: str, parent: Collection, index: int) -> Iterator[Trait]:
    child = parent.values[index]
    if isinstance(parent, Sequence):
        before = text[line_start(text, start(child)) : start(child)]
        dash = before.rstrip()
        if dash.endswith('-') and dash != before:
            yield Trait(start(child), 'gap', len(before) - len(dash) + 1)
    elif is_block(child):
        first = skip_gap(text, body(text, child))
        width = column(text, first) - column(text, start(parent.keys[index]))
        if begins_line(text, first) and width >= 0:
            yield Trait(start(child), 'step' if isinstance(child, Mapping) else 'offset', width)


def _all_traits(text: str, node: Node) -> Iterator[Trait]:
    if isinstance(node, (Mapping, Sequence)) and is_block(node):
        for index, child in enumerate(node.values):
            yield from _traits(text, node, index)
            yield from _all_traits(text, child)
