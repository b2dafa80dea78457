"""Documents of a stream."""

from __future__ import annotations

from bootstrap.manifest.documents import Document, stream
from bootstrap.manifest.lines import line_break, line_end, next_line
from bootstrap.manifest.refusal import ManifestError


def without(text: str, document: Document) -> str:
    """The text without one of its documents, from its `---` to the next."""
    found = stream(text).roots
    if len(found) < 2:
        raise ManifestError(document.line, 'is the only document', 'remove the file')
    number = next(index for index, root in enumerate(found) if root.begin == document.root.begin)
    if number == 0:
        return text[_behind_marker(text, found[1].begin) :] if not found[0].explicit else text[found[1].begin :]
    if number + 1 < len(found):
        return text[: found[number].begin] + text[found[number + 1].begin :]
    before = text[: found[number].begin]
    content = before.rstrip('\r\n')
    return content + line_break(before, len(content))


def _behind_marker(text: str, begin: int) -> int:
    """Behind a `---` that stands alone, and the blank lines below it."""
    if text[begin : line_end(text, begin)].rstrip() != '---':
        return begin
    offset = next_line(text, begin)
    while offset < len(text) and offset == line_end(text, offset):
        offset = next_line(text, offset)
    return offset
