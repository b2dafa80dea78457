"""What a git repository holds."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from bootstrap.repository import commands, differing, history, rebasing, starting
from bootstrap.repository.config import Config
from bootstrap.repository.history import Commit, Head, Worktree
from bootstrap.repository.objects import Objects
from bootstrap.repository.runner import Answer, Runner
from bootstrap.repository.source import CommitSource
from bootstrap.repository.words import failure

MOST_COMMITS = 1000
# Where git notes what it is in the middle of (git's wt-status.c).
_OPERATIONS = {
    'rebase-merge': 'rebase',
    'rebase-apply': 'rebase',
    'MERGE_HEAD': 'merge',
    'CHERRY_PICK_HEAD': 'cherry-pick',
    'REVERT_HEAD': 'revert',
    'BISECT_LOG': 'bisect',
}


class Contents:
    """Work trees, refs, commits and files, read and never written."""

    def __init__(
        self, run: Runner, config: Config, root: Path | None, git_dir: Path, common_dir: Path, oid_bytes: int
    ) -> None:
        self.root = root
        """The top of the work tree; None in a bare repository."""
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.config = config
        self._run = run
        self._oid_bytes = oid_bytes
        self._objects = Objects(run)
        self._head: Head | None = None
        self._sources: dict[str | None, CommitSource] = {}

    def close(self) -> None:
        self._objects.close()

    @property
    def head(self) -> Head:
        if self._head is None:
            name = self.symbolic_ref('HEAD') or ''
            branch = name.removeprefix('refs/heads/') if name.startswith('refs/heads/') else None
            self._head = Head(branch, self.resolve('HEAD'))
        return self._head

    def symbolic_ref(self, name: str) -> str | None:
        """The full name of the ref that a symbolic ref stands for; None where it is none."""
        return self._run.answer(commands.symbolic_ref(name)).stdout.decode('utf-8', 'surrogateescape').strip() or None

    def worktrees(self) -> list[Worktree]:
        answer = self._run.answer(commands.WORKTREES)
        if answer.status == 0:
            return history.parsed_worktrees(answer.stdout, '\0')
        output = self._run.output('list the worktrees', commands.WORKTREES_BY_LINE)
        return history.parsed_worktrees(output, '\n')

    def rebases(self, main: Worktree) -> list[Worktree]:
        """The branches that a rebase is going to move, and the work trees where it waits; `main` is the first one."""
        return list(rebasing.rebased(self.common_dir, main.path))

    def is_empty_folder(self) -> bool:
        """Whether the work tree holds nothing but git's own directory."""
        found = {entry.name for entry in os.scandir(self.root)} if self.root is not None else {''}
        return found <= {'.git', starting.UNFINISHED}

    def index_is_empty(self) -> bool:
        return not self._run.output('read the index', commands.INDEX)

    def operation(self) -> str | None:
        """What git is in the middle of in this work tree."""
        return next((name for mark, name in _OPERATIONS.items() if (self.git_dir / mark).exists()), None)

    def resolve(self, revision: str) -> str | None:
        """The id of the commit that a revision text means; None where there is none."""
        found = self._objects.find(f'{revision}^{{commit}}') if revision else None
        return found.oid if found else None

    def refs(self, *patterns: str) -> dict[str, str]:
        """Full names and object ids; a pattern is a full name, or a beginning of one that ends with a slash."""
        output = self._run.output('list the refs', commands.refs(patterns)).decode('utf-8', 'surrogateescape')
        return {name: oid for oid, _, name in (line.partition(' ') for line in output.split('\n')) if name}

    def source(self, commit: str | None) -> CommitSource:
        """The files of a commit; the same object whenever the same commit is asked for. None: no files."""
        if commit not in self._sources:
            self._sources[commit] = CommitSource(self._objects, commit, self._oid_bytes)
        return self._sources[commit]

    def commits(self, base: str | None, tip: str) -> list[Commit]:
        """What tip has and base has not, oldest first; of more than MOST_COMMITS the newest."""
        output = self._run.output('read the history', commands.commits(base, tip, MOST_COMMITS))
        return history.parsed_commits(output)

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        answer = self._run.answer(commands.is_ancestor(ancestor, descendant))
        if answer.status > 1:
            raise failure('compare the histories', answer.stderr)
        return answer.status == 0

    def merge_base(self, one: str, other: str) -> str | None:
        answer = self._run.answer(commands.merge_base(one, other))
        if answer.status > 1:
            raise failure('compare the histories', answer.stderr)
        return answer.stdout.decode().strip() or None

    def merged_tree(self, one: str, other: str) -> str | None:
        """The id of the tree that merging two commits gives; None where they conflict, or git cannot tell (< 2.38)."""
        if self.is_ancestor(one, other):
            return other
        answer = self._merged(one, other)
        return answer.stdout.decode().split('\n')[0] if answer.status == 0 else None

    def merges_cleanly(self, one: str, other: str) -> bool | None:
        """Whether two commits merge without conflicts; None where git cannot tell (< 2.38)."""
        answer = self._merged(one, other)
        return answer.status == 0 if answer.status in (0, 1) else None

    def changed_paths(self, before: str | None, after: str) -> list[str]:
        """The files that differ between two commits, a rename being two of them."""
        return differing.changed_paths(self._objects, before, after, self._oid_bytes)

    def _merged(self, one: str, other: str) -> Answer:
        settings = (*self._run.settings, *self.config.merging_as_text())
        return dataclasses.replace(self._run, settings=settings).answer(commands.merged_tree(one, other))
