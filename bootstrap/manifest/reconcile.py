"""From the data there are to the data asked for, in the fewest changed lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bootstrap.manifest import steps
from bootstrap.manifest.documents import load
from bootstrap.manifest.paths import at, same
from bootstrap.manifest.steps import Where


def put(text: str, where: Where, value: Any) -> str:
    """Gives what stands at the path another value, keeping all of it that stays the same."""
    old = at(load(text)[where.document].data, where.path)
    if same(old, value):
        return text
    if steps.is_alias(text, where):
        return steps.replace(text, where, value)
    if isinstance(old, dict) and isinstance(value, dict) and old and value:
        return _mapping(text, where, old, value)
    if isinstance(old, list) and isinstance(value, list) and old and value:
        return _sequence(text, where, old, value)
    return steps.replace(text, where, value)


def _mapping(text: str, where: Where, old: dict[Any, Any], new: dict[Any, Any]) -> str:
    kept = {key for key in old if key in new and (isinstance(key, str) or any(same(key, other) for other in new))}
    if not kept or not steps.has_own_keys(text, where):
        return steps.replace(_with_kept(text, where, new, kept), where, new)
    # First what is new: what is left of the others may be one line, which tells no line break.
    for key, value in new.items():
        if key not in kept:
            text = steps.insert(text, where, key, value, steps.size(text, where))
    text = _with_kept(text, where, new, kept)
    for key in old:
        if key not in kept:
            text = steps.remove(text, where.child(key))
    return text


def _with_kept(text: str, where: Where, new: dict[Any, Any], kept: set[Any]) -> str:
    """The text with the values of the keys that stay; refused where one of them comes from a merge."""
    for key, value in new.items():
        if key in kept:
            text = put(text, where.child(key), value)
    return text


def _sequence(text: str, where: Where, old: list[Any], new: list[Any]) -> str:
    changes = list(runs(old, new))
    # As in a mapping: first all that is new.
    for run in reversed(changes):
        for index in reversed(range(run.new + run.paired, run.new_end)):
            text = steps.insert(text, where, None, new[index], run.old + run.paired)
    for run in changes:
        for index in range(run.new, run.new + run.paired):
            text = put(text, where.child(index), new[index])
        for index in reversed(range(run.new + run.paired, run.new + run.old_end - run.old)):
            text = steps.remove(text, where.child(index))
    return text


class Run(NamedTuple):
    """Items of one list that stand in place of items of the other; ends are exclusive."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def paired(self) -> int:
        """How many of the old items become one of the new."""
        return min(self.old_end - self.old, self.new_end - self.new)


def runs(old: list[Any], new: list[Any]) -> Iterator[Run]:
    """Where two lists differ, around their longest common subsequence."""
    i = j = 0
    for match_old, match_new in [*_common(old, new), (len(old), len(new))]:
        if match_old > i or match_new > j:
            yield Run(i, match_old, j, match_new)
        i, j = match_old + 1, match_new + 1


def _common(old: list[Any], new: list[Any]) -> list[tuple[int, int]]:
    shorter = min(len(old), len(new))
    prefix = next((i for i in range(shorter) if not same(old[i], new[i])), shorter)
    rest = shorter - prefix
    suffix = next((i for i in range(rest) if not same(old[-1 - i], new[-1 - i])), rest)
    middle = _longest(old[prefix : len(old) - suffix], new[prefix : len(new) - suffix])
    return [
        *((i, i) for i in range(prefix)),
        *((prefix + i, prefix + j) for i, j in middle),
        *((len(old) - i, len(new) - i) for i in range(suffix, 0, -1)),
    ]


def _longest(old: list[Any], new: list[Any]) -> list[tuple[int, int]]:
    if len(old) * len(new) > _MOST:
        return []
    equal = [[same(one, other) for other in new] for one in old]
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if equal[i][j] else best
    i = j = 0
    pairs = []
    while i < len(old) and j < len(new):
        if equal[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


# Beyond this a table of all pairs takes seconds, and what is left in between is replaced item by item.
_MOST = 250_000
