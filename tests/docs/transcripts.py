"""Runs what the pages tell a reader to type, and compares what is printed with what they show.

A page is one session: its blocks run in order in one shell. A `console` block holds commands after `$ ` and what they
print; a line `...` stands for any lines. A `sh` block is run and has to succeed. What happens elsewhere, such as the
merge of a pull request, is run from a comment: `<!-- run: COMMAND -->`.

`python tests/docs/transcripts.py` writes what is printed today into the pages.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGES = ('README.md', 'docs/guide.md', 'docs/recipes.md')

REMOTE = 'https://git.example.com/acme/ray.git'

_PIECE = re.compile(r'^```(console|sh)\n(.*?)^```$|^<!-- run: (.*?) -->$', re.MULTILINE | re.DOTALL)
_END = '\x1e'
# Such a block makes a virtual environment of its own: what it runs in it is tested apart.
_INSTALLS = '-m venv'


@dataclass(frozen=True)
class Command:
    """One command as it stands in a page; `shown` is what the page says it prints, None where it says nothing."""

    line: str
    shown: str | None


@dataclass(frozen=True)
class Printed:
    """What a command printed, and the code it ended in."""

    command: Command
    text: str
    code: int

    def is_as_shown(self) -> bool:
        if self.command.shown is None:
            return self.code == 0
        parts = [re.escape(part) for part in re.split(r'^\.\.\.\n', self.command.shown, flags=re.MULTILINE)]
        return re.fullmatch('(?:.*\n)*'.join(parts), self.text) is not None


def commands(page: str) -> Iterator[Command]:
    for kind, block, hidden in _PIECE.findall(page):
        if kind == 'sh' and _INSTALLS in block:
            continue
        if hidden or kind == 'sh':
            yield Command(hidden or block, None)
            continue
        for part in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
            lines = part.split('\n')
            last = next(number for number, line in enumerate(lines) if not line.endswith('\\'))
            yield Command('\n'.join(lines[: last + 1]), '\n'.join(lines[last + 1 :]))


def run(page: str) -> list[Printed]:
    """What every command of a page prints today."""
    found = list(commands(page))
    script = ''.join(f'{{ {one.line}\n}} 2>&1\nprintf \'{_END}%s{_END}\' "$?"\n' for one in found)
    with world() as (folder, environment):
        done = subprocess.run(
            ['bash', '-c', script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=True
        )
    pieces = done.stdout.split(_END)
    return [Printed(one, pieces[2 * at], int(pieces[2 * at + 1])) for at, one in enumerate(found)]


@contextmanager
def world() -> Iterator[tuple[Path, dict[str, str]]]:
    """An empty folder beside a remote that answers at the address the pages use, and the environment to run in."""
    with tempfile.TemporaryDirectory(prefix='raybootstrap-') as name:
        home = Path(name)
        folder, remote = home / 'work', home / 'remote.git'
        folder.mkdir()
        (home / '.gitconfig').write_text(
            '[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n'
            f'[url "file://{remote}"]\ninsteadOf = {REMOTE}\n'
        )
        keep = {key: value for key, value in os.environ.items() if not key.startswith(('GIT_', 'RAYBOOTSTRAP_'))}
        beside = Path(sys.executable).parent
        environment = {
            **keep,
            'HOME': name,
            'PATH': f'{beside}{os.pathsep}{Path(__file__).parent}{os.pathsep}{keep["PATH"]}',
            'GIT_CONFIG_NOSYSTEM': '1',
            # A commit's id holds the time it was made at.
            'GIT_AUTHOR_DATE': '2026-01-01T12:00:00Z',
            'GIT_COMMITTER_DATE': '2026-01-01T12:00:00Z',
            'KUBECONFIG': str(home / 'kubeconfig.yaml'),
        }
        subprocess.run(
            ['git', 'init', '--quiet', '--bare', '--initial-branch=main', remote], check=True, env=environment
        )
        yield folder, environment


def updated(page: str) -> str:
    """The page with what its commands print today."""
    printed = iter(run(page))

    def replaced(match: re.Match[str]) -> str:
        if match[1] == 'sh' and _INSTALLS in match[2]:
            return match[0]
        if match[1] != 'console':
            one = next(printed)
            if not one.is_as_shown():
                raise SystemExit(f'{one.command.line}\nended in {one.code}:\n{one.text}')
            return match[0]
        shown = [next(printed) for _ in re.findall(r'^\$ ', match[2], re.MULTILINE)]
        text = ''.join(f'$ {one.command.line}\n{one.command.shown if one.is_as_shown() else one.text}' for one in shown)
        return f'```console\n{text}```'

    return _PIECE.sub(replaced, page)


def main() -> None:
    for name in sys.argv[1:] or PAGES:
        path = TOP / name
        path.write_text(updated(path.read_text()))
        print(shlex.join(['wrote', name]))  # noqa: T201


if __name__ == '__main__':
    main()
