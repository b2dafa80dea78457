from __future__ import annotations

import os
from pathlib import Path

import pytest
from hostile_world import copied, template
from world import Shell

__all__ = ['template']


@pytest.fixture(autouse=True)
def _no_tokens_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if 'TOKEN' in name or name.startswith(('CI', 'GITHUB_', 'GITLAB_'))]:
        monkeypatch.delenv(name)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def place(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in which every command has something to do; the current directory."""
    here = copied(template, tmp_path)
    monkeypatch.chdir(here)
    return here
