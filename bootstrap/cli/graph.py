"""raybootstrap graph"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from bootstrap import console, layout, mermaid, picture, svg
from bootstrap.cli.env_option import AllOrOneEnvironment
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import NotHereError
from bootstrap.picture import Node, Shape
from bootstrap.reading import reading

_STYLES = {Shape.ROOT: 'bold blue', Shape.APPLICATION: 'bold', Shape.RAYCLUSTER: 'bold cyan', Shape.HEAD: 'cyan'}


def graph(
    env: AllOrOneEnvironment = None,
    rev: Annotated[
        str | None, typer.Option('--rev', metavar='REV', help='A revision. Default: the files as they are on disk.')
    ] = None,
    *,
    shared: Shared,
) -> None:
    """Show the app of apps as a picture: root, Applications by sync wave, RayClusters, groups.

    -o: text, mermaid, svg, json.

    \b
    Example:
      raybootstrap graph --env prod -o svg > prod.svg
    """
    output = checked_output(shared, 'mermaid', 'svg')
    with reading(shared.directory, shared.path, rev) as found:
        if env is not None:
            environments = [layout.existing(found.tree, env, found.path)]
        else:
            environments = list(layout.environments(found.tree, found.path))
        if not environments:
            raise NotHereError('there is no environment', 'raybootstrap init --env NAME')
        roots = [picture.of_environment(found.tree, found.settings, one) for one in environments]
    if output == 'json':
        data = {'result': 'unchanged', 'roots': [_data(root) for root in roots]}
        console.print_json({'schema': console.SCHEMA, 'command': 'graph', **data})
    elif output == 'text':
        _show(roots)
    else:
        console.print_copied({'mermaid': mermaid.flowchart, 'svg': svg.document}[output](roots))


def _show(roots: Sequence[Node]) -> None:
    out = console.out()
    for number, root in enumerate(roots):
        if number:
            out.print()
        for branches, node in picture.lines(root):
            waved = '' if node.wave is None else f'wave {node.wave}, '
            words = f'  {waved}{", ".join(node.details)}'.rstrip()
            line = console.text('').append_text(console.text(branches, 'dim'))
            line.append_text(console.text(node.title, _STYLES.get(node.shape, '')))
            out.print(line.append_text(console.text(words, 'dim')))


def _data(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {'kind': node.shape.value, 'name': node.title, 'details': list(node.details)}
    if node.wave is not None:
        data['wave'] = node.wave
    return {**data, 'children': [_data(child) for child in node.children]}


command = reading_command(graph)
