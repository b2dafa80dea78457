"""The repositories that are measured on: made once for each size, and given away as copies."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from generate import generate

VERSION = '1.5.1'


@dataclass
class World:
    """`folder` is for everything; `runs` and `sizes` are what the command line asks for."""

    folder: Path
    runs: int
    sizes: tuple[int, ...]
    groups: int = 20
    _made: dict[int, Path] = field(default_factory=dict)

    def repository(self, environments: int) -> Path:
        """A repository with a work tree, for commands that only read."""
        if environments not in self._made:
            place = self.folder / f'fleet-{environments}'
            generate(environments, place, groups=self.groups, kuberay_version=VERSION)
            self._made[environments] = place
        return self._made[environments]

    def copy(self, environments: int) -> Path:
        """A repository of its own without a work tree, for a command that writes; its objects are hard links."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        for path in (self.repository(environments) / '.git').rglob('*'):
            target = place / '.git' / path.relative_to(self.repository(environments) / '.git')
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                (os.link if 'objects' in path.parts else shutil.copy)(path, target)
        return place

    def clone_of_an_empty_remote(self) -> Path:
        """A clone, with one commit, of a bare repository beside it."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        git(place, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git')
        git(place, 'clone', '--quiet', 'remote.git', 'work')
        work = place / 'work'
        for key, value in {'user.name': 'Benchmark', 'user.email': 'benchmark@example.com', 'gc.auto': '0'}.items():
            git(work, 'config', key, value)
        git(work, 'commit', '--quiet', '--allow-empty', '--message', 'Start')
        git(work, 'push', '--quiet', 'origin', 'HEAD:main')
        return work


@contextmanager
def world(runs: int, sizes: tuple[int, ...], groups: int = 20) -> Iterator[World]:
    """A world that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix='raybootstrap-benchmarks-') as folder:
        yield World(Path(folder).resolve(), runs, sizes, groups)


def git(directory: Path, *words: str) -> str:
    """What git prints; its warnings are no business of ours."""
    done = subprocess.run(['git', '-C', str(directory), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def without_proposals(directory: Path) -> None:
    """Remove what an earlier run proposed."""
    for ref in git(directory, 'for-each-ref', '--format=%(refname)', 'refs/heads/raybootstrap').split():
        git(directory, 'update-ref', '-d', ref)
