"""raybootstrap upgrade"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from bootstrap import kuberay, upgrade_notes
from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment, checked_folder_name
from bootstrap.plans import upgrade as plans
from bootstrap.request import Request
from bootstrap.tree import Tree
from bootstrap.upgrading import STEPS, Upgrade


def upgrade(
    env: Environments = None,
    all_envs: Annotated[bool, typer.Option('--all-envs', help='All environments, in one commit.')] = False,
    kuberay_version: Annotated[
        str | None,
        typer.Option('--kuberay-version', metavar='V', help='The KubeRay version of CRDs, operator and chart.'),
    ] = None,
    ray_version: Annotated[
        str | None,
        typer.Option('--ray-version', metavar='V', help='The Ray version of the images of head and worker groups.'),
    ] = None,
    step: Annotated[
        str | None,
        typer.Option('--step', metavar='|'.join(STEPS), help='One step of the way to a KubeRay version. Default: all.'),
    ] = None,
) -> Request:
    """Move to another KubeRay or Ray version, with what has to change between the versions.

    CRDs come before the operator, and the operator before the chart of the RayClusters.

    \b
    Example:
      raybootstrap upgrade --env dev --kuberay-version 1.7.0
    """
    names = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))
    if names and all_envs:
        raise BootstrapError('--env and --all-envs are two ways to say which', 'give one', exit_code=USAGE)
    if kuberay_version is None and ray_version is None:
        raise BootstrapError('to which version?', 'give --kuberay-version or --ray-version, or both', exit_code=USAGE)
    if step is not None and step not in STEPS:
        raise BootstrapError(f'--step {step!a}: no such step', ', '.join(STEPS), exit_code=USAGE)
    if step not in (None, 'all') and kuberay_version is None:
        raise BootstrapError('--step is about --kuberay-version', 'give it, or leave --step out', exit_code=USAGE)
    to = Upgrade(
        kuberay.checked_kuberay_version(kuberay_version) if kuberay_version is not None else None,
        kuberay.checked_ray_version(ray_version) if ray_version is not None else None,
        step or 'all',
    )
    return Request(
        'upgrade',
        partial(plans.plan, names=names, upgrade=to, everywhere=all_envs),
        partial(_title, to, all_envs),
        environments=names,
        everywhere=all_envs,
        notes_in_turn=partial(_notes, to, names),
    )


def _notes(to: Upgrade, names: Sequence[str], before: Tree, after: Tree, context: Context) -> upgrade_notes.Notes:
    folders = names or before.entries(Environment('', context.path).directory.rstrip('/'))
    return upgrade_notes.Notes(before, after, context, to, [Environment(name, context.path) for name in folders])


def _title(to: Upgrade, everywhere: bool, _path: str, _before: Tree, names: Sequence[str]) -> str:
    what = {'all': 'KubeRay', 'crds': "KubeRay's CRDs", 'operator': 'the KubeRay operator', 'raycluster': 'the chart'}
    versions = [f'{what[to.step]} to {to.kuberay}'] if to.kuberay else []
    versions += [f'Ray to {to.ray}'] if to.ray else []
    where = 'all environments' if everywhere else ', '.join(names)
    return f'Upgrade {" and ".join(versions)} in {where}'


command = request_command(upgrade)
