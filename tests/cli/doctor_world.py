"""What a run of `raybootstrap doctor` says, on a machine that tells it nothing."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import NamedTuple

import pytest
from forge_world import CANARY
from world import Shell

from bootstrap.doctor.question import CHAINS


class Check(NamedTuple):
    mark: str
    found: str
    mend: str


@pytest.fixture(autouse=True)
def nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if 'TOKEN' in name or name.startswith(('CI', 'GITHUB_', 'GITLAB_'))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv('KUBECONFIG', str(tmp_path / 'no-kubeconfig'))
    monkeypatch.delenv('RAYBOOTSTRAP_CONTEXT', raising=False)


def checks(shell: Shell, *options: str, code: int = 0) -> dict[str, Check]:
    """What a run says, by check."""
    ran = shell('doctor', '-o', 'json', *options)
    assert ran.code == code, ran
    assert ran.err == ''
    document = json.loads(ran.out)
    assert document['result'] == ('failed' if code else 'unchanged')
    assert CANARY not in ran.out
    found = {one['check']: Check(one['mark'], one['found'], one['mend']) for one in document['checks']}
    assert [one['check'] for one in document['checks']] == [name for names in CHAINS.values() for name in names]
    return found


def program(file: Path, line: str) -> None:
    """Make a program of one line of sh."""
    file.write_text(f'#!/bin/sh\n{line}\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
