from __future__ import annotations

from pathlib import Path

import pytest
from world import URL, Shell, bare, clone, commit, git


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty bare repository."""
    return bare(tmp_path / 'remote.git')


@pytest.fixture
def checkout(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one pushed commit, and staged, unstaged and untracked files; the current directory."""
    place = clone(remote, tmp_path / 'clone')
    commit(place, {'README.md': 'hello\n', 'other.txt': 'one\n'})
    git(place, 'push', '--quiet', 'origin', 'main')
    (place / 'README.md').write_text('stashed\n')
    git(place, 'stash')
    (place / 'README.md').write_text('staged\n')
    git(place, 'add', 'README.md')
    (place / 'other.txt').write_text('unstaged\n')
    (place / 'untracked.txt').write_text('untracked\n')
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def prod(shell: Shell, folder: Path) -> Path:
    """A repository that holds the environment prod on main; the current directory."""
    assert shell('init', '--env', 'prod', '--repo-url', URL).code == 0
    git(folder, 'switch', '--quiet', 'main')
    git(folder, 'merge', '--quiet', 'raybootstrap/init-prod')
    return folder
