from __future__ import annotations

from typing import Any

import pytest
from examples import GROUP, GROUPS, VALUES, Edit, drop, found_in_change, put, scope
from reading import line

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
IGNORED = ('spec', 'ignoreDifferences', 0)
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
GPU = put(*GROUPS, 'gpu', value=GROUP)


def group(name: str = 'gpu', **values: Any) -> Edit:
    return put(*GROUPS, name, value={**GROUP, **values})


def gpu(*path: Any, value: Any) -> Edit:
    return put(*GROUPS, 'gpu', *path, value=value)


def found(rule: str, before: list[Edit], after: list[Edit]) -> list[tuple[str, str, str]]:
    """What is found: the line of the new file, severity, message."""
    where = scope(raycluster=after)
    findings = found_in_change(rule, scope(raycluster=before), where)
    return [(line(one, where), one.severity.value, one.message) for one in findings]


@pytest.mark.parametrize(
    ('after', 'at_line', 'words'),
    [
        (
            [put(*VALUES, 'image', 'tag', value='2.53.0')],
            'tag: 2.53.0 # with head.rayVersion; pods that run already keep their image',
            'of the head, group standard-worker, group gpu keep docker.io/rayproject/ray:2.52.0; only new pods start',
        ),
        ([put(*VALUES, 'image', 'repository', value='r')], 'repository: r', 'only new pods start with r:2.52.0'),
        ([gpu('image', value={'repository': 'r', 'tag': 'x'})], 'tag: x', 'of group gpu keep docker.io/rayproject'),
        ([put(*HEAD, 'rayVersion', value='2.53.0')], 'rayVersion: "2.53.0"', 'of the head keep the old rayVersion'),
        ([gpu('resources', 'limits', 'cpu', value='8')], 'resources:', 'of group gpu keep the old resources'),
        ([put(*WORKER, 'containerEnv', value=[])], 'containerEnv: []', 'of group standard-worker keep the old cont'),
        ([put(*HEAD, 'rayStartParams', 'num-cpus', value='1')], 'rayStartParams:', 'of the head keep the old rayStart'),
        ([drop(*GROUPS, 'gpu', 'rayStartParams')], 'gpu:', 'of group gpu keep the old rayStartParams'),
        ([put(*VALUES, 'common', value={'containerEnv': []})], 'containerEnv: []', 'of all groups keep the old contai'),
        ([put(*VALUES, 'imagePullSecrets', value=[])], 'imagePullSecrets: []', 'of all groups keep the old imagePul'),
        ([OFF], 'enableInTreeAutoscaling: false', 'of the head keep the old enableInTreeAutoscaling'),
        ([put(*HEAD, 'autoscalerOptions', 'version', value='v1')], 'version: v1', 'keep the old version'),
        ([gpu('runtimeClassName', value='x')], 'runtimeClassName: x', 'of group gpu keep the old runtimeClassName'),
    ],
)
def test_running_pods_do_not_get_a_change(after: list[Edit], at_line: str, words: str) -> None:
    ((is_line, severity, message),) = found('RB702', [GPU], [GPU, *after])
    assert (is_line, severity) == (at_line, 'warning')
    assert words in message


@pytest.mark.parametrize(
    'after',
    [
        [],
        [gpu('maxReplicas', value=9), gpu('minReplicas', value=1), gpu('replicas', value=1)],
        [group('b')],
        [put(*HEAD, 'autoscalerOptions', 'idleTimeoutSeconds', value=1)],
        [put(*VALUES, 'image', 'pullPolicy', value='Always')],
        # The same image at another place.
        [gpu('image', value={'repository': 'docker.io/rayproject/ray', 'tag': '2.52.0'})],
        [put(*VALUES, 'fullnameOverride', value='b'), put(*VALUES, 'image', 'tag', value='2.53.0')],
    ],
)
def test_changes_that_need_no_new_pods(after: list[Edit]) -> None:
    assert found('RB702', [GPU], [GPU, *after]) == []


def test_a_chart_update_changes_the_default_image() -> None:
    image = drop(*VALUES, 'image')
    old = put('spec', 'source', 'targetRevision', value='1.5.1')
    ((at_line, _, message),) = found('RB702', [image, old], [image])
    assert at_line == 'valuesObject:'
    assert 'keep rayproject/ray:2.46.0; only new pods start with rayproject/ray:2.52.0' in message


REPLICAS = gpu('replicas', value=2)


