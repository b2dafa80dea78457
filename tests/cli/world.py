"""Real repositories, and the real command in them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from bootstrap.cli.app import run as run_command

URL = 'https://git.example.com/acme/ray.git'


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Runs `raybootstrap` in this process, as its `main` does."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = run_command(list(arguments))
        return Ran(code, *self._capsys.readouterr())


def git(directory: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(['git', '-C', str(directory), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit(directory: Path, files: dict[str, str], message: str = 'change') -> str:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(directory, 'add', '--all')
    git(directory, 'commit', '--quiet', '--message', message)
    return git(directory, 'rev-parse', 'HEAD').strip()


def clone(remote: Path, place: Path) -> Path:
    git(remote.parent, 'clone', '--quiet', str(remote), str(place))
    return place


def bare(place: Path) -> Path:
    """A bare repository whose default branch is main."""
    git(place.parent, 'init', '--quiet', '--bare', '--initial-branch=main', str(place))
    return place


def merge(directory: Path, branch: str) -> None:
    git(directory, 'switch', '--quiet', 'main')
    git(directory, 'merge', '--quiet', branch)


def user_state(directory: Path) -> dict[str, str | bytes]:
    """All that is the user's: files, index, HEAD, stash and every ref but this tool's."""
    refs = [line for line in git(directory, 'for-each-ref').splitlines() if 'refs/heads/raybootstrap/' not in line]
    index = directory / '.git' / 'index'
    files = (path for path in sorted(directory.rglob('*')) if path.is_file() and '.git' not in path.parts)
    return {
        **{str(path): path.read_bytes() for path in files},
        'index': index.read_bytes() if index.exists() else b'',
        'HEAD': (directory / '.git' / 'HEAD').read_bytes(),
        'refs': '\n'.join(refs),
        'status': git(directory, 'status', '--porcelain=v2'),
        'stash': git(directory, 'stash', 'list'),
    }


def assert_sound(directory: Path) -> None:
    assert git(directory, 'fsck', '--strict', '--full', '--no-dangling') == ''
