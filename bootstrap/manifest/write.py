"""Fresh data as text."""

from __future__ import annotations

from typing import Any, NamedTuple

from bootstrap.manifest import quoting


class Look(NamedTuple):
    """The indentation of a neighbourhood: of a mapping's children, and of a list under its key."""

    step: int = 2
    offset: int = 2
    gap: int = 2


HOUSE = Look()


class Rendered(NamedTuple):
    """A value: what stands on the line of its key, and the lines below, with their indentation."""

    inline: str
    lines: list[str]


def dump(value: Any) -> str:
    """Block YAML of a value."""
    if isinstance(value, dict) and value:
        lines = entries(value, 0, HOUSE)
    elif isinstance(value, list) and value:
        lines = [line for item in value for line in item_lines(item, 0, HOUSE)]
    else:
        inline, below = rendered(value, 0, HOUSE)
        lines = [inline, *below]
    return '\n'.join(lines) + '\n'


def rendered(value: Any, column: int, look: Look, style: str = '') -> Rendered:
    """A value under a key that stands at `column`."""
    if isinstance(value, dict) and value:
        return Rendered('', entries(value, column + look.step, look))
    if isinstance(value, list) and value:
        return Rendered('', [line for item in value for line in item_lines(item, column + look.offset, look)])
    return _leaf(value, column + look.step, style)


def entries(mapping: dict[Any, Any], column: int, look: Look) -> list[str]:
    """The lines of a mapping's entries."""
    return [line for key, value in mapping.items() for line in entry(key, value, column, look)]


def entry(key: Any, value: Any, column: int, look: Look) -> list[str]:
    """The lines of one entry of a block mapping at `column`."""
    inline, lines = rendered(value, column, look)
    return [' ' * column + quoting.scalar(key) + ':' + (inline and f' {inline}'), *lines]


def item_lines(value: Any, column: int, look: Look) -> list[str]:
    """The lines of one item of a block list whose dashes stand at `column`."""
    first, lines = item(value, column, look)
    return [' ' * column + '-' + ' ' * (look.gap - 1) + first, *lines]


def item(value: Any, column: int, look: Look, style: str = '') -> Rendered:
    """An item's value: what stands behind the dash, and the lines below."""
    inside = column + look.gap
    look = look._replace(gap=HOUSE.gap)
    if isinstance(value, dict) and value:
        lines = entries(value, inside, look)
    elif isinstance(value, list) and value:
        lines = [line for below in value for line in item_lines(below, inside, look)]
    else:
        return _leaf(value, inside, style)
    return Rendered(lines[0][inside:], lines[1:])


def _leaf(value: Any, column: int, style: str) -> Rendered:
    if isinstance(value, str) and style != '"' and ('\n' in value or style in ('|', '>')):
        block = quoting.literal(value, keep=style in ('|', '>'))
        if block:
            header, lines = block
            if style == '>' and '\n' not in value.rstrip('\n'):
                header = header.replace('|', '>')
            return Rendered(header, [line and ' ' * column + line for line in lines])
    return Rendered(flow(value, style), [])


def flow(value: Any, style: str = '') -> str:
    """A value on one line. `style` is the quote its strings prefer."""
    if isinstance(value, (dict, list)) and not value:
        return '{}' if isinstance(value, dict) else '[]'
    if isinstance(value, dict):
        return '{' + ', '.join(flow_entry(key, item, style) for key, item in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(flow_item(item, style) for item in value) + ']'
    return quoting.scalar(value, style)


def flow_entry(key: Any, value: Any, style: str = '') -> str:
    """One entry of a flow mapping."""
    return f'{flow_item(key, style)}: {flow_item(value, style)}'


def flow_item(value: Any, style: str = '') -> str:
    """A value inside a flow collection."""
    return flow(value, style) if isinstance(value, (dict, list)) else quoting.scalar(value, style, flow=True)
