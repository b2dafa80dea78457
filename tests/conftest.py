"""What every test stands on: a git identity of its own, and no configuration of the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with other things is no fault of the code's.
settings.register_profile('any', deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What a change breaks must not depend on the day: CI tries the same examples each time, everybody else new ones.
settings.register_profile('ci', settings.get_profile('any'), derandomize=True)
settings.load_profile('ci' if os.environ.get('CI') else 'any')

_GIT_CONFIG = """\
[user]
    name = Ada
    email = ada@example.com
[init]
    defaultBranch = main
[advice]
    detachedHead = false
[gc]
    auto = 0
"""


@pytest.fixture(autouse=True)
def _own_git_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp('home')
    configuration = home / '.gitconfig'
    configuration.write_text(_GIT_CONFIG)
    for name in ('GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'EMAIL'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('HOME', str(home))
    monkeypatch.setenv('XDG_CONFIG_HOME', str(home / '.config'))
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(configuration))
    monkeypatch.setenv('GIT_CONFIG_NOSYSTEM', '1')
    for name in ('DIRECTORY', 'PATH', 'BASE', 'REMOTE', 'PUSH_REMOTE', 'OUTPUT'):
        monkeypatch.delenv(f'RAYBOOTSTRAP_{name}', raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current directory."""
    place = tmp_path / 'folder'
    place.mkdir()
    monkeypatch.chdir(place)
    return place
