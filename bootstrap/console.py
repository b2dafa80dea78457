"""What a user sees: diffs, summaries, errors. The only module that prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from bootstrap.errors import BootstrapError
from bootstrap.words import redact, sanitise

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from bootstrap.report import Report
    from bootstrap.rules.rule import Finding
    from bootstrap.tree import Tree

SCHEMA = 'raybootstrap/v1'
_LONGEST_LINE = 4_000


def out() -> Console:
    """Where results go: coloured on a terminal, plain elsewhere; nothing in a text is ever markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


def err() -> Console:
    """Where errors and questions go."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True, stderr=True)


def failed(error: BootstrapError, *, as_json: bool, command: str = '') -> int:
    """Show a refusal; its exit code."""
    message = _shortened(error.message)
    if as_json:
        document = {'schema': SCHEMA, 'command': command, 'result': 'failed', 'error': sanitise(message)}
        print_json({**document, 'hint': sanitise(error.hint), 'exit_code': error.exit_code})
    if sys.stderr.isatty():
        console = err()
        console.print(text('error: ', 'bold red') + text(message))
        if error.hint:
            console.print(text('hint: ', 'bold') + text(error.hint))
    else:
        sys.stderr.write(f'error: {sanitise(message)}\n')
        sys.stderr.write(f'hint: {sanitise(error.hint)}\n' if error.hint else '')
    return error.exit_code


def _shortened(message: str) -> str:
    """Without the end of lines that no message of ours has: a name or a command from elsewhere may be a megabyte."""
    # A secret that is cut in two would not be recognised any more.
    lines = redact(message).split('\n')
    return '\n'.join(line if len(line) <= _LONGEST_LINE else f'{line[:_LONGEST_LINE]}…' for line in lines)


def text(words: str, style: str = '') -> Text:
    """Words from anywhere, made safe to show."""
    from rich.text import Text

    return Text(sanitise(words), style=style)


def print_copied(words: str) -> None:
    """A file's text: byte for byte, but on a terminal without what would steer it."""
    if not sys.stdout.isatty():
        sys.stdout.write(words)
        return
    for line in words.splitlines(keepends=True):
        sys.stdout.write(sanitise(line.rstrip('\r\n')) + '\n')


def print_json(document: dict[str, Any]) -> None:
    """One document on stdout. JSON escapes what is not ASCII, and with it all that steers a terminal."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + '\n')


def diff(before: str | None, after: str | None, path: str) -> list[str]:
    """A unified diff of one file as git shows it, a line an item, without line ends."""
    old, new = (before or '').split('\n'), (after or '').split('\n')
    names = ('/dev/null' if before is None else f'a/{path}', '/dev/null' if after is None else f'b/{path}')
    return list(unified_diff(_lines(old), _lines(new), *names, lineterm=''))


def _lines(parts: list[str]) -> list[str]:
    if parts[-1] == '':
        return parts[:-1]
    return [*parts[:-1], f'{parts[-1]}\n\\ No newline at end of file']


def print_diff(console: Console, lines: Iterable[str]) -> None:
    """A diff, red and green on a terminal."""
    for part in (part for line in lines for part in line.split('\n')):
        if console.is_terminal:
            console.print(text(part, _style(part)))
        else:
            # rich takes a hundred times as long, and a diff may have a hundred thousand lines.
            console.file.write(f'{sanitise(part)}\n')


def _style(line: str) -> str:
    if line.startswith(('---', '+++')):
        return 'bold'
    return {'+': 'green', '-': 'red', '@': 'cyan'}.get(line[:1], '')


def placed(finding: Finding) -> str:
    """A finding in a line, as compilers write it."""
    place = f'{finding.file}:{finding.line}:{finding.column}'
    return f'{place}: {finding.rule} {finding.severity.value}: {finding.message}'


def print_findings(findings: Sequence[Finding], tree: Tree) -> None:
    """Each finding with its source line and a caret below its place."""
    if not findings:
        return
    console = out()
    colours = {'error': 'bold red', 'warning': 'yellow', 'info': 'blue'}
    for finding in findings:
        place = f'{finding.file}:{finding.line}:{finding.column}: '
        severity = text(f'{finding.rule} {finding.severity.value}', colours[finding.severity.value])
        console.print(text(place) + severity + text(f': {finding.message}'.replace('\n', '\\n')))
        lines = _readable(tree, finding.file).removeprefix('\ufeff').split('\n')
        if finding.line <= len(lines):
            line = lines[finding.line - 1].rstrip('\r')
            margin = ''.join(character if character == '\t' else ' ' for character in line[: finding.column - 1])
            console.print(text(f'    {line}'))
            console.print(text(f'    {margin}^', 'green'))


def _readable(tree: Tree, file: str) -> str:
    """The text of a file, '' where it is none."""
    try:
        return tree.get(file) or ''
    except BootstrapError:
        return ''


def print_verdict(report: Report) -> None:
    """How many of what, and what did not count."""
    for finding, reason in report.waived:
        err().print(text(f'{placed(finding)} (waived: {reason})', 'dim'))
    for finding, reason in report.allowed:
        err().print(text(f'{placed(finding)} (let through: {reason})', 'dim'))
    counts = {name: sum(one.severity.value == name for one in report.findings) for name in ('error', 'warning', 'info')}
    found = ', '.join(
        f'{count} {name}{"s" if count > 1 and name != "info" else ""}' for name, count in counts.items() if count
    )
    # Numbers and our own words: the usual verdict of a hook that finds nothing needs no rich.
    sys.stderr.write(f'{report.files} file{"" if report.files == 1 else "s"}: {found or "nothing found"}\n')


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    data = finding._asdict()
    return {**data, 'severity': finding.severity.value, 'fix': finding.fix is not None}


def asked(message: str, choices: Sequence[str]) -> int:
    """The number of the choice a user makes on a terminal."""
    console = err()
    console.print(text(message, 'bold'))
    for number, choice in enumerate(choices, 1):
        console.print(text(f'  {number}. {choice}'))
    while True:
        answer = console.input(text(f'1 to {len(choices)}: '))
        if answer.strip().isdigit() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1


def confirmed(message: str) -> bool:
    """Whether a user says yes on a terminal; nothing said is no."""
    try:
        answer = err().input(text(f'{message} [y/N] ', 'bold'))
    except EOFError:
        return False
    return answer.strip().lower() in ('y', 'yes')
