"""What grows with the repository, and what does not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import partial

from bench_add_group import GROUP, add_group, environment
from bench_upgrade import TO
from fleets import World, git, without_proposals
from measuring import RAYBOOTSTRAP, Command, Sample, alternating, median
from results import Section, seconds

# Runs of one command differ by as much.
_FLAT = 1.3


def growth(world: World) -> Section:
    """What grows with the repository, and what does not."""
    head = [
        'command',
        *(f'{size:,} environment{"s" if size > 1 else ""}' for size in world.sizes),
        'largest to smallest',
        '',
    ]
    section = Section('Growth', head)
    for name, make, is_flat in _GROWING:
        samples = alternating([make(world, size) for size in world.sizes], world.runs)
        growth = median(samples[-1]).cpu / median(samples[0]).cpu
        words = f'{_per_environment(world.sizes, samples)} ms an environment'
        if is_flat:
            words = 'does not grow' if growth < _FLAT else '**grows**'
        section.rows.append([name, *(seconds(median(one)) for one in samples), f'{growth:.2f}', words])
    section.words.append(
        f'Each environment has {world.groups} worker groups. For what grows, the last column has the time that an '
        'environment adds from each size to the next: the same figure again and again is linear growth. '
        '`status` asks a kubectl that answers at once that there is nothing.'
    )
    return section


def _per_environment(sizes: Sequence[int], samples: Sequence[Sequence[Sample]]) -> str:
    medians = [median(one).cpu for one in samples]
    steps = zip(sizes, sizes[1:], medians, medians[1:], strict=False)
    return ', '.join(
        f'{1000 * (after - before) / (larger - smaller):.1f}'
        for smaller, larger, before, after in steps
        if larger >= 10
    )


def _reading(*words: str) -> Callable[[World, int], Command]:
    return lambda world, size: Command([*RAYBOOTSTRAP, *words], world.repository(size))


def _set_group(world: World, size: int) -> Command:
    place = world.copy(size)
    words = [*RAYBOOTSTRAP, 'set-group', 'group00', '--env', environment(size), '--max', '6', '--no-push']
    return Command(words, place, partial(without_proposals, place))


def _since(world: World, size: int) -> Command:
    place = world.copy(size)
    words = [*RAYBOOTSTRAP, 'add-group', 'gpu', '--env', environment(size), *GROUP, '--no-push']
    alternating([Command(words, place, partial(without_proposals, place))], 1)
    branch = git(place, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/raybootstrap').strip()
    return Command([*RAYBOOTSTRAP, 'validate', '--rev', branch, '--since', 'main'], place)


def _upgrade(world: World, size: int) -> Command:
    place = world.copy(size)
    words = [*RAYBOOTSTRAP, 'upgrade', '--all-envs', '--kuberay-version', TO, '--no-push']
    return Command(words, place, partial(without_proposals, place))


def _status(world: World, size: int) -> Command:
    programs = world.folder / 'programs'
    programs.mkdir(exist_ok=True)
    answer = json.dumps({'apiVersion': 'v1', 'kind': 'List', 'items': []})
    (programs / 'kubectl').write_text(f"#!/bin/sh\necho '{answer}'\n")
    (programs / 'kubectl').chmod(0o755)
    path = f'{programs}:{os.environ["PATH"]}'
    words = [*RAYBOOTSTRAP, 'status', '--env', environment(size)]
    return Command(words, world.repository(size), variables={'PATH': path}, codes=(0, 1))


_GROWING: Sequence[tuple[str, Callable[[World, int], Command], bool]] = (
    ('`add-group`', lambda world, size: add_group(world.copy(size), size), True),
    ('`set-group`', _set_group, True),
    ('`status --env`', _status, True),
    ('`validate --since`, one environment changed', _since, True),
    ('`validate`', _reading('validate'), False),
    ('`list groups`', _reading('list', 'groups', '-o', 'json'), False),
    ('`upgrade --all-envs`', _upgrade, False),
)
