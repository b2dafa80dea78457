from typing import Any

import pytest
from cases import ERROR, INFO, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
GPU = (*GROUPS, 'gpu')
SMALL = (*GROUPS, 'smallGroup')
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
CHART_1_6_0 = put('spec', 'source', 'targetRevision', value='1.6.0')
CHART_1_5 = put('spec', 'source', 'targetRevision', value='1.5.1')
MOST = 2147483647


def group(*without: str, at: tuple[str, ...] = GPU, **values: Any) -> Edit:
    return put(*at, value={key: value for key, value in {**GROUP, **values}.items() if key not in without})


def worker(key: str, value: Any) -> Edit:
    return put(*WORKER, key, value=value)


def small(**values: Any) -> Edit:
    return put(*SMALL, value={'disabled': False, **values})


FAILING = [
    Case(
        'RB402',
        {'raycluster': group(maxReplicas=0)},
        'maxReplicas: 0',
        (*GPU, 'maxReplicas'),
        ERROR,
        'maxReplicas: 0 renders as 2147483647',
        ('-maxReplicas: 0', '+maxReplicas: "0"'),
    ),
    Case(
        'RB402',
        {'raycluster': worker('maxReplicas', 0.0)},
        'maxReplicas: 0.0',
        (*WORKER, 'maxReplicas'),
        ERROR,
        mended=('-maxReplicas: 0.0', '+maxReplicas: "0"'),
    ),
    Case('RB403', {'raycluster': group('maxReplicas')}, 'gpu:', GPU, WARNING, 'it renders as 2147483647'),
    Case(
        'RB403',
        {'raycluster': group(maxReplicas=None)},
        'maxReplicas: null',
        (*GPU, 'maxReplicas'),
        WARNING,
        'the group has no limit',
    ),
    Case('RB403', {'raycluster': drop(*WORKER, 'maxReplicas')}, 'worker:', WORKER, INFO, "the chart's default"),
    Case(
        'RB403',
        {'raycluster': worker('maxReplicas', None)},
        'maxReplicas: null',
        (*WORKER, 'maxReplicas'),
        WARNING,
        'no limit',
    ),
    Case('RB403', {'raycluster': small()}, 'smallGroup:', SMALL, INFO, "the chart's default"),
    *(
        Case(
            'RB404',
            {'raycluster': put(*GPU, value={**GROUP, key: value})},
            f'{key}: {text}',
            (*GPU, key),
            ERROR,
            message,
        )
        for key, value, text, message in (
            ('minReplicas', -1, '-1', 'minReplicas: -1 is negative, which the operator rejects'),
            ('minReplicas', '-1', '"-1"', 'is negative'),
            ('maxReplicas', -1, '-1', 'maxReplicas: -1 is negative'),
            ('replicas', -1, '-1', 'replicas: -1 is negative'),
            ('maxReplicas', 1.5, '1.5', 'maxReplicas: 1.5 is no integer, which the API server rejects'),
            ('maxReplicas', 'many', 'many', 'is no integer'),
            ('maxReplicas', '', '""', 'is no integer'),
            ('maxReplicas', '010', '"010"', 'is no integer'),
            ('maxReplicas', True, 'true', 'maxReplicas: true is no integer'),
            ('minReplicas', False, 'false', 'is no integer'),
            ('minReplicas', [], '[]', 'minReplicas: a list is no integer'),
            ('maxReplicas', 2**31, '2147483648', 'is too large'),
        )
    ),
    Case(
        'RB404',
        {'raycluster': group(minReplicas=4, maxReplicas=3)},
        'minReplicas: 4',
        (*GPU, 'minReplicas'),
        ERROR,
        'minReplicas 4 is more than maxReplicas 3: the operator rejects the RayCluster',
    ),
    Case(
        'RB404',
        {'raycluster': [group(minReplicas='4', maxReplicas='3'), CHART_1_5]},
        'minReplicas: "4"',
        (*GPU, 'minReplicas'),
        ERROR,
        'autoscaler v2 fails on it',
    ),
    Case(
        'RB404',
        {'raycluster': group(minReplicas=1, maxReplicas='0')},
        'minReplicas: 1',
        (*GPU, 'minReplicas'),
        ERROR,
        'minReplicas 1 is more than maxReplicas 0',
    ),
    Case(
        'RB404',
        {'raycluster': [worker('minReplicas', 6), drop(*WORKER, 'maxReplicas')]},
        'minReplicas: 6',
        (*WORKER, 'minReplicas'),
        ERROR,
        'minReplicas 6 is more than maxReplicas 5',
    ),
    Case(
        'RB404',
        {'raycluster': [worker('minReplicas', 4), drop(*WORKER, 'maxReplicas'), CHART_1_5]},
        'minReplicas: 4',
        (*WORKER, 'minReplicas'),
        ERROR,
        'minReplicas 4 is more than maxReplicas 3',
    ),
    Case(
        'RB404',
        {'raycluster': [worker('maxReplicas', '0'), drop(*WORKER, 'minReplicas')]},
        'maxReplicas: "0"',
        (*WORKER, 'maxReplicas'),
        ERROR,
        'minReplicas 1 is more than maxReplicas 0',
    ),
    Case(
        'RB404',
        {'raycluster': group(minReplicas=MOST)},
        f'minReplicas: {MOST}',
        (*GPU, 'minReplicas'),
        ERROR,
        'is more',
    ),
    Case(
        'RB404',
        {'raycluster': [group(minReplicas=4), CHART_1_6_0]},
        'minReplicas: 4',
        (*GPU, 'minReplicas'),
        ERROR,
        'the operator rejects',
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


FINE: list[tuple[str, Edit | list[Edit]]] = [
    *((rule, group()) for rule in ('RB402', 'RB403', 'RB404')),
    ('RB402', group(maxReplicas='0')),
    ('RB402', group(maxReplicas=False)),
    ('RB402', group(maxReplicas=1)),
    ('RB402', group(maxReplicas=0, disabled=True)),
    ('RB403', group('maxReplicas', disabled=True)),
    ('RB403', [group('maxReplicas'), ELSEWHERE]),
    # RB427 tells of it.
    ('RB403', drop(*WORKER)),
    ('RB403', put(*WORKER, value={})),
    ('RB403', group(maxReplicas='0')),
    ('RB404', group(minReplicas=3)),
    ('RB404', group(minReplicas='0', maxReplicas='0', replicas='0')),
    ('RB404', group(minReplicas=3.0, maxReplicas=3.0)),
    ('RB404', group(maxReplicas=MOST, minReplicas=MOST)),
    ('RB404', group('maxReplicas', minReplicas=MOST)),
    ('RB404', group(minReplicas=None, maxReplicas=None, replicas=None)),
    # It renders as the greatest number there is: RB402.
    ('RB404', group(minReplicas=1, maxReplicas=0)),
    ('RB404', group(minReplicas=9, disabled=True)),
    ('RB404', [worker('minReplicas', 5), drop(*WORKER, 'maxReplicas')]),
    ('RB404', [worker('minReplicas', 6), drop(*WORKER, 'maxReplicas'), ELSEWHERE]),
    ('RB404', small(minReplicas=4)),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
