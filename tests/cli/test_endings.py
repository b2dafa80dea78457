"""Where a command can say what it found, and where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path('/dev/full')


def ran(place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, '-m', 'bootstrap', *words]
    return subprocess.run(line, cwd=place, capture_output=True, env={**os.environ, **more}, check=False)


@pytest.mark.skipif(not FULL.exists(), reason='there is no /dev/full')
@pytest.mark.parametrize('words', [('list',), ('graph',), ('render', '--env', 'prod'), ('list', '-o', 'json')])
def test_a_full_disk_behind_the_output_is_said_in_a_sentence(prod: Path, words: tuple[str, ...]) -> None:
    with FULL.open('wb') as full:
        line = [sys.executable, '-m', 'bootstrap', *words]
        done = subprocess.run(line, cwd=prod, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b'error: cannot write: No space left on device\nhint: make room, or write elsewhere\n'


@pytest.mark.parametrize('locale', [{'LC_ALL': 'C', 'PYTHONUTF8': '0'}, {'PYTHONIOENCODING': 'latin-1'}])
def test_what_is_shown_is_utf8_whatever_the_locale(prod: Path, locale: dict[str, str]) -> None:
    done = ran(prod, 'graph', **locale, PYTHONCOERCECLOCALE='0')
    assert (done.returncode, done.stderr) == (0, b'')
    assert '├─' in done.stdout.decode()
