from typing import Any

import pytest
from cases import ERROR, INFO, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
GPU = (*GROUPS, 'gpu')
LIMITS = (*GPU, 'resources', 'limits')
REQUESTS = (*GPU, 'resources', 'requests')
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
NVIDIA, TPU = 'nvidia.com/gpu', 'google.com/tpu'
KIND, TOPOLOGY = 'cloud.google.com/gke-tpu-accelerator', 'cloud.google.com/gke-tpu-topology'


def group(limits: Any, requests: Any = None, *, num_gpus: Any = ..., **values: Any) -> Edit:
    resources = {'limits': limits, 'requests': limits if requests is None else requests}
    params = {} if num_gpus is ... else {'rayStartParams': {'num-gpus': num_gpus}}
    return put(*GPU, value={**GROUP, **params, 'resources': resources, **values})


def tpu(chips: Any = '4', topology: Any = '2x2x1', *, kind: Any = 'tpu-v4-podslice', **values: Any) -> Edit:
    selector = {key: value for key, value in ((KIND, kind), (TOPOLOGY, topology)) if value is not ...}
    return group({TPU: chips}, nodeSelector=selector, **values)


FAILING = [
    Case(
        'RB420',
        {'raycluster': group({}, {NVIDIA: 1})},
        f'{NVIDIA}: 1',
        (*REQUESTS, NVIDIA),
        ERROR,
        'Kubernetes rejects the pods: nvidia.com/gpu is requested without an equal limit',
        ('-limits: {}', '+limits:', f'+{NVIDIA}: 1'),
    ),
    Case('RB420', {'raycluster': group({NVIDIA: 1}, {NVIDIA: 2})}, f'{NVIDIA}: 2', (*REQUESTS, NVIDIA), ERROR),
    Case('RB420', {'raycluster': group({NVIDIA: 2}, {NVIDIA: '1'})}, f'{NVIDIA}: "1"', (*REQUESTS, NVIDIA), ERROR),
    Case(
        'RB420',
        {'raycluster': put(*HEAD, 'resources', 'requests', TPU, value=4)},
        f'{TPU}: 4',
        (*HEAD, 'resources', 'requests', TPU),
        ERROR,
        'google.com/tpu is requested',
        (f'+{TPU}: 4',),
    ),
    Case(
        'RB420',
        {'raycluster': group({NVIDIA: 1}, num_gpus='2')},
        'num-gpus: "2"',
        (*GPU, 'rayStartParams', 'num-gpus'),
        WARNING,
        'Ray counts 2 GPUs in a pod whose limit is 1',
    ),
    Case(
        'RB420',
        {'raycluster': group({'cpu': 1}, num_gpus=1)},
        'num-gpus: 1',
        (*GPU, 'rayStartParams', 'num-gpus'),
        WARNING,
        'Ray counts 1 GPUs in a pod whose limit is 0',
    ),
    Case(
        'RB420',
        {'raycluster': group({'amd.com/gpu': 1}, initArgs={'num-gpus': '0'})},
        'num-gpus: "0"',
        (*GPU, 'initArgs', 'num-gpus'),
        WARNING,
        'Ray counts 0 GPUs',
    ),
    Case(
        'RB421',
        {'raycluster': group({TPU: 4})},
        'gpu:',
        GPU,
        WARNING,
        f'the autoscaler cannot offer the TPU slice: nodeSelector lacks {KIND} and {TOPOLOGY}',
    ),
    Case(
        'RB421',
        {'raycluster': tpu(topology=...)},
        'nodeSelector:',
        (*GPU, 'nodeSelector'),
        WARNING,
        f'nodeSelector lacks {TOPOLOGY}',
    ),
    Case(
        'RB421',
        {'raycluster': tpu(kind='')},
        'nodeSelector:',
        (*GPU, 'nodeSelector'),
        WARNING,
        f'nodeSelector lacks {KIND}',
    ),
    Case(
        'RB421',
        {'raycluster': tpu(topology='2x2x2')},
        'gpu:',
        GPU,
        WARNING,
        'a 2x2x2 slice has more chips than the 4 of one host: numOfHosts 1 cannot form it',
    ),
    *(
        Case(
            'RB421',
            {'raycluster': tpu('8', '4x4', numOfHosts=hosts)},
            f'numOfHosts: {text}',
            (*GPU, 'numOfHosts'),
            WARNING,
            'a 4x4 slice has more chips than the 8 of one host',
        )
        for hosts, text in ((1, '1'), ('1', '"1"'), (0, '0'), (None, 'null'))
    ),
    Case(
        'RB435',
        {'raycluster': group({'cpu': '1', NVIDIA: '1'})},
        f'{NVIDIA}: "1"',
        (*LIMITS, NVIDIA),
        INFO,
        'pods with nvidia.com/gpu may stay Pending: they tolerate no taint and select no nodes',
    ),
    Case(
        'RB435', {'raycluster': group({TPU: 4}, tolerations=[])}, f'{TPU}: 4', (*LIMITS, TPU), INFO, 'pods with google'
    ),
    Case(
        'RB435',
        {'raycluster': put(*HEAD, 'resources', 'limits', NVIDIA, value=1)},
        f'{NVIDIA}: 1',
        (*HEAD, 'resources', 'limits', NVIDIA),
        INFO,
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


TOLERATED = {'tolerations': [{'key': NVIDIA, 'operator': 'Exists'}]}
FINE: list[tuple[str, Edit | list[Edit]]] = [
    ('RB420', group({NVIDIA: 1}, num_gpus='1')),
    ('RB420', group({NVIDIA: 1}, {'cpu': 1})),
    ('RB420', group({NVIDIA: 1}, {NVIDIA: '1'})),
    ('RB420', group({}, {NVIDIA: 0})),
    ('RB420', group({}, {NVIDIA: 'a', 'cpu': 2, 'kubernetes.io/x': 1, 'a.kubernetes.io/x': 1})),
    ('RB420', group({'cpu': 1}, num_gpus='0')),
    ('RB420', group({'nvidia.com/mig-1g.5gb': 1}, num_gpus='1')),
    ('RB420', group({NVIDIA: 'a'}, num_gpus='1')),
    # RB417 tells of it.
    ('RB420', group({NVIDIA: 1}, num_gpus='0.5')),
    ('RB420', group({NVIDIA: 1}, num_gpus=None)),
    ('RB420', group({NVIDIA: 1}, {NVIDIA: 2}, disabled=True)),
    ('RB421', tpu()),
    ('RB421', tpu('4', '2x2x2', numOfHosts=2)),
    ('RB421', tpu('8', '2x4')),
    ('RB421', tpu('1', 'auto')),
    ('RB421', tpu('1', 22)),
    ('RB421', group({TPU: 0})),
    ('RB421', group({NVIDIA: 1})),
    ('RB421', [group({TPU: 1}), ELSEWHERE]),
    ('RB421', tpu(topology=..., disabled=True)),
    ('RB435', group({NVIDIA: 1}, **TOLERATED)),
    ('RB435', group({NVIDIA: 1}, nodeSelector={'a': 'b'})),
    ('RB435', group({NVIDIA: 1}, affinity={'a': 'b'})),
    ('RB435', group({'cpu': 1})),
    ('RB435', group({NVIDIA: 0})),
    ('RB435', [group({NVIDIA: 1}), ELSEWHERE]),
    ('RB435', [group({NVIDIA: 1}), drop(*GPU)]),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
