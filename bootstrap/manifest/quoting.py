"""A scalar's text, such that YAML 1.1 and YAML 1.2 readers agree on what it is."""

from __future__ import annotations

import math
import re
from typing import Any

from bootstrap.errors import BootstrapError

# Null, booleans, numbers (with `_`, sexagesimal, 0b, 0o, 0x), dates, `=` and `<<` in either version.
_NOT_TEXT = re.compile(
    r'~|null|y|yes|n|no|true|false|on|off|=|<<|[-+]?\.(?:inf|nan)'
    r'|[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+)'
    r'|[-+]?(?=\.?[0-9])[0-9_]*(?::[0-9_]+)*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]+)?'
    r'|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*',
    re.IGNORECASE,
)
_FIRST = re.compile(r'[^\s\-?:,\[\]{}#&*!|>\'"%@`]|-(?=[^\s\-])|--(?=[^\s\-])')
_BREAKS_PLAIN = re.compile(r':(?:\s|$)|\s#|\s$')
_BREAKS_FLOW = re.compile(r'[,\[\]{}:?]')
_ESCAPES = {
    '"': '\\"', '\\': '\\\\', '\0': '\\0', '\a': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n',
    '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e',
}  # fmt: skip


def scalar(value: Any, style: str = '', *, flow: bool = False) -> str:
    """The text of a string, number, boolean or null, a string in the given quotes where they can hold it."""
    if value is None:
        return 'null'
    kind = value.__class__
    if kind is bool:
        return 'true' if value else 'false'
    if kind is int:
        return str(value)
    if kind is float:
        return _float(value)
    if kind is str:
        return _string(value, style, flow)
    raise TypeError(f'{kind.__name__} cannot stand in a manifest')


def _string(value: str, style: str, flow: bool) -> str:
    if style == "'" and _is_printable(value):
        return "'" + value.replace("'", "''") + "'"
    if style == '"':
        return _double_quoted(value)
    if is_plain(value, flow=flow):
        return value
    if ('"' in value or '\\' in value) and "'" not in value and _is_printable(value):
        return f"'{value}'"
    return _double_quoted(value)


def is_plain(value: str, *, flow: bool) -> bool:
    """Whether a string can stand without quotes."""
    return bool(
        _FIRST.match(value)
        and _is_printable(value)
        and not _NOT_TEXT.fullmatch(value)
        and not _BREAKS_PLAIN.search(value)
        and not (flow and _BREAKS_FLOW.search(value))
        and not value.startswith('...')
    )


def _is_printable(value: str) -> bool:
    return value.isprintable() and (value.isascii() or max(value) <= '\uffff')


def _double_quoted(value: str) -> str:
    return '"' + ''.join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _is_printable(character):
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise BootstrapError(f'{character!a} is half of a surrogate pair', 'use valid Unicode text')
    if code <= 0xFF:
        return f'\\x{code:02X}'
    return f'\\u{code:04X}' if code <= 0xFFFF else f'\\U{code:08X}'


def _float(value: float) -> str:
    if math.isnan(value):
        return '.nan'
    if math.isinf(value):
        return '.inf' if value > 0 else '-.inf'
    shown = repr(value)
    # YAML 1.1 reads `1e+16` as a string: it wants the point.
    return shown if '.' in shown else shown.replace('e', '.0e')


def literal(value: str, *, keep: bool) -> tuple[str, list[str]] | None:
    """A string of several lines as a `|` block: header and lines; None where a block cannot hold it.

    `keep` allows `|+`, which takes the blank lines behind it into the value.
    """
    content = value.rstrip('\n')
    lines = content.split('\n')
    newlines = len(value) - len(content)
    if not content or content[0] in ' \t\n' or (newlines > 1 and not keep):
        return None
    if any(not _is_printable(line.replace('\t', '')) or line[-1:] in (' ', '\t') for line in lines):
        return None
    header = ('|-', '|', '|+')[min(newlines, 2)]
    return header, [*lines, *[''] * (newlines - 1)]
