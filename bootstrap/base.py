"""Which branch a proposal is planned on, and where its own branch goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bootstrap import parameters
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment, has
from bootstrap.repository import Remote, RemoteRefs, Repository
from bootstrap.request import Publishing
from bootstrap.tree import Tree


@dataclass(frozen=True)
class Remotes:
    """The remotes of one run and what they hold; `base_refs` and `push_refs` are None where nothing was fetched."""

    base: Remote | None = None
    push: Remote | None = None
    base_refs: RemoteRefs | None = None
    push_refs: RemoteRefs | None = None
    credentials_of: Path | None = None
    """The git directory whose configuration may name the programs that are asked for a token."""

    def head(self, branch: str) -> str | None:
        """The tip of a branch where proposals are pushed to."""
        return self.push_refs.heads.get(branch) if self.push_refs else None


@dataclass(frozen=True)
class Base:
    """`oid` is None where there is no commit yet; `pushed` says whether the base remote has the branch."""

    branch: str
    oid: str | None
    pushed: bool = True


def remotes(repository: Repository, publishing: Publishing) -> Remotes:
    """The remotes, asked for their branches unless `--no-fetch` says not to."""
    base = repository.base_remote(publishing.remote)
    push = repository.push_remote(publishing.push_remote, base)
    if base is None or not publishing.fetch:
        return Remotes(base, push, credentials_of=repository.git_dir)
    base_refs = repository.remote_refs(base.url)
    same = push is None or push.push_url in (base.url, base.push_url)
    push_refs = base_refs if same or push is None else repository.remote_refs(push.push_url)
    return Remotes(base, push, base_refs, push_refs, repository.git_dir)


def find(repository: Repository, there: Remotes, publishing: Publishing, prefix: str) -> Base:
    """The base branch a user named, else the remote's default branch, else the current one."""
    if publishing.base is not None:
        repository.check_branch_name(publishing.base)
        found = _at(repository, there, publishing.base)
        if found.oid is None and not _is_new(repository, there):
            raise BootstrapError(
                f'there is no branch {publishing.base} to base on', 'give another --base', exit_code=USAGE
            )
        return found
    return _at(repository, there, _default_branch(repository, there, prefix))


def followed(
    repository: Repository, there: Remotes, base: Base, tree: Tree, context: Context, names: tuple[str, ...]
) -> Base:
    """The branch that Argo CD follows for these environments, where it is another one and there."""
    branches = set()
    for name in names:
        environment = Environment(name, context.path)
        if has(tree, environment):
            branches.add(parameters.get(tree, environment, parameters.FOLLOWED_BRANCH))
    branches -= {None, 'HEAD', base.branch}
    if len(branches) != 1:
        return base
    other = _at(repository, there, str(branches.pop()))
    return other if other.oid else base


def _is_new(repository: Repository, there: Remotes) -> bool:
    return repository.head.oid is None and not (there.base_refs and there.base_refs.heads)


def _at(repository: Repository, there: Remotes, branch: str) -> Base:
    if there.base_refs is not None and there.base is not None:
        oid = there.base_refs.heads.get(branch)
        if oid:
            repository.fetch(there.base.url, {branch: oid})
            return Base(branch, oid)
    local = f'refs/heads/{branch}'
    tracked = f'refs/remotes/{there.base.name}/{branch}' if there.base else local
    refs = repository.refs(local, tracked)
    if there.base_refs is not None:
        return Base(branch, refs.get(local), pushed=False)
    return Base(branch, refs.get(tracked) or refs.get(local))


def _default_branch(repository: Repository, there: Remotes, prefix: str) -> str:
    if there.base_refs is not None and there.base_refs.default_branch in there.base_refs.heads:
        return str(there.base_refs.default_branch)
    if there.base is not None and there.base_refs is None:
        tracked = repository.symbolic_ref(f'refs/remotes/{there.base.name}/HEAD')
        if tracked:
            return tracked.removeprefix(f'refs/remotes/{there.base.name}/')
    current = repository.head.branch
    if current is not None and not current.startswith(prefix):
        return current
    return _branch_behind(repository, prefix)


def _branch_behind(repository: Repository, prefix: str) -> str:
    """On a review branch, or detached, the base is the one other branch, or the one git would have begun with."""
    others = [name.removeprefix('refs/heads/') for name in repository.refs('refs/heads/')]
    others = [name for name in others if not name.startswith(prefix)]
    usual = (repository.config.get('init.defaultBranch') or 'master', 'main', 'master')
    for name in usual:
        if name in others:
            return name
    if len(others) == 1:
        return others[0]
    raise BootstrapError(
        'which branch is the base? None is checked out and there is no remote', 'name it with --base', exit_code=USAGE
    )
