"""Branches in the middle of a rebase: no work tree has them checked out, but git moves them at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bootstrap.repository.history import Worktree

_NAMES = ('rebase-merge/head-name', 'rebase-apply/head-name')


def rebased(common_dir: Path, main: Path) -> Iterator[Worktree]:
    """The rebases of all work trees, `main` being the one beside the git directory; where and of which branch."""
    linked = common_dir / 'worktrees'
    for git_dir in (common_dir, *(linked.iterdir() if linked.is_dir() else ())):
        for name in _NAMES:
            ref = _line(git_dir / name)
            if ref.startswith('refs/heads/'):
                place = _line(git_dir / 'gitdir')
                yield Worktree(Path(place).parent if place else main, ref.removeprefix('refs/heads/'))


def _line(file: Path) -> str:
    return file.read_text(encoding='utf-8', errors='surrogateescape').strip() if file.is_file() else ''
