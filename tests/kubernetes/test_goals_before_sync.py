"""What is wrong before Git's last change is synced may be what that change mends: no reason to give up."""

from __future__ import annotations

from collections.abc import Callable

import live_world as world
import pytest
from live_changes import looked_at
from live_world import Object, find
from test_goals import RAY, blocked

from bootstrap.live.applications import NOT_AS_IN_GIT
from bootstrap.live.goals import Blocker, Goal


def not_synced_yet(objects: list[Object]) -> None:
    find(objects, 'Application', 'prod-raycluster')['spec']['source']['targetRevision'] = '1.6.2'


def test_what_git_may_have_mended_already_is_not_final_before_it_is_synced() -> None:
    objects = [*world.all_well(), world.event('InvalidRayClusterSpec', 'min is greater than max')]
    find(objects, 'RayCluster', RAY)['metadata']['generation'] = 4
    not_synced_yet(objects)
    application, raycluster = blocked(Goal.HEALTHY, objects)
    assert application == Blocker('raycluster', NOT_AS_IN_GIT, 'argocd app get prod-ray --refresh')
    assert (raycluster.part, raycluster.hint, raycluster.is_final) == (RAY, '', False)


def asks_for_the_image_of_before(objects: list[Object]) -> None:
    pods = {'spec': {'containers': [{'image': 'docker.io/rayproject/ray:2.51.0'}]}}
    find(objects, 'RayCluster', RAY)['spec']['headGroupSpec'] = {'template': pods}


def replaces_its_pods(objects: list[Object]) -> None:
    find(objects, 'RayCluster', RAY)['spec']['upgradeStrategy'] = {'type': 'Recreate'}


@pytest.mark.parametrize('change', [not_synced_yet, asks_for_the_image_of_before, replaces_its_pods])
def test_a_head_that_would_come_back_as_it_was_or_comes_by_itself_is_not_to_be_deleted(
    change: Callable[[list[Object]], None],
) -> None:
    objects = world.all_well()
    find(objects, 'Pod', f'{RAY}-head')['spec']['containers'][0]['image'] = 'docker.io/rayproject/ray:2.51.0'
    change(objects)
    found = blocked(Goal.RAY_READY, objects)[-1]
    assert found == Blocker(f'{RAY} headgroup', f'{RAY}-head does not run the image in Git yet')
    if change is not not_synced_yet:
        said = looked_at(objects).problems[-1]
        assert (said.message, said.hint) == ('1 pod runs docker.io/rayproject/ray:2.51.0, not the image in Git yet', '')
