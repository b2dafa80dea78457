"""Commits and worktrees, from git's text."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bootstrap.repository.commands import COMMIT_FIELDS


class Head(NamedTuple):
    """Branch None: detached. Object id None: no commit yet."""

    branch: str | None
    oid: str | None


class Worktree(NamedTuple):
    """A work tree of the repository; branch None where it is detached or bare."""

    path: Path
    branch: str | None


class Commit(NamedTuple):
    """`author` is `Name <address>`."""

    oid: str
    parents: tuple[str, ...]
    subject: str
    body: str
    trailers: list[tuple[str, str]]
    author: str


def parsed_commits(output: bytes) -> list[Commit]:
    """From `git log -z` with the format in `commands`, which puts the newest first; here the oldest is."""
    fields = output.decode('utf-8', 'replace').split('\0')
    rows = zip(*(fields[start::COMMIT_FIELDS] for start in range(COMMIT_FIELDS)), strict=False)
    commits = [
        Commit(oid, tuple(parents.split()), subject, body, _trailers(trailers), f'{name} <{address}>')
        for oid, parents, name, address, subject, body, trailers in rows
    ]
    return commits[::-1]


def parsed_worktrees(output: bytes, end: str) -> list[Worktree]:
    """From `git worktree list --porcelain`, whose lines end with a newline or with NUL."""
    worktrees = []
    for block in output.decode('utf-8', 'surrogateescape').split(end * 2):
        values = dict(line.partition(' ')[::2] for line in block.split(end) if line)
        if 'worktree' in values:
            branch = values.get('branch', '')
            worktrees.append(Worktree(Path(values['worktree']), branch.removeprefix('refs/heads/') or None))
    return worktrees


def _trailers(text: str) -> list[tuple[str, str]]:
    pairs = (trailer.partition('\x1f') for trailer in text.split('\x1e') if trailer)
    return [(key.strip(), value.strip()) for key, _, value in pairs]
