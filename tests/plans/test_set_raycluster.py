from __future__ import annotations

from typing import Any

import pytest
from plan_world import EMPTY, URL, VALUES, add_group, changed_lines, data, file, init, texts, tree_of

from bootstrap import image, manifest
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.kuberay import Version
from bootstrap.plans import set_raycluster as plans
from bootstrap.plans.set_raycluster import Options
from bootstrap.value_edits import Edits
from bootstrap.worker_group import Options as Group

RAYCLUSTER = file('raycluster')
PROD = init(EMPTY)
REPLICAS = '.spec.workerGroupSpecs[]?.replicas'


def set_raycluster(files: dict[str, str], name: str = '', **options: Any) -> dict[str, str]:
    return texts(plans.plan(tree_of(files), Context(remote_url=URL), ('prod',), name, Options(**options)))


def values(files: dict[str, str]) -> Any:
    return data(files, 'raycluster')['spec']['source']['helm']['valuesObject']


def ignored(files: dict[str, str]) -> Any:
    return data(files, 'raycluster')['spec']['ignoreDifferences'][0]['jqPathExpressions']


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        ({'head_memory': '8Gi'}, ['- memory: 5Gi', '+ memory: 8Gi'] * 2),
        ({'head_cpu': '1'}, []),
        ({'idle_timeout': 60}, ['- idleTimeoutSeconds: 600 # 10 minutes', '+ idleTimeoutSeconds: 60 # 10 minutes']),
        ({'autoscaler': 'v1'}, ['- version: v2', '+ version: v1']),
        ({'autoscaler': 'v2'}, []),
        ({'pull_secret': 'pull'}, ['+ imagePullSecrets:', '+ - name: pull']),
        ({'service_account': 'ray'}, ['+ serviceAccountName: ray']),
        ({'edits': Edits([(('service', 'type'), 'ClusterIP')])}, ['+ service:', '+ type: ClusterIP']),
        ({'edits': Edits(unset=[('head', 'autoscalerOptions', 'upscalingMode')])}, ['- upscalingMode: Default']),
    ],
)
def test_only_what_is_given_changes(options: dict[str, Any], expected: list[str]) -> None:
    after = set_raycluster(PROD, **options)
    assert sorted(one for one in changed_lines(PROD, after) if one[0] != '?') == sorted(expected)
    assert set_raycluster(after, **options) == after


def test_image_and_ray_version_go_together() -> None:
    by_image = values(set_raycluster(PROD, image=image.parse('acme/ray:2.53.0-gpu')))
    assert by_image['image']['tag'] == '2.53.0-gpu'
    assert by_image['head']['rayVersion'] == '2.53.0'
    by_version = values(set_raycluster(PROD, ray_version=Version(2, 48, 0)))
    assert by_version['image']['tag'] == '2.48.0'
    assert by_version['head']['rayVersion'] == '2.48.0'
    # Before 2.51 autoscaler v2 does not survive a sync's reset of replicas.
    assert by_version['head']['autoscalerOptions']['version'] == 'v1'
    with pytest.raises(BootstrapError, match='Its tag does not say'):
        set_raycluster(PROD, image=image.parse('acme/ray:ours'))


def test_without_an_autoscaler_replicas_are_compared() -> None:
    off = set_raycluster(PROD, autoscaler='off')
    assert values(off)['head']['enableInTreeAutoscaling'] is False
    assert 'autoscalerOptions' not in values(off)['head']
    assert REPLICAS not in ignored(off)
    assert set_raycluster(off, autoscaler='off') == off


def test_with_an_autoscaler_replicas_are_the_minimum_and_ignored() -> None:
    off = set_raycluster(add_group(tree_of(PROD), 'gpu', Group(cpu='1', memory='1Gi', max=3)), autoscaler='off')
    path = (*VALUES, 'additionalWorkerGroups', 'gpu', 'replicas')
    off = {**off, RAYCLUSTER: manifest.put(off[RAYCLUSTER], path, 2)}
    after = set_raycluster(off, autoscaler='v2')
    assert REPLICAS in ignored(after)
    assert values(after)['head']['autoscalerOptions'] == {'version': 'v2'}
    assert values(after)['additionalWorkerGroups']['gpu']['replicas'] == 0
    assert set_raycluster(after, autoscaler='v2') == after


@pytest.mark.parametrize('holder', ['head', 'common'])
def test_the_variable_of_the_autoscaler_goes(holder: str) -> None:
    items = [{'name': 'A', 'value': '1'}, {'name': 'RAY_enable_autoscaler_v2', 'value': '1'}]
    files = {**PROD, RAYCLUSTER: manifest.put(PROD[RAYCLUSTER], (*VALUES, holder, 'containerEnv'), items)}
    for version in ('v1', 'v2', 'off'):
        assert values(set_raycluster(files, autoscaler=version))[holder]['containerEnv'] == items[:1]


def test_idle_workers_need_an_autoscaler() -> None:
    with pytest.raises(BootstrapError, match='the autoscaler is off'):
        set_raycluster(set_raycluster(PROD, autoscaler='off'), idle_timeout=60)


def test_what_is_missing_may_be_on_a_proposal() -> None:
    with pytest.raises(NotHereError, match='no such RayCluster'):
        set_raycluster(PROD, 'nope', head_cpu='1')


@pytest.mark.parametrize('path', [('head',), ('image',), ('imagePullSecrets',), ('common',), ('head', 'resources')])
@pytest.mark.parametrize('value', [None, 'x', [1], {}, 3])
def test_wrong_types_give_no_traceback(path: tuple[str, ...], value: Any) -> None:
    files = {**PROD, RAYCLUSTER: manifest.put(PROD[RAYCLUSTER], (*VALUES, *path), value)}
    for options in ({'autoscaler': 'off'}, {'ray_version': Version(2, 53, 0)}, {'head_cpu': '2', 'pull_secret': 'a'}):
        try:
            set_raycluster(files, **options)
        except BootstrapError:
            continue
