"""raybootstrap render"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from bootstrap import apply_order, console, layout
from bootstrap.cli.env_option import OneEnvironment
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.expansion import Expansion, expanded
from bootstrap.reading import reading


def render(
    env: OneEnvironment = None,
    rev: Annotated[
        str | None, typer.Option('--rev', metavar='REV', help='A revision. Default: the files as they are on disk.')
    ] = None,
    rendered: Annotated[bool, typer.Option('--rendered', help='Expand the charts with helm template.')] = False,
    *,
    shared: Shared,
) -> None:
    """Print an environment as one stream of manifests: projects, root, then Applications by sync wave.

    \b
    Example:
      raybootstrap render --env prod > prod.yaml
    """
    output = checked_output(shared)
    with reading(shared.directory, shared.path, rev) as found:
        environment = layout.chosen(found.tree, (env,) if env else (), found.path)[0]
        parts = apply_order.parts(found.tree, found.settings, environment)
        documents = [Expansion(part, part.text) for part in parts]
        if rendered:
            from bootstrap import helm

            documents = expanded(parts, found.tree, helm.template)
    if output == 'json':
        data = {'environment': environment.name, 'documents': [_data(one) for one in documents]}
        console.print_json({'schema': console.SCHEMA, 'command': 'render', 'result': 'unchanged', **data})
        return
    console.print_copied(apply_order.joined([one.text for one in documents]))
    if not shared.quiet:
        _name_what_is_left(documents)


def _name_what_is_left(documents: Sequence[Expansion]) -> None:
    for one in documents:
        if one.reason:
            console.err().print(console.text(f'{one.part.resource.name}: not expanded, {one.reason}.'))


def _data(one: Expansion) -> dict[str, Any]:
    resource = one.part.resource
    data = {'path': resource.file, 'kind': resource.kind, 'name': resource.name, 'wave': one.part.wave}
    return {**data, 'text': one.text, 'not_expanded': one.reason or None}


command = reading_command(render)
