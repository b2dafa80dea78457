"""raybootstrap wait"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap import console, durations, waiting
from bootstrap.cli.context_option import Context
from bootstrap.cli.env_option import OneEnvironment
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import NOT_READY, USAGE, BootstrapError
from bootstrap.kubernetes import Kubectl
from bootstrap.live.expected import ExpectedEnvironment
from bootstrap.live.goals import Blocker, Goal
from bootstrap.live.revisions import short
from bootstrap.merged import merged
from bootstrap.termination import as_interrupt
from bootstrap.waiting import Look
from bootstrap.words import sanitised

if TYPE_CHECKING:
    from rich.status import Status


def wait(
    env: OneEnvironment = None,
    context: Context = None,
    goal: Annotated[
        str, typer.Option('--for', metavar='GOAL', help='synced, healthy or ray-ready; each holds those before it.')
    ] = Goal.RAY_READY.value,
    revision: Annotated[
        str | None,
        typer.Option('--revision', metavar='REV', help='What must run. Default: the tip of the branch it follows.'),
    ] = None,
    timeout: Annotated[
        str, typer.Option('--timeout', metavar='TIME', help='How long at most: 90s, 10m, 1h30m.')
    ] = '10m',
    *,
    shared: Shared,
) -> int | None:
    """Wait until what is merged is synced, healthy or, with Ray's pods, ready.

    Exit code 7 says that time ran out, or that waiting alone will not mend what is wrong.

    \b
    Example:
      raybootstrap wait --env prod --for ray-ready --revision main --timeout 15m
    """
    output = checked_output(shared)
    if goal not in [one.value for one in Goal]:
        raise BootstrapError(f'--for {goal!a}', ', '.join(one.value for one in Goal), exit_code=USAGE)
    seconds = durations.seconds(timeout, '--timeout')
    with as_interrupt(), merged(shared.directory or Path.cwd(), shared.path) as place:
        wanted = place.at(env, revision)
        looks = waiting.looks(Goal(goal), wanted, place.relate(wanted), Kubectl(context), seconds)
        last = _watched(looks, wanted, Goal(goal), quiet=shared.quiet)
    error = None if last.is_reached else _error(last, wanted, Goal(goal), seconds)
    if output == 'json':
        console.print_json(_document(last, wanted, Goal(goal), error))
        return error.exit_code if error else 0
    if error:
        raise error
    if not shared.quiet:
        console.out().print(console.text(_reached(last, wanted, Goal(goal))))
    return None


def _watched(looks: Iterable[Look], wanted: ExpectedEnvironment, goal: Goal, *, quiet: bool) -> Look:
    """The last look; progress on the way, as a status line or a line per change."""
    doing = f'{wanted.name}: waiting until {short(wanted.revision)} is {goal.value}'
    if quiet:
        return list(looks)[-1]
    if console.err().is_terminal:
        from rich.status import Status

        with Status(console.text(doing), console=console.err()) as line:
            return _on_a_line(looks, doing, line)
    return _line_by_line(looks, doing, wanted)


def _on_a_line(looks: Iterable[Look], doing: str, line: Status) -> Look:
    for look in looks:
        last = look
        line.update(console.text(f'{doing} ({durations.shown(look.seconds)}): {_first(look.blockers)}'))
    return last


def _line_by_line(looks: Iterable[Look], doing: str, wanted: ExpectedEnvironment) -> Look:
    sys.stderr.write(f'{doing}\n')
    before: frozenset[Blocker] = frozenset()
    for look in looks:
        last = look
        for one in look.blockers:
            if one not in before:
                console.err().print(console.text(f'{wanted.name} {one.part}: {one.why}'))
        before = frozenset(look.blockers)
    return last


def _first(blockers: Iterable[Blocker]) -> str:
    found = [f'{one.part}: {one.why}' for one in blockers]
    more = f' (and {len(found) - 1} more)' if len(found) > 1 else ''
    return f'{found[0]}{more}' if found else ''


def _reached(last: Look, wanted: ExpectedEnvironment, goal: Goal) -> str:
    return f'{wanted.name} is {goal.value} at {short(wanted.revision)} after {durations.shown(last.seconds)}.'


def _error(last: Look, wanted: ExpectedEnvironment, goal: Goal, seconds: int) -> BootstrapError:
    final = [one for one in last.blockers if one.is_final]
    # What waiting does not mend is the reason, whatever else is in the way.
    first = (final or list(last.blockers))[0]
    within = '' if final else f' within {durations.shown(seconds)}'
    message = f'{wanted.name} is not {goal.value} at {short(wanted.revision)}{within}: '
    hint = first.hint or f'raybootstrap status --env {wanted.name}'
    return BootstrapError(
        message + _first([first, *(one for one in last.blockers if one != first)]), hint, exit_code=NOT_READY
    )


def _document(last: Look, wanted: ExpectedEnvironment, goal: Goal, error: BootstrapError | None) -> dict[str, object]:
    failure = {'error': error.message, 'hint': error.hint, 'exit_code': error.exit_code} if error else {}
    data = {
        'schema': console.SCHEMA,
        'command': 'wait',
        'result': 'failed' if error else 'unchanged',
        'environment': wanted.name,
        'revision': wanted.revision,
        'for': goal.value,
        'seconds': round(last.seconds, 1),
        'blockers': [one._asdict() for one in last.blockers] if error else [],
        **failure,
    }
    return dict(sanitised(data))


command = reading_command(wait)
