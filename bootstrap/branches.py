"""The branches of proposals, and which commands their commits come from."""

from __future__ import annotations

from bootstrap.base import Base, Remotes
from bootstrap.errors import BootstrapError
from bootstrap.proposal import TRAILER
from bootstrap.repository import Commit, DiffersTooMuchError, Repository


class DivergedError(BootstrapError):
    """A branch has commits here that are not on the remote, and the other way round."""


class Branches:
    """The branches of proposals, here and where they are pushed to."""

    def __init__(self, repository: Repository, there: Remotes, base: Base, forgotten: str | None = None) -> None:
        self._repository, self._there, self._base = repository, there, base
        self._forgotten = forgotten
        self._planned_again: frozenset[str] = frozenset()
        self._local: dict[str, str | None] = {}

    def local(self, branch: str) -> str | None:
        """The tip of a branch in this repository."""
        if branch not in self._local:
            self._local[branch] = self._repository.refs(f'refs/heads/{branch}').get(f'refs/heads/{branch}')
        return self._local[branch]

    def tip(self, branch: str) -> str | None:
        """The newest commit of a branch, here or pushed; refused where both have commits of their own."""
        local, pushed = self.local(branch), self._there.head(branch)
        local = None if local == self._forgotten else local
        if pushed is not None and self._there.push is not None:
            self._repository.fetch(self._there.push.push_url, {branch: pushed})
        if local is None or pushed is None or local == pushed:
            return local or pushed
        if self._repository.is_ancestor(local, pushed):
            return pushed
        if self._repository.is_ancestor(pushed, local):
            return local
        if self._is_made_again(local, pushed):
            return pushed
        raise DivergedError(
            f'{branch}: your repository and the remote both have commits of their own',
            f'git branch --delete --force {branch} keeps the remote ones; --branch NAME leaves both',
        )

    def plan_again(self, line: str) -> None:
        """Tell which command this run plans: an unpushed commit of it is not needed where the remote moved on."""
        self._planned_again = frozenset({line})

    def _is_made_again(self, local: str, pushed: str) -> bool:
        """Whether the remote's commits, and what this run plans, stand for all that only this repository has."""
        there = {line for commit in self._repository.commits(self._base.oid, pushed) for line in commands_of(commit)}
        ours = self._repository.commits(pushed, local)
        return all(commands_of(one) and there | self._planned_again >= set(commands_of(one)) for one in ours)

    def commits(self, tip: str) -> list[Commit]:
        """What a proposal adds to base, oldest first."""
        return self._repository.commits(self._base.oid, tip)

    def is_merged(self, tip: str) -> bool:
        """Whether base holds a tip, or (after a squash) every file the tip changed just as it is there.

        A tip that differs in too much to be compared counts as not merged.
        """
        base = self._base.oid
        if base is None:
            return False
        if self._repository.is_ancestor(tip, base):
            return True
        fork = self._repository.merge_base(base, tip)
        try:
            changed = self._repository.changed_paths(fork, tip)
        except DiffersTooMuchError:
            return False
        there, here = self._repository.source(base), self._repository.source(tip)
        return bool(changed) and all(there.entry(path) == here.entry(path) for path in changed)

    def open_proposals(self, prefix: str) -> dict[str, str]:
        """Branches below the prefix that carry our trailer and are not merged, with their tips.

        Where a branch has commits of its own here and on the remote, it is the remote's, which is under review.
        """
        local = [ref.removeprefix('refs/heads/') for ref in self._repository.refs(f'refs/heads/{prefix}')]
        heads = self._there.push_refs.heads if self._there.push_refs else {}
        pushed = [branch for branch in heads if branch.startswith(prefix)]
        found = {}
        for branch in sorted({*local, *pushed}):
            try:
                tip = self.tip(branch)
            except DivergedError:
                tip = self._there.head(branch)
            if tip and any(commands_of(commit) for commit in self.commits(tip)) and not self.is_merged(tip):
                found[branch] = tip
        return found


def commands_of(commit: Commit) -> list[str]:
    """The commands that made a commit, as its trailers say."""
    return [value for key, value in commit.trailers if key == TRAILER]
