"""What of a state is not known, and what in it is not to be trusted."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import live_world as world
import pytest
from live_changes import RAY, looked_at, rows, status
from live_world import find
from rich.console import Console

from bootstrap import live_table
from bootstrap.live import environments
from bootstrap.live.observed import Unknown
from bootstrap.live.revisions import Relation
from bootstrap.rules.resource import Role

FORBIDDEN = Unknown('forbidden', 'pods is forbidden: User "dev" cannot list', 'ask for the right')
AWAY = Unknown('unreachable', 'the connection to the server was refused', 'check the network')

UNKNOWN = {
    'pods': (FORBIDDEN, 'cpu', ('', '-', '1', '1..20', ''), f'{RAY}: {FORBIDDEN.message}'),
    'events': (FORBIDDEN, RAY, ('', 'Healthy', '2.52.0', '2.52.0', ''), f'{RAY}: {FORBIDDEN.message}'),
    'rayclusters.ray.io': (
        Unknown('no such kind', 'the server does not have a resource type "rayclusters"', 'see the CRDs'),
        RAY,
        ('', 'no such kind', '-', '2.52.0', ''),
        f'{RAY}: the server does not have a resource type "rayclusters"',
    ),
    'applications.argoproj.io': (
        AWAY,
        'root',
        ('unreachable', '-', '-', 'ccccccc', ''),
        f'root, CRDs, operator, raycluster: {AWAY.message}',
    ),
    'deployments.apps': (
        FORBIDDEN,
        'operator',
        ('Synced', 'Healthy', '1.7.0', '1.7.0', ''),
        f'operator: {FORBIDDEN.message}',
    ),
}


@pytest.mark.parametrize('kind', UNKNOWN)
def test_what_is_not_known_has_its_line_and_the_rest_is_shown(kind: str) -> None:
    unknown, part, cells, said = UNKNOWN[kind]
    state = looked_at(world.all_well(), **{kind: unknown})
    assert rows(state)[part] == cells
    assert [words for words, _ in live_table.problems([state])] == [f'prod {said}', f'  next: {unknown.hint}']
    assert len(rows(state)) >= 9


def test_warnings_stand_once_and_the_newest_first() -> None:
    objects = world.all_well()
    objects += [world.event('Old', 'a', world.BEFORE), world.event('New', 'b'), world.event('New', 'b', world.THEN, 2)]
    warnings = environments.data(looked_at(objects))['rayclusters'][0]['warnings']
    assert [(one['reason'], one['count']) for one in warnings] == [('New', 3), ('Old', 1)]


def test_an_event_about_a_raycluster_of_the_same_name_that_is_gone_is_no_warning() -> None:
    gone = world.event('InvalidRayClusterSpec', 'x')
    gone['involvedObject']['uid'] = 'another'
    assert looked_at([*world.all_well(), gone]).rayclusters[0].warnings == ()


def test_a_registry_that_a_webhook_puts_before_an_image_is_no_other_image() -> None:
    objects = world.all_well()
    find(objects, 'Pod', f'{RAY}-head')['spec']['containers'][0]['image'] = (
        'mirror.example.com/hub/rayproject/ray:2.52.0'
    )
    assert looked_at(objects).problems == []


def test_words_of_the_cluster_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    objects = world.all_well()
    status('prod-raycluster', conditions=[{'type': 'ComparisonError', 'message': 'a\x1b[31m[red]\u202e'}])(objects)
    live_table.show([looked_at(objects)])
    out = capsys.readouterr().out
    assert 'a\\x1b[31m[red]\\u202e' in out
    assert not re.search('[\x1b\u202e]', out)


def test_a_name_that_is_longer_on_the_screen_than_it_is_cuts_nothing_off() -> None:
    objects = world.all_well()
    left = {'groupName': '\x07' * 20, 'replicas': 1}
    find(objects, 'RayCluster', RAY)['spec']['workerGroupSpecs'].append(left)
    status('prod-ray', operationState__phase='Failed')(objects)
    shown = io.StringIO()
    Console(width=80, file=shown, force_terminal=True, color_system=None).print(
        live_table.screen([looked_at(objects)], 80)
    )
    assert {'NOTE', 'Failed', 'Synced', '0..16'} <= set(shown.getvalue().split())


def test_an_operator_that_is_elsewhere_has_its_row() -> None:
    for operator, said in (('staging', 'that of staging'), ('external', 'external')):
        wanted = world.wanted()
        own = tuple(one for one in wanted.applications if one.role not in (Role.CRDS, Role.OPERATOR))
        shared = replace(wanted, applications=own, operator=operator)
        state = environments.state(shared, world.observed(shared, world.all_well()), lambda _: Relation.SAME)
        assert list(rows(state))[:3] == ['root', 'operator', 'raycluster']
        assert rows(state)['operator'] == ('', '', '-', '-', said)
        assert environments.data(state)['operator'] == {'owner': operator}


@pytest.mark.parametrize('broken', [None, [], 'x', 7, {'status': {'sync': [], 'conditions': [3], 'health': 'x'}}])
def test_an_object_of_another_shape_is_survived(broken: Any) -> None:
    objects = world.all_well()
    for one in objects:
        one['status'] = broken
    assert json.dumps(environments.data(looked_at(objects)))
