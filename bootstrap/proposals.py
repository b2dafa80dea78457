"""The open proposals of a repository, and what becomes of those that are done with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bootstrap import base as bases
from bootstrap import forges, layout, settings
from bootstrap.base import Base, Remotes
from bootstrap.branches import Branches
from bootstrap.errors import BootstrapError
from bootstrap.forges import PullRequest
from bootstrap.pull_requests import Way, way
from bootstrap.repository import DiffersTooMuchError, PushUpdate, RefUpdate, Repository, open_repository
from bootstrap.request import Publishing
from bootstrap.settings import Settings
from bootstrap.tree import Tree


@dataclass(frozen=True)
class Found:
    """An open proposal; `pull_request` is None where there is none, or the forge cannot be asked."""

    branch: str
    tip: str
    title: str
    files: tuple[str, ...] | None
    """What it changes, a rename being two of them; None where that is too much to be listed."""
    applies: bool | None
    """Whether base takes it without conflicts; None where git cannot tell."""
    pushed: bool
    pull_request: PullRequest | None = None


@dataclass(frozen=True)
class _Place:
    repository: Repository
    there: Remotes
    base: Base
    settings: Settings
    branches: Branches
    way: Way | None


def found(directory: Path, publishing: Publishing) -> list[Found]:
    """The open proposals, here and on the remote, in the order of their names."""
    with _place(directory, publishing, writes=False) as place:
        opened = place.branches.open_proposals(place.settings.branch_prefix)
        pull_requests = {one.head: one for one in _open_pull_requests(place.way)}
        return [_described(place, branch, tip, pull_requests.get(branch)) for branch, tip in opened.items()]


def close(directory: Path, branch: str, publishing: Publishing) -> list[str]:
    """Close a proposal: its pull request, its branch on the remote and here. Sentences about what was done."""
    with _place(directory, publishing) as place, place.repository.lock():
        tip = place.branches.tip(branch)
        if tip is None:
            raise BootstrapError(f'{branch}: no such branch', 'raybootstrap proposals')
        if branch not in place.branches.open_proposals(place.settings.branch_prefix):
            raise BootstrapError(
                f'{branch}: is no open proposal of raybootstrap', f'git branch --delete --force {branch}'
            )
        _refuse_checked_out(place.repository, branch)
        done = _closed_pull_request(place, branch)
        pushed, local = place.there.head(branch), place.branches.local(branch)
        if pushed is not None and place.there.push is not None and publishing.push:
            result = place.repository.push(place.there.push.push_url, [PushUpdate(branch, '', pushed)])
            if refusal := result.refusal():
                raise refusal
            done.append(f'{branch} is gone from {place.there.push.name}; it was at {pushed}.')
        if local is not None:
            place.repository.update_refs([RefUpdate(f'refs/heads/{branch}', '', local)])
            done.append(f'{branch} is gone from this repository; it was at {local}.')
        return done


def prune(directory: Path, publishing: Publishing) -> list[str]:
    """Delete the local branches of proposals that are merged. Sentences about what was done."""
    with _place(directory, publishing) as place, place.repository.lock():
        prefix = f'refs/heads/{place.settings.branch_prefix}'
        worktrees = {worktree.branch for worktree in place.repository.worktrees()}
        done = []
        for ref, oid in place.repository.refs(prefix).items():
            branch = ref.removeprefix('refs/heads/')
            if branch in worktrees or not _is_merged(place, branch, oid):
                continue
            place.repository.update_refs([RefUpdate(ref, '', oid)])
            done.append(f'{branch} is merged, and gone from this repository; it was at {oid}.')
        return done


@contextmanager
def _place(directory: Path, publishing: Publishing, *, writes: bool = True) -> Iterator[_Place]:
    repository = open_repository(directory, writes=writes)
    if repository is None:
        raise BootstrapError(f'{directory}: is in no git repository', 'run it in the repository of the proposals')
    with repository:
        there = bases.remotes(repository, publishing)
        there = there if writes else replace(there, credentials_of=None)
        base = bases.find(repository, there, publishing, settings.Settings().branch_prefix)
        known = settings.load(Tree(repository.source(base.oid)))
        branches = Branches(repository, there, base)
        yield _Place(repository, there, base, known, branches, way(there, publishing, known))


def _open_pull_requests(found_way: Way | None) -> list[PullRequest]:
    if found_way is None or found_way.token is None:
        return []
    return forges.of(found_way.forge.kind).open_ones(forges.api(found_way.forge, found_way.token))


def _described(place: _Place, branch: str, tip: str, pull_request: PullRequest | None) -> Found:
    repository, base = place.repository, place.base
    commits = place.branches.commits(tip)
    fork = repository.merge_base(base.oid, tip) if base.oid else None
    try:
        files: tuple[str, ...] | None = tuple(repository.changed_paths(fork, tip))
    except DiffersTooMuchError:
        files = None
    return Found(
        *(branch, tip, commits[0].subject if commits else '', files),
        applies=repository.merges_cleanly(base.oid, tip) if base.oid else True,
        pushed=place.there.head(branch) is not None,
        pull_request=pull_request,
    )


def _closed_pull_request(place: _Place, branch: str) -> list[str]:
    if place.way is None or place.way.token is None:
        return []
    functions, api = forges.of(place.way.forge.kind), forges.api(place.way.forge, place.way.token)
    there = functions.find(api, place.way.head(branch))
    if there is None:
        return []
    functions.close(api, there)
    return [f'The pull request is closed: {there.url}']


def _is_merged(place: _Place, branch: str, tip: str) -> bool:
    if place.branches.is_merged(tip):
        return True
    if place.way is None or place.way.token is None:
        return False
    api = forges.api(place.way.forge, place.way.token)
    return forges.of(place.way.forge.kind).merged(api, place.way.head(branch, tip))


def _refuse_checked_out(repository: Repository, branch: str) -> None:
    for worktree in repository.worktrees():
        if worktree.branch == branch:
            raise BootstrapError(f'{branch} is checked out in {worktree.path}', 'switch to another branch there')


def environments(one: Found, path: str) -> list[str]:
    """The names of the environments that a proposal changes."""
    prefix = f'{path}/environments/' if path else 'environments/'
    names = {file[len(prefix) :].partition('/')[0] for file in one.files or () if file.startswith(prefix)}
    return sorted(name for name in names if layout.is_name(name))
