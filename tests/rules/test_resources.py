from typing import Any

import pytest
from cases import ERROR, INFO, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
GPU = (*GROUPS, 'gpu')
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
CHART_1_6_0 = put('spec', 'source', 'targetRevision', value='1.6.0')
CHART_1_5 = put('spec', 'source', 'targetRevision', value='1.5.1')
CPUS: dict[str, Any] = {'rayStartParams': {'num-cpus': '4'}}
HEAD_CPUS = (*HEAD, 'rayStartParams', 'num-cpus')


def amounts(cpu: Any = '4', memory: Any = '8Gi') -> dict[str, Any]:
    return {key: value for key, value in (('cpu', cpu), ('memory', memory)) if value is not ...}


def sized(limits: Any = ..., requests: Any = ...) -> dict[str, Any]:
    return {key: value for key, value in (('limits', limits), ('requests', requests)) if value is not ...}


def group(resources: Any = ..., at: Any = GPU, **values: Any) -> Edit:
    kept = {key: value for key, value in GROUP.items() if key != 'resources'}
    return put(*at, value={**kept, **({} if resources is ... else {'resources': resources}), **values})


def small(resources: Any = ...) -> Edit:
    return group(resources, (*GROUPS, 'smallGroup'), disabled=False)


def of_worker(resources: Any) -> Edit:
    return put(*WORKER, 'resources', value=resources)


def of_head(resources: Any) -> Edit:
    return put(*HEAD, 'resources', value=resources)


