"""The three kinds of commands: those that plan a change, those that publish something else, those that only read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from bootstrap.cli.shared import SHARED, default_of, hidden, shared_of, with_options
from bootstrap.cli.writing_options import WRITING, publishing_of

if TYPE_CHECKING:
    from bootstrap.request import Request


def request_command(make: Callable[..., Request], revisions: Sequence[str] = ()) -> Callable[..., None]:
    """A writing command: `make` turns its own options into a request, which then goes the one road.

    Those that name `revisions` reach it as object ids: what HEAD is changes.
    """
    parameters = inspect.signature(make, eval_str=True).parameters

    def command(ctx: typer.Context, **given: Any) -> None:
        from bootstrap import progress
        from bootstrap.cli import writing

        own = {name: given.pop(name) for name in parameters}
        shared = shared_of(ctx, given)
        publishing = publishing_of(given)
        with progress.shown(quiet=shared.quiet) as following:
            own = writing.pinned(own, revisions, shared)
            code = writing.run(ctx.command, make, own, publishing, shared, following)
        ctx.exit(code)

    command.__doc__ = make.__doc__
    # What a trailer's command is planned from: no option but the plan's own.
    command.make = make  # type: ignore[attr-defined]
    command.revisions = revisions  # type: ignore[attr-defined]
    return with_options(command, parameters.values(), hidden({**WRITING, **SHARED}))


def publishing_command(act: Callable[..., int | None], only: Iterable[str] = WRITING) -> Callable[..., None]:
    """A command that publishes without a plan of its own: `act` gets its options, `shared` and `publishing`.

    `only` are the writing options it has.
    """
    parameters = [
        one
        for one in inspect.signature(act, eval_str=True).parameters.values()
        if one.name not in ('shared', 'publishing')
    ]
    options = {name: WRITING[name] for name in only}

    def command(ctx: typer.Context, **given: Any) -> None:
        shared = shared_of(ctx, given)
        defaults = {name: default_of(name, WRITING[name]) for name in WRITING if name not in options}
        publishing = publishing_of({**defaults, **{name: given.pop(name) for name in options}})
        ctx.exit(act(**given, shared=shared, publishing=publishing) or 0)

    command.__doc__ = act.__doc__
    return with_options(command, parameters, hidden({**options, **SHARED}))


def reading_command(read: Callable[..., int | None]) -> Callable[..., None]:
    """A command that only reads: `read` gets its own options and, as `shared`, those of every command.

    What it returns is the exit code; None is 0.
    """
    parameters = [one for one in inspect.signature(read, eval_str=True).parameters.values() if one.name != 'shared']

    def command(ctx: typer.Context, **given: Any) -> None:
        shared = shared_of(ctx, given)
        ctx.exit(read(**given, shared=shared) or 0)

    command.__doc__ = read.__doc__
    return with_options(command, parameters, hidden(SHARED))
