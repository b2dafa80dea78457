"""raybootstrap replay"""

from __future__ import annotations

import importlib
import inspect
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command_from_info
from typer.models import CommandInfo

from bootstrap import console, progress, proposals, summary
from bootstrap.cli.kinds import publishing_command
from bootstrap.cli.shared import Shared, checked_output, with_options
from bootstrap.cli.writing import line_of
from bootstrap.cli.writing_options import WRITING
from bootstrap.errors import CHANGES_PENDING, USAGE, BootstrapError
from bootstrap.propose import replay as run_again
from bootstrap.replaying import Replay
from bootstrap.request import Publishing, Request
from bootstrap.revision import is_object_id

# The writing commands whose plans need nothing but their options and trees. `adopt` needs files.
REPLAYABLE = (
    'init',
    'add-group',
    'set-group',
    'remove-group',
    'set-raycluster',
    'fix',
    'upgrade',
    'add-raycluster',
    'remove-raycluster',
    'remove-env',
    'promote',
    'fleet',
    'rollback',
)
# What a proposal has already: its branch, its words.
_NOT_HERE = ('branch', 'direct', 'checkout', 'title', 'message', 'trailer')
# Options that may name a file; in a trailer only the content itself is taken.
_FILES = ('--values',)


def replay(
    branch: Annotated[str | None, typer.Argument(metavar='[BRANCH]', help="A proposal's branch.")] = None,
    all_: Annotated[bool, typer.Option('--all', help='Every open proposal.')] = False,
    *,
    shared: Shared,
    publishing: Publishing,
) -> int:
    """Plan a proposal again on today's base, from the commands in its commits.

    Pushes only where base no longer takes the branch cleanly, or the result differs.

    \b
    Example:
      raybootstrap replay raybootstrap/add-group-prod/gpu --dry-run --exit-code
    """
    output = checked_output(shared)
    if (branch is None) == (not all_):
        raise BootstrapError('which proposal?', 'name its branch, or say --all', exit_code=USAGE)
    directory = shared.directory or Path.cwd()
    branches = [branch] if branch else [one.branch for one in proposals.found(directory, publishing)]
    codes = [_replayed(one, publishing, directory, shared, output) for one in branches]
    if not branches:
        console.out().print(console.text('There is no open proposal.'))
    return max(codes, default=0)


def _replayed(branch: str, publishing: Publishing, directory: Path, shared: Shared, output: str) -> int:
    try:
        with progress.shown(quiet=shared.quiet) as following:
            outcome = run_again(Replay(branch, request_of), publishing, directory, shared.path, following)
    except BootstrapError as error:
        return console.failed(error, as_json=output == 'json', command='replay')
    if output == 'json':
        console.print_json(summary.as_data(outcome, 'replay'))
    elif outcome.result == 'unchanged':
        console.out().print(console.text(f'{branch} is what its commands make on {outcome.base}: nothing to do.'))
    else:
        summary.show(outcome, dry_run=publishing.dry_run, quiet=shared.quiet, verbose=shared.verbose)
    return CHANGES_PENDING if publishing.exit_code and outcome.result == 'planned' else 0


def request_of(line: str) -> Request:
    """The request that a command in a trailer makes. A stranger may have written it: only options of plans pass."""
    try:
        name, *arguments = shlex.split(line)
    except ValueError:
        raise _refused(line, 'cannot be read') from None
    if name not in REPLAYABLE:
        raise _refused(line, 'is none that can be planned again')
    for number, word in enumerate(arguments):
        option, equals, value = word.partition('=')
        if option in _FILES and not (value if equals else ''.join(arguments[number + 1 : number + 2])).startswith('{'):
            raise _refused(line, 'names a file')
    module = importlib.import_module(f'bootstrap.cli.{name.replace("-", "_")}')
    taken: list[dict[str, Any]] = []

    def take(ctx: typer.Context, **given: Any) -> None:  # noqa: ARG001
        taken.append(given)

    make = module.command.make
    callback = with_options(take, inspect.signature(make, eval_str=True).parameters.values(), {})
    info = CommandInfo(name=name, callback=callback, add_help_option=False)
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    try:
        command.main(arguments, prog_name=name, standalone_mode=False)
    except Exception as error:
        if isinstance(error, BootstrapError) or not hasattr(error, 'format_message'):
            raise
        raise _refused(line, error.format_message()) from None
    if not taken:
        raise _refused(line, 'has no plan')
    for name in module.command.revisions:
        if not is_object_id(taken[0][name]):
            raise _refused(line, 'names a revision that may be another commit here')
    request: Request = make(**taken[0])
    return replace(request, line=partial(line_of, command, taken[0]))


def _refused(line: str, why: str) -> BootstrapError:
    return BootstrapError(f'the command {line!a} {why}', 'bring the branch up to date yourself, with git')


command = publishing_command(replay, [name for name in WRITING if name not in _NOT_HERE])
