"""The place of one value in its collection, in offsets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bootstrap.manifest.lines import column, head, skip_gap
from bootstrap.manifest.nodes import Collection, Mapping, Node, body, is_flow, start, stop
from bootstrap.manifest.refusal import refuse


class Slot(NamedTuple):
    """An entry or item: it begins at its key or dash, `behind` is right after its `:` or `-`.

    `floor` is where the content before it ends.
    """

    floor: int
    begin: int
    behind: int
    node: Node
    indentation: int

    def stop(self, text: str) -> int:
        return max(self.behind, stop(text, self.node))

    def head(self, text: str) -> int:
        return head(text, self.begin, self.floor)


def slot(text: str, collection: Collection, index: int) -> Slot:
    """The place of an entry or item of a collection."""
    floor = 0
    if index:
        floor = max(stop(text, node) for node in _before(collection, index))
    node = collection.values[index]
    if isinstance(collection, Mapping):
        return _entry(text, collection, index, floor, node)
    if is_flow(collection):
        return Slot(floor, start(node), start(node), node, 0)
    dash = skip_gap(text, floor if index else body(text, collection))
    return Slot(floor, dash, dash + 1, node, column(text, dash))


def _before(collection: Collection, index: int) -> Iterator[Node]:
    yield collection.values[index - 1]
    if isinstance(collection, Mapping):
        yield collection.keys[index - 1]


def _entry(text: str, collection: Mapping, index: int, floor: int, node: Node) -> Slot:
    key = collection.keys[index]
    begin = skip_gap(text, floor if index else body(text, collection))
    if is_flow(collection):
        begin = skip_gap(text, begin + 1)
    # An explicit key begins at its `?`; a question mark at the end of a comment is none.
    if not text.startswith('?', begin):
        begin = start(key)
    colon = skip_gap(text, stop(text, key))
    if not text.startswith(':', colon):
        raise refuse(text, begin, 'a key without a value cannot be edited here', 'write it as `key: value`')
    return Slot(floor, begin, colon + 1, node, column(text, begin))
