from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from git_world import assert_sound, git, opened, script

from bootstrap.errors import OVERTAKEN, BootstrapError
from bootstrap.repository import RefUpdate

HOLD = """
import sys
from pathlib import Path
from bootstrap.repository import open_repository
with open_repository(Path(sys.argv[1]), writes=True) as repository, repository.lock():
    print('held', flush=True)
    sys.stdin.read()
"""


def holder(work: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, '-c', HOLD, str(work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b'held\n'
    return process


def test_another_run(work: Path) -> None:
    with holder(work) as other, opened(work) as repository:
        with pytest.raises(BootstrapError, match='another run is at work; nothing was changed') as caught:
            repository.lock(wait_seconds=0.1).__enter__()
        assert caught.value.exit_code == OVERTAKEN
        other.kill()
        other.wait()
        with repository.lock(wait_seconds=5):
            pass
    assert (work / '.git' / 'raybootstrap' / 'flock').exists()


ADD = """
import sys
from pathlib import Path
from bootstrap.repository import RefUpdate, open_repository
from bootstrap.tree import Change
branch = 'refs/heads/raybootstrap/x'
for number in range(5):
    with open_repository(Path(sys.argv[1]), writes=True) as repository, repository.lock():
        old = repository.refs(branch).get(branch, '')
        change = Change(f'{sys.argv[2]}-{number}', None, 'x')
        new = repository.write_commit(old or repository.head.oid, [change], 'x', sign=None)
        repository.update_refs([RefUpdate(branch, new, old)])
"""


def test_nothing_is_lost_between_several_runs(work: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, '-c', ADD, str(work), str(number)], cwd=Path(__file__).parents[2])
        for number in range(4)
    ]
    assert [process.wait() for process in processes] == [0] * 4
    assert len(git(work, 'ls-tree', '--name-only', 'raybootstrap/x').split()) == 2 + 4 * 5
    assert_sound(work)


def test_worktrees_share_the_lock(work: Path, tmp_path: Path) -> None:
    git(work, 'worktree', 'add', '--quiet', '--detach', str(tmp_path / 'side'))
    with holder(work) as other, opened(tmp_path / 'side') as repository:
        with pytest.raises(BootstrapError, match='another run'):
            repository.lock(wait_seconds=0.1).__enter__()
        other.communicate()


def test_a_child_that_writes_refs_keeps_the_lock(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = git(work, '--exec-path').strip() + '/git'
    script(
        tmp_path / 'bin' / 'git',
        f'case "$*" in *--stdin\\ -z) ls -l /proc/$$/fd > {tmp_path}/fds;; esac\nexec {real} "$@"',
    )
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}:{os.environ["PATH"]}')
    with opened(work) as repository, repository.lock():
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', str(repository.head.oid), '')])
    assert 'raybootstrap/flock' in (tmp_path / 'fds').read_text()


def test_locks_that_a_killed_run_left(work: Path) -> None:
    heads = work / '.git' / 'refs' / 'heads'
    (heads / 'raybootstrap' / 'add-group-dev').mkdir(parents=True)
    old = heads / 'raybootstrap' / 'add-group-dev' / 'gpu.lock'
    fresh = heads / 'raybootstrap' / 'x.lock'
    others = heads / 'main.lock'
    for path in (old, fresh, others):
        path.touch()
    for path in (old, others):
        os.utime(path, (1, 1))
    start = time.monotonic()
    with opened(work) as repository, repository.lock():
        assert time.monotonic() - start > 1
        assert (old.exists(), fresh.exists(), others.exists()) == (False, False, True)
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', str(repository.head.oid), '')])


@pytest.mark.parametrize('prefix', ['../../../outside', '', '/', 'a//b', '.', 'a/../b'])
def test_a_prefix_that_leads_elsewhere(work: Path, prefix: str) -> None:
    other = work / '.git' / 'refs' / 'heads' / 'main.lock'
    outside = work / 'outside' / 'x.lock'
    outside.parent.mkdir()
    for path in (other, outside):
        path.touch()
        os.utime(path, (1, 1))
    with opened(work) as repository, repository.lock(prefix):
        pass
    assert other.exists()
    assert outside.exists()


def test_a_lock_that_cannot_be_made(work: Path) -> None:
    (work / '.git' / 'raybootstrap').write_text('in the way')
    with opened(work) as repository, pytest.raises(BootstrapError, match='flock: cannot be opened'):
        repository.lock().__enter__()
