"""The options that commands share, and the two kinds of commands."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bootstrap.errors import USAGE, BootstrapError

if TYPE_CHECKING:
    from bootstrap.request import Publishing, Request


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

WRITING: dict[str, Any] = {
    'dry_run': Annotated[bool, typer.Option('--dry-run', help='Do everything but write; print the diff.')],
    'exit_code': Annotated[
        bool, typer.Option('--exit-code', help='With --dry-run: exit 3 when something would change.')
    ],
    'base': Annotated[
        str | None,
        typer.Option(
            '--base', metavar='BRANCH', envvar='RAYBOOTSTRAP_BASE', help='The branch to plan on and to merge into.'
        ),
    ],
    'branch': Annotated[str | None, typer.Option('--branch', metavar='NAME', help="The proposal's branch.")],
    'remote': Annotated[
        str | None,
        typer.Option('--remote', metavar='NAME', envvar='RAYBOOTSTRAP_REMOTE', help='The remote of the base branch.'),
    ],
    'push_remote': Annotated[
        str | None,
        typer.Option(
            '--push-remote',
            metavar='NAME',
            envvar='RAYBOOTSTRAP_PUSH_REMOTE',
            help='The remote to push to, such as a fork.',
        ),
    ],
    'fetch': Annotated[bool, typer.Option('--fetch/--no-fetch', help='Ask the remotes for their branches first.')],
    'push': Annotated[bool, typer.Option('--push/--no-push', help='Push the branch.')],
    'pr': Annotated[
        bool | None,
        typer.Option('--pr/--no-pr', help='Open a pull request. Default: where the forge is known, else a link.'),
    ],
    'forge': Annotated[
        str | None,
        typer.Option(
            '--forge',
            metavar='KIND',
            envvar='RAYBOOTSTRAP_FORGE',
            help='github, gitlab, gitea, forgejo, bitbucket, bitbucket-server or azure.',
        ),
    ],
    'forge_url': Annotated[
        str | None,
        typer.Option(
            '--forge-url', metavar='URL', envvar='RAYBOOTSTRAP_FORGE_URL', help="The base address of the forge's API."
        ),
    ],
    'reviewer': Annotated[
        list[str] | None, typer.Option('--reviewer', metavar='NAME', help='A user, or org/team, to ask for a review.')
    ],
    'label': Annotated[list[str] | None, typer.Option('--label', metavar='NAME', help='A label of the pull request.')],
    'draft': Annotated[bool, typer.Option('--draft', help='Open the pull request as a draft.')],
    'direct': Annotated[bool, typer.Option('--direct', help='Commit to the base branch, without a review.')],
    'checkout': Annotated[bool, typer.Option('--checkout', help='Check the branch out.')],
    'title': Annotated[str | None, typer.Option('--title', metavar='TEXT', help="The commit's subject.")],
    'message': Annotated[
        str | None, typer.Option('-m', '--message', metavar='TEXT', help='Why: the first paragraph of the message.')
    ],
    'sign': Annotated[
        bool | None, typer.Option('--sign/--no-sign', help="Sign the commit. Default: as git's configuration says.")
    ],
    'trailer': Annotated[
        list[str] | None, typer.Option('--trailer', metavar='KEY=VALUE', help='A trailer of the commit message.')
    ],
    'allow': Annotated[
        list[str] | None,
        typer.Option('--allow', metavar='RULE=REASON', help='Let an error of a rule through; it is recorded.'),
    ],
}


def request_command(make: Callable[..., Request], revisions: Sequence[str] = ()) -> Callable[..., None]:
    """A writing command: `make` turns its own options into a request, which then goes the one road.

    Those that name `revisions` reach it as object ids: what HEAD is changes.
    """
    parameters = inspect.signature(make, eval_str=True).parameters

    def command(ctx: typer.Context, **given: Any) -> None:
        from bootstrap.cli import writing

        own = {name: given.pop(name) for name in parameters}
        shared = _shared(ctx, given)
        publishing = publishing_of(given)
        ctx.exit(writing.run(ctx.command, make, writing.pinned(own, revisions, shared), publishing, shared))

    command.__doc__ = make.__doc__
    # What a trailer's command is planned from: no option but the plan's own.
    command.make = make  # type: ignore[attr-defined]
    command.revisions = revisions  # type: ignore[attr-defined]
    return with_options(command, parameters.values(), _hidden({**WRITING, **SHARED}))


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
        shared = _shared(ctx, given)
        defaults = {name: default_of(name, WRITING[name]) for name in WRITING if name not in options}
        publishing = publishing_of({**defaults, **{name: given.pop(name) for name in options}})
        ctx.exit(act(**given, shared=shared, publishing=publishing) or 0)

    command.__doc__ = act.__doc__
    return with_options(command, parameters, _hidden({**options, **SHARED}))


def reading_command(read: Callable[..., int | None]) -> Callable[..., None]:
    """A command that only reads: `read` gets its own options and, as `shared`, those of every command.

    What it returns is the exit code; None is 0.
    """
    parameters = [one for one in inspect.signature(read, eval_str=True).parameters.values() if one.name != 'shared']

    def command(ctx: typer.Context, **given: Any) -> None:
        shared = _shared(ctx, given)
        ctx.exit(read(**given, shared=shared) or 0)

    command.__doc__ = read.__doc__
    return with_options(command, parameters, _hidden(SHARED))


def checked_output(shared: Shared, *more: str) -> str:
    """The format asked for: text, json or one of those that the command adds; a usage error for another."""
    known = ('text', 'json', *more)
    output = shared.output or 'text'
    if output not in known:
        raise BootstrapError(f'-o {output!a}: no such format', ', '.join(known), exit_code=USAGE)
    return output


def publishing_of(given: dict[str, Any]) -> Publishing:
    """The writing options in their plain form; usage errors for what is not of the form asked for."""
    from bootstrap.request import Publishing

    trailers = tuple(pair(text, '--trailer') for text in given.pop('trailer') or ())
    for key, value in trailers:
        if not key.replace('-', '').isalnum() or not value.isprintable() or key.lower().startswith('raybootstrap-'):
            raise BootstrapError(
                f'--trailer {key!a}={value!a} is no trailer', 'for example Issue=OPS-12', exit_code=USAGE
            )
    for name in ('title',):
        if given[name] is not None and (not given[name].strip() or not given[name].isprintable()):
            raise BootstrapError(f'--{name} is one line of text', exit_code=USAGE)
    message = given['message']
    if message is not None and not message.replace('\n', '').replace('\t', '').isprintable():
        raise BootstrapError('--message holds control characters', 'leave them out', exit_code=USAGE)
    allow = dict(pair(text, '--allow', form='RULE=REASON') for text in given.pop('allow') or ())
    for rule, reason in allow.items():
        # The reason becomes a trailer: a line break in it would begin another one.
        if not reason.isprintable():
            raise BootstrapError(f'--allow {rule!a}: the reason is one line of text', exit_code=USAGE)
    if given['pr'] and (not given['push'] or given['direct']):
        raise BootstrapError('--pr needs a pushed branch', 'leave out --no-push and --direct', exit_code=USAGE)
    if given['exit_code'] and not given['dry_run']:
        raise BootstrapError('--exit-code tells what a dry run found', 'add --dry-run', exit_code=USAGE)
    if given['direct'] and given['branch']:
        raise BootstrapError('--direct goes to the base branch', 'leave --branch out', exit_code=USAGE)
    for name in ('reviewer', 'label'):
        given[name] = tuple(given[name] or ())
    return Publishing(**given, trailers=trailers, allow=allow)


def pair(text: str, option: str, separator: str = '=', form: str = 'KEY=VALUE') -> tuple[str, str]:
    """KEY=VALUE in two; a usage error without both."""
    key, found, value = text.partition(separator)
    if not key.strip() or not found or not value.strip():
        raise BootstrapError(f'{option} {text!a} is not of the form {form}', exit_code=USAGE)
    return key.strip(), value.strip()


def _shared(ctx: typer.Context, given: dict[str, Any]) -> Shared:
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


def _hidden(shared: dict[str, Any]) -> dict[str, Any]:
    """Shared options stand in `raybootstrap options`, not in every command's help."""
    found = {}
    for name, annotation in shared.items():
        option = copy.copy(annotation.__metadata__[0])
        option.hidden = True
        found[name] = Annotated[annotation.__origin__, option]
    return found
