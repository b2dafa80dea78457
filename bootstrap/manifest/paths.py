"""Paths into plain data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias


class Missing:
    """What stands where nothing is."""

    def __repr__(self) -> str:
        return 'MISSING'


MISSING: Final = Missing()


@dataclass(frozen=True)
class Selector:
    """Picks the one list item, or document, whose fields have these values."""

    fields: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return ', '.join(f'{name}: {value}' for name, value in self.fields)

    def matches(self, item: object) -> bool:
        return all(same(_field(item, name), value) for name, value in self.fields)


Path = tuple[str | int | Selector, ...]
# A path as it stands in one text: every selector found, keys of any type.
Concrete: TypeAlias = tuple[Any, ...]


def where(**fields: Any) -> Selector:
    """The item with these fields; a dotted name looks into nested mappings."""
    return Selector(tuple(fields.items()))


def _field(item: object, name: str) -> object:
    for part in name.split('.'):
        if not isinstance(item, dict) or part not in item:
            return MISSING
        item = item[part]
    return item


def child(data: object, key: object) -> Any:
    """What stands under a key or index; MISSING where nothing does."""
    if isinstance(data, dict):
        if key in data and (isinstance(key, str) or any(same(key, other) for other in data)):
            return data[key]
    elif isinstance(data, list) and isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(data):
        return data[key]
    return MISSING


def at(data: object, path: Concrete) -> Any:
    """What stands at a path; MISSING where nothing does."""
    for key in path:
        data = child(data, key)
        if data is MISSING:
            return MISSING
    return data


def same(one: object, other: object) -> bool:
    """Equal in value and type: 1, True and 1.0 differ, nan is nan, -0.0 is not 0.0."""
    return one is other or next(differences(one, other), None) is None


def differences(one: object, other: object, path: Concrete = ()) -> Iterator[Concrete]:
    """The paths at which two data differ, the topmost of each."""
    if one.__class__ is not other.__class__:
        yield path
    elif isinstance(one, dict) and isinstance(other, dict):
        yield from _of_mappings(one, other, path)
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            if index >= len(one) or index >= len(other):
                yield (*path, index)
            elif one[index] is not other[index]:
                yield from differences(one[index], other[index], (*path, index))
    elif isinstance(one, float) and isinstance(other, float):
        if (one != other and not (math.isnan(one) and math.isnan(other))) or (
            math.copysign(1, one) != math.copysign(1, other) and not math.isnan(one)
        ):
            yield path
    elif one != other:
        yield path


def _of_mappings(one: dict[Any, Any], other: dict[Any, Any], path: Concrete) -> Iterator[Concrete]:
    types = {key: key.__class__ for key in other}
    for key, value in one.items():
        if types.get(key) is not key.__class__:
            yield (*path, key)
        elif value is not other[key]:
            yield from differences(value, other[key], (*path, key))
    for key in other:
        if key not in one:
            yield (*path, key)


_WORD = re.compile(r'[A-Za-z_][A-Za-z0-9_-]*')


def display(path: Concrete) -> str:
    """A path as people write it: `spec.syncPolicy.syncOptions[2]`, `labels[app.kubernetes.io/name]`."""
    shown = ''
    for key in path:
        if isinstance(key, str) and _WORD.fullmatch(key):
            shown += f'.{key}' if shown else key
        else:
            shown += f'[{key}]'
    return shown or 'the document'


def updated(data: Any, path: Concrete, value: Any) -> Any:
    """A copy of the data with a value put at a path, its missing parents made; with MISSING, without what is there."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list):
        replaced = [] if value is MISSING and not rest else [updated(data[key], rest, value)]
        return [*data[:key], *replaced, *data[key + 1 :]]
    copy = dict(data or {})
    if value is MISSING and not rest:
        copy.pop(key, None)
    else:
        copy[key] = updated(copy.get(key), rest, value)
    return copy
