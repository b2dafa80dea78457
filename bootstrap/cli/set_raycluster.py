"""raybootstrap set-raycluster"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import image, kuberay, quantity, reach
from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.cli.value_options import SET, UNSET, edits_of
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kubernetes_names import checked_subdomain
from bootstrap.layout import checked_folder_name
from bootstrap.plans import set_raycluster as plans
from bootstrap.request import Request

_AUTOSCALERS = ('v1', 'v2', 'off')


def set_raycluster(
    name: Annotated[
        str | None, typer.Argument(metavar='[NAME]', help='The RayCluster. Default: the first one.')
    ] = None,
    env: Environments = None,
    image_: Annotated[
        str | None, typer.Option('--image', metavar='REPO:TAG', help='The image of head and workers.')
    ] = None,
    ray_version: Annotated[
        str | None, typer.Option('--ray-version', metavar='V', help='Ray, in every image tag and rayVersion.')
    ] = None,
    head_cpu: Annotated[
        str | None, typer.Option('--head-cpu', metavar='Q', help='CPUs of the head, such as 2 or 500m.')
    ] = None,
    head_memory: Annotated[
        str | None, typer.Option('--head-memory', metavar='Q', help='Memory of the head, such as 8Gi.')
    ] = None,
    idle_timeout: Annotated[
        int | None,
        typer.Option('--idle-timeout', metavar='S', min=0, help='Seconds until the autoscaler ends an idle worker.'),
    ] = None,
    autoscaler: Annotated[
        str | None,
        typer.Option(
            '--autoscaler', metavar='v1|v2|off', help="Ray's autoscaler, and what Argo CD ignores because of it."
        ),
    ] = None,
    pull_secret: Annotated[
        str | None, typer.Option('--pull-secret', metavar='NAME', help='A Secret to pull the images with.')
    ] = None,
    service_account: Annotated[
        str | None, typer.Option('--service-account', metavar='NAME', help="The head's service account.")
    ] = None,
    set_: SET = None,
    unset: UNSET = None,
) -> Request:
    """Change a RayCluster: what is given, and nothing else.

    --set and --unset reach every value of the ray-cluster chart. PATH is such as head.lifecycle.preStop or
    annotations[example.com/team]; VALUE is YAML.

    \b
    Example:
      raybootstrap set-raycluster --env prod --head-memory 8Gi --set service.type=ClusterIP
    """
    if all(value is None for key, value in locals().items() if key not in ('name', 'env')):
        raise BootstrapError('what is to be changed?', 'for example --head-memory 8Gi', exit_code=USAGE)
    if autoscaler is not None and autoscaler not in _AUTOSCALERS:
        raise BootstrapError(f'--autoscaler {autoscaler!a}: no such choice', ', '.join(_AUTOSCALERS), exit_code=USAGE)
    if autoscaler == 'off' and idle_timeout is not None:
        raise BootstrapError('without an autoscaler nothing is idle', 'leave --idle-timeout out', exit_code=USAGE)
    environments = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    options = plans.Options(
        image=image.parse(image_) if image_ is not None else None,
        ray_version=kuberay.checked_ray_version(ray_version) if ray_version is not None else None,
        head_cpu=quantity.checked_cpu(head_cpu, '--head-cpu') if head_cpu is not None else None,
        head_memory=quantity.checked_bytes(head_memory, '--head-memory') if head_memory is not None else None,
        idle_timeout=idle_timeout,
        autoscaler=autoscaler,
        pull_secret=checked_subdomain(pull_secret, '--pull-secret') if pull_secret is not None else None,
        service_account=checked_subdomain(service_account, '--service-account')
        if service_account is not None
        else None,
        edits=edits_of(set_, unset),
    )
    which = f'RayCluster {checked_folder_name(name, "RayCluster")}' if name else 'the RayCluster'
    return Request(
        'set-raycluster',
        partial(plans.plan, environments=environments, name=name or '', options=options),
        lambda _path, _before, names: f'Change {which} of {", ".join(names)}',
        environments=environments,
        subject=name or '',
        notes=lambda before, after, _context: reach.notes(before, after),
    )


command = request_command(set_raycluster)
