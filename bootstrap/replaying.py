"""A proposal planned again on today's base, from the commands in its commits' trailers.

A stranger may have written these commits: only what `parse` lets through, the options of plans, is taken from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bootstrap.base import Base, Remotes
from bootstrap.body import why_of
from bootstrap.branches import Branches, DivergedError, commands_of
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.placing import Placement
from bootstrap.proposal import ALLOW_TRAILER
from bootstrap.publish import PullRequestWay
from bootstrap.repository import Commit, Repository
from bootstrap.request import Request, Step
from bootstrap.tree import Tree
from bootstrap.words import sanitise


@dataclass(frozen=True)
class Replay:
    """Which branch, and how the command in a trailer becomes a request."""

    branch: str
    parse: Callable[[str], Request]


def replayed(
    repository: Repository, there: Remotes, base: Base, wanted: Replay, context: Context, way: PullRequestWay
) -> tuple[Placement, Request]:
    """Where the new commits go, and the request that makes them; unchanged where the branch is just what they make."""
    branches = Branches(repository, there, base)
    tips = _tips(branches, there, wanted.branch)
    _refuse_checked_out(repository, wanted.branch)
    commits = branches.commits(tips[-1])
    request = _request(commits, wanted, context)
    tree = Tree(repository.source(base.oid))
    placement = Placement(
        *(wanted.branch, base.oid, tree, request.trees(tree, context)),
        local=branches.local(wanted.branch),
        pushed=there.head(wanted.branch),
    )
    if any(branches.is_merged(tip) for tip in tips):
        raise BootstrapError(f'{wanted.branch}: is merged already', f'git branch --delete {wanted.branch}')
    if way.is_queued(wanted.branch):
        raise BootstrapError(
            f'{wanted.branch}: its pull request waits to be merged by itself, so it is left alone',
            'take it out of the queue, or turn off auto-merge, and run it again',
        )
    for tip in tips:
        if _is_what_they_make(repository, base, tip, placement.after):
            return replace(placement, parent=tip, before=tree, trees=(tree,), done=branches.commits(tip)[-1]), request
    return placement, request


def environments(repository: Repository, there: Remotes, base: Base, wanted: Replay) -> tuple[str, ...]:
    """The names of the environments that the newest command of a branch is about."""
    branches = Branches(repository, there, base)
    commits = branches.commits(_tips(branches, there, wanted.branch)[-1])
    lines = commands_of(commits[-1]) if commits else []
    return wanted.parse(lines[0]).environments if lines else ()


def _tips(branches: Branches, there: Remotes, branch: str) -> list[str]:
    """The newest commit of the branch; two where a replay was not pushed, or was pushed from another clone."""
    try:
        tip = branches.tip(branch)
    except DivergedError:
        tips = [str(there.head(branch)), str(branches.local(branch))]
        pushed, local = ([commands_of(commit) for commit in branches.commits(tip)] for tip in tips)
        if pushed != local or not all(local):
            raise
        return tips
    if tip is None:
        raise BootstrapError(f'{branch}: no such branch', 'raybootstrap proposals')
    return [tip]


def _request(commits: Sequence[Commit], wanted: Replay, context: Context) -> Request:
    """One request for all commands of a branch: a step for each of their commits."""
    if not commits:
        raise BootstrapError(f'{wanted.branch}: has no commits that base has not', 'nothing is left to replay')
    for commit in commits:
        if len(commands_of(commit)) != 1 or len(commit.parents) > 1:
            raise BootstrapError(
                f'{wanted.branch}: {commit.oid[:12]} ({commit.subject}) was not made by raybootstrap, '
                'and would be lost',
                f'bring it up to date yourself: git rebase {context.branch} {wanted.branch}',
            )
    steps: list[Step] = []
    names: list[str] = []
    everywhere = removes = False
    for (line, allowed), run in groupby(commits, key=lambda commit: (commands_of(commit)[0], _allowed(commit))):
        first = next(iter(run))
        request = wanted.parse(line)
        more = tuple(
            (key, value)
            for key, value in first.trailers
            if not key.lower().startswith('raybootstrap-') and f'{key}{value}'.isprintable()
        )
        steps.append(
            Step(sanitise(first.subject), _allowing(request, allowed), line, why_of(first.body), more, allowed)
        )
        steps += [replace(step, line=line, trailers=more, allowed=allowed) for step in request.steps]
        names += request.environments
        everywhere, removes = everywhere or request.everywhere, removes or request.removes
    return Request(
        'replay',
        lambda tree, _: tree,
        lambda *_: sanitise(commits[0].subject),
        environments=tuple(dict.fromkeys(names)),
        steps=tuple(steps),
        repository_wide=not names and not everywhere,
        everywhere=everywhere,
        removes=removes,
    )


def _allowed(commit: Commit) -> dict[str, str]:
    """The rules that the author of a commit let through, with reasons."""
    given = (value.partition('=') for key, value in commit.trailers if key == ALLOW_TRAILER and value.isprintable())
    return {rule: reason for rule, _, reason in given}


def _allowing(request: Request, allow: Mapping[str, str]) -> Callable[[Tree, Context], Tree]:
    """The plan as it was made: with what its author let through. The rules still ask who replays it."""
    return lambda tree, context: request.plan(tree, replace(context, allow=allow))


def _is_what_they_make(repository: Repository, base: Base, tip: str, planned: Tree) -> bool:
    """Whether merging the branch as it is gives what planning it anew gives: then approvals can stay."""
    if base.oid is None:
        return False
    merged = repository.merged_tree(base.oid, tip)
    if merged is None:
        return False
    result = Tree(repository.source(merged))
    paths = {*repository.changed_paths(base.oid, tip), *planned.edits}
    return all(result.get(path) == planned.get(path) for path in paths)


def _refuse_checked_out(repository: Repository, branch: str) -> None:
    for worktree in repository.worktrees():
        if worktree.branch == branch:
            raise BootstrapError(f'{branch} is checked out in {worktree.path}', 'switch to another branch there')
