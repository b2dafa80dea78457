"""`raybootstrap doctor` that meets programs which hang, or is ended itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import doctor_world
import pytest
from doctor_world import checks, program
from world import Shell, git

from bootstrap import doctor
from bootstrap.doctor import worker

RUN = (sys.executable, '-c', 'from bootstrap.cli import main; main()')
SECONDS = 15
nothing_of_the_machine = doctor_world.nothing_of_the_machine


def test_what_hangs_is_given_up(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    _hanging(checkout, tmp_path, monkeypatch)
    monkeypatch.setattr(doctor, 'SECONDS', 3)
    found = checks(shell, code=1)
    assert found['identity'].mark == 'ok'
    assert found['remote'] == (
        'fail',
        'no answer within 3 seconds',
        'check the network and the proxy, then run it again',
    )
    eventually_gone(tmp_path)


def eventually_gone(tmp_path: Path) -> None:
    end = time.monotonic() + SECONDS
    while not _gone(tmp_path):
        assert time.monotonic() < end
        time.sleep(0.05)


def _hanging(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's ssh and helm never end; they write their process ids down."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    for name in ('ssh', 'helm'):
        program(folder / name, f'echo $$ >> {tmp_path}/pids\nexec sleep 300')
    monkeypatch.setenv('PATH', f'{folder}:{os.environ["PATH"]}')
    git(checkout, 'remote', 'set-url', 'origin', 'git@far:acme/ray.git')


def _gone(tmp_path: Path) -> bool:
    return not any(_lives(pid) for pid in _pids(tmp_path))


def _lives(pid: str) -> bool:
    """Whether a process is there, and not merely its entry that nobody has asked for."""
    try:
        return ') Z ' not in Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path('/proc/self').exists(), reason='needs /proc')
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _hanging(checkout, tmp_path, monkeypatch)
    with subprocess.Popen([*RUN, 'doctor'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and len(_pids(tmp_path)) < 2:
            time.sleep(0.05)
        process.send_signal(number)
        process.communicate(timeout=SECONDS)
    assert process.returncode == {signal.SIGINT: 130}.get(signal.Signals(number), -number)
    eventually_gone(tmp_path)


def _pids(tmp_path: Path) -> list[str]:
    return (tmp_path / 'pids').read_text().split() if (tmp_path / 'pids').exists() else []


def test_all_of_it_fits_into_a_minute() -> None:
    assert worker.SECONDS < doctor.SECONDS < 60
