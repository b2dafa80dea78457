"""What is installed, and what other tools run, is whole."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[1]
NOT_SHIPPED = ('.ci', '.github', '.git', 'benchmarks')


@pytest.fixture(scope='module')
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and an sdist, made without an isolated environment, which would need the network."""
    pytest.importorskip('hatchling')
    folder = tmp_path_factory.mktemp('built')
    subprocess.run(
        [sys.executable, '-m', 'build', '--no-isolation', '--outdir', str(folder), str(TOP)],
        check=True,
        capture_output=True,
    )
    return folder


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(['git', '-C', str(TOP), 'ls-files', *folders], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip('not in a git clone')
    return {line for line in listed.stdout.splitlines() if (TOP / line).exists()}


def test_the_wheel_holds_both_packages_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob('*.whl')
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if '.dist-info/' not in name}
        entries = next(name for name in opened.namelist() if name.endswith('entry_points.txt'))
        assert 'raybootstrap = bootstrap.cli:main' in opened.read(entries).decode()
    assert tracked('bootstrap', 'skeletons') <= names
    assert {name.split('/')[0] for name in names} == {'bootstrap', 'skeletons'}
    assert 'bootstrap/py.typed' in names
    assert wheel.stat().st_size < 1_000_000


def test_the_sdist_holds_what_its_tests_need(built: Path) -> None:
    (sdist,) = built.glob('*.tar.gz')
    with tarfile.open(sdist) as opened:
        names = {name.partition('/')[2] for name in opened.getnames()}
    missing = {name for name in tracked() - names if not name.startswith(NOT_SHIPPED)}
    assert not missing
    assert sdist.stat().st_size < 3_000_000


def test_the_hook_of_pre_commit_runs_a_command_that_is_there() -> None:
    (hook,) = yaml.safe_load((TOP / '.pre-commit-hooks.yaml').read_text())
    files = re.compile(hook['files'])
    assert all(files.search(path) for path in ('environments/prod/root.yaml', 'deploy/ray/raybootstrap.yaml'))
    assert not files.search('README.md')
    done = subprocess.run(
        [sys.executable, '-m', 'bootstrap', *hook['entry'].split()[1:]], cwd=TOP, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_actions_are_pinned_by_commit() -> None:
    for workflow in (TOP / '.github' / 'workflows').glob('*.yaml'):
        used = re.findall(r'uses: ([^\s#]+)', re.sub(r'^\s*#.*$', '', workflow.read_text(), flags=re.MULTILINE))
        assert used
        assert all(re.fullmatch(r'[\w./-]+@[0-9a-f]{40}', one) for one in used), workflow.name
