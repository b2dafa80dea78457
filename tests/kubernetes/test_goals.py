"""What `wait` lets stand between an environment and its goal; above all: no verdict on something older."""

from __future__ import annotations

from typing import Any

import live_world as world
import pytest
from live_world import COMMIT, NEWER, OLDER, Object, find

from bootstrap.live import environments, goals
from bootstrap.live.goals import Blocker, Goal
from bootstrap.live.observed import Unknown
from bootstrap.live.revisions import Relation

RAY = 'raycluster-kuberay'
BETWEEN = '9' * 40
RELATIONS = {
    COMMIT: Relation.SAME,
    OLDER: Relation.BEHIND,
    BETWEEN: Relation.EARLIER,
    NEWER: Relation.LATER,
    'a' * 40: Relation.CHANGED,
    'b' * 40: Relation.ASIDE,
    'd' * 40: Relation.MISSING,
}


def blocked(goal: Goal, objects: list[Object], **unknown: Unknown) -> list[Blocker]:
    wanted = world.wanted()
    found = world.observed(wanted, objects, unknown)

    def relate(revision: str) -> Relation:
        return RELATIONS.get(revision, Relation.UNKNOWN)

    return goals.blockers(goal, wanted, found, environments.state(wanted, found, relate), relate)


def only(found: list[Blocker]) -> tuple[str, str, bool]:
    assert len(found) == 1, found
    return found[0].part, found[0].why, found[0].is_final


def with_status(name: str, **fields: Any) -> list[Object]:
    objects = world.all_well()
    for path, value in fields.items():
        found = find(objects, 'Application', name)
        *above, last = path.split('__')
        for key in above:
            found = found[key]
        found[last] = value
    return objects


@pytest.mark.parametrize('goal', Goal)
def test_all_well_blocks_nothing(goal: Goal) -> None:
    assert blocked(goal, world.all_well()) == []


REVISIONS = {
    OLDER: ('Argo CD compared it with 0000000, which is older', False),
    BETWEEN: ('Argo CD compared it with 9999999, which is older', False),
    'a' * 40: ('Argo CD is at aaaaaaa already, which changes the environment again', True),
    'b' * 40: ('Argo CD compared it with bbbbbbb, which is of another history', False),
    'd' * 40: ('Argo CD compared it with ddddddd, which this shallow clone does not have', False),
}


@pytest.mark.parametrize('revision', REVISIONS)
def test_the_root_must_be_synced_at_the_revision(revision: str) -> None:
    found = blocked(Goal.SYNCED, with_status('prod-ray', status__sync__revision=revision))
    assert only(found) == ('root', *REVISIONS[revision])


@pytest.mark.parametrize('revision', [NEWER, '7' * 40])
def test_a_later_revision_with_the_same_files_will_do(revision: str) -> None:
    assert blocked(Goal.SYNCED, with_status('prod-ray', status__sync__revision=revision)) == []


def test_a_later_revision_that_is_not_here_counts_only_with_the_files_of_this_one() -> None:
    objects = with_status('prod-ray', status__sync__revision='7' * 40)
    find(objects, 'Application', 'prod-raycluster')['spec']['source']['targetRevision'] = '1.6.2'
    found = blocked(Goal.SYNCED, objects)
    assert [(one.part, one.why) for one in found] == [
        ('root', 'Argo CD compared it with 7777777, which this repository does not have'),
        ('raycluster', 'its spec is not the one in Git yet'),
    ]
    assert found[0].hint == 'git fetch, then wait for what is merged now'


STALE: dict[str, tuple[dict[str, Any], str]] = {
    'compared with the spec of before': (
        {'status__sync__comparedTo__source__targetRevision': '1.6.2'},
        'Argo CD has not compared its new spec yet',
    ),
    'compared with other ignored fields': (
        {'status__sync__comparedTo__ignoreDifferences': []},
        'Argo CD has not compared its new spec yet',
    ),
    'compared for another destination': (
        {'status__sync__comparedTo__destination__namespace': 'other'},
        'Argo CD has not compared its new spec yet',
    ),
    'the chart of before': ({'status__sync__revision': '1.6.2'}, 'Argo CD compared it with 1.6.2, Git says 1.7.0'),
    'never compared': ({'status': {}}, 'Argo CD has not compared it yet'),
    'an operation asked for': ({'operation': {'sync': {}}}, 'a sync is under way'),
    'an operation running': ({'status__operationState__phase': 'Running'}, 'a sync is under way'),
    'not looked at since': (
        {'status__reconciledAt': world.BEFORE},
        'Argo CD has not looked at it since its last sync',
    ),
    'OutOfSync': ({'status__sync__status': 'OutOfSync'}, 'is OutOfSync, and its sync is manual'),
    'Unknown': (
        {'status__sync__status': 'Unknown', 'status__conditions': [{'type': 'ComparisonError', 'message': 'no repo'}]},
        'is Unknown; ComparisonError: no repo',
    ),
    'being deleted': ({'metadata__deletionTimestamp': world.LATER}, 'is being deleted'),
}


@pytest.mark.parametrize('name', STALE)
def test_a_verdict_counts_only_where_it_is_about_the_spec_as_it_is(name: str) -> None:
    fields, why = STALE[name]
    found = blocked(Goal.SYNCED, with_status('prod-raycluster', **fields))
    assert only(found) == ('raycluster', why, False)


