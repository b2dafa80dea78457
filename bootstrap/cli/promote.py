"""raybootstrap promote"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap.cli.kinds import request_command
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import checked_folder_name
from bootstrap.plans import promote as plans
from bootstrap.promotion import KINDS, Asked
from bootstrap.request import Request
from bootstrap.worker_group import checked_name as checked_group


def promote(
    source: Annotated[str, typer.Argument(metavar='FROM', help='The environment to take from.')],
    target: Annotated[str, typer.Argument(metavar='TO', help='The environment to change.')],
    only: Annotated[
        str | None, typer.Option('--only', metavar='KINDS', help='Some of versions,image,groups,values. Default: all.')
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option('--group', metavar='NAME', help='Only this worker group; give several.')
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option('--field', metavar='GLOB', help="Only these fields, such as 'head.*'; '!GLOB' leaves some out."),
    ] = None,
) -> Request:
    """Take versions, image, worker groups and values from one environment to another.

    What is an environment's own stays: sizes, destinations, namespaces, names, sync policy.

    \b
    Example:
      raybootstrap promote staging prod --only versions,image
    """
    theirs, ours = (checked_folder_name(name, 'environment') for name in (source, target))
    kinds = tuple(sorted({one.strip() for one in only.split(',')}, key=_place)) if only is not None else ()
    for name in group or ():
        checked_group(name)
    asked = Asked(kinds, tuple(dict.fromkeys(group or ())), (tuple(field or ()),))
    return Request(
        'promote',
        partial(plans.plan, source=theirs, target=ours, asked=asked),
        lambda _path, _before, _names: f'Promote {_what(asked)}{theirs} to {ours}',
        environments=(ours,),
        subject=f'from-{theirs}',
        notes=lambda before, _after, context: plans.notes(before, context, theirs, ours, asked),
        tables=lambda before, _after, context: plans.tables(before, context, theirs, ours, asked),
    )


def _place(kind: str) -> int:
    if kind not in KINDS:
        raise BootstrapError(f'--only {kind!a}: no such kind', ', '.join(KINDS), exit_code=USAGE)
    return KINDS.index(kind)


def _what(asked: Asked) -> str:
    words = [*asked.only, *(f'group {name}' for name in asked.groups)]
    return f'{", ".join(words)} from ' if words else ''


command = request_command(promote)
