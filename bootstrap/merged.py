"""What is merged, as far as this repository knows: what Git expects of environments, and how commits stand to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bootstrap import base as bases
from bootstrap import inventory, layout, manifest, parameters, reading, settings
from bootstrap.base import Base
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.layout import Environment
from bootstrap.live.expected import ExpectedEnvironment, expected
from bootstrap.live.revisions import Relate, Relation
from bootstrap.repository import Repository, open_repository
from bootstrap.request import Publishing
from bootstrap.revision import is_object_id
from bootstrap.rules.resource import Resource, resources
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings
from bootstrap.tree import Tree


@dataclass
class Merged:
    """A repository with its base. Nothing is fetched."""

    repository: Repository
    base: Base
    path: str
    _trees: dict[str, tuple[Tree, Settings]] = field(default_factory=dict)

    def environments(self, name: str | None) -> list[ExpectedEnvironment]:
        """What Git expects of the environment named, or of all, each on the branch that its root follows."""
        tree, _ = self._tree(self._base_commit())
        found = self._chosen(tree, name) if name else list(layout.environments(tree, self.path))
        if not found:
            raise NotHereError(f'there is no environment in {self.base.branch}', 'raybootstrap init --env NAME')
        # Whoever has an operator of its own needs to know of no other environment.
        alone = all(layout.owns_kubernetes_cluster(tree, one) for one in found)
        has_it = {} if alone else inventory.owners(tree, self.path)
        return [self._with_operator(self._expected(one, *self._followed(tree, one)), one, has_it) for one in found]

    def at(self, name: str | None, revision: str | None) -> ExpectedEnvironment:
        """What Git expects of the environment named, or of the only one, at a revision; None: where it is merged."""
        tree, _ = self._tree(self._base_commit())
        if revision is None:
            chosen = self._chosen(tree, name)[0]
            return self._expected(chosen, *self._followed(tree, chosen))
        commit = reading.commit_of(self.repository, revision)
        tree, _ = self._tree(commit)
        return self._expected(layout.chosen(tree, (name,) if name else (), self.path)[0], '', commit)

    def relate(self, wanted: ExpectedEnvironment) -> Relate:
        """How a commit stands to the environment's, worked out once for each commit that is here."""
        known: dict[str, Relation] = {wanted.revision: Relation.SAME}

        def relation(revision: str) -> Relation:
            if revision not in known:
                found = self._relation(wanted, revision)
                if found in (Relation.UNKNOWN, Relation.MISSING):
                    return found
                known[revision] = found
            return known[revision]

        return relation

    def _relation(self, wanted: ExpectedEnvironment, revision: str) -> Relation:
        elsewhere = Relation.MISSING if (self.repository.common_dir / 'shallow').exists() else Relation.UNKNOWN
        if not is_object_id(revision) or self.repository.resolve(revision) is None:
            return elsewhere
        one, other = (self.repository.source(commit).entry(wanted.directory) for commit in (wanted.revision, revision))
        changed = one != other
        if self.repository.is_ancestor(wanted.revision, revision):
            return Relation.CHANGED if changed else Relation.LATER
        if self.repository.is_ancestor(revision, wanted.revision):
            return Relation.BEHIND if changed else Relation.EARLIER
        return Relation.ASIDE if elsewhere is Relation.UNKNOWN else Relation.MISSING

    def _chosen(self, tree: Tree, name: str | None) -> list[Environment]:
        try:
            return layout.chosen(tree, (name,) if name else (), self.path)
        except NotHereError as error:
            hint = 'raybootstrap proposals shows what is not merged yet; then git fetch'
            raise NotHereError(f'{error.message} in {self.base.branch}', hint) from None

    def _followed(self, tree: Tree, environment: Environment) -> tuple[str, str]:
        """The branch (or '') and the commit that the environment's root follows; base where it is not here."""
        followed = parameters.get(tree, environment, parameters.FOLLOWED_BRANCH)
        base = self.base.branch, self._base_commit()
        if followed in (None, 'HEAD', self.base.branch):
            return base
        remote = self.repository.base_remote(None)
        names = [f'refs/remotes/{remote.name}/{followed}'] if remote else []
        refs = self.repository.refs(*names, f'refs/heads/{followed}')
        tip = next((refs[name] for name in (*names, f'refs/heads/{followed}') if name in refs), None)
        if tip is not None:
            return str(followed), tip
        commit = self.repository.resolve(str(followed))
        return ('', commit) if commit else base

    def _expected(self, environment: Environment, branch: str, commit: str) -> ExpectedEnvironment:
        tree, known = self._tree(commit)
        if not layout.has(tree, environment):
            raise NotHereError(f'{environment.directory}: is not in {branch or commit[:12]}', 'git log --oneline')
        scope = inventory.scope(tree, known, environment)
        bare = [
            resource
            for file in tree.files(f'{environment.directory}/rayclusters')
            if file.endswith(('.yaml', '.yml'))
            for resource in _read(tree, file, environment)
        ]
        return expected(environment, Scope([*scope.resources, *bare], known, environment), commit, branch)

    def _with_operator(
        self, wanted: ExpectedEnvironment, environment: Environment, has_it: Mapping[str, Environment]
    ) -> ExpectedEnvironment:
        tree, known = self._tree(self._base_commit())
        owner = has_it.get(layout.kubernetes_cluster(tree, environment))
        return replace(wanted, operator=inventory.operator_of(tree, known, owner, environment))

    def _tree(self, commit: str) -> tuple[Tree, Settings]:
        if commit not in self._trees:
            tree = Tree(self.repository.source(commit))
            self._trees[commit] = tree, settings.load(tree)
        return self._trees[commit]

    def _base_commit(self) -> str:
        if self.base.oid is None:
            raise NotHereError('there is no commit yet', 'raybootstrap init --env NAME')
        return self.base.oid


def _read(tree: Tree, file: str, environment: Environment) -> Iterator[Resource]:
    with manifest.in_file(file):
        yield from resources(file, tree[file], environment)


@contextmanager
def merged(directory: Path, path: str | None) -> Iterator[Merged]:
    """The repository around a directory, at the tip of its base branch as it was fetched last."""
    repository = open_repository(directory, writes=False)
    if repository is None:
        raise BootstrapError(f'{directory}: is in no git repository', 'run it in the repository of the environments')
    with repository:
        publishing = Publishing(fetch=False)
        there = bases.remotes(repository, publishing)
        base = bases.find(repository, there, publishing, Settings().branch_prefix)
        place = path if path is not None else settings.load(Tree(repository.source(base.oid))).path
        yield Merged(repository, base, layout.checked_path(place))
