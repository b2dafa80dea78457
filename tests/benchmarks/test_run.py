"""The benchmarks run, and write down what they measured; what they measure is no matter of a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_results_have_a_row_for_everything(tmp_path: Path) -> None:
    script, results = ROOT / 'benchmarks/run.py', tmp_path / 'RESULTS.md'
    words = ['--runs', '1', '--sizes', '1', '2', '--only', 'start', 'add-group', 'upgrade', '--output', str(results)]
    done = subprocess.run([sys.executable, str(script), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = results.read_text()
    for what in ('--version', '--help', 'add-group', 'git processes it starts', 'validation and notes apart', 'Python'):
        assert what in page
    assert page.count('\n## ') == 4
    assert '≤ 12 | met |' in page
