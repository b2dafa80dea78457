"""All environments in one commit, against importing the finished files."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from fleets import World, git, without_proposals
from measuring import RAYBOOTSTRAP, Command, alternating, median
from results import PAIRED, Section, paired

_PEERS = Path(__file__).parent / 'peers'
TO = '1.7.0'


def upgrade(world: World) -> Section:
    """All environments in one commit."""
    size = world.sizes[-1]
    title = f'`upgrade --all-envs` of {size:,} environments with {world.groups} worker groups ({3 * size:,} files)'
    section = Section(title, PAIRED)
    whole, apart, bare = (world.copy(size) for _ in range(3))
    words = ['upgrade', '--all-envs', '--kuberay-version', TO, '--no-push']
    fresh = {place: partial(without_proposals, place) for place in (whole, apart)}
    stream = _fast_import_stream(world, Command([*RAYBOOTSTRAP, *words], whole, fresh[whole]))
    peer = Command(['git', 'fast-import', '--quiet', '--done'], bare, stdin=stream)
    import_only = [sys.executable, str(_PEERS / 'upgrade_without_rules.py'), str(apart), TO]
    all_of_it, without, importing, loading = alternating(
        [
            Command([*RAYBOOTSTRAP, *words], whole, fresh[whole]),
            Command(import_only, apart, fresh[apart]),
            peer,
            Command([sys.executable, str(_PEERS / 'load.py'), str(world.repository(size))], world.folder),
        ],
        max(2, world.runs // 2),
    )
    section.rows += [
        paired('validation and notes apart', 'a bare `git fast-import` of the same files', without, importing, 2),
        paired('validation and notes apart', 'loading the files with `yaml.CSafeLoader`', without, loading, None),
        paired('the whole command', 'loading the files with `yaml.CSafeLoader`', all_of_it, loading, None),
        ['its peak memory', '', f'{median(all_of_it).memory:.0f} MiB', '', '', '', ''],
    ]
    section.words.append(
        'fast-import is handed the finished files. Whoever edits them has to read them first, and reading the YAML '
        'alone takes many times as long as importing it: see what loading takes.'
    )
    return section


def _fast_import_stream(world: World, command: Command) -> Path:
    """The commit that the command makes, as a stream of git fast-import."""
    alternating([command], 1)
    place = command.directory
    tip = git(place, 'for-each-ref', '--format=%(objectname)', 'refs/heads/raybootstrap').split()[0]
    path = world.folder / 'upgrade.stream'
    with path.open('w') as stream:
        stream.write('commit refs/heads/peer\ncommitter Peer <peer@example.com> 1700000000 +0000\ndata 2\nx\n')
        stream.write('from refs/heads/main\n')
        for name in git(place, 'diff', '--name-only', 'main', tip).split():
            text = git(place, 'show', f'{tip}:{name}')
            stream.write(f'M 100644 inline {name}\ndata {len(text.encode())}\n{text}\n')
        stream.write('done\n')
    return path
