"""Comments that a user puts anywhere into manifests, and whether what they belong to is still there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bootstrap import manifest

WAYS = ('above', 'beside', 'deeper', 'margin')

Place = tuple[int, tuple[Any, ...]]


def with_comment(text: str, number: float, comment: str, how: str) -> str | None:
    """The text with a comment `beside` a line or `above` it (`deeper`, or at the `margin`); None where it is none."""
    lines = text.split('\n')
    at = int(number * len(lines))
    line = lines[at]
    content, end = line.rstrip('\r'), '\r' if line.endswith('\r') else ''
    if how == 'beside':
        lines[at] = f'{content} {comment}{end}'
    else:
        indent = len(content) - len(content.lstrip()) + (2 if how == 'deeper' else 0)
        lines.insert(at, ('' if how == 'margin' else ' ' * indent) + comment + ('\r' if '\r\n' in text else ''))
    new = '\n'.join(lines)
    return new if data(new) == data(text) and comment in comments(new) else None


def comments(text: str) -> list[str]:
    return [comment for _, comment in manifest.comments(text)]


def data(text: str) -> Any:
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        return None


def lost(before: Mapping[str, str], after: Mapping[str, str], users: set[str]) -> list[str]:
    """The user's comments that are gone, or there more than once, while what they stand at is still there."""
    found = []
    for path in before.keys() & after.keys():
        there = comments(after[path])
        for line, comment in manifest.comments(before[path]):
            if comment in users and there.count(comment) != 1:
                gone = not there.count(comment) and _is_removed(before[path], after[path], line)
                found += [] if gone else [f'{path}:{line}: {comment}']
    return found


def _is_removed(before: str, after: str, line: int) -> bool:
    """Whether the nearest key or item up to a line, or the next one, is no longer there."""
    places = [place for index, node in enumerate(yaml.compose_all(before)) for place in _places(node, (index,))]
    above = [path for at, path in places if at <= line]
    below = [path for at, path in places if at > line]
    left = list(yaml.safe_load_all(after))
    return any(not _has(left, path) for path in (*above[-1:], *below[:1]))


def _places(node: Any, path: tuple[Any, ...]) -> Iterator[Place]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.start_mark.line + 1, (*path, key.value)
            yield from _places(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            here = (*path, _Item(yaml.safe_load(yaml.serialize(item))))
            yield item.start_mark.line + 1, here
            yield from _places(item, here)


class _Item:
    """An item of a list, known by what it holds."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _has(data: Any, path: tuple[Any, ...]) -> bool:
    for part in path:
        if isinstance(part, _Item):
            found = [part.value] if isinstance(data, list) and part.value in data else []
        elif isinstance(data, list):
            found = data[part : part + 1]
        else:
            found = [value for key, value in data.items() if str(key) == part] if isinstance(data, dict) else []
        if not found:
            return False
        data = found[0]
    return True
