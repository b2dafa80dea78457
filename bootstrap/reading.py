"""What commands that only read look at: the work tree, or a revision. Nothing the repository configures is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootstrap import layout, settings
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.repository import Repository, open_repository
from bootstrap.repository.worktree import WorkTreeSource
from bootstrap.settings import Settings
from bootstrap.tree import Tree

_NAMES_A_WORK_TREE = re.compile(r'^\s*worktree\s*=', re.IGNORECASE | re.MULTILINE)
_IS_SPARSE = re.compile(r'^\s*sparsecheckout\s*=\s*true', re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """A tree and what is known of it. `top` is the folder that the tree's paths start from."""

    tree: Tree
    settings: Settings
    path: str
    top: Path
    repository: Repository | None

    @property
    def left_out(self) -> str:
        """What to say besides where nothing was found."""
        if self.repository is None and _IS_SPARSE.search(_configuration(self.top)):
            return ' (this is a sparse checkout; --rev HEAD reads what it leaves out)'
        return ''

    def revision(self, text: str) -> Tree:
        """The tree of another revision."""
        return Tree(_repository(self.repository).source(commit_of(_repository(self.repository), text)))


@contextmanager
def reading(
    directory: Path | None, path: str | None, revision: str | None = None, *, history: bool = False
) -> Iterator[Reading]:
    """The work tree around a directory (itself, where it is in no repository), or a revision of its repository.

    With `history` other revisions can be read besides.
    """
    place = directory or Path.cwd()
    top = None if history or revision is not None else _top(place)
    if top is not None:
        # No git is needed to read files, and starting it takes longer than reading an environment.
        yield _read(Tree(WorkTreeSource(top)), path, top, None)
        return
    repository = open_repository(place, writes=False)
    if repository is None:
        if revision is not None:
            raise BootstrapError(f'{place}: is in no git repository, so it has no revision {revision}', 'leave it out')
        yield _read(Tree(WorkTreeSource(place)), path, place, None)
        return
    with repository:
        top = repository.root or repository.git_dir
        if revision is not None or repository.root is None:
            tree = Tree(repository.source(commit_of(repository, revision or 'HEAD')))
        else:
            tree = Tree(WorkTreeSource(top))
        yield _read(tree, path, top, repository)


def _top(place: Path) -> Path | None:
    """The top of the work tree around a folder, as git finds it; None where there is none."""
    try:
        folders = [place.absolute(), *place.absolute().parents] if place.is_dir() else []
        top = next((folder for folder in folders if (folder / '.git').exists()), None)
        # Only git knows all the places where `core.worktree` can lead to.
        return None if top is None or _NAMES_A_WORK_TREE.search(_configuration(top)) else top
    except OSError:
        return None


def _configuration(top: Path) -> str:
    """What `.git` itself says, as it stands there; nothing of a linked work tree."""
    files = (top / '.git' / name for name in ('config', 'config.worktree'))
    return '\n'.join(file.read_text(encoding='utf-8', errors='replace') for file in files if file.is_file())


def commit_of(repository: Repository, revision: str) -> str:
    """The id of the commit a user named; a usage error where there is none."""
    oid = repository.resolve(revision)
    if oid is None:
        raise BootstrapError(f'{revision!a}: no such revision', 'git log --oneline --all', exit_code=USAGE)
    return oid


def _read(tree: Tree, path: str | None, top: Path, repository: Repository | None) -> Reading:
    found = settings.load(tree)
    place = layout.checked_path(path) if path is not None else found.path
    return Reading(tree, found, place, top, repository)


def _repository(repository: Repository | None) -> Repository:
    if repository is None:
        raise BootstrapError('there is no git repository here, so there are no revisions', 'git init')
    return repository
