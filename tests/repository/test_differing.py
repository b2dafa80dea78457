"""What differs between two commits is what `git diff-tree` says differs."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from git_world import git, opened

from bootstrap.errors import BootstrapError
from bootstrap.repository import differing

NAMES = ['a', 'b', 'a.b', 'a-b', 'é', 'x y']
MODES = ['100644', '100755', '120000', '160000']


def tree(place: Path, chance: random.Random, blobs: list[str], depth: int = 0) -> str:
    lines = []
    for name in chance.sample(NAMES, chance.randint(1, 4)):
        if depth < 3 and chance.random() < 0.5:
            lines.append(f'040000 tree {tree(place, chance, blobs, depth + 1)}\t{name}')
        else:
            mode = chance.choice(MODES)
            lines.append(f'{mode} {"commit" if mode == "160000" else "blob"} {chance.choice(blobs)}\t{name}')
    return made(place, ''.join(f'{line}\n' for line in lines))


def made(place: Path, lines: str) -> str:
    command = ['git', '-C', str(place), 'mktree', '--missing']
    return subprocess.run(command, input=lines, text=True, capture_output=True, check=True).stdout.strip()


def commit(place: Path, of: str) -> str:
    return git(place, 'commit-tree', '-m', 'x', of).strip()


def test_as_git_says(work: Path) -> None:
    chance = random.Random(7)
    blobs = [f'{number:040x}' for number in (1, 2)]
    for _ in range(40):
        one, other = (commit(work, tree(work, chance, blobs)) for _ in range(2))
        said = git(work, 'diff-tree', '-r', '--name-only', '-z', '--no-renames', one, other).split('\0')
        with opened(work) as repository:
            assert repository.changed_paths(one, other) == sorted(filter(None, said))
            assert repository.changed_paths(one, one) == []
            whole = git(work, 'ls-tree', '-r', '--name-only', '-z', other).split('\0')
            assert repository.changed_paths(None, other) == sorted(filter(None, whole))


def test_directories_of_directories_are_refused(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differing, '_MOST_NAMES', 1_000)
    blob = git(work, 'rev-parse', 'HEAD:README.md').strip()
    deep = made(work, f'100644 blob {blob}\tx\n')
    for _ in range(10):
        deep = made(work, ''.join(f'040000 tree {deep}\td{number}\n' for number in range(10)))
    with opened(work) as repository, pytest.raises(BootstrapError, match='differs in more than 1,000 names'):
        repository.changed_paths(repository.head.oid, commit(work, deep))
