"""put, drop, append and comment: each edits the text, then proves that the data changed as asked and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bootstrap.manifest import reconcile, steps, streams, write
from bootstrap.manifest.annotate import annotated
from bootstrap.manifest.documents import Document, load, picked
from bootstrap.manifest.lines import line_break
from bootstrap.manifest.parse import BOM
from bootstrap.manifest.paths import (
    MISSING,
    Concrete,
    Path,
    Selector,
    at,
    child,
    differences,
    display,
    same,
    updated,
)
from bootstrap.manifest.refusal import ManifestError
from bootstrap.manifest.steps import Where
from bootstrap.manifest.swaps import is_swap


def get(text: str, path: Path, default: Any = None) -> Any:
    """The plain data at a path, the caller's own; the default where anything on the way is missing."""
    document, rest = picked(text, path)
    if document is None:
        return default
    found = at(document.data, concrete(document, rest))
    return default if found is MISSING else _copied(found)


def put(text: str, path: Path, value: Any, *, before: str | None = None, in_order: bool = False) -> str:
    """The text with a value at a path, its missing parents made. A new key goes to the end of its mapping,
    or directly before the key `before`, or (`in_order`) before the first key that sorts after it."""
    bare = text.removeprefix(BOM)
    document, rest = picked(bare, path)
    if document is None:
        return _put_first(text, path, value)
    way = concrete(document, rest)
    old = at(document.data, way)
    if old is not MISSING and same(old, value):
        return text
    where = Where(document.index, way)
    new = (
        reconcile.put(bare, where, value)
        if old is not MISSING
        else _add(bare, document, where, value, before, in_order)
    )
    return _checked(text, new, document, way, value)


def drop(text: str, path: Path) -> str:
    """The text without a key or item and the comment lines that belong to it."""
    bare = text.removeprefix(BOM)
    document, rest = picked(bare, path)
    if document is None:
        return text
    way = concrete(document, rest)
    if not way:
        return _checked(text, streams.without(bare, document), document, way, MISSING)
    if at(document.data, way) is MISSING:
        return text
    return _checked(text, steps.remove(bare, Where(document.index, way)), document, way, MISSING)


def append(text: str, path: Path, value: Any) -> str:
    """The text with an item at the end of the list at a path, unless an equal one is in it."""
    document, rest = picked(text, path)
    if document is None:
        return put(text, path, [value])
    old = at(document.data, concrete(document, rest))
    if old is MISSING or old is None:
        return put(text, path, [value])
    if not isinstance(old, list):
        raise ManifestError(document.value_position(rest).line, f'{display(path)} is not a list')
    return text if any(same(item, value) for item in old) else put(text, path, [*old, value])


def comment(text: str, path: Path, lines: str | Iterable[str]) -> str:
    """The text with comment lines directly above a key or item, at its indentation."""
    bare = text.removeprefix(BOM)
    document, rest = picked(bare, path)
    way = concrete(document, rest) if document else ()
    if document is None or at(document.data, way) is MISSING:
        raise ManifestError(document.position(way).line if document else 1, f'has no {display(path)} to comment on')
    new = annotated(bare, Where(document.index, way), [lines] if isinstance(lines, str) else lines)
    return _checked(text, new, document, way, at(document.data, way))


def concrete(document: Document, path: Path) -> Concrete:
    """The path with each selector replaced by the index it picks, as far as there is something."""
    way: list[Any] = []
    data = document.data
    for part in path:
        if isinstance(part, Selector) and isinstance(data, list):
            part = _picked_item(document, data, part, tuple(way))
        way.append(part)
        data = child(data, part)
    return tuple(way)


def _picked_item(document: Document, items: list[Any], selector: Selector, way: Concrete) -> Any:
    found = [index for index, item in enumerate(items) if selector.matches(item)]
    if len(found) > 1:
        first, second = (document.position((*way, index)).line for index in found[:2])
        raise ManifestError(
            second,
            f'{display(way)} has a second item with {selector} (the first is on line {first})',
            'remove one of the two',
        )
    return found[0] if found else selector


