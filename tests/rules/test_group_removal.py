from __future__ import annotations

from typing import Any

import pytest
from examples import GROUP, GROUPS, VALUES, Edit, drop, found_in_change, put, scope
from test_group_changes import GPU, WORKER, found, group

DRAINED = {**GROUP, 'minReplicas': 0, 'replicas': 0, 'maxReplicas': '0'}
ORPHANED = 'the pods of group gpu are orphaned and the autoscaler crash-loops'


@pytest.mark.parametrize(
    ('before', 'after', 'at_line', 'path'),
    [
        ([GPU], [], 'valuesObject:', 'additionalWorkerGroups.gpu'),
        ([GPU, group('b')], [group('b')], 'additionalWorkerGroups:', 'additionalWorkerGroups.gpu'),
        ([GPU], [group(disabled=True)], 'disabled: true', 'additionalWorkerGroups.gpu.disabled'),
        ([GPU], [put(*GROUPS, 'gpu', value=None)], 'gpu: null', 'additionalWorkerGroups.gpu'),
        ([GPU], [group('gpu2')], 'additionalWorkerGroups:', 'additionalWorkerGroups.gpu'),
        ([put(*WORKER, 'groupName', value='gpu')], [], 'groupName: standard-worker', 'worker.groupName'),
        (
            [put(*WORKER, 'groupName', value='gpu')],
            [put(*WORKER, 'groupName', value='gpu'), put(*WORKER, 'disabled', value=True)],
            'disabled: true',
            'worker.disabled',
        ),
    ],
)
def test_a_removed_group(before: list[Edit], after: list[Edit], at_line: str, path: str) -> None:
    assert found('RB701', before, after) == [(at_line, 'error', ORPHANED)]
    (finding,) = found_in_change('RB701', scope(raycluster=before), scope(raycluster=after))
    assert finding.path == f'spec.source.helm.valuesObject.{path}'


def test_the_default_group_can_be_removed_too() -> None:
    ((at_line, severity, message),) = found('RB701', [drop(*WORKER)], [])
    assert (at_line, severity) == ('groupName: standard-worker', 'error')
    assert message.startswith('the pods of group workergroup')


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ([], [GPU]),
        ([GPU], [GPU, group('b')]),
        ([group(disabled=True)], []),
        ([group('smallGroup')], []),
        # Another RayCluster starts: nothing is left of the old one's autoscaler.
        ([GPU], [put(*VALUES, 'fullnameOverride', value='b')]),
        ([GPU], [put('spec', 'destination', 'namespace', value='b')]),
    ],
)
def test_no_group_is_removed(before: list[Edit], after: list[Edit]) -> None:
    assert found('RB701', before, after) == []


def test_the_small_group_runs_only_where_it_is_enabled() -> None:
    assert len(found('RB701', [group('smallGroup', disabled=False)], [])) == 1
    assert len(found('RB701', [group('smallGroup', disabled=False)], [group('smallGroup')])) == 1


@pytest.mark.parametrize(
    ('values', 'severity'),
    [
        ({}, 'warning'),
        ({'minReplicas': '0', 'replicas': '0'}, 'warning'),
        ({'maxReplicas': 0}, 'error'),
        ({'maxReplicas': '1'}, 'error'),
        ({'maxReplicas': None}, 'error'),
        ({'minReplicas': 1}, 'error'),
        ({'minReplicas': False}, 'error'),
        ({'replicas': 1}, 'error'),
        ({'replicas': None}, 'error'),
    ],
)
def test_a_drained_group_may_go(values: dict[str, Any], severity: str) -> None:
    ((_, is_severity, message),) = found('RB701', [put(*GROUPS, 'gpu', value={**DRAINED, **values})], [])
    assert is_severity == severity
    assert message.startswith('check that no pod with ray.io/group=gpu is left') == (severity == 'warning')


def test_minreplicas_may_be_left_out_of_an_additional_group_alone() -> None:
    small = {'replicas': 0, 'maxReplicas': '0'}
    ((_, severity, _),) = found('RB701', [put(*GROUPS, 'gpu', value=small)], [])
    assert severity == 'warning'
    ((_, severity, _),) = found('RB701', [put(*WORKER, value={**small, 'groupName': 'gpu'})], [])
    assert severity == 'error'
