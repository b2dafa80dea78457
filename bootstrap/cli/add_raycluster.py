"""raybootstrap add-raycluster"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import image, kuberay, removal_notes
from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.further_raycluster import Options, checked_name
from bootstrap.kubernetes_names import checked_label
from bootstrap.layout import checked_folder_name
from bootstrap.plans import add_raycluster as plans
from bootstrap.request import Request


def add_raycluster(
    name: Annotated[str, typer.Argument(metavar='NAME', help="The RayCluster's name.")],
    env: Environments = None,
    namespace: Annotated[
        str | None, typer.Option('--namespace', metavar='NS', help='Its namespace. Default: ray-<env>-NAME.')
    ] = None,
    image_: Annotated[
        str | None, typer.Option('--image', metavar='REPO:TAG', help="Its image. Default: the first RayCluster's.")
    ] = None,
    ray_version: Annotated[
        str | None, typer.Option('--ray-version', metavar='V', help='Its Ray version, with the tag of the image.')
    ] = None,
) -> Request:
    """Add a further RayCluster to an environment, with a namespace of its own.

    Image, chart and sync are those of the environment's first one; head and worker group are those of a new one.

    \b
    Example:
      raybootstrap add-raycluster batch --env prod
    """
    names = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    options = Options(
        checked_label(namespace, '--namespace') if namespace is not None else None,
        image.parse(image_) if image_ is not None else None,
        kuberay.checked_ray_version(ray_version) if ray_version is not None else None,
    )
    return Request(
        'add-raycluster',
        partial(plans.plan, environments=names, name=checked_name(name), options=options),
        lambda _path, _before, names: f'Add RayCluster {name} to {", ".join(names)}',
        environments=names,
        subject=name,
        notes=removal_notes.of_projects,
    )


command = request_command(add_raycluster)
