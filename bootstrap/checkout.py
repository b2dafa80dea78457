"""The one update of refs that publishes a proposal here, and the user's checkout, which mostly stays as it is."""

from __future__ import annotations

import contextlib

from bootstrap.base import Base, Remotes
from bootstrap.errors import BootstrapError
from bootstrap.placing import Placement
from bootstrap.repository import Head, Moved, RefUpdate, Repository, refuse_beside
from bootstrap.request import Publishing


def refuse_in_the_way(
    repository: Repository, publishing: Publishing, base: Base, placement: Placement, there: Remotes
) -> None:
    """Refuse a branch that cannot be made, or whose checkout would show changes that nobody made."""
    if publishing.push and there.push_refs is not None and placement.pushed is None:
        refuse_beside(placement.branch, there.push_refs.heads)
    if placement.unchanged and placement.local == placement.parent and not publishing.checkout:
        return
    if publishing.dry_run and placement.local is None:
        local = (ref.removeprefix('refs/heads/') for ref in repository.refs('refs/heads/'))
        refuse_beside(placement.branch, local)
    _refuse_elsewhere(repository, publishing, base, placement)


def _refuse_elsewhere(repository: Repository, publishing: Publishing, base: Base, placement: Placement) -> None:
    if repository.head == Head(placement.branch, None) and not _is_untouched(repository, base):
        raise BootstrapError(f'{placement.branch} has no commit yet, but files wait for one', 'commit them first')
    worktrees = repository.worktrees()
    for worktree in worktrees:
        if worktree.branch != placement.branch:
            continue
        if worktree.path != repository.root:
            there = 'run it there, or use --branch NAME' if worktree.path.exists() else 'git worktree prune'
            raise BootstrapError(f'{placement.branch} is checked out in {worktree.path}', there)
        if not (placement.review or publishing.direct or publishing.checkout):
            raise BootstrapError(
                f'{placement.branch} is checked out here', 'switch to another branch, or add --checkout to move it too'
            )
    for worktree in repository.rebases(worktrees[0]):
        if worktree.branch == placement.branch:
            raise BootstrapError(
                f'{placement.branch} is being rebased in {worktree.path}',
                'finish that first: git rebase --continue, or --abort',
            )


def moved(
    repository: Repository, publishing: Publishing, base: Base, base_commit: str, placement: Placement, tip: str
) -> bool:
    """Move the branch to `tip`, here; whether the checkout went along.

    A checked out branch is moved as `git merge --ff-only` would, any other without touching the checkout.
    """
    untouched = _is_untouched(repository, base)
    updates = []
    if base.oid is None and not publishing.direct:
        updates.append(RefUpdate(f'refs/heads/{base.branch}', base_commit, ''))
    is_checked_out = repository.head.branch == placement.branch and repository.root is not None
    if is_checked_out:
        if placement.local != tip:
            repository.fast_forward(tip)
        return True
    if placement.local != tip:
        updates.append(RefUpdate(f'refs/heads/{placement.branch}', tip, placement.local or ''))
    if updates:
        repository.update_refs(updates)
    if not (publishing.checkout or untouched):
        return False
    try:
        repository.switch(placement.branch)
    except BootstrapError:
        # Files of the user's are in the way: as if nothing had been asked.
        if updates:
            repository.update_refs([RefUpdate(ref, old, new) for ref, new, old in updates])
        raise
    return True


def taken_back(repository: Repository, placement: Placement, tip: str) -> None:
    """Put a branch back where it was before this run, whose commit nobody has seen; not one that is checked out."""
    if placement.local == tip:
        return
    with repository.lock(), contextlib.suppress(Moved):
        if all(worktree.branch != placement.branch for worktree in repository.worktrees()):
            repository.update_refs([RefUpdate(f'refs/heads/{placement.branch}', placement.local or '', tip)])


def _is_untouched(repository: Repository, base: Base) -> bool:
    """Whether the checkout holds nothing yet: then it ends on the new branch."""
    if repository.root is None or repository.head.branch is None:
        return False
    if repository.head.oid is not None and (repository.head.oid != base.oid or repository.source(base.oid).entries('')):
        return False
    return repository.index_is_empty() and repository.is_empty_folder()
