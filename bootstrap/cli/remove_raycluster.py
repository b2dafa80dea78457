"""raybootstrap remove-raycluster"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import removal_notes
from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.layout import checked_folder_name
from bootstrap.plans import remove_raycluster as plans
from bootstrap.request import Request


def remove_raycluster(
    name: Annotated[str, typer.Argument(metavar='NAME', help="The RayCluster's name.")],
    env: Environments = None,
) -> Request:
    """Remove a further RayCluster. Refused (RB709) unless --allow says why: nothing stops its jobs first.

    \b
    Example:
      raybootstrap remove-raycluster batch --env prod --allow "RB709=drained and deleted in Argo CD"
    """
    names = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    return Request(
        'remove-raycluster',
        partial(plans.plan, environments=names, name=checked_folder_name(name, 'RayCluster')),
        lambda _path, _before, names: f'Remove RayCluster {name} from {", ".join(names)}',
        environments=names,
        subject=name,
        notes=removal_notes.notes,
    )


command = request_command(remove_raycluster)
