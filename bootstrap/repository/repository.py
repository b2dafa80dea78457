"""A git repository: what it holds, and the few ways in which this program changes it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bootstrap.errors import BootstrapError
from bootstrap.repository import (
    attributes,
    commands,
    history,
    hooks,
    identity,
    lock,
    pushing,
    rebasing,
    references,
    remotes,
    starting,
    writing,
)
from bootstrap.repository.config import Config
from bootstrap.repository.history import Commit, Head, Worktree
from bootstrap.repository.objects import Objects
from bootstrap.repository.references import Moved, RefUpdate
from bootstrap.repository.remotes import Remote, RemoteRefs
from bootstrap.repository.runner import Answer, Runner
from bootstrap.repository.source import CommitSource
from bootstrap.repository.words import failure
from bootstrap.tree import Change

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


class Repository:
    """Made by `open_repository` and `start_repository`; closed after use."""

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

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        command = commands.changed_paths(before or writing.empty_tree(self._oid_bytes), after)
        paths = self._run.output('compare the commits', command).decode('utf-8', 'surrogateescape')
        return sorted(path for path in paths.split('\0') if path)

    def identity(self) -> None:
        """Raise unless the user has said under which name and address to commit."""
        identity.check(self.config, os.environ)

    def try_signing(self) -> None:
        """Sign a commit that nobody keeps; raises where git cannot. It may ask for a passphrase."""
        command = commands.commit(writing.empty_tree(self._oid_bytes), None, sign=True)
        with tempfile.TemporaryDirectory(prefix='raybootstrap-') as folder:
            self._run.output('sign a commit', command, b'test\n', {'GIT_OBJECT_DIRECTORY': folder})

    def refuse_unwritable(self, parent: str | None, changes: Sequence[Change]) -> None:
        """Raise what `write_commit` would raise of these changes: for a dry run."""
        self._refuse_filtered(parent, changes)
        writing.packed_tree(self.source(parent), changes, self._oid_bytes)

    def _refuse_filtered(self, parent: str | None, changes: Iterable[Change]) -> None:
        paths = [change.path for change in changes if change.after is not None]
        attributes.refuse_filtered(self._run, self.config, self.common_dir, self.source(parent), paths)

    def write_commit(self, parent: str | None, changes: Iterable[Change], message: str, *, sign: bool | None) -> str:
        """The id of a commit that nothing refers to yet. `sign` None: as `commit.gpgSign` says."""
        self.identity()
        changes = list(changes)
        self._refuse_filtered(parent, changes)
        tree = writing.written_tree(self._run, self.source(parent), changes, self._oid_bytes)
        signed = self.config.bool('commit.gpgSign') if sign is None else sign
        command = commands.commit(tree, parent, sign=signed)
        return self._run.output('make the commit', command, message.encode('utf-8', 'replace')).decode().strip()

    def run_commit_message_hook(self, message: str) -> str:
        """The message as the user's commit-msg hook left it; raises where the hook refuses it."""
        top = self.root or self.git_dir
        return hooks.message_after_hook(message, self.config, top, self.git_dir, self.common_dir)

    def update_refs(self, updates: Sequence[RefUpdate]) -> None:
        """All of them or none. Raises `Moved` where a ref is not where it must be."""
        answer = self._run.answer(commands.UPDATE_REFS, references.transaction(updates))
        self._head = None
        if answer.status == 0:
            return
        now = self.refs('refs/heads/', *(update.ref for update in updates))
        raise references.refusal(updates, now, answer.stderr)

    def check_branch_name(self, name: str) -> None:
        references.check_branch_name(self._run, name)

    @contextlib.contextmanager
    def lock(self, branch_prefix: str = 'raybootstrap', *, wait_seconds: float = lock.WAIT_SECONDS) -> Iterator[None]:
        """One run at a time; locks that a killed run left on branches below the prefix are removed."""
        with lock.locked(self.common_dir, wait_seconds) as descriptor:
            self._run.lock, self._head = descriptor, None
            try:
                lock.sweep(self.common_dir, branch_prefix)
                starting.sweep(self.root or self.git_dir)
                yield
            finally:
                self._run.lock = None

    def fast_forward(self, oid: str) -> None:
        """Move this work tree, its index and its branch to a descendant; refused where a touched path is in the way."""
        self._refuse_operation()
        answer = self._run.answer(commands.fast_forward(oid))
        self._head = None
        if answer.status == 0:
            return
        if self.head.oid is not None and not self.is_ancestor(self.head.oid, oid):
            raise Moved(self.head.branch or 'HEAD', 'has commits of its own')
        raise failure('bring the checked out branch forward', answer.stderr)

    def switch(self, branch: str) -> None:
        """Check a branch out, as `git switch` does."""
        self._refuse_operation()
        self._run.output(f'switch to {branch}', commands.switch(branch))
        self._head = None

    def remotes(self) -> list[Remote]:
        return remotes.remotes(self.config)

    def base_remote(self, name: str | None) -> Remote | None:
        return remotes.base_remote(self.config, name)

    def push_remote(self, name: str | None, base: Remote | None) -> Remote | None:
        return remotes.push_remote(self.config, name, base)

    def remote_refs(self, remote: Remote | str) -> RemoteRefs:
        """The branches of a remote, or at a URL, as they are now."""
        run, url = self._reaching(remote.url if isinstance(remote, Remote) else remote)
        return remotes.parsed_refs(run.output('read the remote', commands.remote_refs(url)))

    def fetch(self, url: str, heads: Mapping[str, str]) -> None:
        """Bring the commits of a remote's branches here, as objects only. `heads`: what `remote_refs` said of them."""
        missing = {branch: oid for branch, oid in heads.items() if self.resolve(oid) is None}
        if missing:
            run, url = self._reaching(url)
            run.output('fetch', commands.fetch(url, list(missing)))
        for branch, oid in missing.items():
            if self.resolve(oid) is None:
                raise Moved(branch)

    def push(self, url: str, updates: Sequence[pushing.PushUpdate], options: Sequence[str] = ()) -> pushing.PushResult:
        """Each branch only from where it is expected; what the remote refuses is in the result, not raised."""
        run, url = self._reaching(url)
        refs = [f'refs/heads/{update.branch}' for update in updates]
        leases = [f'{ref}:{update.expected}' for ref, update in zip(refs, updates, strict=True)]
        refspecs = [f'{update.new}:{ref}' for ref, update in zip(refs, updates, strict=True)]
        return pushing.push_result(run.answer(commands.push(url, leases, refspecs, options)))

    def push_dry_run(self, url: str, oid: str, branch: str) -> pushing.PushResult:
        """What a push to a new branch would come to, as far as the remote tells beforehand. Nothing is sent."""
        run, url = self._reaching(url)
        return pushing.push_result(run.answer(commands.push_dry_run(url, oid, branch)))

    def push_for_review(self, url: str, commit: str, ref: str, options: Sequence[str]) -> pushing.PushResult:
        """Push a commit to a ref under which the server makes a pull request of it (`refs/for/<base>`)."""
        run, url = self._reaching(url)
        return pushing.push_result(run.answer(commands.push(url, [], [f'{commit}:{ref}'], options)))

    def _merged(self, one: str, other: str) -> Answer:
        settings = (*self._run.settings, *self.config.merging_as_text())
        return dataclasses.replace(self._run, settings=settings).answer(commands.merged_tree(one, other))

    def _reaching(self, url: str) -> tuple[Runner, str]:
        # Without protocols the repository's configuration was found to name a program for them.
        protocols = remotes.protocols(self.config, url) if self._run.protocols is not None else None
        return dataclasses.replace(self._run, protocols=protocols), remotes.spelled_as_url(url)

    def _refuse_operation(self) -> None:
        operation = self.operation()
        if operation is not None:
            raise BootstrapError(f'a {operation} is in progress in this work tree', 'finish it first: see git status')
