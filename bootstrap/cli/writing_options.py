"""The options that every writing command has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bootstrap.errors import USAGE, BootstrapError

if TYPE_CHECKING:
    from bootstrap.request import Publishing

# Typer reads these with inspect and eval: on Python 3.10 `X | None` inside Annotated works, forward references do not.
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
