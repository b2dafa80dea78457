"""raybootstrap dashboard"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bootstrap import console, dashboard, head_service, layout
from bootstrap.cli.context_option import Context
from bootstrap.cli.env_option import OneEnvironment
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.forward import Forward, check_port, keep
from bootstrap.head_service import Target
from bootstrap.kubernetes import Kubectl
from bootstrap.reading import reading
from bootstrap.termination import as_interrupt


def open_dashboard(
    env: OneEnvironment = None,
    raycluster: Annotated[
        str, typer.Option('--raycluster', metavar='NAME', help='A further RayCluster of the environment.')
    ] = '',
    port: Annotated[int, typer.Option('--port', metavar='PORT', min=1, max=65535, help='The port of this machine.')] = (
        8265
    ),
    context: Context = None,
    *,
    shared: Shared,
) -> None:
    """Bring Ray's dashboard to a port of 127.0.0.1 and print its URL; Ctrl-C ends it.

    The connection comes back by itself when the head pod is replaced.

    \b
    Example:
      raybootstrap dashboard --env prod
    """
    output = checked_output(shared)
    with as_interrupt():
        with reading(shared.directory, shared.path) as found:
            (environment,) = layout.chosen(found.tree, (env,) if env else (), found.path)
            target = head_service.target(found.tree, found.settings, environment, raycluster)
        check_port(port)
        forward = dashboard.forward(target, Kubectl(context), port)
        _keep(forward, target, output, quiet=shared.quiet)


def _keep(forward: Forward, target: Target, output: str, *, quiet: bool) -> None:
    is_ready = False

    def ready() -> None:
        nonlocal is_ready
        is_ready = True
        if output == 'json':
            console.print_json(_data(forward, target))
        else:
            if not quiet:
                _say(f'RayCluster {target.namespace}/{target.raycluster}, service {forward.service}. Ctrl-C ends it.')
            console.out().print(console.text(forward.url))
        sys.stdout.flush()

    try:
        keep(forward, ready, lambda why: _say(f'The connection is lost, trying again: {why}'))
    except KeyboardInterrupt:
        # How it is meant to end, and how kubectl port-forward does.
        if not is_ready:
            raise


def _say(words: str) -> None:
    console.err().print(console.text(words))


def _data(forward: Forward, target: Target) -> dict[str, object]:
    return {
        'schema': console.SCHEMA,
        'command': 'dashboard',
        'result': 'unchanged',
        'url': forward.url,
        'environment': target.environment.name,
        'raycluster': target.raycluster,
        'namespace': target.namespace,
        'service': forward.service,
        'context': forward.kubectl.context,
    }


command = reading_command(open_dashboard)
