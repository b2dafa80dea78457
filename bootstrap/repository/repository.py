"""The few ways in which this program changes a git repository."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bootstrap.errors import BootstrapError
from bootstrap.repository import (
    attributes,
    commands,
    hooks,
    identity,
    lock,
    pushing,
    references,
    remotes,
    starting,
    writing,
)
from bootstrap.repository.contents import Contents
from bootstrap.repository.references import Moved, RefUpdate
from bootstrap.repository.remotes import Remote, RemoteRefs
from bootstrap.repository.runner import Runner
from bootstrap.repository.words import failure
from bootstrap.tree import Change


class Repository(Contents):
    """Made by `open_repository` and `start_repository`; closed after use."""

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def _reaching(self, url: str) -> tuple[Runner, str]:
        # Without protocols the repository's configuration was found to name a program for them.
        protocols = remotes.protocols(self.config, url) if self._run.protocols is not None else None
        return dataclasses.replace(self._run, protocols=protocols), remotes.spelled_as_url(url)

    def _refuse_operation(self) -> None:
        operation = self.operation()
        if operation is not None:
            raise BootstrapError(f'a {operation} is in progress in this work tree', 'finish it first: see git status')
