"""The comments of a text: what looks like one inside a scalar is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bootstrap.manifest.lines import line_end
from bootstrap.manifest.nodes import Mapping, Node, Scalar, Sequence, body, stop
from bootstrap.manifest.refusal import line_of

_MARK = re.compile(r'(?:^|(?<=\s))#', re.MULTILINE)


def comments_between(text: str, nodes: Iterable[Node]) -> Iterator[tuple[int, str]]:
    """Every comment with its line, for the roots of all documents in the text."""
    found = _MARK.search(text)
    if found is None:
        return
    scalars = [span for node in nodes for span in _scalars_with_marks(text, node)]
    while found is not None:
        offset = found.start()
        inside = next((end for begin, end in scalars if begin <= offset < end), None)
        if inside is None:
            inside = line_end(text, offset)
            yield line_of(text, offset), text[offset:inside].rstrip()
        found = _MARK.search(text, inside)


def _scalars_with_marks(text: str, node: Node) -> Iterator[tuple[int, int]]:
    if isinstance(node, (Mapping, Sequence)):
        for key in node.keys if isinstance(node, Mapping) else ():
            yield from _scalars_with_marks(text, key)
        for value in node.values:
            yield from _scalars_with_marks(text, value)
    elif isinstance(node, Scalar) and '#' in node.event.value:
        begin, end = body(text, node), stop(text, node)
        # The line of a `|` may hold a comment of its own.
        yield (line_end(text, begin), end) if node.event.style in ('|', '>') else (begin, end)
