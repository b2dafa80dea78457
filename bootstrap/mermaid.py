"""A picture as a Mermaid flowchart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from bootstrap.picture import Node, Shape

# Mermaid gives a meaning to quotes, brackets, #, ;, <, &, backticks and more, also inside of a quoted label.
_UNSAFE = re.compile(r'[^A-Za-z0-9 ._/:,+-]')
_LONGEST = 80

_BRACKETS = {Shape.ROOT: ('([', '])'), Shape.RAYCLUSTER: ('{{', '}}')}
_CLASSES = {
    Shape.ROOT: ('root', 'fill:#4f46e5,stroke:#3730a3,color:#ffffff'),
    Shape.APPLICATION: ('application', 'fill:#e0e7ff,stroke:#6366f1,color:#1e1b4b'),
    Shape.RAYCLUSTER: ('raycluster', 'fill:#0f766e,stroke:#115e59,color:#ffffff'),
    Shape.HEAD: ('head', 'fill:#ccfbf1,stroke:#14b8a6,color:#134e4a'),
    Shape.GROUP: ('group', 'fill:#f1f5f9,stroke:#64748b,color:#0f172a'),
}


def flowchart(roots: Sequence[Node]) -> str:
    """The chart's text; every label is quoted and holds harmless characters only."""
    numbers = itertools.count()
    shapes = {shape: [] for shape in Shape}  # type: dict[Shape, list[str]]
    lines = [line for root in roots for line in _node(root, None, numbers, shapes)]
    for shape, names in shapes.items():
        if names:
            name, style = _CLASSES[shape]

            lines += [f'  classDef ray{name} {style}', f'  class {",".join(names)} ray{name}']
    return '\n'.join(['flowchart LR', *lines]) + '\n'


def label(node: Node) -> str:
    """What a node says, its title first, line by line."""
    words = [node.title, ', '.join(node.details), '' if node.wave is None else f'wave {node.wave}']
    return '<br>'.join(_safe(line) for line in words if line)


def _node(node: Node, parent: str | None, numbers: Iterator[int], shapes: dict[Shape, list[str]]) -> Iterator[str]:
    name = f'n{next(numbers)}'
    shapes[node.shape].append(name)
    opening, closing = _BRACKETS.get(node.shape, ('[', ']'))
    yield f'  {name}{opening}"{label(node)}"{closing}'
    if parent is not None:
        yield f'  {parent} --> {name}'
    for child in node.children:
        yield from _node(child, name, numbers, shapes)


def _safe(words: str) -> str:
    short = words if len(words) <= _LONGEST else f'{words[:_LONGEST]}...'
    return _UNSAFE.sub('_', short)
