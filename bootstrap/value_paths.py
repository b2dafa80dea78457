"""PATH=VALUE as a user writes it: where a chart value stands, and what it is to be."""

from __future__ import annotations

import re
from typing import Any

from bootstrap import manifest
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.manifest import Path, Selector, where

# A name up to the next dot or bracket, where a backslash takes the next character as it is; or what is in brackets.
_STEP = re.compile(r'(?P<name>(?:[^\\.\[\]]|\\.)+)|\[(?P<inside>[^\[\]]+)\]')


def parse_assignment(text: str, option: str) -> tuple[Path, Any]:
    """PATH=VALUE in two, the value read as YAML: a scalar, or a list or a mapping in brackets."""
    depth = 0
    for index, character in enumerate(text):
        depth += {'[': 1, ']': -1}.get(character, 0)
        if character == '=' and depth <= 0:
            return parse_path(text[:index], option), _value(text[index + 1 :], option)
    raise _usage(f'{option} {text!a} is not of the form PATH=VALUE', 'for example resources.limits.cpu="8"')


def parse_path(text: str, option: str) -> Path:
    r"""`a.b`, `a.b\.c` or `a[b.c]` for a name with dots, `a[0]`, and `a[name=X]` for the item with that field."""
    path: list[str | int | Selector] = []
    end = 0
    while end < len(text):
        start = end + 1 if path and text[end] == '.' else end
        found = _STEP.match(text, start)
        joined = found is not None and (start > end or not path or text[start] == '[')
        if found is None or not joined or not text.isprintable():
            raise _no_path(text, option)
        path.append(_step(found))
        end = found.end()
    if not path:
        raise _no_path(text, option)
    return tuple(path)


def _step(found: re.Match[str]) -> str | int | Selector:
    if (name := found['name']) is not None:
        return re.sub(r'\\(.)', r'\1', name)
    inside = found['inside']
    key, equals, value = inside.partition('=')
    if equals:
        return where(**{key: value})
    return int(inside) if re.fullmatch(r'\d{1,6}', inside, re.ASCII) else inside


def _value(text: str, option: str) -> Any:
    if not text.strip() or not text.isprintable():
        raise _usage(f'{option}: the value is one line of YAML', "'' for an empty text, null for nothing")
    try:
        documents = manifest.load(f'value: {text}')
        said = list(manifest.comments(f'value: {text}'))
    except manifest.ManifestError as error:
        raise _usage(f'{option} {text!a}: {error.detail}', 'quote it') from None
    if said:
        raise _usage(f'{option} {text!a} is not one value', 'quote it')
    data = documents[0].data['value']
    if not _is_plain(data):
        raise _usage(f'{option} {text!a} is of a type that chart values have not, such as a date', 'quote it')
    return data


def _is_plain(data: Any) -> bool:
    if isinstance(data, dict):
        return all(isinstance(key, str) and _is_plain(value) for key, value in data.items())
    if isinstance(data, list):
        return all(map(_is_plain, data))
    return data is None or isinstance(data, (str, int, float, bool))


def _no_path(text: str, option: str) -> BootstrapError:
    return _usage(
        f'{option} {text!a}: is no path to a value', 'for example head.resources.limits.cpu or labels[example.com/team]'
    )


def _usage(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint, exit_code=USAGE)
