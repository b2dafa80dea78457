"""The Ray documentation's three manifests, expressed by `init` and two `add-group`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan_world import EMPTY, add_group, file, init, tree_of

from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.worker_group import Options

GUIDE = Path(__file__).parents[3] / 'shared' / 'guide'
pytestmark = pytest.mark.skipif(not GUIDE.is_dir(), reason="the guide's manifests are not here")

# Where the outcome leaves the guide on purpose, and why.
NAME = 'one Argo CD serves several environments, so names carry the environment'
PROTECTED = 'in the order of sync waves; a deleted file must not delete a cluster'
RETRY = 'automatic sync does not try a failed commit again'
PLATFORM = 'the operator lives in a namespace of its own'
LATEST = 'the image is pinned, together with rayVersion'
EQUAL = 'requests = limits: operator, autoscaler and Kubernetes then read the same'
ONE_FORM = 'the one form that the shell, the autoscaler and the operator all read'

ALL = {'metadata.name': NAME, 'metadata.annotations': PROTECTED, 'spec.syncPolicy.retry': RETRY}
CRDS = {
    **ALL,
    'spec.destination.namespace': PLATFORM,
    'spec.source.path': 'the same files by kustomize, which protects each of them',
    'spec.source.kustomize': 'a pruned CRD deletes every RayCluster',
    'spec.syncPolicy.automated.prune': 'a pruned CRD deletes every RayCluster',
    'spec.syncPolicy.syncOptions': 'ServerSideApply in place of Replace; no workload namespace is made here',
}
OPERATOR = {
    **ALL,
    'spec.destination.namespace': PLATFORM,
    'spec.source.repoURL': 'the published chart, pinned',
    'spec.source.chart': 'the published chart, pinned',
    'spec.source.path': 'the published chart, pinned',
    'spec.source.targetRevision': 'the published chart, pinned',
    'spec.source.helm.releaseName': 'the name of a release is not that of an Application',
    'spec.source.helm.valuesObject': "the operator's replicas and resources are said",
    'spec.syncPolicy.syncOptions': 'a second operator of a Kubernetes cluster is seen',
}
VALUES = 'spec.source.helm.valuesObject'
RAYCLUSTER = {
    **ALL,
    'spec.ignoreDifferences[0].jqPathExpressions': "no error without groups; scaleStrategy is the autoscaler's too",
    'spec.syncPolicy.syncOptions': 'a manual sync of a synced Application does not reset replicas',
    f'{VALUES}.fullnameOverride': 'the name that ignoreDifferences needs is said, not derived',
    f'{VALUES}.annotations': 'RayClusters before their CRD; pruning is confirmed',
    f'{VALUES}.head.rayVersion': LATEST,
    f'{VALUES}.head.resources': 'the defaults of the chart change between its versions',
    f'{VALUES}.worker.rayStartParams.resources': ONE_FORM,
    f'{VALUES}.worker.resources.requests.memory': 'the skeleton counts in Gi, as the chart does from 1.6 on',
    f'{VALUES}.worker.resources.limits': EQUAL,
    **{
        f'{VALUES}.additionalWorkerGroups.additional-worker-group{number}.{path}': why
        for number in (1, 2)
        for path, why in (('rayStartParams.resources', ONE_FORM), ('resources.limits', EQUAL))
    },
}


@pytest.fixture(scope='module')
def made() -> dict[str, str]:
    image = Image('docker.io/rayproject/ray', 'latest')
    files = init(
        EMPTY,
        'prod',
        kuberay_version=Version(1, 5, 1),
        ray_version=Version(2, 52, 0),
        image=image,
        namespace='ray-cluster',
        project='default',
    )
    for number, most in ((1, 30), (2, 200)):
        options = Options(min=1, max=most, cpu='1', memory='1G', image=image)
        name = f'additional-worker-group{number}'
        files = add_group(tree_of(files), name, options, values={'disabled': False})
    return files


def differences(guide: Any, ours: Any, path: str = '') -> Iterator[str]:
    if isinstance(guide, dict) and isinstance(ours, dict):
        for key in [*guide, *(key for key in ours if key not in guide)]:
            here = f'{path}.{key}' if path else key
            if key in guide and key in ours:
                yield from differences(guide[key], ours[key], here)
            else:
                yield here
    elif all(isinstance(items, list) and items and isinstance(items[0], dict) for items in (guide, ours)):
        assert len(guide) == len(ours)
        for index, (one, other) in enumerate(zip(guide, ours, strict=True)):
            yield from differences(one, other, f'{path}[{index}]')
    elif guide != ours or type(guide) is not type(ours):
        yield path


@pytest.mark.parametrize(
    ('guide', 'ours', 'stated'),
    [
        ('ray-operator-crds', 'ray-operator-crds', CRDS),
        ('ray-operator', 'ray-operator', OPERATOR),
        ('raycluster', 'raycluster', RAYCLUSTER),
    ],
)
def test_every_value_but_the_stated_ones(made: dict[str, str], guide: str, ours: str, stated: dict[str, str]) -> None:
    found = differences(yaml.safe_load((GUIDE / f'{guide}.yaml').read_text()), yaml.safe_load(made[file(ours)]))
    assert sorted(found) == sorted(stated)
    assert all(stated.values())


def test_names_differ_by_their_prefix_only(made: dict[str, str]) -> None:
    for name in ('ray-operator-crds', 'ray-operator', 'raycluster'):
        guide = yaml.safe_load((GUIDE / f'{name}.yaml').read_text())
        assert yaml.safe_load(made[file(name)])['metadata']['name'] == f'prod-{guide["metadata"]["name"]}'
