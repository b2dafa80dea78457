"""A user's repository beside its remote, what is done in it, and what must be true of it ever after."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fault_tracer import environment, run

URL = 'https://git.example.com/acme/ray.git'
_GIT_CONFIG = '[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n'
_INIT = ('init', '--repo-url', URL, '--env')
_GROUP = ('add-group', 'gpu', '--env', 'prod', '--max', '4', '--cpu', '2', '--memory', '4Gi')
# Below these the tool may write: objects that nothing refers to do no harm, and the rest is its own.
_OURS = ('.git/objects/', '.git/raybootstrap', '.git/refs/heads/raybootstrap', '.git/logs/refs/heads/raybootstrap')

State = dict[str, tuple[int, bytes]]


class Scenario(NamedTuple):
    """A command, the branch it makes, and the commands run before: merged ones into base, proposed ones not."""

    arguments: tuple[str, ...]
    branch: str
    merged: tuple[tuple[str, ...], ...] = ()
    proposed: tuple[tuple[str, ...], ...] = ()
    empty_folder: bool = False
    hooks: bool = False

    @property
    def pushes(self) -> bool:
        return '--no-push' not in self.arguments and not self.empty_folder


_MANY = ('init', '--operator', '--repo-url', URL)
SCENARIOS = {
    'init': Scenario((*_INIT, 'prod', '--no-push'), 'raybootstrap/init-prod'),
    'init, pushed': Scenario((*_INIT, 'prod'), 'raybootstrap/init-prod'),
    'add-group': Scenario((*_GROUP, '--no-push'), 'raybootstrap/add-group-prod/gpu', ((*_INIT, 'prod'),)),
    'add-group, pushed': Scenario(_GROUP, 'raybootstrap/add-group-prod/gpu', ((*_INIT, 'prod'),)),
    'add-group with hooks, pushed': Scenario(
        _GROUP, 'raybootstrap/add-group-prod/gpu', ((*_INIT, 'prod'),), hooks=True
    ),
    'on an open proposal, pushed': Scenario(_GROUP, 'raybootstrap/init-prod', (), ((*_INIT, 'prod'),)),
    'upgrade of 20 environments, pushed': Scenario(
        ('upgrade', '--all-envs', '--kuberay-version', '1.7.0'),
        'raybootstrap/upgrade-all',
        ((*_MANY, '--kuberay-version', '1.6.2', *(f'--env=e{number:02}' for number in range(20))),),
    ),
    'init in an empty folder': Scenario((*_INIT, 'prod'), 'raybootstrap/init-prod', empty_folder=True),
}


@dataclass(frozen=True)
class World:
    """A folder with a home, a bare remote and the user's work tree."""

    place: Path

    @property
    def work(self) -> Path:
        return self.place / 'work'

    @property
    def remote(self) -> Path:
        return self.place / 'remote.git'

    @property
    def variables(self) -> dict[str, str]:
        return environment(self.place / 'home')

    def git(self, directory: Path, *arguments: str, check: bool = True) -> str:
        """What git prints; standard error too where it may fail."""
        done = subprocess.run(
            ['git', '--no-optional-locks', '-C', str(directory), *arguments],
            env={**self.variables, 'GIT_CEILING_DIRECTORIES': str(self.place)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors='surrogateescape',
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f'git {" ".join(arguments)}: {done.stderr}')
        return done.stdout + ('' if check else done.stderr)

    def copied(self, place: Path) -> World:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.place, place, symlinks=True)
        return World(place)


def built(place: Path, scenario: Scenario) -> World:
    """The world before the command: a clone with dirty, staged and untracked files and a stash."""
    world = World(place)
    (place / 'home').mkdir(parents=True)
    (place / 'home' / '.gitconfig').write_text(_GIT_CONFIG)
    world.work.mkdir()
    if scenario.empty_folder:
        return world
    world.git(place, 'init', '--quiet', '--bare', '--template=', str(world.remote))
    world.git(world.work, 'init', '--quiet', '--template=')
    world.git(world.work, 'remote', 'add', 'origin', '../remote.git')
    save(world, world.work, {'README.md': 'hello\n', 'other.txt': 'one\n', 'moved.txt': 'two\n'})
    world.git(world.work, 'push', '--quiet', 'origin', 'main')
    for arguments in (*scenario.merged, *scenario.proposed):
        assert run(arguments, world.work, world.variables).returncode == 0
    if scenario.merged:
        world.git(world.work, 'merge', '--quiet', '--ff-only', _only_proposal(world))
        world.git(world.work, 'branch', '--delete', _only_proposal(world))
        world.git(world.work, 'push', '--quiet', '--prune', 'origin', 'refs/heads/*:refs/heads/*')
    _touch_everything(world)
    for name in ('commit-msg', 'pre-push') if scenario.hooks else ():
        _hook(world.work, name)
    return world


