"""raybootstrap status"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bootstrap import console, live_table
from bootstrap.cli.context_option import Context
from bootstrap.cli.env_option import AllOrOneEnvironment
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.kubernetes import Kubectl
from bootstrap.live import environments
from bootstrap.live.environments import EnvironmentState
from bootstrap.live.observed import needs
from bootstrap.merged import merged
from bootstrap.observing import observe, refusal
from bootstrap.termination import as_interrupt
from bootstrap.words import sanitised

_PAUSE = 2.0
_LONGEST_LOOK = 30.0


def status(
    env: AllOrOneEnvironment = None,
    context: Context = None,
    watch: Annotated[
        bool,
        typer.Option('--watch', help='Look every two seconds; off a terminal print what changes, a line each.'),
    ] = False,
    *,
    shared: Shared,
) -> None:
    """Show what Argo CD and KubeRay say, against what Git says.

    Git is the branch that the environment follows, as it was fetched last. With --watch, -o json prints a document
    for every change, a line each.

    \b
    Example:
      raybootstrap status --env prod --context admin
    """
    output = checked_output(shared)
    argocd = Kubectl(context)
    with as_interrupt(), merged(shared.directory or Path.cwd(), shared.path) as place:
        wanted = place.environments(env)
        relations = [place.relate(one) for one in wanted]
        asked = needs(wanted)

        def look() -> list[EnvironmentState]:
            observed = observe(asked, argocd, _LONGEST_LOOK)
            # Where Kubernetes was there before, its going away is a state too.
            if (nothing := refusal(observed)) and not seen:
                raise nothing
            seen.append(True)
            return [environments.state(one, observed, relate) for one, relate in zip(wanted, relations, strict=True)]

        seen: list[bool] = []
        if watch:
            _watch(look, output)
        elif output == 'json':
            console.print_json(_document(look()))
        else:
            live_table.show(look())


def _watch(look: Callable[[], list[EnvironmentState]], output: str) -> None:
    """Until interrupted."""
    if output == 'text' and console.out().is_terminal:
        from rich.live import Live

        out = console.out()
        with Live(live_table.screen(look(), out.width), console=out, auto_refresh=False) as screen:
            while True:
                time.sleep(_PAUSE)
                screen.update(live_table.screen(look(), out.width), refresh=True)
    before: list[EnvironmentState] = []
    while True:
        found = look()
        if output == 'json' and not environments.same(before, found):
            sys.stdout.write(json.dumps(_document(found)) + '\n')
        elif output == 'text':
            for line in live_table.changes(before, found):
                console.out().print(console.text(line))
        sys.stdout.flush()
        before = found
        time.sleep(_PAUSE)


def _document(found: Sequence[EnvironmentState]) -> dict[str, object]:
    # What Argo CD says of a repository may hold the token of its URL.
    states = [sanitised(environments.data(one)) for one in found]
    return {'schema': console.SCHEMA, 'command': 'status', 'result': 'unchanged', 'environments': states}


command = reading_command(status)
