"""One ordinary repository with its remote, copied for each shape and made strange there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest
from git_world import git, save
from world import URL

from bootstrap.cli.app import run as run_command

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
_OURS = ('/refs/heads/raybootstrap/', '/logs/refs/heads/raybootstrap/')


@dataclass
class Place:
    """Where a shape is made: `directory` is where the commands run, `work` the repository's work tree."""

    top: Path
    monkeypatch: pytest.MonkeyPatch
    directory: Path = field(init=False)
    work: Path = field(init=False)

    def __post_init__(self) -> None:
        self.directory = self.work = self.top / 'work'

    @property
    def remote(self) -> Path:
        return self.top / 'remote.git'

    @property
    def home_configuration(self) -> Path:
        return Path(os.environ['GIT_CONFIG_GLOBAL'])

    def git(self, *arguments: str) -> str:
        return git(self.work, *arguments)

    def configure(self, *pairs: str) -> None:
        """Each `key=value` into the repository's configuration."""
        for pair in pairs:
            self.git('config', '--add', *pair.split('=', 1))

    def moved_to(self, directory: Path) -> None:
        self.directory = self.work = directory

    def pushed(self, files: dict[str, str | bytes]) -> None:
        """A commit on main with these files, here and on the remote."""
        save(self.work, files)
        self.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')


Make: TypeAlias = Callable[[Place], object]


@dataclass(frozen=True)
class Refusal:
    """The exit code and words (regular expressions) with which a command ends, having changed nothing."""

    words: str
    hint: str = '.'
    code: int = 1


@dataclass(frozen=True)
class Shape:
    """A kind of repository, and which of the commands refuse it; None: they do what they always do.

    `late`: only what is about to write refuses, not its dry run. `dirty`: whether the user's staged, unstaged and
    untracked files are added to what `make` leaves. `groups`: a word that `list groups` prints.
    """

    name: str
    make: Make
    writes: Refusal | None = None
    late: bool = False
    reads: Refusal | None = None
    proposals: Refusal | None = None
    dirty: bool = True
    options: tuple[str, ...] = ()
    groups: str = 'prod'
    skip: str = ''


def built(top: Path) -> Path:
    """The ordinary repository: prod and its worker group small on main, pushed; a stash; other people's files."""
    # Without git's sample hooks, which would be copied and read for each shape.
    git(top, 'init', '--quiet', '--bare', '--initial-branch=main', '--template=', 'remote.git')
    git(top, 'clone', '--quiet', '--template=', 'remote.git', 'work')
    work = top / 'work'
    (work / '.git' / 'info').mkdir()
    arguments = ['-C', str(work), 'init', '--env', 'prod', '--repo-url', URL, '--group', 'small', '--no-push']
    save(work, {'README.md': 'hello\n', 'other.txt': 'one\n', 'app/main.txt': 'main\n'})
    assert run_command(arguments) == 0
    git(work, 'merge', '--quiet', 'raybootstrap/init-prod')
    git(work, 'branch', '--quiet', '--delete', 'raybootstrap/init-prod')
    git(work, 'push', '--quiet', 'origin', 'main')
    (work / 'README.md').write_text('stashed\n')
    git(work, 'stash', '--quiet')
    return top


def copied(template: Path, top: Path) -> None:
    shutil.copytree(template, top, symlinks=True)
    configuration = top / 'work' / '.git' / 'config'
    configuration.write_text(configuration.read_text().replace(str(template), str(top)))


def dirty(work: Path) -> None:
    """Staged, unstaged and untracked files of the user's."""
    (work / 'staged.txt').write_text('staged\n')
    git(work, 'update-index', '--add', 'staged.txt')
    (work / 'staged.txt').write_text('staged and changed\n')
    (work / 'untracked.txt').write_text('untracked\n')
    (work / 'environments' / 'stage').mkdir(parents=True, exist_ok=True)
    (work / 'environments' / 'stage' / 'notes.txt').write_text('untracked, where init has files\n')


def users(top: Path, *, ours: bool = False) -> dict[str, bytes]:
    """Every file below a folder, those of git directories too, but objects and the lock; `ours`: our branches too."""
    found = {}
    for path in top.rglob('*'):
        name = str(path.relative_to(top))
        if 'objects' in path.parts or name.endswith('raybootstrap/flock'):
            continue
        if path.is_symlink():
            found[name] = os.fsencode(path.readlink())
        elif path.is_file() and (ours or not any(part in f'/{name}' for part in _OURS)):
            found[name] = path.read_bytes()
    return found