def save(world: World, directory: Path, files: Mapping[str, str], message: str = 'change') -> str:
    """Commit these files; the commit's id."""
    for name, text in files.items():
        (directory / name).write_text(text)
    world.git(directory, 'add', '--', *files)
    world.git(directory, 'commit', '--quiet', '--message', message, '--', *files)
    return world.git(directory, 'rev-parse', 'HEAD').strip()


def _only_proposal(world: World) -> str:
    [branch] = world.git(world.work, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/raybootstrap').split()
    return branch


def _hook(work: Path, name: str) -> None:
    file = work / '.git' / 'hooks' / name
    file.parent.mkdir(exist_ok=True)
    file.write_text('#!/bin/sh\nexec git var GIT_COMMITTER_IDENT > /dev/null\n')
    file.chmod(0o755)


def _touch_everything(world: World) -> None:
    work = world.work
    (work / 'README.md').write_text('stashed\n')
    world.git(work, 'stash', 'push', '--quiet')
    world.git(work, 'pack-refs', '--all')
    world.git(work, 'tag', 'v1')
    (work / 'README.md').write_text('staged\n')
    world.git(work, 'add', 'README.md')
    (work / 'README.md').write_text('staged, then changed\n')
    (work / 'other.txt').write_text('unstaged\n')
    world.git(work, 'mv', 'moved.txt', 'elsewhere.txt')
    (work / 'untracked.txt').write_text('untracked\n')
    (work / 'script').write_text('#!/bin/sh\n')
    (work / 'script').chmod(0o700)
    (work / 'link').symlink_to('README.md')


def state(world: World) -> State:
    """Every file that is the user's, byte by byte: the work tree, index, HEAD, refs, reflogs, stash, configuration."""
    return {name: entry for name, entry in entries(world.work).items() if not name.startswith(_OURS)}


def entries(top: Path) -> State:
    """Mode and content of everything below a folder; a directory's content is empty, a link's is its target."""
    found: State = {}
    for place, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = Path(place, name)
            mode = path.lstat().st_mode
            found[str(path.relative_to(top))] = (mode, _content(path, mode))
    return found


def _content(path: Path, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return bytes(path.readlink())
    return path.read_bytes() if stat.S_ISREG(mode) else b''


def names(top: Path) -> set[str]:
    """The files below a folder, without git's objects: some that nothing refers to are harmless."""
    return {name for name, (mode, _) in entries(top).items() if not stat.S_ISDIR(mode) and not _may_be_left(name)}


def _may_be_left(name: str) -> bool:
    # `git init` tries in such a file what the file system can; where removing it fails, it stays.
    return name.startswith(('objects/', '.git/objects/')) or re.fullmatch(r'\.git/t\w{6}', name) is not None


def tip(world: World, directory: Path, branch: str) -> str:
    """The id of the branch's commit, '' where there is none."""
    if not directory.joinpath('.git' if directory == world.work else 'HEAD').exists():
        return ''
    return world.git(directory, 'for-each-ref', '--format=%(objectname)', f'refs/heads/{branch}').strip()


def history(world: World, directory: Path, branch: str) -> Sequence[str]:
    """The trees of the branch's commits, the newest first: the ids of the commits hold the time."""
    return world.git(directory, 'log', '--format=%T', branch, '--').split() if tip(world, directory, branch) else ()


def unsound(world: World, directory: Path) -> str:
    """What `git fsck` has to say against a repository."""
    words = world.git(directory, 'fsck', '--strict', '--full', '--no-progress', check=False)
    return '; '.join(line for line in words.splitlines() if not line.startswith(('dangling', 'notice:')))
