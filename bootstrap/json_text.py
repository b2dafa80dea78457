"""Additions to JSON text that leave every other character as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bootstrap.errors import BootstrapError

Path = Sequence[str]
_SPACE = re.compile(r'[ \t\r\n]*')
_DECODER = json.JSONDecoder()


class _Member(NamedTuple):
    """An item of an object or an array: where its line of text starts, and its value's span."""

    key: str | None
    start: int
    value: int
    end: int


def load(text: str) -> Any:
    """The data; a refusal for what is no strict JSON, such as JSON5 or a key given twice."""
    try:
        return json.loads(text.removeprefix('\ufeff'), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise BootstrapError(
            'is no JSON that can be edited (comments, trailing commas and repeated keys are none)'
        ) from None


def put(text: str, path: Path, value: Any) -> str:
    """The text with a new member at the end of the object above it; the path's last key is not there yet."""
    return _checked(text, _added(text, path[:-1], path[-1], value), path, value)


def append(text: str, path: Path, value: Any) -> str:
    """The text with one more item at the end of an array."""
    return _checked(text, _added(text, path, None, value), path, value)


def _added(text: str, path: Path, key: str | None, value: Any) -> str:
    start = _start_of(text, path)
    members = list(_members(text, start))
    newline = '\r\n' if '\r\n' in text else '\n'
    if not members:
        outer = _indentation(text, start)
        inner = outer + _step(text)
        added = f'{newline}{inner}{_dumped(key, value, inner, text)}{newline}{outer}'
        return text[: start + 1] + added.replace('\r\n', '\n').replace('\n', newline) + text[_end(text, start) :]
    last = members[-1]
    if newline not in text[start : members[0].start] or '\n' not in text[last.end : _end(text, start)]:
        one_line = json.dumps(value, ensure_ascii=False)
        return f'{text[: last.end]}, {"" if key is None else f"{json.dumps(key)}: "}{one_line}{text[last.end :]}'
    indentation = _indentation(text, last.start)
    added = f',\n{indentation}{_dumped(key, value, indentation, text)}'.replace('\n', newline)
    return text[: last.end] + added + text[last.end :]


def _start_of(text: str, path: Path) -> int:
    """Where the object or array at a path opens."""
    at = _space(text, 1 if text.startswith('\ufeff') else 0)
    for key in path:
        at = next(member.value for member in _members(text, at) if member.key == key)
    return at


def _members(text: str, start: int) -> Iterator[_Member]:
    is_object = text[start] == '{'
    at = _space(text, start + 1)
    while text[at] not in '}]':
        begin, key = at, None
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _space(text, _space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield _Member(key, begin, at, end)
        at = _space(text, end)
        if text[at] == ',':
            at = _space(text, at + 1)


def _end(text: str, start: int) -> int:
    """Where the closing bracket stands."""
    return _DECODER.raw_decode(text, start)[1] - 1


def _space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _indentation(text: str, at: int) -> str:
    line = text.rfind('\n', 0, at) + 1
    return str(re.match(r'[ \t]*', text[line:at])[0])  # type: ignore[index]


def _step(text: str) -> str:
    first = re.search(r'\n([ \t]+)\S', text)
    return first[1] if first else '  '


def _dumped(key: str | None, value: Any, indentation: str, text: str) -> str:
    body = json.dumps(value, indent=_step(text), ensure_ascii=False).replace('\n', f'\n{indentation}')
    body = re.sub(r'\[\s+("[^"\n]*")\s+\]', r'[\1]', body)
    return body if key is None else f'{json.dumps(key)}: {body}'


def _checked(before: str, after: str, path: Path, value: Any) -> str:
    """The edit, if it did to the data what was meant and nothing else."""
    expected = load(before)
    place = expected
    for key in path[:-1]:
        place = place[key]
    if path[-1] in place:
        place[path[-1]].append(value)
    else:
        place[path[-1]] = value
    if load(after) != expected:
        raise BootstrapError('cannot be edited without changing something else')
    return after


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError('a key twice')
    return found
