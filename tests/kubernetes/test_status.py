"""The table of `raybootstrap status`: every state has its row, its line below the table, and its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import live_world as world
import pytest
from live_changes import (
    RAY,
    both,
    condition,
    invalid,
    leftover,
    looked_at,
    mended,
    old_crds,
    operator_version,
    other_image,
    replicas,
    rows,
    spec_of_before,
    status,
    unscheduled,
    without,
)
from live_world import NEWER, OLDER, Object, find

from bootstrap import live_table
from bootstrap.live import environments


class Case(NamedTuple):
    """What a change of all that is well gives: the row of a part, and what is said below the table."""

    change: Callable[[list[Object]], Any]
    part: str
    cells: tuple[str, ...]
    said: str
    hint: str = ''


CASES = {
    'all well': Case(lambda _: None, 'raycluster', ('Synced', 'Healthy', '1.7.0', '1.7.0', ''), ''),
    'root not applied': Case(
        without('Application'),
        'root',
        ('not applied', '-', '-', 'ccccccc', ''),
        'root: the Application prod-ray is not in namespace argocd',
        'raybootstrap apply-root --env prod',
    ),
    'one Application not there': Case(
        without('Application', 'prod-raycluster'),
        'raycluster',
        ('not applied', '-', '-', '1.7.0', ''),
        'raycluster: the Application prod-raycluster is not there yet',
        'argocd app sync prod-ray',
    ),
    'CRDs missing': Case(
        without('CustomResourceDefinition'),
        'CRDs',
        ('Synced', 'Healthy', 'none', 'v1.7.0', ''),
        'CRDs: the CRD rayclusters.ray.io is not installed',
    ),
    'CRDs of another version': Case(
        old_crds,
        'CRDs',
        ('Synced', 'Healthy', '1.5', 'v1.7.0', ''),
        'CRDs: the CRDs are those of KubeRay 1.5, Git says 1.7.0',
    ),
    'operator of another version': Case(
        operator_version,
        'operator',
        ('Synced', 'Healthy', '1.6.2', '1.7.0', ''),
        'operator: the operator runs KubeRay 1.6.2, Git says 1.7.0',
    ),
    'OutOfSync, manual': Case(
        status('prod-raycluster', sync__status='OutOfSync'),
        'raycluster',
        ('OutOfSync', 'Healthy', '1.7.0', '1.7.0', ''),
        'raycluster: is OutOfSync, and its sync is manual',
        'argocd app sync prod-raycluster',
    ),
    'OutOfSync, automated': Case(
        status('prod-ray-operator', sync__status='OutOfSync'),
        'operator',
        ('OutOfSync', 'Healthy', '1.7.0', '1.7.0', ''),
        'operator: is OutOfSync',
        'argocd app diff prod-ray-operator',
    ),
    'progressing': Case(
        status('prod-raycluster', health__status='Progressing'),
        'raycluster',
        ('Synced', 'Progressing', '1.7.0', '1.7.0', ''),
        '',
    ),
    'degraded': Case(
        status('prod-ray-operator', health={'status': 'Degraded', 'message': 'exceeded its\nprogress deadline'}),
        'operator',
        ('Synced', 'Degraded', '1.7.0', '1.7.0', ''),
        'operator: is Degraded: exceeded its progress deadline',
        'argocd app get prod-ray-operator',
    ),
    'Synced at an old revision': Case(
        status('prod-ray', sync__revision=OLDER),
        'root',
        ('Synced', 'Healthy', '0000000', 'ccccccc', 'old verdict'),
        'root: Argo CD compared it with 0000000, which is older',
        'argocd app get prod-ray --refresh',
    ),
    'Synced at a newer revision with the same files': Case(
        status('prod-ray', sync__revision=NEWER), 'root', ('Synced', 'Healthy', 'eeeeeee', 'ccccccc', ''), ''
    ),
    'not compared yet': Case(
        status('prod-ray', sync=None, health=None),
        'root',
        ('not compared', '-', '-', 'ccccccc', ''),
        'root: Argo CD has not compared it yet',
        'argocd app get prod-ray --refresh',
    ),
    'Synced at a revision that is not fetched': Case(
        status('prod-ray', sync__revision='d' * 40),
        'root',
        ('Synced', 'Healthy', 'ddddddd', 'ccccccc', ''),
        'root: Argo CD compared it with ddddddd, which this repository does not have',
        'git fetch',
    ),
    'Synced to the spec of before': Case(
        spec_of_before,
        'raycluster',
        ('Synced', 'Healthy', '1.6.2', '1.7.0', 'old verdict'),
        'raycluster: its spec is not the one in Git yet',
        'argocd app get prod-ray --refresh',
    ),
    'operation failed, tried again': Case(
        both(
            status(
                'prod-raycluster',
                sync__status='OutOfSync',
                operationState__phase='Running',
                operationState__retryCount=2,
                operationState__message='one or more objects failed to apply',
            ),
        ),
        'raycluster',
        ('OutOfSync', 'Healthy', '1.7.0', '1.7.0', 'sync Running (2)'),
        'raycluster: its sync failed and is tried again (retry 2): one or more objects failed to apply',
    ),
    'operation failed for good': Case(
        status(
            'prod-raycluster', sync__status='OutOfSync', operationState__phase='Failed', operationState__retryCount=10
        ),
        'raycluster',
        ('OutOfSync', 'Healthy', '1.7.0', '1.7.0', 'sync Failed (10)'),
        'raycluster: its last sync failed after 10 retries: successfully synced (all tasks run)',
        'argocd app sync prod-raycluster',
    ),
    'a comparison that fails': Case(
        status('prod-raycluster', conditions=[{'type': 'ComparisonError', 'message': 'no chart\n1.7.0'}]),
        'raycluster',
        ('Synced', 'Healthy', '1.7.0', '1.7.0', ''),
        'raycluster: ComparisonError: no chart 1.7.0',
        'argocd app get prod-raycluster --hard-refresh',
    ),
    'a project that is missing': Case(
        status('prod-raycluster', conditions=[{'type': 'InvalidSpecError', 'message': 'no project'}], health={}),
        'raycluster',
        ('Synced', '-', '1.7.0', '1.7.0', ''),
        'raycluster: InvalidSpecError: no project',
        'argocd proj get prod-ray',
    ),
    'RayCluster not there': Case(
        without('RayCluster'),
        RAY,
        ('', 'not there', '-', '2.52.0', ''),
        f'{RAY}: there is no RayCluster {RAY} in ray-prod',
    ),
    'RayCluster without a status': Case(
        lambda objects: find(objects, 'RayCluster', RAY).pop('status'),
        RAY,
        ('', 'Progressing', '2.52.0', '2.52.0', ''),
        f'{RAY}: is Progressing: the operator has not reported on it',
    ),
    'head pod not ready': Case(
        condition('HeadPodReady', 'False', 'ContainersNotReady'),
        RAY,
        ('', 'Degraded', '2.52.0', '2.52.0', ''),
        f'{RAY}: is Degraded: the head pod is not ready: ContainersNotReady',
    ),
    'pods cannot be made': Case(
        condition('ReplicaFailure', 'True', 'exceeded quota'),
        RAY,
        ('', 'Degraded', '2.52.0', '2.52.0', ''),
        f'{RAY}: is Degraded: R: exceeded quota',
        f'kubectl --namespace ray-prod describe raycluster {RAY}',
    ),
    'invalid, with only an event': Case(
        invalid,
        RAY,
        ('', 'Invalid', '2.52.0', '2.52.0', 'spec ignored'),
        f'{RAY}: the operator ignores its spec: minReplicas is greater than maxReplicas (InvalidRayClusterSpec)',
        'mend the values in Git: Argo CD shows it as Synced all the same',
    ),
    'an event from before the spec was mended': Case(
        mended,
        RAY,
        ('', 'Healthy', '2.52.0', '2.52.0', ''),
        '',
    ),
    'another warning': Case(
        lambda objects: objects.append(world.event('FailedToCreateWorkerPod', 'exceeded quota', count=7)),
        RAY,
        ('', 'Healthy', '2.52.0', '2.52.0', ''),
        f'{RAY}: FailedToCreateWorkerPod: exceeded quota (7 times)',
    ),
    'autoscaled beyond Git': Case(replicas(7), 'cpu', ('', '7/7 ready', '7', '1..20', 'autoscaled from 1'), ''),
    'a pod that finds no node': Case(
        unscheduled,
        'cpu',
        ('', '0/1 ready', '1', '1..20', ''),
        f'{RAY} cpu: 0 of at least 1 pods ready: Unschedulable: 0/3 nodes',
        f'kubectl --namespace ray-prod get pods --selector ray.io/cluster={RAY},ray.io/group=cpu',
    ),
    'another image than in Git': Case(
        other_image,
        'headgroup',
        ('', '1/1 ready', '1', '1', '1 other image'),
        f'{RAY} headgroup: 1 pod runs docker.io/rayproject/ray:2.51.0, not the image in Git: KubeRay replaces no pods',
        f'kubectl --namespace ray-prod delete pod {RAY}-head (it comes back with the new image)',
    ),
    'a group that Git no longer has': Case(
        leftover,
        'old',
        ('', '1/1 ready', '1', 'none', ''),
        f'{RAY} old: is not in Git, but 1 of its pods are left or asked for',
    ),
}


@pytest.mark.parametrize('case', CASES.values(), ids=CASES)
def test_every_state_has_its_row_and_its_line(case: Case) -> None:
    objects = world.all_well()
    case.change(objects)
    state = looked_at(objects)
    assert rows(state)[case.part] == case.cells
    below = [words for words, _ in live_table.problems([state])]
    assert (f'prod {case.said}' in below) if case.said else below == []
    if case.hint:
        assert f'  next: {case.hint}' in below
    assert len(environments.data(state)['problems']) == len([line for line in below if not line.startswith('  ')])
