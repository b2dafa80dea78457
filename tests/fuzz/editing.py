"""What holds for every edit of every text that can be read, however odd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from drawing import Draw
from manifest_layouts import Layout

from bootstrap import manifest
from bootstrap.errors import BootstrapError
from bootstrap.manifest import MISSING
from bootstrap.manifest.parse import LOADER
from bootstrap.manifest.paths import at, same, updated

_MOST_PATHS = 400


def one(data: bytes) -> None:
    """Read a text and edit it some times; AssertionError where a law does not hold."""
    draw = Draw(data)
    text = _text(draw)
    try:
        documents = _read(text)
    except BootstrapError:
        return
    assert same(documents, _read_otherwise(text))
    for _ in draw.some(6):
        if documents:
            text, documents = _edited(draw, text, documents)


def _text(draw: Draw) -> str:
    kind = draw.byte()
    if kind < 100:
        documents = [{draw.word(): draw.value() for _ in range(1 + draw.byte() % 4)} for _ in range(1 + kind % 2)]
        try:
            return Layout(draw.seed()).stream(documents)
        except (ValueError, IndexError, TypeError):
            # The layouts know how to write less than the values there are.
            return manifest.dump(documents[0])
    length = draw.byte() << 2
    return bytes(draw.byte() for _ in range(length)).decode('utf-8', 'surrogateescape' if kind > 250 else 'replace')


def _read(text: str) -> list[Any]:
    return [document.data for document in manifest.load(text)]


def _read_otherwise(text: str) -> list[Any]:
    found = yaml.load_all(text.removeprefix('\ufeff'), LOADER)
    return [data for data in found if data is not None]


def _edited(draw: Draw, text: str, documents: list[Any]) -> tuple[str, list[Any]]:
    known = [path for path, _ in zip(_paths(documents), range(_MOST_PATHS), strict=False) if path]
    where = draw.choice(known)
    kind = draw.choice(['put', 'put', 'put new', 'drop', 'append', 'comment'])
    value: Any = draw.value()
    if kind == 'put new':
        where = (*where, draw.word())
    # In a text of one list a number is that of an item.
    path = where[1:] if len(documents) == 1 and isinstance(documents[0], list) else where
    try:
        new, expected = _done(kind, text, documents, where, path, value)
    except BootstrapError:
        return text, documents
    except TypeError as error:
        # A date or bytes that the text holds; no command puts them.
        if 'cannot stand in a manifest' in str(error):
            return text, documents
        raise
    assert same(_read_otherwise(new), [one for one in expected if one is not None]), (kind, path, value)
    _check_the_rest(kind, text, new, isinstance(at(documents, where), (dict, list)) or isinstance(value, (dict, list)))
    is_list = len(expected) == 1 and isinstance(expected[0], list)
    if kind in ('put', 'put new') and is_list == (path != where):
        assert manifest.put(new, path, value) == new
    return new, _read(new)


def _check_the_rest(kind: str, text: str, new: str, is_filled: bool) -> None:
    """What is no data stays: the byte-order mark, the line ends and, where one scalar becomes another, all comments."""
    assert new.startswith('\ufeff') == text.startswith('\ufeff')
    if '\r\n' in text and '\n' not in text.replace('\r\n', ''):
        assert '\n' not in new.replace('\r\n', '')
    if kind == 'put' and not is_filled:
        assert [found for _, found in manifest.comments(new)] == [found for _, found in manifest.comments(text)]


def _done(
    kind: str, text: str, documents: list[Any], where: tuple[Any, ...], path: tuple[Any, ...], value: Any
) -> tuple[str, list[Any]]:
    """The text after an edit, and the documents as they should be; `path` is how the editor is told `where`."""
    if kind == 'drop':
        new = manifest.drop(text, path)
        return new, updated(documents, where, MISSING)
    if kind == 'append':
        there = at(documents, where)
        new = manifest.append(text, path, value)
        items = there if isinstance(there, list) else []
        is_in = any(same(item, value) for item in items)
        return new, documents if is_in else updated(documents, where, [*items, value])
    if kind == 'comment':
        return manifest.comment(text, path, 'why'), documents
    return manifest.put(text, path, value), updated(documents, where, value)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from _paths(value, (*path, key))
