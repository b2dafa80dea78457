"""What differs between two texts, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from bootstrap.manifest.documents import Document, load
from bootstrap.manifest.paths import MISSING, Concrete, display, same
from bootstrap.manifest.reconcile import runs


class Field(NamedTuple):
    """One difference; MISSING where the field does not exist. The path '' is the whole file."""

    path: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """For a JSON document, with null for MISSING."""
        return {'field': self.path, 'before': _plain(self.before), 'after': _plain(self.after)}


def fields(before: str | None, after: str | None) -> list[Field]:
    """The fields in which two texts differ; a mapping or list that is new or gone is one field."""
    if before is None or after is None:
        if before is after:
            return []
        return [Field('', _whole(before), _whole(after))]
    pairs = _pairs(load(before), load(after))
    prefixed = len(load(before)) > 1 or len(load(after)) > 1
    return [field for one, other in pairs for field in _of_documents(one, other, prefixed=prefixed)]


def _whole(text: str | None) -> Any:
    if text is None:
        return MISSING
    data = [document.data for document in load(text)]
    return data[0] if len(data) == 1 else data or None


_Pair = tuple['Document | None', 'Document | None']


def _pairs(before: tuple[Document, ...], after: tuple[Document, ...]) -> list[_Pair]:
    """Documents of the same identity; what is left over on both sides is the same one under another name."""
    left = list(after)
    pairs: list[_Pair] = []
    alone: list[Document] = []
    for document in before:
        match = next((other for other in left if _identity(other) == _identity(document)), None)
        if match is None:
            alone.append(document)
        else:
            left.remove(match)
            pairs.append((document, match))
    if len(alone) == len(left) == 1:
        return [*pairs, (alone[0], left[0])]
    return [*pairs, *((document, None) for document in alone), *((None, document) for document in left)]


def _identity(document: Document) -> tuple[str, ...]:
    data = document.data if isinstance(document.data, dict) else {}
    metadata = data.get('metadata')
    metadata = metadata if isinstance(metadata, dict) else {}
    found = (data.get('apiVersion'), data.get('kind'), metadata.get('name'), metadata.get('namespace'))
    return tuple(repr(part) for part in found)


def _title(document: Document) -> str:
    data = document.data if isinstance(document.data, dict) else {}
    metadata = data.get('metadata')
    name = metadata.get('name') if isinstance(metadata, dict) else None
    return f'{data.get("kind", "document")}/{name or document.index}'


def _of_documents(before: Document | None, after: Document | None, *, prefixed: bool) -> Iterator[Field]:
    title = _title(before or after)  # type: ignore[arg-type]
    if before is None or after is None:
        yield Field(title, before.data if before else MISSING, after.data if after else MISSING)
        return
    for path, one, other in _leaves(before.data, after.data, ()):
        shown = display(path) if path else ''
        yield Field(f'{title}: {shown}' if prefixed else shown, one, other)


def _leaves(before: Any, after: Any, path: Concrete) -> Iterator[tuple[Concrete, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_mappings(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, path)
    elif not same(before, after):
        yield path, before, after


def _of_mappings(before: dict[Any, Any], after: dict[Any, Any], path: Concrete) -> Iterator[tuple[Concrete, Any, Any]]:
    for key, value in before.items():
        if key not in after:
            yield (*path, key), value, MISSING
        else:
            yield from _leaves(value, after[key], (*path, key))
    for key, value in after.items():
        if key not in before:
            yield (*path, key), MISSING, value


def _of_lists(before: list[Any], after: list[Any], path: Concrete) -> Iterator[tuple[Concrete, Any, Any]]:
    for run in runs(before, after):
        paired = min(run.old_end - run.old, run.new_end - run.new)
        for offset in range(paired):
            yield from _leaves(before[run.old + offset], after[run.new + offset], (*path, run.new + offset))
        for index in range(run.old + paired, run.old_end):
            yield (*path, index), before[index], MISSING
        for index in range(run.new + paired, run.new_end):
            yield (*path, index), MISSING, after[index]


def _plain(value: Any) -> Any:
    if value is MISSING:
        return None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.decode('latin-1') if isinstance(value, bytes) else value
