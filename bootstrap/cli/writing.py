"""Runs a writing command: asks what only the user knows, goes the road, shows what came of it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bootstrap import console, summary
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.context import QuestionError
from bootstrap.errors import CHANGES_PENDING
from bootstrap.following import Following, unwatched
from bootstrap.propose import propose
from bootstrap.reading import commit_of
from bootstrap.repository import open_repository
from bootstrap.request import Publishing, Request


def run(
    command: Any,
    make: Callable[..., Request],
    own: dict[str, Any],
    publishing: Publishing,
    shared: Shared,
    following: Following = unwatched,
) -> int:
    """The exit code of a writing command."""
    output = checked_output(shared)
    while True:
        request = replace(make(**own), line=partial(line_of, command, own))
        try:
            outcome = propose(request, publishing, shared.directory or Path.cwd(), shared.path, following)
        except QuestionError as question:
            attended = sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get('CI')
            if not attended or output != 'text':
                raise
            choices = list(question.choices)
            own = {**own, **question.choices[choices[console.asked(question.message, choices)]]}
            continue
        break
    if output == 'json':
        console.print_json(summary.as_data(outcome, request.command))
    else:
        summary.show(outcome, dry_run=publishing.dry_run, quiet=shared.quiet, verbose=shared.verbose)
    return CHANGES_PENDING if publishing.exit_code and outcome.result == 'planned' else 0


def pinned(own: dict[str, Any], names: Sequence[str], shared: Shared) -> dict[str, Any]:
    """The options with object ids for the revisions that those of these names hold, where there is a repository."""
    given = [name for name in names if own.get(name)]
    repository = open_repository(shared.directory or Path.cwd(), writes=False) if given else None
    if repository is None:
        return own
    with repository:
        return {**own, **{name: commit_of(repository, own[name]) for name in given}}


def line_of(command: Any, own: dict[str, Any], environments: Sequence[str]) -> str:
    """The command with the options of its plan, normalised: what a trailer says and what is planned again from it."""
    words = [command.name]
    own = {**own, 'env': [] if own.get('all_envs') else list(environments)}
    for parameter in command.params:
        value = own.get(parameter.name)
        if value is None or (value is False and not parameter.secondary_opts):
            continue
        words += _words(parameter, value)
    return shlex.join(words)


def _words(parameter: Any, value: Any) -> Sequence[str]:
    if parameter.param_type_name == 'argument':
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]
    option = max(parameter.opts, key=len)
    if isinstance(value, bool):
        return [option if value else max(parameter.secondary_opts, key=len)]
    if isinstance(value, (list, tuple)):
        return [word for item in value for word in (option, str(item))]
    if isinstance(value, dict):
        # What a file says is to mention and close nothing when it stands in a commit's message.
        data = json.dumps(value, separators=(',', ':'), sort_keys=True)
        return [option, data.replace('@', r'\u0040').replace('#', r'\u0023')]
    return [option, str(getattr(value, 'value', value))]
