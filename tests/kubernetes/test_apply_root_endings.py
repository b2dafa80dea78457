"""apply-root that is told to end while kubectl works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from place import Place, running


@pytest.fixture
def place(folder: Path) -> Iterator[Place]:
    with running(folder) as found:
        yield found


def lives(pid: str) -> bool:
    """Whether a process is there, and not merely its entry that nobody has asked for."""
    try:
        return ') Z ' not in Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path('/proc/self').exists(), reason='needs /proc')
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_kubectl_ends_with_it(place: Place, number: signal.Signals) -> None:
    programs = place.folder.parent / 'programs'
    programs.mkdir()
    pid = programs / 'pid'
    (programs / 'kubectl').write_text(f'#!/bin/sh\necho $$ > {pid}.new\nmv {pid}.new {pid}\nexec sleep 300\n')
    (programs / 'kubectl').chmod(0o755)
    variables = {**place.environment, 'PATH': f'{programs}:{os.environ["PATH"]}'}
    line = [sys.executable, '-m', 'bootstrap', 'apply-root', '--yes']
    with subprocess.Popen(line, cwd=place.folder, env=variables, text=True, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 15
        while not pid.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(5) == 130
        assert process.stderr is not None
        assert 'Traceback' not in process.stderr.read()
    assert not lives(pid.read_text().strip())
