"""raybootstrap doctor"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from bootstrap import console, doctor, forges, layout
from bootstrap.cli.context_option import Context
from bootstrap.cli.env_option import AllOrOneEnvironment
from bootstrap.cli.kinds import publishing_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.diagnosis import Mark, Verdict, failed, summary
from bootstrap.doctor.question import Question
from bootstrap.errors import REFUSED, USAGE, BootstrapError
from bootstrap.forges.address import checked_api_url
from bootstrap.reading import reading
from bootstrap.repository.environment import on_terminal
from bootstrap.request import Publishing

_OPTIONS = ('remote', 'push_remote', 'forge', 'forge_url')
_STYLES = {Mark.OK: 'green', Mark.WARN: 'yellow', Mark.FAIL: 'bold red', Mark.SKIPPED: 'dim'}


def diagnose(
    env: AllOrOneEnvironment = None,
    context: Context = None,
    *,
    shared: Shared,
    publishing: Publishing,
) -> int:
    """Check git, identity, signing, remotes, forge, token, kubectl, Argo CD, KubeRay and helm, each with the mend.

    Nothing is written, and nothing asked. The push is a dry run that sends no commit and runs no hook; it goes by the
    repository's own configuration, as a command that writes does. All ends within a minute; exit 1: something failed.

    \b
    Example:
      raybootstrap doctor --env prod
    """
    output = checked_output(shared)
    directory = shared.directory or Path.cwd()
    _check(env, shared, publishing)
    question = Question(
        str(directory.absolute()),
        *(shared.path, env, context),
        *(publishing.remote, publishing.push_remote, publishing.forge, publishing.forge_url),
        attended=on_terminal(),
    )
    err = console.err()
    shows = err.is_terminal and output == 'text' and not shared.quiet
    with err.status('Checking…') if shows else nullcontext():
        found = doctor.verdicts(question)
    if output == 'json':
        result = 'failed' if failed(found) else 'unchanged'
        checks = [{**one._asdict(), 'mark': one.mark.value} for one in found]
        console.print_json({'schema': console.SCHEMA, 'command': 'doctor', 'result': result, 'checks': checks})
    else:
        _show(found, quiet=shared.quiet)
    return REFUSED if failed(found) else 0


def _check(env: str | None, shared: Shared, publishing: Publishing) -> None:
    """What is wrong with the command line is no finding."""
    if publishing.forge is not None and publishing.forge not in forges.KINDS:
        known = ', '.join(forges.KINDS)
        raise BootstrapError(f'{publishing.forge!a}: no such kind of forge', f'there is {known}', exit_code=USAGE)
    if publishing.forge_url is not None:
        checked_api_url(publishing.forge_url)
    if env is not None:
        with reading(shared.directory, shared.path) as found:
            layout.existing(found.tree, env, found.path)


def _show(verdicts: list[Verdict], *, quiet: bool) -> None:
    out = console.out()
    for one in verdicts:
        if quiet and one.mark in (Mark.OK, Mark.SKIPPED):
            continue
        mark = console.text(f'{one.mark.value:<8}', _STYLES[one.mark])
        words = one.found.strip().replace('\n', f'\n{"":23}')
        out.print(console.text('').append_text(mark).append_text(console.text(f'{one.check:<15}{words}')))
        if one.mend and one.mark is not Mark.OK:
            out.print(console.text(f'{"":23}mend: {one.mend}', 'dim'))
    if not quiet:
        console.err().print(console.text(summary(verdicts)))


command = publishing_command(diagnose, _OPTIONS)