FAILING = [
    Case(
        'RB413',
        {'raycluster': of_worker({'requests': {'cpu': '4'}})},
        'cpu: "4"',
        (*WORKER, 'resources', 'requests', 'cpu'),
        ERROR,
        'Kubernetes rejects the pods: cpu is requested as 4, limited to 1',
        ('+limits:', '+cpu: "4"'),
    ),
    Case(
        'RB413',
        {'raycluster': of_head({'limits': {'memory': '4Gi'}})},
        'memory: 4Gi',
        (*HEAD, 'resources', 'limits', 'memory'),
        ERROR,
        'memory is requested as 5Gi, limited to 4Gi',
        ('+requests:', '+memory: 4Gi'),
    ),
    Case(
        'RB413',
        {'raycluster': [of_head({'requests': {'memory': '3G'}}), CHART_1_5]},
        'memory: 3G',
        (*HEAD, 'resources', 'requests', 'memory'),
        ERROR,
        'memory is requested as 3G, limited to 2G',
        ('+limits:', '+memory: 3G'),
    ),
    Case(
        'RB413',
        {'raycluster': group(sized(amounts('500m'), amounts(1)))},
        'cpu: 1',
        (*GPU, 'resources', 'requests', 'cpu'),
        ERROR,
        'cpu is requested as 1, limited to 500m',
    ),
    Case(
        'RB413',
        {'raycluster': small({'requests': {'memory': '2Gi'}})},
        'memory: 2Gi',
        (*GROUPS, 'smallGroup', 'resources', 'requests', 'memory'),
        ERROR,
        mended=('+limits:', '+memory: 2Gi'),
    ),
    Case('RB414', {'raycluster': group()}, 'gpu:', GPU, WARNING, 'its pods get 1 CPU and 1Gi of memory'),
    Case(
        'RB414',
        {'raycluster': group(sized({}, {}))},
        'resources:',
        (*GPU, 'resources'),
        WARNING,
        'its pods get 1 CPU',
    ),
    Case('RB414', {'raycluster': [group(), CHART_1_6_0]}, 'gpu:', GPU, WARNING, 'its pods get 1 CPU'),
    Case('RB414', {'raycluster': [group(), CHART_1_5]}, 'gpu:', GPU, ERROR, 'the autoscaler cannot detect the CPUs'),
    Case('RB414', {'raycluster': [group(), CHART_1_5, OFF]}, 'gpu:', GPU, WARNING, 'its pods may take what a node has'),
    Case(
        'RB414', {'raycluster': [group(**CPUS), CHART_1_5]}, 'gpu:', GPU, WARNING, 'its pods may take what a node has'
    ),
    Case(
        'RB414',
        {'raycluster': of_worker(None)},
        'resources: null',
        (*WORKER, 'resources'),
        WARNING,
        'its pods get 1 CPU',
    ),
    Case(
        'RB415',
        {'raycluster': group(sized(requests=amounts()))},
        'resources:',
        (*GPU, 'resources'),
        WARNING,
        'without limits.memory Ray counts with the memory of the whole node',
        ('+limits:', '+memory: 8Gi'),
    ),
    Case(
        'RB415',
        {'raycluster': group(sized({'cpu': '4'}, amounts()))},
        'limits:',
        (*GPU, 'resources', 'limits'),
        WARNING,
        mended=('+memory: 8Gi',),
    ),
    Case('RB415', {'raycluster': group(sized({'cpu': '4'}))}, 'limits:', (*GPU, 'resources', 'limits'), WARNING),
    Case(
        'RB415',
        {'raycluster': group(sized(None, amounts('4', 'much')))},
        'limits: null',
        (*GPU, 'resources', 'limits'),
        WARNING,
    ),
    Case(
        'RB415',
        {'raycluster': group(sized(amounts('8'), amounts()))},
        'cpu: "8"',
        (*GPU, 'resources', 'limits', 'cpu'),
        INFO,
        'Ray counts with cpu 8, of which Kubernetes guarantees 4',
    ),
    Case(
        'RB415',
        {'raycluster': of_worker({'limits': {'memory': '2Gi'}})},
        'memory: 2Gi',
        (*WORKER, 'resources', 'limits', 'memory'),
        INFO,
        'Ray counts with memory 2Gi, of which Kubernetes guarantees 1Gi',
    ),
    Case(
        'RB416',
        {'raycluster': group(sized(amounts(...), amounts(...)))},
        'resources:',
        (*GPU, 'resources'),
        ERROR,
        'neither resources nor num-cpus tell the CPUs: the autoscaler raises a ValueError',
    ),
    Case(
        'RB416',
        {'raycluster': [of_head(None), drop(*HEAD_CPUS), CHART_1_5]},
        'resources: null',
        (*HEAD, 'resources'),
        ERROR,
        'the autoscaler raises',
    ),
    Case(
        'RB416',
        {'raycluster': [of_head(sized(amounts(None), amounts(None))), drop(*HEAD_CPUS)]},
        'resources:',
        (*HEAD, 'resources'),
        ERROR,
    ),
    Case(
        'RB416',
        {'raycluster': group(sized(amounts(...)), rayStartParams={'num-cpus': None})},
        'resources:',
        (*GPU, 'resources'),
        ERROR,
    ),
    Case(
        'RB436',
        {'raycluster': of_head(sized(amounts('1', '1999M'), amounts('1', '1G')))},
        'memory: 1999M',
        (*HEAD, 'resources', 'limits', 'memory'),
        WARNING,
        'the head runs out of memory: it has 1999M, and needs 2G at least',
    ),
    Case(
        'RB436',
        {'raycluster': of_head(sized({'memory': None}, amounts('1', '1Gi')))},
        'memory: 1Gi',
        (*HEAD, 'resources', 'requests', 'memory'),
        WARNING,
        'it has 1Gi',
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


FINE: list[tuple[str, Edit | list[Edit]]] = [
    *((rule, group(GROUP['resources'])) for rule in ('RB413', 'RB414', 'RB415', 'RB416')),
    ('RB413', of_worker({'requests': {'cpu': '1'}})),
    ('RB413', of_worker({'requests': {'cpu': '4'}, 'limits': {'cpu': None}})),
    ('RB413', [of_worker({'requests': {'cpu': '4'}}), ELSEWHERE]),
    ('RB413', group(sized(amounts('4000m'), amounts('4')))),
    ('RB413', group(sized(requests=amounts()))),
    ('RB413', group(sized(amounts('a'), amounts('4')))),
    # RB420 tells of those.
    ('RB413', group(sized({'nvidia.com/gpu': 1}, {'nvidia.com/gpu': 2}))),
    ('RB413', group(sized(amounts('1'), amounts('4')), disabled=True)),
    ('RB414', group(sized(amounts()))),
    ('RB414', group(sized(requests=amounts()))),
    ('RB414', small()),
    ('RB414', drop(*WORKER, 'resources')),
    ('RB414', [group(), ELSEWHERE]),
    ('RB414', group(disabled=True)),
    ('RB415', group()),
    ('RB415', group(sized(amounts()))),
    ('RB415', group(sized(amounts(...), amounts()))),
    ('RB415', group(sized(amounts('4'), amounts('8')))),
    ('RB415', group(sized(amounts(), amounts('4000m', '8192Mi')))),
    ('RB415', [group(sized(requests=amounts())), ELSEWHERE]),
    ('RB415', small({'limits': {'cpu': 1}})),
    ('RB416', [group(sized(amounts(...))), OFF]),
    ('RB416', group(sized(amounts(...)), **CPUS)),
    ('RB416', group(sized(amounts(...)), initArgs={'num-cpus': 1})),
    ('RB416', group(sized(amounts(...), {'cpu': 1}))),
    ('RB416', group(sized({'cpu': 1}, {}))),
    ('RB416', [group(sized(amounts(...))), ELSEWHERE]),
    ('RB416', [group(), CHART_1_5]),
    ('RB416', [of_head(None), drop(*HEAD_CPUS)]),
    ('RB416', [of_head(None), drop(*HEAD_CPUS), CHART_1_6_0]),
    ('RB416', [drop(*HEAD, 'resources'), drop(*HEAD_CPUS)]),
    ('RB436', of_head(sized(amounts('1', '2G'), amounts('1', '1G')))),
    ('RB436', drop(*HEAD, 'resources')),
    ('RB436', [drop(*HEAD, 'resources'), CHART_1_5]),
    ('RB436', of_head({'limits': {'memory': None}, 'requests': {'memory': None}})),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
