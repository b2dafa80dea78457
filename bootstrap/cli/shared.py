"""The options that every command has."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bootstrap.errors import USAGE, BootstrapError


@dataclass(frozen=True)
class Shared:
    """What every command can be told; None and False: not told."""

    directory: Path | None = None
    path: str | None = None
    output: str | None = None
    quiet: bool = False
    verbose: bool = False

    def over(self, before: Shared) -> Shared:
        """What was given behind the command's name, over what was given before it."""
        return Shared(
            directory=self.directory or before.directory,
            path=self.path if self.path is not None else before.path,
            output=self.output or before.output,
            quiet=self.quiet or before.quiet,
            verbose=self.verbose or before.verbose,
        )


# Typer reads these with inspect and eval: on Python 3.10 `X | None` inside Annotated works, forward references do not.
SHARED: dict[str, Any] = {
    'directory': Annotated[
        Path | None,
        typer.Option(
            '-C',
            '--directory',
            metavar='PATH',
            envvar='RAYBOOTSTRAP_DIRECTORY',
            help='The repository. Default: the one of the current directory.',
        ),
    ],
    'path': Annotated[
        str | None,
        typer.Option(
            '--path',
            metavar='DIR',
            envvar='RAYBOOTSTRAP_PATH',
            help='The folder of the repository that holds environments/. Default: its top.',
        ),
    ],
    'output': Annotated[
        str | None,
        typer.Option('-o', '--output', metavar='FORMAT', envvar='RAYBOOTSTRAP_OUTPUT', help='text or json.'),
    ],
    'quiet': Annotated[bool, typer.Option('-q', '--quiet', help='Say only what must be said.')],
    'verbose': Annotated[bool, typer.Option('-v', '--verbose', help='Show new files whole.')],
}


def checked_output(shared: Shared, *more: str) -> str:
    """The format asked for: text, json or one of those that the command adds; a usage error for another."""
    known = ('text', 'json', *more)
    output = shared.output or 'text'
    if output not in known:
        raise BootstrapError(f'-o {output!a}: no such format', ', '.join(known), exit_code=USAGE)
    return output


def shared_of(ctx: typer.Context, given: dict[str, Any]) -> Shared:
    """What a command was told, before and behind its name; takes it out of what was given."""
    behind = Shared(**{name: given.pop(name) for name in SHARED})
    before = ctx.obj if isinstance(ctx.obj, Shared) else Shared()
    return behind.over(before)


def with_options(
    command: Callable[..., None], own: Iterable[inspect.Parameter], shared: dict[str, Any]
) -> Callable[..., None]:
    """The function with the signature that Typer is to see: its own parameters and the shared ones."""
    parameters = [inspect.Parameter('ctx', inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    parameters += [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    for name, annotation in shared.items():
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, kind, default=default_of(name, annotation), annotation=annotation))
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def default_of(name: str, annotation: Any) -> bool | None:
    """What a shared option is when it is not given."""
    return name in ('fetch', 'push') if annotation.__origin__ is bool else None


def hidden(shared: dict[str, Any]) -> dict[str, Any]:
    """Shared options stand in `raybootstrap options`, not in every command's help."""
    found = {}
    for name, annotation in shared.items():
        option = copy.copy(annotation.__metadata__[0])
        option.hidden = True
        found[name] = Annotated[annotation.__origin__, option]
    return found
