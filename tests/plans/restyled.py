"""The same manifests as another hand might have written them: other line ends, other styles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from commented import data

from bootstrap import manifest

STYLES = ('crlf', 'lf', 'no last line end', 'a last line end', 'flow', 'flow over lines')
_MOST_IN_FLOW = 24


def restyled(text: str, number: float, style: str) -> str | None:
    """The text in another style, with the same data and comments; None where that cannot be."""
    plain = text.replace('\r\n', '\n')
    if style == 'lf':
        return plain
    if style == 'crlf':
        return plain.replace('\n', '\r\n')
    end = '\r\n' if '\r\n' in text else '\n'
    if style.endswith('last line end'):
        return text.rstrip('\r\n') + (end if style.startswith('a ') else '')
    new = _in_flow(plain, number, over_lines=style == 'flow over lines')
    if new is None or data(new) != data(plain) or _comments(new) != _comments(plain):
        return None
    return new.replace('\n', end)


def line_ends(text: str) -> tuple[bool, bool]:
    """Whether its lines end in CRLF, and whether the last one ends; a text that mixes both is refused."""
    crlf = text.count('\r\n')
    assert text.count('\r') == crlf
    assert crlf in (0, text.count('\n'))
    return crlf > 0, text.endswith('\n')


def _comments(text: str) -> list[str]:
    return [comment for _, comment in manifest.comments(text)]


def _in_flow(text: str, number: float, *, over_lines: bool) -> str | None:
    taken = {line - 1 for line, _ in manifest.comments(text)}
    found = [
        (key, value)
        for document in yaml.compose_all(text)
        for key, value in _block_mappings(document)
        if not taken & set(range(key.start_mark.line, _last_line(value) + 1))
    ]
    if not found:
        return None
    key, value = found[int(number * len(found))]
    lines = text.split('\n')
    first = lines[key.start_mark.line][: key.end_mark.column]
    flow = yaml.safe_dump(yaml.safe_load(yaml.serialize(value)), default_flow_style=True, sort_keys=False, width=10**6)
    if over_lines:
        indent = ' ' * (key.start_mark.column + 4)
        parts = [yaml.safe_dump({k: v}, default_flow_style=True, width=10**6).strip()[1:-1] for k, v in _items(value)]
        flow = '{\n' + ''.join(f'{indent}{part},\n' for part in parts) + f'{indent}}}'
    lines[key.start_mark.line : _last_line(value) + 1] = [f'{first}: {flow.strip()}']
    return '\n'.join(lines)


def _items(node: yaml.Node) -> Any:
    return yaml.safe_load(yaml.serialize(node)).items()


def _block_mappings(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Keys with the block mappings below them, those that are not too long."""
    values = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        is_block = isinstance(value, yaml.MappingNode) and not value.flow_style
        if is_block and _last_line(value) - key.start_mark.line <= _MOST_IN_FLOW:
            yield key, value
    for inner in (*values, *items):
        yield from _block_mappings(inner)


def _last_line(node: yaml.Node) -> int:
    """The line on which the last scalar or flow collection in a node ends."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return node.end_mark.line
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)
