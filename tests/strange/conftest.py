from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from strange_world import Place, built, copied
from world import Shell


@pytest.fixture(scope='session')
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Made once, before any test has a git configuration of its own."""
    top = tmp_path_factory.mktemp('template')
    configuration = tmp_path_factory.mktemp('configuration') / '.gitconfig'
    configuration.write_text('[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('GIT_CONFIG_GLOBAL', str(configuration))
        patch.setenv('GIT_CONFIG_NOSYSTEM', '1')
        built(top)
    yield top
    shutil.rmtree(top)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def place(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A copy of the ordinary repository, to be made strange."""
    top = tmp_path / 'place'
    copied(template, top)
    monkeypatch.chdir(tmp_path)
    return Place(top, monkeypatch)
