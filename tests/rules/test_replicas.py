from typing import Any

import pytest
from cases import ERROR, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
GPU = (*GROUPS, 'gpu')
SMALL = (*GROUPS, 'smallGroup')
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
MOST = 2147483647


def group(*without: str, at: tuple[str, ...] = GPU, **values: Any) -> Edit:
    return put(*at, value={key: value for key, value in {**GROUP, **values}.items() if key not in without})


def worker(key: str, value: Any) -> Edit:
    return put(*WORKER, key, value=value)


def small(**values: Any) -> Edit:
    return put(*SMALL, value={'disabled': False, **values})


FAILING = [
    Case(
        'RB405',
        {'raycluster': [OFF, group(minReplicas=3, replicas=4)]},
        'replicas: 4',
        (*GPU, 'replicas'),
        WARNING,
        'replicas 4 counts as 3',
    ),
    Case(
        'RB406',
        {'raycluster': group('replicas', minReplicas=MOST)},
        'gpu:',
        GPU,
        WARNING,
        mended=(f'+replicas: {MOST}',),
    ),
    Case(
        'RB405',
        {'raycluster': group(replicas=1)},
        'replicas: 1',
        (*GPU, 'replicas'),
        WARNING,
        'every sync writes replicas 1 over the autoscaler, which starts from minReplicas 0',
        ('-replicas: 1', '+replicas: 0'),
    ),
    Case(
        'RB405',
        {'raycluster': group('minReplicas', replicas='1')},
        'replicas: "1"',
        (*GPU, 'replicas'),
        WARNING,
        mended=('-replicas: "1"', '+replicas: 0'),
    ),
    Case(
        'RB405',
        {'raycluster': worker('minReplicas', 2)},
        'replicas: 1',
        (*WORKER, 'replicas'),
        WARNING,
        'replicas 1 over',
        (
            '-replicas: 1 # = minReplicas: every sync writes it, and the autoscaler goes on from there',
            '+replicas: 2 # = minReplicas: every sync writes it, and the autoscaler goes on from there',
        ),
    ),
    Case(
        'RB405',
        {'raycluster': [worker('minReplicas', 0), drop(*WORKER, 'replicas')]},
        'worker:',
        (*WORKER, 'replicas'),
        WARNING,
        'writes replicas 1',
        ('+replicas: 0',),
    ),
    Case('RB405', {'raycluster': group(minReplicas=-1)}, 'replicas: 0', (*GPU, 'replicas'), WARNING),
    Case(
        'RB405',
        {'raycluster': [OFF, group(replicas=4)]},
        'replicas: 4',
        (*GPU, 'replicas'),
        WARNING,
        'replicas 4 counts as 3: it is outside of the bounds',
    ),
    Case(
        'RB405',
        {'raycluster': [OFF, group(minReplicas=2, replicas=1)]},
        'replicas: 1',
        (*GPU, 'replicas'),
        WARNING,
        'replicas 1 counts as 2',
    ),
    Case(
        'RB406',
        {'raycluster': group('replicas', minReplicas=2)},
        'gpu:',
        GPU,
        WARNING,
        'without a value replicas renders as null',
        ('+replicas: 2',),
    ),
    Case(
        'RB406',
        {'raycluster': group(replicas=None)},
        'replicas: null',
        (*GPU, 'replicas'),
        WARNING,
        mended=('-replicas: null', '+replicas: 0'),
    ),
    Case(
        'RB406',
        {'raycluster': worker('replicas', None)},
        'replicas: null',
        (*WORKER, 'replicas'),
        WARNING,
        mended=(
            '-replicas: null # = minReplicas: every sync writes it, and the autoscaler goes on from there',
            '+replicas: 1 # = minReplicas: every sync writes it, and the autoscaler goes on from there',
        ),
    ),
    Case('RB406', {'raycluster': group('replicas', minReplicas='a')}, 'gpu:', GPU, WARNING),
    Case('RB406', {'raycluster': group('replicas', minReplicas=-1)}, 'gpu:', GPU, WARNING),
    *(
        Case(
            'RB430',
            {'raycluster': group(numOfHosts=value)},
            f'numOfHosts: {text}',
            (*GPU, 'numOfHosts'),
            ERROR,
            message,
        )
        for value, text, message in (
            (-1, '-1', 'numOfHosts renders as -1'),
            ('0', '"0"', 'numOfHosts renders as 0'),
            (2**31, '2147483648', 'renders as 2147483648'),
            (1.5, '1.5', 'numOfHosts: 1.5 is no integer'),
            (True, 'true', 'numOfHosts: true is no integer'),
            ({}, '{}', 'numOfHosts: a mapping is no integer'),
        )
    ),
    Case(
        'RB430',
        {'raycluster': group(numOfHosts=0)},
        'numOfHosts: 0',
        (*GPU, 'numOfHosts'),
        WARNING,
        'numOfHosts: 0 renders as 1',
        ('-numOfHosts: 0', '+numOfHosts: 1'),
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


FINE: list[tuple[str, Edit | list[Edit]]] = [
    *((rule, group()) for rule in ('RB405', 'RB406', 'RB430')),
    ('RB405', group(replicas='0')),
    ('RB405', group('minReplicas')),
    ('RB405', group(minReplicas=None)),
    ('RB405', [OFF, group(replicas=3)]),
    ('RB405', [OFF, group(minReplicas=1, replicas=1)]),
    ('RB405', [OFF, group(minReplicas=5, replicas=6)]),
    ('RB405', [OFF, group('maxReplicas', replicas=100)]),
    ('RB405', group('replicas')),
    ('RB405', group(replicas='a')),
    ('RB405', group(minReplicas='a')),
    ('RB405', group(replicas=9, disabled=True)),
    ('RB405', small(maxReplicas=3)),
    ('RB405', [group('minReplicas', replicas=1), ELSEWHERE]),
    ('RB406', drop(*WORKER, 'replicas')),
    ('RB406', small()),
    ('RB406', [group('replicas'), ELSEWHERE]),
    ('RB406', group(replicas='0')),
    ('RB406', group('replicas', disabled=True)),
    ('RB430', group(numOfHosts=1)),
    ('RB430', group(numOfHosts='4')),
    ('RB430', group(numOfHosts=None)),
    ('RB430', group(numOfHosts=MOST)),
    ('RB430', group(numOfHosts=-1, disabled=True)),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