def test_argo_cd_need_not_write_what_is_empty_or_false() -> None:
    objects = world.all_well()
    compared = find(objects, 'Application', 'prod-ray')['status']['sync']['comparedTo']
    assert compared['source']['directory'] == {'jsonnet': {}}
    assert find(objects, 'Application', 'prod-ray')['spec']['source']['directory'] == {'recurse': False}
    del compared['source']['directory']
    find(objects, 'Application', 'prod-raycluster')['status']['sync']['comparedTo'].pop('ignoreDifferences')
    assert blocked(Goal.SYNCED, objects) == []


def test_a_value_that_is_false_is_not_the_same_as_none() -> None:
    objects = world.all_well()
    application = find(objects, 'Application', 'prod-raycluster')
    application['spec']['source']['helm']['valuesObject']['worker']['disabled'] = False
    assert only(blocked(Goal.SYNCED, objects))[1] == 'its spec is not the one in Git yet'


@pytest.mark.parametrize(('name', 'is_final'), [('prod-raycluster', True), ('prod-ray-operator', False)])
def test_a_sync_that_failed_is_final_unless_argo_cd_heals(name: str, is_final: bool) -> None:
    state = {'phase': 'Failed', 'message': 'one or more objects failed to apply', 'finishedAt': world.THEN}
    before = find(world.all_well(), 'Application', name)['status']['operationState']
    objects = with_status(name, status__sync__status='OutOfSync', status__operationState={**before, **state})
    part, why, final = only(blocked(Goal.SYNCED, objects))
    assert (why, final) == ('its sync failed: one or more objects failed to apply', is_final)
    tried_before = {**before, **state, 'syncResult': {**before['syncResult'], 'revision': '1.6.2'}}
    objects = with_status(name, status__sync__status='OutOfSync', status__operationState=tried_before)
    assert not only(blocked(Goal.SYNCED, objects))[2], part


def test_what_is_not_there_is_waited_for() -> None:
    found = blocked(Goal.SYNCED, [one for one in world.all_well() if one['metadata']['name'] != 'prod-ray'])
    assert only(found) == ('root', 'the Application prod-ray is not there', False)
    assert found[0].hint == 'raybootstrap apply-root --env prod'


def test_healthy_takes_health_and_the_rayclusters_own_word() -> None:
    objects = with_status('prod-ray-operator', status__health={'status': 'Progressing', 'message': 'Waiting'})
    assert blocked(Goal.SYNCED, objects) == []
    assert only(blocked(Goal.HEALTHY, objects)) == ('operator', 'its health is Progressing: Waiting', False)
    objects = world.all_well()
    find(objects, 'RayCluster', RAY)['status']['conditions'][0]['status'] = 'False'
    assert only(blocked(Goal.HEALTHY, objects)) == (RAY, 'is Degraded: the head pod is not ready: Ready', False)


def test_healthy_does_not_look_at_pods() -> None:
    objects = [one for one in world.all_well() if one['kind'] != 'Pod']
    assert blocked(Goal.HEALTHY, objects) == []
    assert [(one.part, one.why) for one in blocked(Goal.RAY_READY, objects)] == [
        (f'{RAY} headgroup', '0 of at least 1 pods ready'),
        (f'{RAY} standard-worker', '0 of at least 1 pods ready'),
        (f'{RAY} cpu', '0 of at least 1 pods ready'),
    ]


def test_an_invalid_spec_is_final() -> None:
    objects = [*world.all_well(), world.event('InvalidRayClusterSpec', 'min is greater than max')]
    # What the operator says that it has worked on is valid, whatever it said before.
    assert blocked(Goal.RAY_READY, objects) == []
    find(objects, 'RayCluster', RAY)['metadata']['generation'] = 4
    found = next(iter(blocked(Goal.HEALTHY, objects)))
    assert (found.is_final, found.why) == (
        True,
        'the operator ignores its spec: InvalidRayClusterSpec: min is greater than max',
    )


def test_a_head_with_another_image_is_final() -> None:
    objects = world.all_well()
    find(objects, 'Pod', f'{RAY}-head')['spec']['containers'][0]['image'] = 'docker.io/rayproject/ray:2.51.0'
    part, why, final = only(blocked(Goal.RAY_READY, objects))
    assert (part, final) == (f'{RAY} headgroup', True)
    assert why == f'{RAY}-head runs another image than Git says: KubeRay does not replace it'


def test_a_pod_on_its_way_out_does_not_count() -> None:
    objects = world.all_well()
    find(objects, 'Pod', f'{RAY}-cpu-worker-0')['metadata']['deletionTimestamp'] = world.LATER
    assert only(blocked(Goal.RAY_READY, objects))[0] == f'{RAY} cpu'


def test_without_the_operators_word_on_the_new_spec_there_is_doubt() -> None:
    objects = world.all_well()
    find(objects, 'RayCluster', RAY)['metadata']['generation'] = 4
    for goal in (Goal.HEALTHY, Goal.RAY_READY):
        assert [one.is_doubt for one in blocked(goal, objects)] == [True]
    assert blocked(Goal.SYNCED, objects) == []


def test_what_is_not_known_blocks() -> None:
    slow = Unknown('too slow', 'kubectl did not answer', 'check the network')
    assert {one.why for one in blocked(Goal.RAY_READY, world.all_well(), pods=slow)} == {slow.message}
    assert (
        only(blocked(Goal.HEALTHY, world.all_well(), **{'rayclusters.ray.io': slow}))[1]
        == f'is too slow: {slow.message}'
    )
