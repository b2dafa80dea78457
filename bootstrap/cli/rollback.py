"""raybootstrap rollback"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import revision
from bootstrap.cli.kinds import request_command
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import checked_folder_name
from bootstrap.plans import rollback as plans
from bootstrap.request import Request


def rollback(
    to: Annotated[str, typer.Option('--to', metavar='REV', help='The revision, such as v1.4 or HEAD~3.')],
    env: Annotated[str, typer.Option('--env', metavar='ENV', help='The environment.')],
) -> Request:
    """Bring an environment's files back as they were at a revision.

    Newer CRDs stay (--allow RB706=REASON takes them back too), and a worker group that was not there yet is drained
    first (--allow RB701=REASON removes it at once).

    \b
    Example:
      raybootstrap rollback --env prod --to HEAD~3
    """
    name = checked_folder_name(env, 'environment')
    if not to.strip() or not to.isprintable():
        raise BootstrapError(f'--to {to!a} is no revision', 'for example HEAD~3', exit_code=USAGE)
    return Request(
        'rollback',
        partial(plans.plan, name=name, revision=to),
        lambda _path, _before, _names: f'Roll {name} back to {revision.shown(to)}',
        environments=(name,),
        subject='',
        notes=lambda before, after, context: list(plans.notes(before, after, context, name, to)),
    )


command = request_command(rollback, revisions=['to'])
