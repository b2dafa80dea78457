"""How long it takes to answer without doing anything, and what a press of the tab key waits for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from fleets import World
from measuring import RAYBOOTSTRAP, Command, alternating
from results import PAIRED, Section, paired

_PEERS = Path(__file__).parent / 'peers'


def start(world: World) -> Section:
    """How long it takes to answer without doing anything."""
    here = world.folder
    version, nothing, own_help, peer_help = alternating(
        [
            Command([*RAYBOOTSTRAP, '--version'], here),
            Command([sys.executable, '-c', 'pass'], here),
            Command([*RAYBOOTSTRAP, '--help'], here),
            Command([sys.executable, str(_PEERS / 'one_command.py'), '--help'], here),
        ],
        max(world.runs, 5) * 2,
    )
    rows: list[Sequence[str]] = [
        paired('`--version`', '`python -c pass`', version, nothing, 2),
        paired('`--help`', '`--help` of a Typer app of one command', own_help, peer_help, 1.5),
    ]
    return Section('Start', PAIRED, rows)


def completion(world: World) -> Section:
    """What a press of the tab key waits for."""
    place = world.repository(world.sizes[-1])
    commands, groups, nothing = alternating(
        [
            Command([*RAYBOOTSTRAP, '__complete', 'add'], place),
            Command([*RAYBOOTSTRAP, '__complete', 'set-group', '--env', 'env0000', 'g'], place),
            Command([sys.executable, '-c', 'pass'], place),
        ],
        world.runs * 2,
    )
    rows: list[Sequence[str]] = [
        paired('commands', '`python -c pass`', commands, nothing, None),
        paired(
            f"an environment's worker groups, among {world.sizes[-1]:,} environments",
            '`python -c pass`',
            groups,
            nothing,
            None,
        ),
    ]
    return Section('Completion', PAIRED, rows)
