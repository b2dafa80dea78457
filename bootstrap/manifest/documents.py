"""A manifest as it is read: data, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from bootstrap.manifest.comments import comments_between
from bootstrap.manifest.lines import column
from bootstrap.manifest.nodes import Alias, Mapping, Node, Scalar, Sequence, body, start, stop
from bootstrap.manifest.parse import BOM, Root, roots
from bootstrap.manifest.paths import Path, Selector
from bootstrap.manifest.refusal import ManifestError, line_of


class Position(NamedTuple):
    """Both count from 1; columns count characters."""

    line: int
    column: int


class Document:
    """One document of a text. `data` is shared with everybody who reads the same text: look, do not change.

    `index` counts the documents that are not empty; `line` is the first line of the root.
    """

    __slots__ = ('data', 'index', 'line', 'root', 'text')

    def __init__(self, text: str, index: int, root: Root) -> None:
        self.text = text
        self.index = index
        self.root = root
        self.data: Any = root.node.data
        self.line = line_of(text, start(root.node))

    def position(self, path: Path) -> Position:
        """Where the key or item stands; for a path that does not exist, its nearest ancestor's."""
        return self._position(self._found(path)[0])

    def value_position(self, path: Path) -> Position:
        """Where the value stands; for a path that does not exist, its nearest ancestor's."""
        return self._position(self._found(path)[1])

    def style(self, path: Path) -> str | None:
        """How a scalar is written: '' plain, or its first character; None where there is no scalar."""
        node = self._scalar(path)
        return None if node is None else node.event.style or ''

    def source(self, path: Path) -> str:
        """A scalar as it is written, quotes and all; '' where there is no scalar."""
        node = self._scalar(path)
        return '' if node is None else self.text[body(self.text, node) : stop(self.text, node)]

    def comments(self) -> Iterator[tuple[int, str]]:
        """Every comment of the whole text, with its line."""
        return comments(self.text)

    def _position(self, node: Node) -> Position:
        offset = start(node)
        return Position(line_of(self.text, offset), column(self.text, offset) + 1)

    def _scalar(self, path: Path) -> Scalar | None:
        _, node, exists = self._found(path)
        if isinstance(node, Alias):
            node = node.target
        return node if exists and isinstance(node, Scalar) else None

    def _found(self, path: Path) -> tuple[Node, Node, bool]:
        """The nearest key (or item) and value on a path, and whether the path ends there."""
        key = value = self.root.node
        for part in path:
            step = _step(value, part)
            if step is None:
                return key, value, False
            key, value = step
        return key, value, True


def _step(node: Node, part: str | int | Selector) -> tuple[Node, Node] | None:
    if isinstance(node, Alias):
        node = node.target
    if isinstance(node, Sequence):
        for number, item in enumerate(node.values):
            if part.matches(item.data) if isinstance(part, Selector) else part == number:
                return item, item
    if isinstance(node, Mapping):
        index = node.index(part)
        if index is not None:
            return node.keys[index], node.values[index]
        for source in node.merged:
            step = _step(source, part)
            if step is not None:
                return step
    return None


class Stream(NamedTuple):
    """A text without its byte-order mark, its documents with the empty ones, and without them."""

    text: str
    roots: list[Root]
    documents: tuple[Document, ...]


@lru_cache(maxsize=16)
def stream(text: str) -> Stream:
    """What is written in a text."""
    bare = text.removeprefix(BOM)
    found = roots(bare)
    filled = (root for root in found if root.node.data is not None)
    return Stream(bare, found, tuple(Document(bare, index, root) for index, root in enumerate(filled)))


def load(text: str) -> tuple[Document, ...]:
    """The documents of a text, the empty ones left out."""
    return stream(text).documents


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Every comment of a text, with its line, from `#` on."""
    found = stream(text)
    return comments_between(found.text, [root.node for root in found.roots])


def picked(text: str, path: Path) -> tuple[Document | None, Path]:
    """The document a path leads into, and the rest of the path."""
    documents = load(text)
    first = path[0] if path else None
    if isinstance(first, (Selector, int)) and not (len(documents) == 1 and isinstance(documents[0].data, list)):
        return _pick(documents, first), path[1:]
    if len(documents) > 1:
        lines = ', '.join(str(document.line) for document in documents)
        raise ManifestError(
            documents[1].line, f'holds {len(documents)} documents (lines {lines}) where one is needed', 'split the file'
        )
    return (documents[0] if documents else None), path


def _pick(documents: tuple[Document, ...], picker: Selector | int) -> Document | None:
    if isinstance(picker, int):
        return documents[picker] if 0 <= picker < len(documents) else None
    found = [document for document in documents if picker.matches(document.data)]
    if len(found) > 1:
        raise ManifestError(
            found[1].line,
            f'a second document with {picker} (the first is on line {found[0].line})',
            'remove one of the two',
        )
    return found[0] if found else None
