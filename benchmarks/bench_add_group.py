"""One worker group, in small and in large repositories."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from functools import partial
from pathlib import Path

from fleets import World, git, without_proposals
from measuring import RAYBOOTSTRAP, Command, alternating, git_processes
from results import PAIRED, Section, judged, paired

GROUP = ('--gpu', '1', '--cpu', '8', '--memory', '64Gi', '--max', '8')
_PEER = Path(__file__).parent / 'peers' / 'ruamel_group.py'


def one_group(world: World) -> Section:
    """The same edit in repositories of one and of many environments."""
    small, large = (world.copy(size) for size in (1, world.sizes[-1]))
    one, many = (add_group(place, size) for place, size in ((small, 1), (large, world.sizes[-1])))
    of_many, of_one = alternating([many, one], world.runs * 2)
    name = f'{world.sizes[-1]:,} environments'
    section = Section('`add-group`, committed locally', PAIRED)
    section.rows.append(paired(f'`add-group` in a repository of {name}', 'in one of 1', of_many, of_one, 1.2))
    processes = git_processes(one)
    section.rows.append(['git processes it starts', '', str(processes), '', '', *judged(processes, 12)])
    if importlib.util.find_spec('ruamel') is None:
        section.rows.append(
            ['`add-group`', "ruamel.yaml, GitPython's index, a commit", '', '', 'not installed', '', '']
        )
        return section
    place = shutil.copytree(world.repository(1), world.folder / 'for-ruamel', symlinks=True)
    first = git(place, 'rev-parse', 'HEAD').strip()
    peer = Command(
        [sys.executable, str(_PEER), str(place), 'env0000'],
        place,
        partial(git, place, 'reset', '--quiet', '--hard', first),
    )
    ours, theirs = alternating([one, peer], world.runs * 2)
    section.rows.append(paired('`add-group`', "ruamel.yaml, GitPython's index, a commit", ours, theirs, None))
    section.words.append(
        "The peer checks nothing, writes the user's work tree and index, and rewrites "
        f'{_lines_changed(place)} lines of the manifest for the worker group of 12; `add-group` adds lines only.'
    )
    return section


def _lines_changed(place: Path) -> int:
    added, removed, _ = git(place, 'diff', '--numstat', 'HEAD~', 'HEAD').split('\t')
    return int(added) + int(removed)


def environment(size: int) -> str:
    """One in the middle."""
    return f'env{size // 2:04d}'


def add_group(place: Path, size: int) -> Command:
    """The command in a repository of so many environments."""
    words = [*RAYBOOTSTRAP, 'add-group', 'gpu', '--env', environment(size), *GROUP, '--no-push']
    return Command(words, place, partial(without_proposals, place))
