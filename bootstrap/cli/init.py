"""raybootstrap init"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from bootstrap import approvals, git_url, health_checks, image, kuberay, workflows
from bootstrap.approvals import Approvals
from bootstrap.choices import Choices
from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.cli.writing_options import pair
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kubernetes_names import checked_label, checked_server, checked_subdomain
from bootstrap.layout import Environment, checked_folder_name, holds
from bootstrap.plans import init as plans
from bootstrap.request import Request
from bootstrap.sources import checked_mirror
from bootstrap.tree import Tree
from bootstrap.worker_group import checked_name as checked_group


def init(
    env: Environments = None,
    like: Annotated[
        str | None, typer.Option('--like', metavar='ENV', help='Copy the choices of this environment.')
    ] = None,
    shares: Annotated[
        str | None,
        typer.Option('--shares', metavar='ENV', help='It is on the Kubernetes cluster of this environment.'),
    ] = None,
    repo_url: Annotated[
        str | None,
        typer.Option(
            '--repo-url', metavar='URL', help="The repository, as Argo CD reads it. Default: the remote's URL."
        ),
    ] = None,
    kuberay_version: Annotated[
        str | None, typer.Option('--kuberay-version', metavar='V', help='CRDs, operator and chart.')
    ] = None,
    ray_version: Annotated[
        str | None, typer.Option('--ray-version', metavar='V', help='Ray, in image and rayVersion.')
    ] = None,
    image_: Annotated[
        str | None, typer.Option('--image', metavar='REPO:TAG', help='The image of head and workers.')
    ] = None,
    namespace: Annotated[
        str | None, typer.Option('--namespace', metavar='NS', help="The RayCluster's namespace. Default: ray-ENV.")
    ] = None,
    dest_server: Annotated[
        str | None, typer.Option('--dest-server', metavar='URL', help='The Kubernetes cluster, by its address.')
    ] = None,
    dest_name: Annotated[
        str | None,
        typer.Option('--dest-name', metavar='NAME', help="The Kubernetes cluster, by Argo CD's name for it."),
    ] = None,
    argocd_namespace: Annotated[
        str | None, typer.Option('--argocd-namespace', metavar='NS', help='Where Argo CD is. Default: argocd.')
    ] = None,
    project: Annotated[
        str | None, typer.Option('--project', metavar='NAME', help='An AppProject that is there; no projects.yaml.')
    ] = None,
    root: Annotated[bool | None, typer.Option('--root/--no-root', help='A root Application. Default: yes.')] = None,
    sync: Annotated[
        str | None,
        typer.Option(
            '--sync', metavar='auto|manual', help='Whether Argo CD syncs the RayCluster by itself. Default: auto.'
        ),
    ] = None,
    operator: Annotated[
        bool | None,
        typer.Option(
            '--operator/--no-operator', help='CRDs and operator. Default: where the Kubernetes cluster has none yet.'
        ),
    ] = None,
    crds: Annotated[
        str | None,
        typer.Option(
            '--crds', metavar='separate|with-operator', help='An Application of their own? Default: separate.'
        ),
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option('--group', metavar='NAME', help='A small worker group of this name.')
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option('--owner', metavar='OWNER', help='A code owner of the environment, such as @org/team.'),
    ] = None,
    ci: Annotated[
        str | None,
        typer.Option(
            '--ci', metavar='github|gitlab|gitea', help='A workflow that checks pull requests and says what they do.'
        ),
    ] = None,
    mirror: Annotated[
        list[str] | None,
        typer.Option(
            '--mirror', metavar='FROM=TO', help='Read a repository, chart registry or image registry from elsewhere.'
        ),
    ] = None,
    health_checks_: Annotated[
        bool, typer.Option('--health-checks', help='Health checks of Applications and RayClusters, for Argo CD.')
    ] = False,
    renovate: Annotated[
        bool, typer.Option('--renovate', help='A rule for Renovate: CRDs, operator and chart move together.')
    ] = False,
) -> Request:
    """Start environments, or change what is asked of those that are there.

    --owner, --ci, --renovate, --mirror and --health-checks are for the repository too, without --env.

    \b
    Example:
      raybootstrap init --env prod --repo-url https://git.example.com/acme/ray.git
    """
    of_environments = {key for key, value in locals().items() if value is not None} - _OF_THE_REPOSITORY
    names = tuple(dict.fromkeys(checked_folder_name(name, 'environment') for name in env or ()))
    for name in group or ():
        checked_group(name)
    asked = Approvals(tuple(dict.fromkeys(owner or ())), ci, renovate)
    mirrored = dict(checked_mirror(*pair(text, '--mirror', form='FROM=TO')) for text in mirror or ())
    if not names and (of_environments or not (asked.parts or mirrored or health_checks_)):
        raise BootstrapError('which environment?', 'add --env NAME', exit_code=USAGE)
    for option, value, known in (('--sync', sync, _SYNC), ('--crds', crds, _CRDS), ('--ci', ci, workflows.KINDS)):
        if value is not None and value not in known:
            raise BootstrapError(f'{option} {value!a}: no such choice', ' or '.join(known), exit_code=USAGE)
    choices = Choices(
        repo_url=git_url.checked(repo_url) if repo_url is not None else None,
        kuberay_version=kuberay.checked_kuberay_version(kuberay_version) if kuberay_version is not None else None,
        ray_version=kuberay.checked_ray_version(ray_version) if ray_version is not None else None,
        image=image.parse(image_) if image_ is not None else None,
        namespace=checked_label(namespace, '--namespace') if namespace is not None else None,
        destination=_destination(dest_server, dest_name),
        argocd_namespace=checked_label(argocd_namespace, '--argocd-namespace')
        if argocd_namespace is not None
        else None,
        project=checked_subdomain(project, '--project') if project is not None else None,
        sync=sync,
        groups=tuple(group or ()),
    )
    options = plans.Options(choices, like, shares, root, operator, crds, asked, mirrored, health_checks_)
    parts = [word for word, _ in asked.parts] + ['mirrors'] * bool(mirrored) + ['health-checks'] * health_checks_
    return Request(
        'init',
        partial(plans.plan, names=names, options=options),
        _title if names else lambda *_: _title_of_the_repository(asked, options),
        environments=names,
        subject='' if names else '+'.join(parts),
        repository_wide=not names,
        notes=lambda _before, _after, context: [
            *approvals.notes(asked, context),
            *(health_checks.notes(context.settings) if health_checks_ else ()),
        ],
    )


_OF_THE_REPOSITORY = {'env', 'owner', 'ci', 'renovate', 'mirror', 'health_checks_'}
_SYNC, _CRDS = ('auto', 'manual'), ('separate', 'with-operator')


def _destination(server: str | None, name: str | None) -> dict[str, str] | None:
    if server is not None and name is not None:
        raise BootstrapError('--dest-server and --dest-name are two ways to say the same', 'give one', exit_code=USAGE)
    if server is not None:
        return {'server': checked_server(server)}
    return {'name': checked_subdomain(name, '--dest-name')} if name is not None else None


def _title_of_the_repository(asked: Approvals, options: plans.Options) -> str:
    found = [approvals.described(asked)] if asked.parts else []
    found += [f'mirror{"s" if len(options.mirrors) > 1 else ""} of {", ".join(options.mirrors)}'] * bool(
        options.mirrors
    )
    found += ['health checks for Argo CD'] * options.health_checks
    return f'Add {" and ".join(found)}'


def _title(path: str, before: Tree, names: Sequence[str]) -> str:
    new = [name for name in names if not holds(before, Environment(name, path))]
    old = [name for name in names if name not in new]
    started = f'Start {_listed(new)}' if new else ''
    changed = f'{"change" if new else "Change"} {_listed(old)}' if old else ''
    return ' and '.join(part for part in (started, changed) if part)


def _listed(names: list[str]) -> str:
    return f'environment{"s" if len(names) > 1 else ""} {", ".join(names)}'


command = request_command(init)
