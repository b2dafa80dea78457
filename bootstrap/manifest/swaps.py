"""Edits that show by themselves that they reach no further: one scalar for another on a line of block style."""

from __future__ import annotations

from typing import Any

from bootstrap.manifest.documents import Document
from bootstrap.manifest.nodes import Alias, Mapping, Node, Scalar, has_properties, is_block, start, stop
from bootstrap.manifest.parse import MAX_BYTES, roots
from bootstrap.manifest.paths import Concrete, same
from bootstrap.manifest.refusal import ManifestError


def is_swap(text: str, new: str, document: Document, path: Concrete, value: Any) -> bool:
    """Whether `new` is a text with nothing but the scalar at this path replaced, and reads with `value` there.

    Both stand on the one line of an entry or item of block style, up to its end or a comment. What follows is
    indented no deeper than the entry, or the old scalar would not have ended there (YAML 1.2.2, 7.3.3), so the new
    one ends there too: what it reads as alone it reads as in its place, and no other token moves.
    """
    old = None if document.root.aliases else _scalar(document.root.node, path)
    if old is None or has_properties(old) or old.event.style in ('|', '>'):
        return False
    begin, end = start(old), stop(text, old)
    until = len(new) - (len(text) - end)
    shown = new[begin:until]
    return (
        begin < end
        and until > begin
        and text[begin:end].isprintable()
        and shown.isprintable()
        and (text[end : end + 1] in ('', '\n', '\r') or text.startswith(' #', end))
        and new.startswith(text[:begin])
        and new.endswith(text[end:])
        and len(new.encode(errors='replace')) <= MAX_BYTES
        and _reads_as(shown, value)
    )


def _scalar(node: Node, path: Concrete) -> Scalar | None:
    """The scalar at a path through collections of block style; None where there is none, or it is the whole."""
    for key in path:
        if isinstance(node, (Scalar, Alias)) or not is_block(node):
            return None
        index = node.index(key) if isinstance(node, Mapping) else key
        if index is None:
            return None
        node = node.values[index]
    return node if path and isinstance(node, Scalar) else None


def _reads_as(shown: str, value: Any) -> bool:
    """Whether a text is one scalar from end to end, with this value."""
    try:
        found = roots(shown)
    except ManifestError:
        return False
    if len(found) != 1 or found[0].explicit:
        return False
    node = found[0].node
    if not isinstance(node, Scalar) or has_properties(node) or node.event.style in ('|', '>'):
        return False
    return start(node) == 0 and stop(shown, node) == len(shown) and same(node.data, value)
