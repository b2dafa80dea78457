from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import strict_schemas
import yaml
from plan_world import EMPTY, SMALL, add_group, file, init, tree_of

from bootstrap import skeletons
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.worker_group import Options

pytestmark = strict_schemas.needed
SKELETONS = [
    *('root', 'projects', 'applications/ray-operator-crds', 'applications/ray-operator'),
    *('applications/ray-operator-with-crds', 'applications/raycluster'),
]


@pytest.mark.parametrize('name', SKELETONS)
def test_skeletons(name: str) -> None:
    assert strict_schemas.problems(skeletons.read(f'environment/{name}.yaml')) == []


def test_the_helper_sees_an_unknown_field() -> None:
    text = skeletons.read('environment/root.yaml')
    assert strict_schemas.problems(text.replace('  project:', '  projects: x\n  project:'))
    assert strict_schemas.problems(text.replace('      recurse:', '      recurs: true\n      recurse:'))
    assert strict_schemas.problems(
        text.replace('      limit:', '      limits: 1\n      limit:').replace('limit: 10', 'limit: x')
    )
    assert strict_schemas.group_problems({'headGroupSpec': {'rayStartParam': {}}}, '1.7.0')


@pytest.mark.parametrize(
    'options',
    [
        {},
        {'crds': 'with-operator', 'sync': 'manual', 'groups': ['a', 'b']},
        {'destination': {'name': 'eu-1'}, 'argocd_namespace': 'gitops', 'project': 'shared'},
        {'root': False, 'operator': False, 'namespace': '123'},
        {'image': Image('r/i@sha256', 'a' * 64), 'ray_version': Version(2, 46, 0), 'kuberay_version': Version(1, 4, 1)},
    ],
)
def test_what_init_makes(options: dict[str, Any]) -> None:
    for path, text in init(EMPTY, **options).items():
        if path != 'raybootstrap.yaml':
            assert strict_schemas.problems(text) == []


FULL = Options(
    min=1,
    max=0x7FFF,
    replicas=2,
    cpu='8',
    memory='64Gi',
    ephemeral_storage='10Gi',
    gpu=1,
    num_hosts=2,
    image=Image('r/i', '2.10.0'),
    ray_resource={'fast': 1},
    ray_start_param={'object-store-memory': '1000000000'},
    node_selector={'a': 'true'},
    toleration=(
        {'key': 'a', 'operator': 'Equal', 'value': '1', 'effect': 'NoSchedule'},
        {'key': 'b', 'operator': 'Exists', 'effect': 'NoExecute'},
    ),
    env_var={'A': '1', 'B': 'true'},
    env_from=(('secret', 's'), ('configMap', 'c')),
    pod_label={'l': 'no'},
    pod_annotation={'x/y': '1.0'},
    service_account='sa',
    priority_class='high',
)


@pytest.mark.parametrize('version', ['1.4.1', '1.5.1', '1.6.2', '1.7.0'])
@pytest.mark.parametrize(
    'options', [SMALL, FULL, replace(SMALL, tpu_accelerator='tpu-v6e-slice', tpu_topology='4x4'), replace(SMALL, max=0)]
)
def test_what_add_group_makes(options: Options, version: str) -> None:
    major, minor, patch = map(int, version.split('.'))
    if minor >= 6 and options is FULL:
        options = replace(options, runtime_class='gvisor')
    files = add_group(tree_of(init(EMPTY, kuberay_version=Version(major, minor, patch))), 'gpu', options)
    text = files[file('raycluster')]
    assert strict_schemas.problems(text) == []
    values = yaml.safe_load(text)['spec']['source']['helm']['valuesObject']
    spec = {
        'headGroupSpec': {'rayStartParams': values['head']['rayStartParams'], 'template': {'spec': {'containers': []}}},
        'autoscalerOptions': values['head']['autoscalerOptions'],
        'rayVersion': values['head']['rayVersion'],
        'workerGroupSpecs': [rendered('gpu', values['additionalWorkerGroups']['gpu'], values['image'])],
    }
    assert strict_schemas.group_problems(spec, version) == []


def rendered(name: str, group: dict[str, Any], image: dict[str, str]) -> dict[str, Any]:
    """As templates/raycluster-cluster.yaml of the chart places the values this tool writes."""
    values = dict(group)
    own = values.pop('image', image)
    container = {
        'name': 'ray-worker',
        'image': f'{own["repository"]}:{own["tag"]}',
        'imagePullPolicy': own['pullPolicy'],
        'resources': values.pop('resources'),
        'env': values.pop('containerEnv', []),
        'envFrom': values.pop('envFrom', []),
    }
    metadata = {key: values.pop(key) for key in ('labels', 'annotations') if key in values}
    scale: dict[str, Any] = {
        key: int(values.pop(key)) for key in ('replicas', 'minReplicas', 'maxReplicas', 'numOfHosts') if key in values
    }
    params = values.pop('rayStartParams')
    template = {'metadata': metadata, 'spec': {**values, 'containers': [container]}}
    return {'groupName': name, **scale, 'rayStartParams': params, 'template': template}
