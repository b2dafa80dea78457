"""The smallest edits of one document: an entry or item put in, taken out, or given another value."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from bootstrap.manifest import blocks, flows, neighbourhood, write
from bootstrap.manifest.documents import Document, load
from bootstrap.manifest.lines import Splice, begins_line, line_break, spliced, tail
from bootstrap.manifest.nodes import MERGE_KEY, Alias, Collection, Mapping, Node, Sequence, is_flow, start, stop
from bootstrap.manifest.paths import Concrete, display
from bootstrap.manifest.refusal import line_of, refuse
from bootstrap.manifest.rewrite import rewrite, style
from bootstrap.manifest.slots import slot


class Where(NamedTuple):
    """A path in one text: the document's number and the way down from its root."""

    document: int
    path: Concrete

    def child(self, key: object) -> Where:
        return Where(self.document, (*self.path, key))


class _Way(NamedTuple):
    """The collections on a path that is there, with the index taken in each, and the node at its end."""

    document: Document
    steps: tuple[tuple[Collection, int], ...]
    node: Node

    @property
    def in_flow(self) -> bool:
        return any(is_flow(collection) for collection, _ in self.steps)


def replace(text: str, where: Where, value: Any) -> str:
    """Gives what stands at the path another value."""
    way = _way(text, where)
    _refuse_shared(way, way.node, where.path)
    if not way.steps:
        return _replace_root(text, way, value)
    collection, index = way.steps[-1]
    if way.in_flow:
        flows.refuse_bare_pair(text, collection)
        return spliced(text, _rewrite_flow(text, collection, index, value))
    look = neighbourhood.look(text, way.document.root.node, collection, index, value)
    place = slot(text, collection, index)
    return spliced(text, rewrite(text, place, value, look=look, item=isinstance(collection, Sequence)))


def _rewrite_flow(text: str, collection: Collection, index: int, value: Any) -> list[Splice]:
    place = slot(text, collection, index)
    old = place.node
    shown = write.flow_item(value, style(old, value) or flows.quote(collection))
    if start(old) == stop(text, old):
        return [Splice(place.behind, place.behind, f' {shown}')]
    return [Splice(start(old), stop(text, old), shown)]


def _replace_root(text: str, way: _Way, value: Any) -> str:
    begin, end = start(way.node), stop(text, way.node)
    if not is_flow(way.node) and isinstance(way.node, (Mapping, Sequence)):
        end = tail(text, end, -1)
    newline = line_break(text, begin)
    shown = write.dump(value).rstrip('\n').replace('\n', newline)
    joint = '' if begins_line(text, begin) or not (isinstance(value, (dict, list)) and value) else newline
    return spliced(text, [Splice(begin, end, joint + shown)])


def insert(text: str, where: Where, key: Any, value: Any, index: int) -> str:
    """Puts an entry (or, where a list stands, an item) before that at `index` of a filled collection."""
    way = _way(text, where)
    collection = way.node
    assert isinstance(collection, (Mapping, Sequence))  # noqa: S101
    _refuse_shared(way, collection, where.path, inside=False)
    if is_flow(collection):
        quote = flows.quote(collection)
        is_entry = isinstance(collection, Mapping)
        shown = write.flow_entry(key, value, quote) if is_entry else write.flow_item(value, quote)
        return spliced(text, flows.insert(text, collection, index, shown))
    look = neighbourhood.look(text, way.document.root.node, collection, index, value)
    column = blocks.indentation(text, collection)
    if isinstance(collection, Mapping):
        lines = write.entry(key, value, column, look)
    else:
        lines = write.item_lines(value, column, look)
    return spliced(text, [blocks.insert(text, collection, index, lines)])


def remove(text: str, where: Where) -> str:
    """Takes out an entry or item; the last one leaves `{}` or `[]`."""
    way = _way(text, where)
    collection, index = way.steps[-1]
    _refuse_shared(way, way.node, where.path)
    if is_flow(collection):
        return spliced(text, flows.remove(text, collection, index))
    if len(collection.values) == 1:
        return replace(text, Where(where.document, where.path[:-1]), {} if isinstance(collection, Mapping) else [])
    return spliced(text, [blocks.remove(text, collection, index)])


def index_of(text: str, where: Where, key: object) -> int | None:
    """The number of an entry in the mapping at the path; None where it has none of its own."""
    node = _way(text, where).node
    return node.index(key) if isinstance(node, Mapping) else None


def _way(text: str, where: Where) -> _Way:
    document = load(text)[where.document]
    node: Node = document.root.node
    steps: list[tuple[Collection, int]] = []
    for depth, key in enumerate(where.path):
        if isinstance(node, Alias):
            _refuse_alias(text, node, where.path[:depth])
        assert isinstance(node, (Mapping, Sequence))  # noqa: S101
        index = node.index(key) if isinstance(node, Mapping) else key
        if index is None:
            raise refuse(
                text,
                start(node),
                f'{display(where.path[: depth + 1])} comes from a `<<` merge',
                'write the key out here, or edit it where it is defined',
            )
        steps.append((node, index))
        node = node.values[index]
    return _Way(document, tuple(steps), node)


def is_alias(text: str, where: Where) -> bool:
    """Whether an alias stands at the path."""
    return isinstance(_way(text, where).node, Alias)


def refuse_alias(text: str, where: Where) -> None:
    """Refuses to go on where the value at the path is an alias."""
    node = _way(text, where).node
    if isinstance(node, Alias):
        _refuse_alias(text, node, where.path)


def _refuse_alias(text: str, node: Alias, path: Concrete) -> NoReturn:
    raise refuse(
        text,
        start(node),
        f'{display(path)} is the alias *{node.event.anchor} of line {line_of(text, start(node.target))}',
        'write the value out here, or edit it where it is defined',
    )


def _refuse_shared(way: _Way, node: Node, path: Concrete, *, inside: bool = True) -> None:
    """Refuses what would reach an alias elsewhere: around the edit or, where `inside` goes away, in it."""
    text = way.document.text
    begin, end = start(node), stop(text, node)
    around = {id(collection) for collection, _ in way.steps}
    for alias in way.document.root.aliases:
        target = alias.target
        lost = inside and begin <= start(target) < end and not begin <= start(alias) < end
        if lost or target is node or id(target) in around:
            raise refuse(
                text,
                start(target),
                f'the anchor &{alias.event.anchor} is used on line {line_of(text, start(alias))}, '
                f'which a change of {display(path)} would reach',
                'write the value out at its alias first',
            )


def has_own_keys(text: str, where: Where) -> bool:
    """Whether the mapping at the path has entries of its own, beside what it merges."""
    node = _way(text, where).node
    return isinstance(node, Mapping) and any(key.data is not MERGE_KEY for key in node.keys)


def size(text: str, where: Where) -> int:
    """How many entries or items are written at the path."""
    node = _way(text, where).node
    return len(node.values) if isinstance(node, (Mapping, Sequence)) else 0


def place_of(text: str, where: Where) -> int:
    """Where the entry or item at the path begins: its key or its dash."""
    way = _way(text, where)
    if not way.steps:
        return start(way.node)
    collection, index = way.steps[-1]
    return slot(text, collection, index).begin
