"""From a directory to its repository."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from bootstrap.errors import BootstrapError
from bootstrap.repository import commands, identity, references, starting
from bootstrap.repository.config import Config
from bootstrap.repository.environment import forget_other_repositories
from bootstrap.repository.remotes import protocols
from bootstrap.repository.repository import Repository
from bootstrap.repository.runner import Answer, Runner
from bootstrap.repository.starting import UNFINISHED
from bootstrap.repository.words import failure

_OID_BYTES = {'sha1': 20, 'sha256': 32}


def open_repository(directory: Path, *, writes: bool) -> Repository | None:
    """The repository that a directory is in, or None. Without `writes` nothing that its configuration names is run."""
    _check_directory(directory)
    forget_other_repositories()
    run = Runner(directory.absolute())
    answer = run.answer(commands.LOCATE)
    if answer.status != 0 and 'not a git repository (or any' in answer.stderr:
        return open_repository(directory, writes=True) if writes and starting.finished(directory.absolute()) else None
    git_dir, common_dir, oid_bytes, root = _place(run, answer)
    if directory.resolve().is_relative_to(git_dir.resolve()):
        _refuse_planted(git_dir)
    # With core.worktree git may not be found from the top of the work tree.
    if root is not None and directory.resolve().is_relative_to(root.resolve()):
        run.directory = root
    config = _configuration(run)
    return Repository(_prepared(run, config, writes), config, root, git_dir, common_dir, oid_bytes)


def git_version(directory: Path) -> str:
    """What git says of itself, such as `git version 2.39.5`; the directory need not be in a repository."""
    _check_directory(directory)
    return Runner(directory.absolute()).output('ask git for its version', commands.VERSION).decode().strip()


def check_branch_name(directory: Path, name: str) -> None:
    """Refuse what git takes for no name of a branch; the directory need not be in a repository."""
    references.check_branch_name(Runner(directory.absolute()), name)


@contextlib.contextmanager
def start_repository(directory: Path) -> Iterator[Repository]:
    """A new repository for an empty folder and a user with an identity. It takes its place when the block ends well;
    after a kill the next start begins anew, or puts in place what was complete."""
    _check_directory(directory)
    forget_other_repositories()
    if {entry.name for entry in os.scandir(directory)} - {UNFINISHED}:
        raise BootstrapError(
            f'{directory}: is not empty and not a git repository',
            f'to make it one: git init {directory}',
        )
    identity.check(_configuration(Runner(directory.absolute())), os.environ)
    with starting.workshop(directory.absolute()) as place:
        Runner(place).output(f'make a repository in {directory}', commands.INIT)
        repository = open_repository(place, writes=True)
        if repository is None:
            raise BootstrapError(f'{directory}: git init made no repository', f'git init {directory}')
        with repository:
            yield repository


def _configuration(run: Runner) -> Config:
    return Config.parsed(run.output("read git's configuration", commands.CONFIG))


def _check_directory(directory: Path) -> None:
    if not directory.is_dir():
        raise BootstrapError(f'{directory}: no such directory', f'mkdir {directory}')
    if not os.access(directory, os.R_OK | os.X_OK):
        raise BootstrapError(f'{directory}: cannot be entered', 'check its permissions')


def _place(run: Runner, answer: Answer) -> tuple[Path, Path, int, Path | None]:
    """Git directory, common directory, bytes of an object id, top of the work tree. Without a work tree git fails
    only after it has told the rest."""
    lines = answer.stdout.decode('utf-8', 'surrogateescape').removesuffix('\n').split('\n')
    if lines[:1] == ['--path-format=absolute']:
        version = run.output('ask git for its version', commands.VERSION).decode().strip()
        raise BootstrapError(f'{version} is too old', 'install git 2.31 or newer')
    bare = answer.status != 0 and lines[3:] == ['true']
    if (answer.status != 0 and not bare) or len(lines) != 4 + (not bare):
        raise _cannot_open(answer)
    git_dir, common_dir, algorithm = lines[:3]
    return Path(git_dir), Path(common_dir), _OID_BYTES[algorithm], None if bare else Path(lines[4])


def _cannot_open(answer: Answer) -> BootstrapError:
    words = answer.stderr or 'its path has a line break'
    if 'must be run in a work tree' in words:
        return BootstrapError('this is the inside of a .git directory', "run it in the work tree's top")
    advice = re.search(r'git config --global --add safe\.directory .*', words)
    error = failure('open the repository', words)
    if 'extension' in words or 'repo version' in words:
        return BootstrapError(error.message, 'install a newer git: this repository needs it')
    return BootstrapError(error.message, advice[0].strip() if advice else error.hint)


def _refuse_planted(git_dir: Path) -> None:
    """A repository's content can hold what looks like a bare repository, with a configuration of its own."""
    for parent in git_dir.parents:
        if _is_repository_of(parent / '.git', git_dir):
            raise BootstrapError(
                f'{git_dir}: is a bare repository inside of {parent}, so it may have come with its content',
                f'run it in {parent}, or move the bare repository out of it',
            )


def _is_repository_of(dot_git: Path, git_dir: Path) -> bool:
    """Whether this `.git` belongs to a repository other than the one in `git_dir`."""
    if dot_git.is_dir():
        return dot_git not in git_dir.parents and dot_git != git_dir
    if not dot_git.is_file():
        return False
    named = dot_git.read_text(encoding='utf-8', errors='surrogateescape').removeprefix('gitdir:').strip()
    return (dot_git.parent / named).resolve() != git_dir.resolve()


def _prepared(run: Runner, config: Config, writes: bool) -> Runner:
    run.protocols = protocols(config)
    trusted = config if writes else config.without_repository()
    run.ssh_command = trusted.get('core.sshCommand')
    if not writes:
        run.settings = tuple(config.disarming())
        if config.lazy_fetch_runs_a_program():
            run.protocols = None
    return run
