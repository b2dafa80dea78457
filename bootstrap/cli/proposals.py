"""raybootstrap proposals"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bootstrap import console, proposals, table
from bootstrap.cli.kinds import publishing_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.proposals import Found
from bootstrap.request import Publishing

_OPTIONS = ('remote', 'push_remote', 'base', 'fetch', 'push', 'forge', 'forge_url')


def list_proposals(
    close: Annotated[
        str | None, typer.Option('--close', metavar='BRANCH', help='Close a proposal: pull request and branch.')
    ] = None,
    prune: Annotated[bool, typer.Option('--prune', help='Delete the local branches of merged proposals.')] = False,
    *,
    shared: Shared,
    publishing: Publishing,
) -> None:
    """Show the open proposals: their state, their checks, what they change, whether base still takes them.

    \b
    Example:
      raybootstrap proposals --close raybootstrap/add-group-prod/gpu
    """
    output = checked_output(shared)
    directory = shared.directory or Path.cwd()
    if close is not None and prune:
        raise BootstrapError('--close and --prune are two things', 'do one after the other', exit_code=USAGE)
    if close is not None or prune:
        done = proposals.close(directory, close, publishing) if close else proposals.prune(directory, publishing)
        _say(done, output)
        return
    found = proposals.found(directory, publishing)
    if output == 'json':
        rows = [_as_data(one, shared.path or '') for one in found]
        console.print_json({**_head('unchanged'), 'proposals': rows})
    elif not found:
        console.out().print(console.text('There is no open proposal.'))
    else:
        headers = ('BRANCH', 'CHANGES', 'PULL REQUEST', 'CHECKS', 'APPLIES')
        table.print_table(headers, [_row(one, shared.path or '') for one in found])


def _say(done: list[str], output: str) -> None:
    if output == 'json':
        console.print_json({**_head('changed' if done else 'unchanged'), 'done': done})
        return
    for line in done or ['Nothing to do.']:
        console.out().print(console.text(line))


def _head(result: str) -> dict[str, Any]:
    return {'schema': console.SCHEMA, 'command': 'proposals', 'result': result}


def _row(one: Found, path: str) -> list[str]:
    pull_request = one.pull_request
    state = f'#{pull_request.number} {"draft" if pull_request.draft else pull_request.state}' if pull_request else '-'
    where = state if pull_request else 'pushed' if one.pushed else 'not pushed'
    applies = {True: 'cleanly', False: 'conflicts', None: 'unknown'}[one.applies]
    checks = (pull_request.checks or '-') if pull_request else '-'
    changes = 'too much to list' if one.files is None else ', '.join(proposals.environments(one, path)) or '-'
    return [one.branch, changes, where, checks, applies]


def _as_data(one: Found, path: str) -> dict[str, Any]:
    there = one.pull_request
    return {
        'branch': one.branch,
        'commit': one.tip,
        'title': one.title,
        'environments': proposals.environments(one, path),
        'files': None if one.files is None else list(one.files),
        'applies': one.applies,
        'pushed': one.pushed,
        'pull_request': {'url': there.url, 'number': there.number, 'state': there.state, 'checks': there.checks}
        if there
        else None,
    }


command = publishing_command(list_proposals, _OPTIONS)
