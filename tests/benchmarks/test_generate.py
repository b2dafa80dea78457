from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(directory: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize('version', ['1.5.1', '1.7.0'])
def test_environments_that_nothing_is_found_in(tmp_path: Path, version: str) -> None:
    place, script = tmp_path / 'fleet', str(ROOT / 'benchmarks/generate.py')
    run(ROOT, sys.executable, script, '3', str(place), '--groups', '2', '--kuberay-version', version)
    assert run(place, 'git', 'status', '--porcelain') == ''
    assert len(run(place, 'git', 'ls-files').split()) == 15
    files = (place / 'environments').rglob('*.yaml')
    assert sum(file.read_text().count(version) for file in files) == 9
    run(place, sys.executable, '-m', 'bootstrap', 'validate', '--strict')
    listed = run(place, sys.executable, '-m', 'bootstrap', 'list', 'groups')
    assert [line.split()[1] for line in listed.splitlines() if line.startswith('env0002')] == [
        'standard-worker',
        'group00',
        'group01',
        'total',
    ]
