from __future__ import annotations

from typing import Any

import pytest
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope
from reading import line, mended

HEAD = (*VALUES, 'head')
ON = put(*HEAD, 'enableInTreeAutoscaling', value=True)
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
NO_VERSION = drop(*HEAD, 'autoscalerOptions', 'version')
V2 = 'RAY_enable_autoscaler_v2'
FAULT_TOLERANCE = put(*VALUES, 'gcsFaultTolerance', value={'enabled': True, 'redisAddress': 'redis:6379'})


def env(name: str, value: Any, *, common: bool = False) -> Edit:
    path = (*VALUES, 'common', 'containerEnv') if common else (*HEAD, 'containerEnv')
    return put(*path, value=[{'name': 'OTHER', 'value': 'x'}, {'name': name, 'value': value}])


def head(key: str, value: Any) -> Edit:
    return put(*HEAD, key, value=value)


def annotation(key: str, value: Any) -> Edit:
    return put(*VALUES, 'annotations', key, value=value)


def chart(version: str) -> Edit:
    return put('spec', 'source', 'targetRevision', value=version)


def group(**values: Any) -> Edit:
    return put(*GROUPS, 'gpu', value={**GROUP, **values})


REFUSED: list[tuple[str, list[Edit], list[str]]] = [
    ('RB501', [head('restartPolicy', 'Always')], ['restartPolicy: Always']),
    ('RB501', [put(*VALUES, 'worker', 'restartPolicy', value='OnFailure')], ['restartPolicy: OnFailure']),
    (
        'RB501',
        [head('restartPolicy', 'Always'), group(restartPolicy='OnFailure')],
        ['restartPolicy: Always', 'restartPolicy: OnFailure'],
    ),
    ('RB501', [head('restartPolicy', ['Never'])], ['restartPolicy:']),
    ('RB502', [env(V2, '0')], [f'- name: {V2}']),
    ('RB502', [env(V2, 'true', common=True)], [f'- name: {V2}']),
    ('RB502', [env(V2, '1'), env(V2, '1', common=True)], [f'- name: {V2}'] * 2),
    ('RB503', [OFF, NO_VERSION, env(V2, '1')], [f'- name: {V2}']),
    ('RB503', [OFF, env(V2, 'true', common=True)], [f'- name: {V2}']),
    ('RB503', [drop(*HEAD, 'enableInTreeAutoscaling'), env(V2, True)], [f'- name: {V2}']),
    ('RB503', [OFF, env(V2, 1)], [f'- name: {V2}']),
    # The first of a name counts.
    ('RB503', [OFF, env(V2, '0'), env(V2, '1', common=True)], [f'- name: {V2}']),
    ('RB504', [put(*HEAD, 'rayStartParams', 'labels', value='a=b')], ['labels: a=b']),
    ('RB504', [head('initArgs', {'labels': ''})], ['labels: ""']),
    ('RB504', [group(rayStartParams={'labels': 'a=b'})], ['labels: a=b']),
    ('RB504', [put(*VALUES, 'worker', 'initArgs', value={'labels': 'a=b'})], ['labels: a=b']),
    ('RB505', [FAULT_TOLERANCE, put(*HEAD, 'rayStartParams', 'redis-password', value='x')], ['redis-password: x']),
    ('RB505', [FAULT_TOLERANCE, head('initArgs', {'redis-password': 'x'})], ['redis-password: x']),
    ('RB505', [FAULT_TOLERANCE, env('REDIS_PASSWORD', 'x')], ['- name: REDIS_PASSWORD']),
    ('RB505', [FAULT_TOLERANCE, env('RAY_REDIS_ADDRESS', 'x', common=True)], ['- name: RAY_REDIS_ADDRESS']),
    (
        'RB505',
        [FAULT_TOLERANCE, annotation('ray.io/external-storage-namespace', 'x')],
        ['ray.io/external-storage-namespace: x'],
    ),
    ('RB505', [FAULT_TOLERANCE, annotation('ray.io/ft-enabled', 'false')], ['ray.io/ft-enabled: "false"']),
    # With the annotation alone Redis may be set; with both neither.
    (
        'RB505',
        [FAULT_TOLERANCE, annotation('ray.io/ft-enabled', 'true'), env('RAY_REDIS_ADDRESS', 'x')],
        ['- name: RAY_REDIS_ADDRESS', 'ray.io/ft-enabled: "true"'],
    ),
    ('RB505', [env('RAY_REDIS_ADDRESS', 'x')], ['- name: RAY_REDIS_ADDRESS']),
    ('RB505', [env('RAY_REDIS_ADDRESS', 'x'), annotation('ray.io/ft-enabled', 'false')], ['- name: RAY_REDIS_ADDRESS']),
    ('RB505', [FAULT_TOLERANCE, chart('1.4.1'), env('RAY_REDIS_ADDRESS', 'x')], ['- name: RAY_REDIS_ADDRESS']),
    ('RB505', [FAULT_TOLERANCE, chart('1.5.0'), env('REDIS_PASSWORD', 'x')], ['- name: REDIS_PASSWORD']),
    ('RB505', [env('REDIS_USERNAME', 'x')], ['- name: REDIS_USERNAME']),
    ('RB505', [put(*HEAD, 'rayStartParams', 'redis-username', value='x')], ['redis-username: x']),
    (
        'RB508',
        [put(*HEAD, 'autoscalerOptions', 'env', 0, 'name', value='KUBERAY_GEN_AUTOSCALER_START_CMD')],
        ['- name: KUBERAY_GEN_AUTOSCALER_START_CMD'],
    ),
]

