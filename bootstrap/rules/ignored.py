"""What `ignoreDifferences` leaves out of an Argo CD diff: jq path expressions and JSON pointers, as plain paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from bootstrap.manifest import Path
from bootstrap.rules.globs import matches
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, mapping, sequence

IGNORED: Path = ('spec', 'ignoreDifferences')
EXPRESSIONS, POINTERS, MANAGERS = 'jqPathExpressions', 'jsonPointers', 'managedFieldsManagers'

EACH = '[]'
GROUPS = ('spec', 'workerGroupSpecs')
Steps = tuple[str | int, ...]
"""From a resource's root: keys, indexes, and EACH for all items of a list."""

_MOST_PATHS, _DEEPEST = 64, 16
_STEP = re.compile(
    r'\.?\[\s*\](?P<each>)\??|\.?\[\s*(?P<index>-?\d{1,9})\s*\]\??|\.?\[\s*"(?P<quoted>[^"\\]*)"\s*\]\??'
    r'|\."(?P<string>[^"\\]*)"\??|\.(?P<name>[A-Za-z_]\w*)\??|\s+|\.(?![.\w"])',
    re.ASCII,
)
_INDEX = re.compile(r'\d{1,9}', re.ASCII)


class Unreadable(NamedTuple):
    """A jq expression beyond plain paths: only the words in it tell what it is about."""

    text: str


Ignored = tuple[Steps, ...] | Unreadable


class Expression(NamedTuple):
    """A jq path expression or JSON pointer and where it stands."""

    text: str
    path: Path
    ignored: Ignored

    @property
    def is_pointer(self) -> bool:
        return self.path[-2] == POINTERS


def items(application: Application) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """The items about RayClusters; one that names the kind counts even where its group is wrong."""
    for index, item in enumerate(map(mapping, sequence(application.at(*IGNORED)))):
        kind, group = str(item.get('kind') or ''), str(item.get('group') or '')
        if kind == 'RayCluster' or (matches(kind, 'RayCluster') and matches(group, 'ray.io')):
            yield (*IGNORED, index), item


def expressions(path: Path, item: dict[Any, Any]) -> Iterator[Expression]:
    """All of an item."""
    for key, read in ((EXPRESSIONS, of_expression), (POINTERS, of_pointer)):
        for index, text in enumerate(sequence(item.get(key))):
            if isinstance(text, str):
                yield Expression(text, (*path, key, index), read(text))


def item_covers(path: Path, item: dict[Any, Any], field: str) -> bool:
    """Whether an item ignores the field of worker groups."""
    return any(covers(one.ignored, field) for one in expressions(path, item))


def covered(raycluster: RayCluster, field: str) -> bool:
    """Whether the field of worker groups is ignored, be it along with all that its manager wrote."""
    found = items(raycluster.application)
    return any(item.get(MANAGERS) or item_covers(path, item, field) for path, item in found)


def ignores_groups(raycluster: RayCluster) -> bool:
    """Whether something in worker groups is ignored."""
    found = (one for path, item in items(raycluster.application) for one in expressions(path, item))
    return any(touches_groups(one.ignored) for one in found)


@lru_cache(maxsize=1024)
def of_expression(text: str) -> Ignored:
    """The paths a jq path expression stands for; a `select` counts as all it selects from."""
    try:
        return tuple(_paths(text, 0))
    except ValueError:
        return Unreadable(text)


@lru_cache(maxsize=1024)
def of_pointer(text: str) -> Ignored:
    """The path a JSON pointer (RFC 6901) stands for; none where it is no pointer."""
    if text and not text.startswith('/'):
        return ()
    keys = [key.replace('~1', '/').replace('~0', '~') for key in text.split('/')[1:]]
    return (tuple(int(key) if _INDEX.fullmatch(key) else key for key in keys),)


def covers(ignored: Ignored, field: str) -> bool:
    """Whether the field of worker groups is left out, in all of them or in one."""
    if isinstance(ignored, Unreadable):
        return GROUPS[-1] in ignored.text and re.search(rf'\b{field}\b', ignored.text) is not None
    return any(_is_prefix(steps, field) for steps in ignored)


def covers_whole_groups(ignored: Ignored) -> bool:
    """Whether all fields of worker groups are left out."""
    return not isinstance(ignored, Unreadable) and any(len(steps) < 4 and _is_prefix(steps, '') for steps in ignored)


def touches_groups(ignored: Ignored) -> bool:
    """Whether something in worker groups is left out."""
    if isinstance(ignored, Unreadable):
        return GROUPS[-1] in ignored.text
    return any(steps[:2] == GROUPS[: len(steps)] for steps in ignored)


def indexes(ignored: Ignored) -> dict[Steps, set[int]]:
    """The numbers of the worker groups that are picked by their place, for each field below."""
    found: dict[Steps, set[int]] = {}
    for steps in ignored if not isinstance(ignored, Unreadable) else ():
        if steps[:2] == GROUPS and len(steps) > 2 and isinstance(steps[2], int):
            found.setdefault(steps[3:], set()).add(steps[2])
    return found


def of_each_group(rest: Steps) -> str:
    """The jq path expression of a field of all worker groups; without groups it is no error."""
    keys = ''.join(
        f'[{key}]' if isinstance(key, int) else f'["{key}"]' if not _plain(key) else f'.{key}' for key in rest
    )
    return f'.spec.workerGroupSpecs[]?{keys}'


def _plain(key: str) -> bool:
    return re.fullmatch(r'[A-Za-z_]\w*', key, re.ASCII) is not None


def _is_prefix(steps: Steps, field: str) -> bool:
    of_any = len(steps) < 3 or steps[2] == EACH or isinstance(steps[2], int)
    return of_any and steps[:2] == GROUPS[: len(steps)] and steps[3:] in ((), (field,))


def _paths(text: str, depth: int) -> list[Steps]:
    """jq: `|` binds weaker than `,`."""
    found: list[Steps] = [()]
    for stage in _split(text, '|'):
        options = [steps for one in _split(stage, ',') for steps in _term(one.strip(), depth)]
        found = [before + after for before in found for after in options]
        if len(found) > _MOST_PATHS:
            raise ValueError(text)
    return found


def _term(text: str, depth: int) -> list[Steps]:
    if depth > _DEEPEST:
        raise ValueError(text)
    if text.startswith('(') and text.rstrip('?').endswith(')'):
        return _paths(text.rstrip('?')[1:-1], depth + 1)
    if re.fullmatch(r'select\s*\(.*\)', text, re.S):
        return [()]
    steps: list[str | int] = []
    end = 0
    while text and end < len(text):
        match = _STEP.match(text, end)
        if match is None:
            raise ValueError(text)
        end = match.end()
        steps += _step(match)
    if not text:
        raise ValueError(text)
    return [tuple(steps)]


def _step(match: re.Match[str]) -> Iterator[str | int]:
    if match['each'] is not None:
        yield EACH
    elif match['index']:
        yield int(match['index'])
    else:
        yield from (key for key in (match['quoted'], match['string'], match['name']) if key is not None)


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand in no bracket and no string."""
    parts, depth, quoted, begin = [], 0, False, 0
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in '([{)]}':
            depth += 1 if character in '([{' else -1
        elif not quoted and not depth and character == separator:
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]