@pytest.mark.parametrize(
    'ignored',
    [
        {'jqPathExpressions': ['.spec.workerGroupSpecs[]?.replicas']},
        {'jqPathExpressions': ['.spec.workerGroupSpecs[].replicas']},
        {'jqPathExpressions': ['.spec.workerGroupSpecs']},
        {'jsonPointers': ['/spec/workerGroupSpecs/0/replicas']},
        {'jsonPointers': ['/spec/workerGroupSpecs']},
    ],
)
def test_only_ignored_replicas_changed(ignored: dict[str, Any]) -> None:
    edits = [GPU, put(*IGNORED, value={'group': 'ray.io', 'kind': 'RayCluster', **ignored})]
    message = 'replicas 0 to 2 of group gpu has no effect: it is ignored'
    assert found('RB703', edits, [*edits, REPLICAS]) == [('replicas: 2', 'warning', message)]


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ([], [REPLICAS, gpu('minReplicas', value=2)]),
        ([], [REPLICAS, put('spec', 'source', 'targetRevision', value='1.7.1')]),
        ([], [REPLICAS, put(*HEAD, 'replicas', value=1)]),
        ([], [gpu('maxReplicas', value=2)]),
        ([], [put('metadata', 'annotations', value={})]),
        ([drop('spec', 'ignoreDifferences')], [REPLICAS]),
        (
            [put(*IGNORED, 'jqPathExpressions', value=['.spec.workerGroupSpecs[]?.scaleStrategy', 5])],
            [REPLICAS],
        ),
    ],
)
def test_replicas_that_have_an_effect(before: list[Edit], after: list[Edit]) -> None:
    assert found('RB703', [GPU, *before], [GPU, *before, *after]) == []


def test_replicas_of_the_default_group_are_ignored_too() -> None:
    ((at_line, _, _),) = found('RB703', [], [put(*WORKER, 'replicas', value=3)])
    assert at_line.startswith('replicas: 3')


NO_WORKER = put(*WORKER, 'disabled', value=True)


@pytest.mark.parametrize(
    ('before', 'after', 'messages'),
    [
        ([GPU], [GPU, group('a')], ['group a comes in at index 1 and shifts gpu']),
        # Byte order: capitals first.
        ([GPU], [GPU, group('Z')], ['group Z comes in at index 1 and shifts gpu']),
        ([GPU, group('a', disabled=True)], [GPU, group('a')], ['group a comes in at index 1 and shifts gpu']),
        ([NO_WORKER, GPU], [GPU], ['group standard-worker comes in at index 0 and shifts gpu']),
    ],
)
def test_a_new_group_before_others(before: list[Edit], after: list[Edit], messages: list[str]) -> None:
    results = found('RB707', before, after)
    assert [message for _, _, message in results] == messages
    assert {severity for _, severity, _ in results} == {'info'}
    assert all(at_line.endswith(':') for at_line, _, _ in results)


POINTER = put(*IGNORED, 'jsonPointers', value=['/spec/workerGroupSpecs/0/replicas'])


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ([NO_WORKER, GPU], [NO_WORKER, GPU, group('z')]),
        ([GPU], [GPU]),
        ([OFF], [OFF, GPU]),
        ([GPU], []),
        ([], [GPU]),
        ([GPU], [GPU, group('zeta')]),
    ],
)
def test_no_index_shifts(before: list[Edit], after: list[Edit]) -> None:
    assert found('RB707', before, after) == []


def test_json_pointers_count_without_an_autoscaler_too() -> None:
    assert len(found('RB707', [OFF, POINTER, GPU], [OFF, POINTER, GPU, group('a')])) == 1


HIGH = group(replicas=2, minReplicas=1)


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ([HIGH], [HIGH, gpu('maxReplicas', value=9)]),
        ([HIGH], [HIGH, group('b')]),
        ([HIGH], [HIGH, put(*VALUES, 'image', 'tag', value='2.53.0')]),
        ([GPU], [HIGH]),
    ],
)
def test_a_sync_scales_up(before: list[Edit], after: list[Edit]) -> None:
    message = 'the sync scales group gpu up to replicas 2, its minimum is 1'
    assert found('RB708', before, after) == [('replicas: 2', 'warning', message)]


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ([HIGH], [HIGH]),
        ([HIGH], [HIGH, put('metadata', 'annotations', value={})]),
        ([HIGH], [HIGH, gpu('replicas', value=3)]),
        ([HIGH], [HIGH, gpu('replicas', value=1), gpu('maxReplicas', value=9)]),
        ([HIGH], [HIGH, gpu('replicas', value='x'), gpu('maxReplicas', value=9)]),
        ([HIGH], [HIGH, OFF]),
        ([], [HIGH]),
    ],
)
def test_a_sync_scales_nothing_up(before: list[Edit], after: list[Edit]) -> None:
    assert found('RB708', before, after) == []


def test_a_minimum_that_is_not_there_is_0() -> None:
    edits = [put(*GROUPS, 'gpu', value={'replicas': 1})]
    ((_, _, message),) = found('RB708', edits, [*edits, gpu('maxReplicas', value=9)])
    assert message.endswith('up to replicas 1, its minimum is 0')


def test_options_of_an_autoscaler_that_goes_are_in_no_pod() -> None:
    v1 = put(*HEAD, 'autoscalerOptions', 'version', value='v1')
    assert [at_line for at_line, _, _ in found('RB702', [], [OFF, v1])] == ['enableInTreeAutoscaling: false']


def test_a_label_named_replicas_is_no_replicas() -> None:
    labelled = [GPU, gpu('labels', value={'replicas': 'a'})]
    assert found('RB703', labelled, [*labelled, REPLICAS, gpu('labels', 'replicas', value='b')]) == []


def test_an_operators_image_is_no_affair_of_ray_pods() -> None:
    where = scope(operator=put(*VALUES, 'image', value={'repository': 'r', 'tag': 'x'}))
    assert found_in_change('RB702', scope(), where) == []
