"""raybootstrap apply-root"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from bootstrap import apply_order, applying, console, health_checks
from bootstrap.applying import Approved, Plan
from bootstrap.cli.env_option import OneEnvironment
from bootstrap.cli.kinds import publishing_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.contexts import contexts
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kubernetes import Kubectl
from bootstrap.notes import typed
from bootstrap.request import Publishing
from bootstrap.root_manifests import Step
from bootstrap.termination import as_interrupt


class _Context(NamedTuple):
    """A context's name; `named`: on the command line, not by the environment variable."""

    name: str | None
    named: bool


def _context(ctx: typer.Context, param: typer.CallbackParam, value: str | None) -> _Context:
    source = ctx.get_parameter_source(str(param.name))
    return _Context(value or None, source is not None and source.name == 'COMMANDLINE')


def apply_root(
    env: OneEnvironment = None,
    context: Annotated[
        str | None,
        typer.Option(
            '--context',
            metavar='CTX',
            envvar='RAYBOOTSTRAP_CONTEXT',
            callback=_context,
            help="The kubeconfig context of Argo CD's Kubernetes cluster. Default: the current one.",
        ),
    ] = None,
    print_: Annotated[
        bool, typer.Option('--print', help='Print the manifests for kubectl apply --server-side -f -; apply nothing.')
    ] = False,
    yes: Annotated[bool, typer.Option('--yes', help='Apply without asking.')] = False,
    health_checks_: Annotated[
        bool, typer.Option('--health-checks', help="Merge the entries of argocd/health-checks.yaml into Argo CD's.")
    ] = False,
    *,
    shared: Shared,
    publishing: Publishing,
) -> None:
    """Apply the projects and the root of an environment to Argo CD, as they stand in base, after showing them.

    Once, by an admin; Argo CD does the rest, and running it again changes nothing. A context that does not look like
    the Argo CD of the environment is refused, unless --context names it on the command line together with --yes.
    What others have set otherwise is never overwritten.

    \b
    Example:
      raybootstrap apply-root --env prod --context prod-admin
    """
    output = checked_output(shared)
    if print_ and yes:
        raise BootstrapError(
            '--print applies nothing, so there is nothing to say yes to', 'leave one out', exit_code=USAGE
        )
    # What Typer hands over is what its callback made of the option.
    asked = context if isinstance(context, _Context) else _Context(context, False)
    with as_interrupt():
        found = applying.approved(shared.directory or Path.cwd(), shared.path, env, publishing, health=health_checks_)
        if print_:
            _print(found, output)
        else:
            _carry_out(found, asked, output, yes=yes, quiet=shared.quiet)


def _carry_out(found: Approved, context: _Context, output: str, *, yes: bool, quiet: bool) -> None:
    # Whoever is asked has to read where it goes, and it has to stay there whatever another terminal switches to.
    kubectl = Kubectl(context.name or contexts(Kubectl()).current or None)
    plan = applying.planned(kubectl, found, sure=yes and context.named)
    for doubt in plan.doubts:
        console.err().print(console.text(f'applied all the same: {doubt}'))
    if output == 'text' and not (quiet and yes):
        _show(found, plan.pending, kubectl)
    if plan.pending and not yes:
        _ask(kubectl, found, output)
    _apply(kubectl, found, plan, output, quiet=quiet)


def _apply(kubectl: Kubectl, found: Approved, plan: Plan, output: str, *, quiet: bool) -> None:
    done = []
    for step in applying.applied(kubectl, found, plan.steps):
        done.append(step)
        if output == 'text' and plan.pending and not quiet:
            console.out().print(console.text(f'{step.document.title} {step.result}'))
    if output == 'json':
        console.print_json(_as_data(found, done, kubectl))
    elif not quiet:
        for line in ('Next:', *(f'  {line}' for line in _next(found))):
            console.out().print(console.text(line))


def _print(found: Approved, output: str) -> None:
    if output == 'json':
        documents = [{'path': one.path, 'text': one.text} for one in found.documents]
        console.print_json({**_head(found, 'planned'), 'documents': documents})
        return
    console.print_copied(apply_order.joined([one.text for one in found.documents]))


def _show(found: Approved, pending: Sequence[Step], kubectl: Kubectl) -> None:
    out = console.out()
    for step in pending:
        before, after = step.shown()
        console.print_diff(out, console.diff(before, after, f'{step.document.kind}/{step.document.name}'))
    words = f'{found.environment.name} of {found.branch} ({found.commit[:12]})'
    place = f'{kubectl.place}, namespace {found.wanted.namespace}'
    out.print(console.text(f'{words} to {place}:' if pending else f'Nothing to do: {place} has {words}.'))


def _ask(kubectl: Kubectl, found: Approved, output: str) -> None:
    attended = sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get('CI')
    if not attended or output != 'text':
        raise BootstrapError('nobody can be asked here, so nothing was applied', 'add --yes', exit_code=USAGE)
    if not console.confirmed(f'Apply this to {kubectl.place}, namespace {found.wanted.namespace}?'):
        raise BootstrapError('you did not say yes, so nothing was applied')


def _next(found: Approved) -> list[str]:
    checks = any(one.is_health_checks for one in found.documents)
    declare = health_checks.declare(found.settings) if checks else ''
    return [*([declare] if declare else []), typed('wait', found.environment)]


def _head(found: Approved, result: str) -> dict[str, Any]:
    head = {'schema': console.SCHEMA, 'command': 'apply-root', 'result': result}
    return {**head, 'environment': found.environment.name, 'base': found.branch, 'commit': found.commit}


def _as_data(found: Approved, done: Sequence[Step], kubectl: Kubectl) -> dict[str, Any]:
    objects = [
        {
            'kind': step.document.data['kind'],
            'name': step.document.name,
            'path': step.document.path,
            'result': step.result,
        }
        for step in done
    ]
    result = 'changed' if any(step.result != 'unchanged' for step in done) else 'unchanged'
    where = {'context': kubectl.context, 'namespace': found.wanted.namespace}
    return {**_head(found, result), **where, 'objects': objects, 'next': _next(found)}


# Base may be named, as for writing commands; but what is applied is always what the remote has merged now.
command = publishing_command(apply_root, ('base', 'remote'))
