"""raybootstrap remove-group"""

from __future__ import annotations

import shlex
from functools import partial
from typing import Annotated

import typer

from bootstrap import group_removal, reach
from bootstrap.cli.env_option import Environments
from bootstrap.cli.group_options import existing_group
from bootstrap.cli.kinds import request_command
from bootstrap.context import Context
from bootstrap.layout import checked_folder_name
from bootstrap.plans import remove_group as plans
from bootstrap.request import Request
from bootstrap.tree import Tree


def remove_group(
    name: Annotated[str, typer.Argument(metavar='NAME', help="The worker group's name.")],
    env: Environments = None,
    raycluster: Annotated[
        str | None, typer.Option('--raycluster', metavar='NAME', help='Another RayCluster than the first.')
    ] = None,
) -> Request:
    """Remove a worker group: first a proposal that drains it; once that is merged, run again, one that takes it out.

    --allow RB701=REASON takes it out at once, for a group that never had a pod.

    \b
    Example:
      raybootstrap remove-group gpu --env prod
    """
    environments = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    existing_group(name)

    def notes(before: Tree, after: Tree, _context: Context) -> list[str]:
        words = ['raybootstrap', 'remove-group', name, *(word for one in environments for word in ('--env', one))]
        words += ['--raycluster', raycluster] if raycluster else []
        return [reach.on_one_line(note) for note in group_removal.notes(before, after, name, shlex.join(words))]

    return Request(
        'remove-group',
        partial(plans.plan, environments=environments, name=name, raycluster_name=raycluster or ''),
        lambda _path, _before, names: f'Remove worker group {name} from {", ".join(names)}',
        environments=environments,
        subject=f'{raycluster}-{name}' if raycluster else name,
        notes=notes,
        title_of=lambda before, after, names: group_removal.title(before, after, name, names),
    )


command = request_command(remove_group)
