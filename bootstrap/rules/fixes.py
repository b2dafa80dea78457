"""What mends a finding: one edit of the document it is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bootstrap import manifest
from bootstrap.manifest import Path
from bootstrap.rules.resource import Resource
from bootstrap.rules.rule import Fix


def put(resource: Resource, path: Path, value: Any) -> Fix:
    return lambda text: manifest.put(text, (resource.document.index, *path), value)


def drop(resource: Resource, path: Path) -> Fix:
    return lambda text: manifest.drop(text, (resource.document.index, *path))


def append(resource: Resource, path: Path, value: Any) -> Fix:
    return lambda text: manifest.append(text, (resource.document.index, *path), value)


def drop_item(resource: Resource, path: Path) -> Fix:
    """Drops an item of a list, wherever it stands by then."""
    return _with_item(resource, path, lambda text, at, _: manifest.drop(text, at))


def replace_item(resource: Resource, path: Path, value: str) -> Fix:
    """Puts another text in the place of a list's item, or drops the item where that text is in the list already."""
    return _with_item(
        resource,
        path,
        lambda text, at, items: manifest.drop(text, at) if value in items else manifest.put(text, at, value),
    )


def _with_item(resource: Resource, path: Path, edit: Callable[[str, Path, list[Any]], str]) -> Fix:
    # An index means another item once one has been dropped: the item is found by its value.
    index, item = resource.document.index, resource.at(*path)

    def fix(text: str) -> str:
        items = manifest.get(text, (index, *path[:-1]))
        if not isinstance(items, list) or item not in items:
            return text
        return edit(text, (index, *path[:-1], items.index(item)), items)

    return fix
