"""raybootstrap remove-env"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import removal_notes
from bootstrap.cli.kinds import request_command
from bootstrap.layout import checked_folder_name
from bootstrap.plans import remove_env as plans
from bootstrap.request import Request


def remove_env(
    env: Annotated[str, typer.Argument(metavar='ENV', help='The environment.')],
) -> Request:
    """Remove an environment: its files, its settings and its code owners.

    Refused (RB709) while it holds RayClusters, unless --allow says why, and always while other environments live on
    its CRDs and its operator.

    \b
    Example:
      raybootstrap remove-env dev --allow "RB709=nobody uses it, and its RayCluster is deleted"
    """
    name = checked_folder_name(env, 'environment')
    return Request(
        'remove-env',
        partial(plans.plan, name=name),
        lambda _path, _before, _names: f'Remove environment {name}',
        environments=(name,),
        removes=True,
        notes=removal_notes.notes,
    )


command = request_command(remove_env)
