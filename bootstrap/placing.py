"""Where a proposal goes: a branch of its own, the open proposal it builds on, or base itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bootstrap.base import Base, Remotes
from bootstrap.branches import Branches, commands_of
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.proposal import ALLOW_TRAILER
from bootstrap.repository import Commit, Repository
from bootstrap.request import Publishing, Request
from bootstrap.tree import Tree, changes, differ


@dataclass(frozen=True)
class Placement:
    """The branch, what it stands on, and the trees before and after.

    `trees` are those of the new commits, one each; `parent` is what the first is put on; `local` and `pushed`
    are the branch's tips now (None: not there). `done` is the commit that says already what is asked: then there
    is nothing to commit. `review` says whether the branch is one of this tool's.
    """

    branch: str
    parent: str | None
    before: Tree
    trees: tuple[Tree, ...]
    local: str | None = None
    pushed: str | None = None
    done: Commit | None = None
    review: bool = True
    why: str = ''

    @property
    def after(self) -> Tree:
        return self.trees[-1]

    @property
    def unchanged(self) -> bool:
        return not differ(self.before, self.after)


def placed(
    repository: Repository,
    there: Remotes,
    base: Base,
    request: Request,
    publishing: Publishing,
    context: Context,
    names: tuple[str, ...],
    forgotten: str | None = None,
    merged_there: Callable[[str, str], bool] = lambda branch, tip: False,  # noqa: ARG005
) -> Placement:
    """Where this request goes, planned there. `merged_there` asks the forge whether a branch's tip was merged."""
    branches = Branches(repository, there, base, forgotten)
    branches.plan_again(request.line(names))
    tree = Tree(repository.source(base.oid))
    on_base = Placement(base.branch, base.oid, tree, (tree,))
    if publishing.direct:
        local = branches.local(base.branch)
        if local and base.oid and local != base.oid and not repository.is_ancestor(local, base.oid):
            raise BootstrapError(
                f'{base.branch}: has commits here that the remote has not', 'push them first, or leave --direct out'
            )
        return replace(
            on_base,
            trees=request.trees(tree, context),
            local=branches.local(base.branch),
            pushed=there.head(base.branch),
            review=False,
        )
    if publishing.branch is not None:
        return _on_a_named_branch(repository, branches, there, on_base, request, publishing.branch, context)
    if names or request.repository_wide:
        done = _done_on_its_own_branch(repository, branches, there, tree, request, context, names, merged_there)
        if done:
            return done
    try:
        planned = request.trees(tree, context)
    except NotHereError as missing:
        return _on_an_open_proposal(repository, branches, there, on_base, request, context, missing)
    return _on_its_own_branch(branches, there, replace(on_base, trees=planned), branch_name(request, context, names))


def branch_name(request: Request, context: Context, names: Sequence[str]) -> str:
    """The name of a request's own branch."""
    named = 'all' if request.everywhere else '+'.join(names)
    environments = '' if request.repository_wide else f'-{named}'
    subject = f'/{request.subject}' if request.subject else ''
    return f'{context.settings.branch_prefix}{request.command}{environments}{subject}'


def _on_a_named_branch(
    repository: Repository,
    branches: Branches,
    there: Remotes,
    on_base: Placement,
    request: Request,
    branch: str,
    context: Context,
) -> Placement:
    repository.check_branch_name(branch)
    if branch == on_base.branch:
        raise BootstrapError(
            f'{branch} is the base branch', 'leave --branch out, or use --direct to go without a review'
        )
    tip = branches.tip(branch)
    tree = Tree(repository.source(tip)) if tip else on_base.before
    placement = Placement(
        *(branch, tip or on_base.parent, tree, request.trees(tree, context)),
        local=branches.local(branch),
        pushed=there.head(branch),
        review=tip is None or any(commands_of(commit) for commit in branches.commits(tip)),
        why=f'{branch} is there already, so this is added to it' if tip else '',
    )
    return replace(placement, done=_newest_of_ours(branches.commits(tip)) if tip and placement.unchanged else None)


def _on_an_open_proposal(
    repository: Repository,
    branches: Branches,
    there: Remotes,
    on_base: Placement,
    request: Request,
    context: Context,
    missing: NotHereError,
) -> Placement:
    found, nearer = [], missing
    for branch, tip in branches.open_proposals(context.settings.branch_prefix).items():
        tree = Tree(repository.source(tip))
        try:
            found.append(Placement(branch, tip, tree, request.trees(tree, context)))
        except NotHereError as error:
            # The environment may stand there, without the RayCluster or the group.
            nearer = error if error.message != missing.message else nearer
    if not found:
        raise nearer
    if len(found) > 1:
        raise BootstrapError(
            f'{missing.message} on {on_base.branch}, and several open proposals have it: '
            f'{", ".join(one.branch for one in found)}',
            'pick one with --branch',
        )
    [placement] = found
    branches.tip(placement.branch)  # refused where adding to the remote's would lose what is here
    return replace(
        placement,
        local=branches.local(placement.branch),
        pushed=there.head(placement.branch),
        done=_newest_of_ours(branches.commits(str(placement.parent))) if placement.unchanged else None,
        why=f'{missing.message} on {on_base.branch} yet; it is on {placement.branch}, so this is added there',
    )


def _newest_of_ours(commits: list[Commit]) -> Commit | None:
    return next((commit for commit in reversed(commits) if commands_of(commit)), None)


def _done_on_its_own_branch(
    repository: Repository,
    branches: Branches,
    there: Remotes,
    base: Tree,
    request: Request,
    context: Context,
    names: Sequence[str],
    merged_there: Callable[[str, str], bool],
) -> Placement | None:
    """The request's own branch, where it holds already what is asked and waits to be merged."""
    branch = branch_name(request, context, names)
    tip = branches.tip(branch)
    if tip is None or branches.is_merged(tip) or merged_there(branch, tip):
        return None
    commits = branches.commits(tip)
    tree = Tree(repository.source(tip))
    same = next((commit for commit in commits if request.line(names) in commands_of(commit)), None)
    if same is not None and _allows_another_plan(request, base, context, commits):
        same = None
    if same is None and not changes(tree, request.trees(tree, context)[-1]):
        same = _newest_of_ours(commits)
    if same is None:
        raise BootstrapError(
            f'{branch} is there already, with another change: {commits[-1].subject if commits else tip}',
            f'--branch {branch} adds to it, --branch NAME starts another',
        )
    return Placement(branch, tip, tree, (tree,), branches.local(branch), there.head(branch), done=same)


def _allows_another_plan(request: Request, tree: Tree, context: Context, commits: Sequence[Commit]) -> bool:
    """Whether a rule that only this run lets through makes its plan another one: then it is not the same command."""
    said = {value.partition('=')[0] for one in commits for key, value in one.trailers if key == ALLOW_TRAILER}
    as_said = replace(context, allow={rule: why for rule, why in context.allow.items() if rule in said})
    if as_said.allow == context.allow:
        return False
    return bool(changes(request.trees(tree, as_said)[-1], request.trees(tree, context)[-1]))


def _on_its_own_branch(branches: Branches, there: Remotes, planned: Placement, branch: str) -> Placement:
    if planned.unchanged:
        return planned
    return replace(planned, branch=branch, local=branches.local(branch), pushed=there.head(branch))