def _add(text: str, document: Document, where: Where, value: Any, before: str | None, in_order: bool) -> str:
    path = where.path
    depth = next(i for i in range(len(path)) if at(document.data, path[: i + 1]) is MISSING)
    parent, key, rest = Where(where.document, path[:depth]), path[depth], path[depth + 1 :]
    there = at(document.data, parent.path)
    _refuse_missing(document, path, depth, there)
    for name in reversed(rest):
        value = {name: value}
    steps.refuse_alias(text, parent)
    if not there:
        return steps.replace(text, parent, {key: value})
    index = None
    if not rest and before is not None:
        index = steps.index_of(text, parent, before)
    elif not rest and in_order:
        index = _in_order(text, parent, there, key)
    return steps.insert(text, parent, key, value, steps.size(text, parent) if index is None else index)


def _in_order(text: str, parent: Where, siblings: Iterable[Any], key: str) -> int | None:
    found = (steps.index_of(text, parent, other) for other in siblings if isinstance(other, str) and other > key)
    return min((index for index in found if index is not None), default=None)


def _refuse_missing(document: Document, path: Concrete, depth: int, there: Any) -> None:
    line = document.value_position(path[:depth]).line
    for part in path[depth:]:
        if not isinstance(part, str):
            raise ManifestError(line, f'{display(path[:depth])} has no item [{part}]')
    if there is not None and not isinstance(there, dict):
        what = 'a list' if isinstance(there, list) else 'a single value'
        raise ManifestError(line, f'{display(path[:depth])} is {what}, so {path[depth]} cannot stand in it')


def _put_first(text: str, path: Path, value: Any) -> str:
    if not all(isinstance(part, str) for part in path):
        picker = f'document {path[0]}' if isinstance(path[0], int) else f'document with {path[0]}'
        raise ManifestError(1, f'has no {picker}')
    for name in reversed(path):
        value = {name: value}
    newline = '\r\n' if '\r\n' in text else '\n'
    joint = '' if not text or text.endswith('\n') else newline
    new = text + joint + write.dump(value).replace('\n', newline)
    try:
        found = _difference([value], new)
    except ManifestError:
        found = ()
    if found is not None:
        raise ManifestError(1, 'has no content that could be edited', _BY_HAND)
    return new


def _checked(text: str, new: str, document: Document, path: Concrete, value: Any) -> str:
    """The new text with its byte-order mark, if its data are the old ones but for this change."""
    if is_swap(document.text, new, document, path, value):
        return text[: len(text) - len(document.text)] + new
    expected = [other.data for other in load(document.text)]
    change = updated(document.data, path, value)
    expected[document.index : document.index + 1] = [] if change is MISSING else [change]
    line = document.position(path).line
    try:
        found = _difference(expected, new)
    except ManifestError as error:
        raise ManifestError(line, f'changing {display(path)} would break the file: {error.detail}', _BY_HAND) from error
    if found is not None and not new.endswith('\n'):
        # A `|` scalar at an open end has no line break in its value.
        new += line_break(new, len(new))
        found = _difference(expected, new)
    if found is not None:
        raise ManifestError(line, _reason(found[1:], path), _BY_HAND)
    return text[: len(text) - len(text.removeprefix(BOM))] + new


def _difference(expected: list[Any], text: str) -> Concrete | None:
    return next(differences(expected, [document.data for document in load(text)]), None)


def _reason(found: Concrete, path: Concrete) -> str:
    if found[: len(path)] == path:
        return f'{display(path)} would not read back as what was asked for'
    return f'changing {display(path)} would also change {display(found)}'


_BY_HAND = 'edit the file by hand'


def _copied(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(item) for item in data] if isinstance(data, list) else data
