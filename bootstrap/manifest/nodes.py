"""The light tree a manifest is read into: parser events, their plain data and where they stand in the text."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias


class _MergeKey:
    def __repr__(self) -> str:
        return '<<'


# The data of a plain `<<` key, which a quoted one does not have.
MERGE_KEY: Final = _MergeKey()

# An event of PyYAML's parser; its marks hold offsets in code points.
Event: TypeAlias = Any


class Scalar:
    __slots__ = ('data', 'event')

    def __init__(self, event: Event, data: Any) -> None:
        self.event = event
        self.data = data


class Alias:
    __slots__ = ('data', 'event', 'target')

    def __init__(self, event: Event, target: Node) -> None:
        self.event = event
        self.target = target
        self.data: Any = target.data


class Mapping:
    """`merged` holds what its `<<` merges, the strongest first; `depth` how deep merges nest in there."""

    __slots__ = ('data', 'depth', 'end', 'event', 'keys', 'merged', 'values')

    def __init__(self, event: Event) -> None:
        self.event = event
        self.end: Event
        self.keys: list[Scalar | Alias] = []
        self.values: list[Node] = []
        self.data: dict[Any, Any] = {}
        self.merged: list[Mapping] = []
        self.depth = 0

    def index(self, key: object) -> int | None:
        """Where its own entry with this key is; None where there is none, or only a merged one."""
        for index, node in enumerate(self.keys):
            if node.data == key and node.data.__class__ is key.__class__:
                return index
        return None


class Sequence:
    __slots__ = ('data', 'end', 'event', 'values')

    def __init__(self, event: Event) -> None:
        self.event = event
        self.end: Event
        self.values: list[Node] = []
        self.data: list[Any] = []


Collection: TypeAlias = Mapping | Sequence
Node: TypeAlias = Scalar | Alias | Mapping | Sequence

_PROPERTIES = re.compile(r'(?:(?:&[^\s,\[\]{}]+|!<[^>\s]*>|![^\s,\[\]{}]*)(?:\s+(?:#[^\n]*\n\s*)*|$|(?=[,\[\]{}])))+')


def start(node: Node) -> int:
    """Where a node starts, with its anchor and tag."""
    offset: int = node.event.start_mark.index
    return offset


def has_properties(node: Node) -> bool:
    return not isinstance(node, Alias) and (node.event.anchor is not None or node.event.tag is not None)


def body(text: str, node: Node) -> int:
    """Where a node's own text starts, behind its anchor and tag."""
    begin = start(node)
    if not has_properties(node):
        return begin
    found = _PROPERTIES.match(text, begin)
    behind = found.end() if found else begin
    return min(behind, node.event.end_mark.index) if isinstance(node, Scalar) else behind


def is_flow(node: Node) -> bool:
    return isinstance(node, (Mapping, Sequence)) and bool(node.event.flow_style)


def is_block(node: Node) -> bool:
    return isinstance(node, (Mapping, Sequence)) and not node.event.flow_style


def is_empty(text: str, node: Node) -> bool:
    """Whether nothing is written where the value belongs (`key:`)."""
    if not isinstance(node, Scalar):
        return False
    end: int = node.event.end_mark.index
    return body(text, node) == end or text[start(node) : end].isspace()


def stop(text: str, node: Node) -> int:
    """Where a node's content ends: before the comments and blank lines that the parser counts in."""
    if isinstance(node, (Mapping, Sequence)):
        if node.event.flow_style:
            offset: int = node.end.end_mark.index
            return offset
        return stop(text, node.values[-1])
    end: int = node.event.end_mark.index
    if isinstance(node, Scalar) and node.event.style in ('|', '>'):
        return _block_scalar_stop(text, node, end)
    return end


def _block_scalar_stop(text: str, node: Scalar, end: int) -> int:
    header = text.find('\n', start(node))
    if header < 0 or '+' in text[body(text, node) : header].partition('#')[0]:
        return end
    if node.event.value.rstrip('\n').endswith((' ', '\t')):
        return end
    return len(text[:end].rstrip(' \t\r\n'))
