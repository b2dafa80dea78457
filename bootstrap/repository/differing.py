"""What differs between two commits, told by the ids of their directories and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bootstrap.errors import BootstrapError
from bootstrap.repository.objects import Objects
from bootstrap.repository.source import CHECK, Entry, tree_entries
from bootstrap.tree import Kind

# Git keeps directories of one content once: two kilobytes of them can differ in a billion names, which
# `git diff-tree` would all hold in memory before it says the first.
_MOST_NAMES = 500_000
_DEEPEST = 1_000


def changed_paths(objects: Objects, before: str | None, after: str, oid_bytes: int) -> list[str]:
    """The files, links and submodules that differ, a rename being two of them; a directory never is one.

    DiffersTooMuchError where there are too many.
    """
    return sorted(_Differing(objects, oid_bytes).paths(before, after))


class DiffersTooMuchError(BootstrapError):
    """Two commits differ in more than anybody could review."""


# A directory with a slash, its trees, and how deep it is.
_Pair: TypeAlias = tuple[str, str | None, str | None, int]


class _Differing:
    def __init__(self, objects: Objects, oid_bytes: int) -> None:
        self._objects, self._oid_bytes = objects, oid_bytes
        self._known: dict[str, Mapping[str, Entry]] = {}

    def paths(self, before: str | None, after: str) -> list[str]:
        found: list[str] = []
        whole = None if before is None else f'{before}^{{tree}}'
        waiting: list[_Pair] = [('', whole, f'{after}^{{tree}}', 0)]
        seen = 0
        while waiting:
            directory, one, other, depth = waiting.pop()
            old, new = self._entries(one), self._entries(other)
            for name in [name for name in {**old, **new} if old.get(name) != new.get(name)]:
                path = f'{directory}{name}'
                below = _tree(old.get(name)), _tree(new.get(name))
                if any(below):
                    waiting.append((f'{path}/', *below, depth + 1))
                if any(side.get(name) is not None and not _tree(side.get(name)) for side in (old, new)):
                    found.append(path)
                seen += 1
            if seen > _MOST_NAMES or depth > _DEEPEST:
                raise DiffersTooMuchError(
                    f'{after[:12]}: differs in more than {_MOST_NAMES:,} names, or deeper than {_DEEPEST:,} folders',
                    'compare it with git diff --stat',
                )
        return found

    def _entries(self, name: str | None) -> Mapping[str, Entry]:
        if name is None:
            return {}
        if name not in self._known:
            found = tree_entries(self._objects, name, self._oid_bytes)
            if found is None:
                raise BootstrapError(f'{name}: a directory is missing from the repository', CHECK)
            self._known[name] = found
        return self._known[name]


def _tree(entry: Entry | None) -> str | None:
    """The id of a directory; None for what is none."""
    return entry.oid.hex() if entry is not None and entry.kind is Kind.DIRECTORY else None
