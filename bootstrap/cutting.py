"""Cuts a file of several documents into them, by lines: what is written stays as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bootstrap import manifest
from bootstrap.manifest.documents import stream
from bootstrap.manifest.lines import line_break, line_end, line_start, next_line, tail
from bootstrap.manifest.nodes import stop
from bootstrap.manifest.parse import Root


class Cut(NamedTuple):
    """A document with its comments; `line` is the one its content begins on in the file."""

    text: str
    line: int


def cut(text: str) -> list[Cut]:
    """The documents of a text that are not empty.

    Comments between two documents go with the second unless they are indented; comments at the end of the text
    go with the last document.
    """
    bare, roots, documents = stream(text)
    if len(roots) < 2:
        return [Cut(text, document.line) for document in documents]
    lines = {id(document.root): document.line for document in documents}
    found: list[Cut] = []
    above = _plain(bare[: roots[0].begin if roots[0].explicit else line_start(bare, roots[0].begin)])
    for own, behind, root in _parts(bare, roots):
        if root.node.data is None:
            above += own + behind
            continue
        found.append(_checked(above + own, root, lines[id(root)]))
        above = behind
    if above and found:
        found[-1] = _checked(found[-1].text + above, stream(found[-1].text).roots[0], found[-1].line)
    return found


def _parts(text: str, roots: list[Root]) -> Iterator[tuple[str, str, Root]]:
    """Each document's own lines, the comment lines behind them, and its root."""
    for number, root in enumerate(roots):
        end = roots[number + 1].begin if number + 1 < len(roots) else len(text)
        begin = _behind_marker(text, root) if root.explicit else line_start(text, root.begin)
        split = min(next_line(text, tail(text, stop(text, root.node), 0)), end) if root.node.data is not None else begin
        yield text[begin:split], _plain(text[split:end]), root


def _behind_marker(text: str, root: Root) -> int:
    """Where a document begins: behind its `---`, unless more than a comment shares the line, or a directive."""
    marker = text[root.begin : line_end(text, root.begin)]
    if marker.rstrip() == '---':
        return _behind_blanks(text, next_line(text, root.begin))
    if marker.startswith('---') and marker[3:].lstrip().startswith('#'):
        return text.index('#', root.begin)
    return root.begin


def _behind_blanks(text: str, offset: int) -> int:
    while offset < len(text) and not text[offset : line_end(text, offset)].strip():
        offset = next_line(text, offset)
    return offset


def _plain(lines: str) -> str:
    """Comment lines, without the blank ones around them and the `...` that ends a document."""
    kept = [line for line in lines.splitlines(keepends=True) if line.rstrip() != '...']
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return ''.join(kept)


def _checked(text: str, root: Root, line: int) -> Cut:
    whole = text if text.endswith('\n') else text + line_break(text, len(text))
    # A `|` scalar at an open end has no line break in its value.
    for one in (whole, text):
        if [document.data for document in manifest.load(one)] == [root.node.data]:
            return Cut(one, line)
    raise manifest.ManifestError(line, 'this document cannot be cut out of the file', 'split the file by hand')
