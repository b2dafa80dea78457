"""raybootstrap add-group"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bootstrap.cli.env_option import Environments
from bootstrap.cli.group_options import options_of, read_values
from bootstrap.cli.kinds import request_command
from bootstrap.cli.profile_option import profiled
from bootstrap.context import Context
from bootstrap.layout import checked_folder_name
from bootstrap.plans import add_group as plans
from bootstrap.request import Request
from bootstrap.tree import Tree
from bootstrap.worker_group import checked_name as checked_group


def add_group(
    name: Annotated[str, typer.Argument(metavar='NAME', help="The worker group's name.")],
    env: Environments = None,
    raycluster: Annotated[
        str | None, typer.Option('--raycluster', metavar='NAME', help='Another RayCluster than the first.')
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option('--profile', metavar='NAME', help='Options that raybootstrap.yaml names; these here win.'),
    ] = None,
    from_group: Annotated[
        str | None,
        typer.Option('--from-group', metavar='NAME', help='Copy what is not given from this worker group.'),
    ] = None,
    min_: Annotated[
        int | None, typer.Option('--min', metavar='N', min=0, help='Replicas at least. Default: 0.')
    ] = None,
    max_: Annotated[int | None, typer.Option('--max', metavar='N', min=0, help='Replicas at most.')] = None,
    replicas: Annotated[
        int | None, typer.Option('--replicas', metavar='N', min=0, help='Replicas at first. Default: --min.')
    ] = None,
    cpu: Annotated[str | None, typer.Option('--cpu', metavar='Q', help='CPUs of a worker, such as 8 or 500m.')] = None,
    memory: Annotated[
        str | None, typer.Option('--memory', metavar='Q', help='Memory of a worker, such as 64Gi.')
    ] = None,
    gpu: Annotated[int | None, typer.Option('--gpu', metavar='N', min=0, help='GPUs of a worker.')] = None,
    gpu_resource: Annotated[
        str | None,
        typer.Option('--gpu-resource', metavar='KEY', help="The GPUs' resource. Default: nvidia.com/gpu."),
    ] = None,
    tpu_topology: Annotated[
        str | None, typer.Option('--tpu-topology', metavar='T', help='A TPU slice, such as 2x4.')
    ] = None,
    tpu_accelerator: Annotated[
        str | None, typer.Option('--tpu-accelerator', metavar='A', help='Its kind, such as tpu-v6e-slice.')
    ] = None,
    num_hosts: Annotated[int | None, typer.Option('--num-hosts', metavar='N', min=1, help='Pods of a replica.')] = None,
    ephemeral_storage: Annotated[
        str | None, typer.Option('--ephemeral-storage', metavar='Q', help='Local disk of a worker.')
    ] = None,
    image: Annotated[
        str | None, typer.Option('--image', metavar='REPO:TAG', help="Another image than the RayCluster's.")
    ] = None,
    ray_resource: Annotated[
        list[str] | None,
        typer.Option('--ray-resource', metavar='NAME=N', help="A custom resource; the group's name is one already."),
    ] = None,
    ray_start_param: Annotated[
        list[str] | None, typer.Option('--ray-start-param', metavar='K=V', help='An option of ray start.')
    ] = None,
    node_selector: Annotated[
        list[str] | None, typer.Option('--node-selector', metavar='K=V', help='A label of the nodes.')
    ] = None,
    toleration: Annotated[
        list[str] | None,
        typer.Option('--toleration', metavar='K[=V]:EFFECT', help='A taint of the nodes to tolerate.'),
    ] = None,
    env_var: Annotated[
        list[str] | None, typer.Option('--env-var', metavar='K=V', help='An environment variable.')
    ] = None,
    env_from: Annotated[
        list[str] | None,
        typer.Option('--env-from', metavar='KIND/NAME', help='Variables of secret/NAME or configmap/NAME.'),
    ] = None,
    pod_label: Annotated[
        list[str] | None, typer.Option('--pod-label', metavar='K=V', help='A label of the pods.')
    ] = None,
    pod_annotation: Annotated[
        list[str] | None, typer.Option('--pod-annotation', metavar='K=V', help='An annotation of the pods.')
    ] = None,
    service_account: Annotated[
        str | None, typer.Option('--service-account', metavar='NAME', help='The service account.')
    ] = None,
    priority_class: Annotated[
        str | None, typer.Option('--priority-class', metavar='NAME', help='The priority class.')
    ] = None,
    runtime_class: Annotated[
        str | None, typer.Option('--runtime-class', metavar='NAME', help='The runtime class.')
    ] = None,
    values: Annotated[
        Any | None,
        typer.Option(
            '--values', metavar='FILE', parser=read_values, help='Chart values of the group, under these options.'
        ),
    ] = None,
) -> Request:
    """Add a worker group. --cpu, --memory and --max are needed, unless --profile, --from-group or --values has them.

    \b
    Example:
      raybootstrap add-group gpu --env prod --gpu 1 --cpu 8 --memory 64Gi --max 8
    """
    given = {key.rstrip('_'): value for key, value in locals().items()}
    # In one order, so that the same question finds its branch.
    environments = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    checked_group(name)
    options_of(given)

    def plan(tree: Tree, context: Context) -> Tree:
        options = profiled(given, profile, tree, context)
        return plans.plan(
            *(tree, context, environments, name, options),
            raycluster_name=raycluster or '',
            from_group=from_group,
            values=values,
        )

    return Request(
        'add-group',
        plan,
        lambda _path, _before, names: f'Add worker group {name} to {", ".join(names)}',
        environments=environments,
        subject=f'{raycluster}-{name}' if raycluster else name,
    )


command = request_command(add_group)
