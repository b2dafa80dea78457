from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from git_world import new_repository, put_first_on_path, save, script


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: an identity, and nothing of the machine's git configuration."""
    home = tmp_path_factory.mktemp('home')
    for name in list(os.environ):
        if name.startswith(('GIT_', 'XDG_', 'SSH_')) or name == 'EMAIL':
            monkeypatch.delenv(name)
    monkeypatch.setenv('HOME', str(home))
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(home / '.gitconfig'))
    monkeypatch.setenv('GIT_CONFIG_NOSYSTEM', '1')
    (home / '.gitconfig').write_text('[user]\n\tname = Ada\n\temail = ada@example.com\n')
    return home


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit on main."""
    directory = new_repository(tmp_path / 'work')
    save(directory, {'README.md': 'hello\n', 'environments/dev/root.yaml': 'kind: Application\n'}, 'first')
    return directory


@pytest.fixture
def git_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The command lines with which git was started so far."""
    log = tmp_path / 'git.log'
    log.touch()
    script(tmp_path / 'bin' / 'git', f'echo "$@" >> {log}\nexec {shutil.which("git")} "$@"')
    monkeypatch.setenv('PATH', put_first_on_path(tmp_path / 'bin'))
    return lambda: log.read_text().splitlines()