TAKEN: list[tuple[str, list[Edit]]] = [
    ('RB501', [head('restartPolicy', 'Never'), group(restartPolicy='')]),
    ('RB501', [OFF, head('restartPolicy', 'Always')]),
    ('RB501', [put(*HEAD, 'autoscalerOptions', 'version', value='v1'), head('restartPolicy', 'Always')]),
    ('RB501', [group(restartPolicy='Always', disabled=True)]),
    ('RB502', [NO_VERSION, env(V2, '1')]),
    ('RB502', [OFF, env(V2, '1')]),
    ('RB502', [env('OTHER', '1')]),
    ('RB503', [ON, env(V2, '1')]),
    ('RB503', [OFF, env(V2, '0')]),
    ('RB503', [OFF, env(V2, 'True')]),
    ('RB503', [OFF, env(V2, False)]),
    ('RB503', [OFF, env(V2, '1'), env(V2, '0', common=True)]),
    (
        'RB503',
        [
            drop(*HEAD, 'enableInTreeAutoscaling'),
            env(V2, '1'),
            put('spec', 'source', 'helm', 'valueFiles', value=['a']),
        ],
    ),
    ('RB504', [group(labels={'a': 'b'})]),
    ('RB504', [group(rayStartParams={'labels': 'a=b'}, disabled=True)]),
    ('RB505', [FAULT_TOLERANCE, put(*HEAD, 'rayStartParams', 'redis-password', value='')]),
    ('RB505', [FAULT_TOLERANCE, put(*HEAD, 'rayStartParams', 'redis-password', value=None)]),
    ('RB505', [FAULT_TOLERANCE, annotation('ray.io/external-storage-namespace', '')]),
    ('RB505', [annotation('ray.io/external-storage-namespace', 'x')]),
    ('RB505', [env('REDIS_PASSWORD', 'x'), put(*HEAD, 'rayStartParams', 'redis-password', value='x')]),
    ('RB505', [env('RAY_REDIS_ADDRESS', 'x'), annotation('ray.io/ft-enabled', 'True')]),
    ('RB505', [env('RAY_REDIS_ADDRESS', 'x'), annotation('ray.io/ft-enabled', True)]),
    ('RB505', [put(*VALUES, 'gcsFaultTolerance', value={'enabled': False}), env('REDIS_PASSWORD', 'x')]),
    ('RB508', [put(*HEAD, 'autoscalerOptions', 'env', value='x')]),
]


@pytest.mark.parametrize(('rule', 'edits', 'lines'), REFUSED)
def test_what_the_operator_refuses_is_an_error(rule: str, edits: list[Edit], lines: list[str]) -> None:
    where = scope(raycluster=edits)
    findings = found(rule, where)
    assert sorted(line(one, where) for one in findings) == sorted(lines)
    assert {one.severity for one in findings} == {'error'}
    assert all(one.message.startswith('the operator refuses the RayCluster: ') for one in findings)


@pytest.mark.parametrize(('rule', 'edits'), TAKEN)
def test_what_the_operator_takes_is_nothing(rule: str, edits: list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []


@pytest.mark.parametrize(
    ('rule', 'edits', 'silent', 'loud'),
    [
        ('RB503', [OFF, env(V2, '1')], '1.4.1', '1.5.0'),
        ('RB504', [put(*HEAD, 'rayStartParams', 'labels', value='a=b')], '1.4.1', '1.5.0'),
        (
            'RB508',
            [put(*HEAD, 'autoscalerOptions', 'env', 0, 'name', value='KUBERAY_GEN_AUTOSCALER_START_CMD')],
            '1.6.2',
            '1.7.0',
        ),
    ],
)
def test_the_operator_decides_not_the_chart(rule: str, edits: list[Edit], silent: str, loud: str) -> None:
    assert found(rule, scope(raycluster=edits, operator=chart(silent))) == []
    assert len(found(rule, scope(raycluster=[*edits, chart(silent)], operator=chart(loud)))) == 1
    assert found(rule, scope(raycluster=[*edits, chart(silent)], operator='')) == []
    assert len(found(rule, scope(raycluster=[*edits, chart(loud)], operator=''))) == 1


@pytest.mark.parametrize(
    ('rule', 'edits', 'gone', 'new'),
    [
        ('RB501', [head('restartPolicy', 'Always')], ['restartPolicy: Always'], ['restartPolicy: Never']),
        ('RB502', [env(V2, '0')], [f'- name: {V2}', 'value: "0"'], []),
        (
            'RB505',
            [FAULT_TOLERANCE, annotation('ray.io/ft-enabled', 'true')],
            ['ray.io/ft-enabled: "true"'],
            [],
        ),
        (
            'RB508',
            [
                put(
                    *(*HEAD, 'autoscalerOptions', 'env'),
                    value=[{'name': 'KUBERAY_GEN_AUTOSCALER_START_CMD'}, {'name': 'A'}],
                )
            ],
            ['- name: KUBERAY_GEN_AUTOSCALER_START_CMD'],
            [],
        ),
    ],
)
def test_the_fix_changes_the_lines_concerned(rule: str, edits: list[Edit], gone: list[str], new: list[str]) -> None:
    where = scope(raycluster=edits)
    assert mended(found(rule, where)[0], where) == (gone, new)


def test_the_path_is_the_place_inside_the_document() -> None:
    where = scope(raycluster=[put(*GROUPS, 'gpu', value={**GROUP, 'restartPolicy': 'Always'})])
    assert [one.path for one in found('RB501', where)] == [
        'spec.source.helm.valuesObject.additionalWorkerGroups.gpu.restartPolicy'
    ]
    assert found('RB501', where)[0].message.endswith('restartPolicy "Always" with autoscaler v2 (only Never)')
