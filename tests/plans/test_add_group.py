from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_world import EMPTY, GROUPS, SMALL, VALUES, add_group, changed_lines, data, file, fresh, group, init, tree_of

from bootstrap import manifest
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.worker_group import Options

RAYCLUSTER = file('raycluster')
GPU = Options(
    max=8,
    cpu='8',
    memory='64Gi',
    gpu=1,
    node_selector={'cloud.google.com/gke-accelerator': 'nvidia-l4'},
    toleration=({'key': 'nvidia.com/gpu', 'operator': 'Exists', 'effect': 'NoSchedule'},),
)


def added(options: Options, name: str = 'gpu', **rest: Any) -> Any:
    return group(add_group(fresh(), name, options, **rest), name)


def refused(options: Options = SMALL, name: str = 'gpu', **rest: Any) -> BootstrapError:
    with pytest.raises(BootstrapError) as caught:
        add_group(rest.pop('tree', None) or fresh(), name, options, **rest)
    return caught.value


def test_a_group_is_only_added_lines_in_one_file() -> None:
    before = init(EMPTY)
    after = add_group(tree_of(before), 'gpu', GPU)
    assert [path for path in after if after[path] != before[path]] == [RAYCLUSTER]
    assert all(line.startswith('+') for line in changed_lines(before, after))
    assert (
        '        additionalWorkerGroups:\n'
        '          gpu:\n'
        '            replicas: 0\n'
        '            minReplicas: 0\n'
        '            maxReplicas: 8\n'
        '            rayStartParams:\n'
        '              resources: "\'{\\"gpu\\": 1}\'"\n'
        '            nodeSelector:\n'
        '              cloud.google.com/gke-accelerator: nvidia-l4\n'
        '            tolerations:\n'
        '              - key: nvidia.com/gpu\n'
        '                operator: Exists\n'
        '                effect: NoSchedule\n'
        '            resources:\n'
        '              requests:\n'
        '                cpu: "8"\n'
        '                memory: 64Gi\n'
        '                nvidia.com/gpu: "1"\n'
        '              limits:\n'
        '                cpu: "8"\n'
        '                memory: 64Gi\n'
        '                nvidia.com/gpu: "1"\n'
        '  destination:\n'
    ) in after[RAYCLUSTER]


def test_the_same_group_again_changes_nothing() -> None:
    once = add_group(fresh(), 'gpu', GPU)
    assert add_group(tree_of(once), 'gpu', GPU) == once


def test_other_values_are_refused_with_what_would_do_it() -> None:
    error = refused(replace(GPU, max=9), tree=tree_of(add_group(fresh(), 'gpu', GPU)))
    assert 'with other values' in error.message
    assert error.message.startswith(f'{RAYCLUSTER}:')
    assert 'raybootstrap set-group gpu --env prod' in error.hint


def test_the_order_of_adding_does_not_matter() -> None:
    results = set()
    for names in permutations(['a', 'gpu', 'zeta', '0-cpu']):
        tree = fresh()
        for name in names:
            tree = tree_of(add_group(tree, name, SMALL))
        results.add(tree[RAYCLUSTER])
    assert len(results) == 1
    assert list(manifest.get(results.pop(), GROUPS)) == ['0-cpu', 'a', 'gpu', 'zeta']


NAMES = st.from_regex(r'[a-z]([a-z0-9-]{0,8}[a-z0-9])?', fullmatch=True)
ASKED = st.builds(
    Options,
    min=st.none() | st.integers(0, 3),
    max=st.integers(3, 10**6),
    cpu=st.sampled_from(['1', '500m', '0.5', '64']),
    memory=st.sampled_from(['1Gi', '512Mi', '1e9', '64G']),
    gpu=st.none() | st.integers(0, 8),
    gpu_resource=st.none() | st.sampled_from(['amd.com/gpu', 'nvidia.com/mig-1g.5gb']),
    image=st.none() | st.just(Image('acme/ray', '2.10')),
    ray_resource=st.dictionaries(NAMES, st.integers(1, 9), max_size=2),
    env_var=st.dictionaries(st.sampled_from(['A', 'B']), st.text('yes1:#\'" -{}é', max_size=8)),
    pod_label=st.dictionaries(NAMES, st.sampled_from(['on', '1', '1.0', 'x'])),
    pod_annotation=st.dictionaries(NAMES, st.text(max_size=8).filter(str.isprintable)),
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(NAMES.filter(lambda name: name not in ('on', 'no', 'yes', 'off', 'y', 'n')), ASKED, max_size=3))
def test_groups_only_add_lines_in_any_order(groups: dict[str, Options]) -> None:
    before = init(EMPTY)
    results = []
    for names in (sorted(groups), sorted(groups, reverse=True)):
        files = before
        for name in names:
            files = add_group(tree_of(files), name, groups[name])
            assert add_group(tree_of(files), name, groups[name]) == files
        results.append(files)
    assert results[0] == results[1]
    assert all(line.startswith('+') for line in changed_lines(before, results[0]))
    values = yaml.safe_load(results[0][RAYCLUSTER])['spec']['source']['helm']['valuesObject']
    for found in values.get('additionalWorkerGroups', {}).values():
        assert found['resources']['requests'] == found['resources']['limits']
        assert found['replicas'] == found['minReplicas']
        assert all(isinstance(item, str) for item in found['rayStartParams'].values())


# The chart's, the operator's and the autoscaler's traps.


def test_a_maximum_of_zero_is_text() -> None:
    assert added(replace(SMALL, max=0))['maxReplicas'] == '0'
    assert added(replace(SMALL, max=None), values={'maxReplicas': 0})['maxReplicas'] == '0'


def test_replicas_follow_the_minimum() -> None:
    assert added(replace(SMALL, min=2))['replicas'] == 2
    assert added(replace(SMALL, min=1, replicas=3))['replicas'] == 3
    assert added(SMALL)['replicas'] == 0


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (replace(SMALL, min=4), 'minReplicas 4 is more than maxReplicas 3'),
        (replace(SMALL, replicas=4), '4 replicas are outside of 0 to 3'),
        (replace(SMALL, min=2, replicas=1), '1 replicas are outside of 2 to 3'),
        (replace(SMALL, max=None), 'what is missing is --max'),
        (replace(SMALL, cpu=None, memory=None), 'what is missing is --cpu, --memory'),
        (Options(), 'what is missing is --cpu, --memory, --max'),
    ],
)
def test_what_does_not_fit_together(options: Options, words: str) -> None:
    error = refused(options)
    assert words in error.message
    assert error.exit_code == USAGE


@pytest.mark.parametrize(
    'name', ['10', 'true', 'on', 'null', 'smallGroup', 'headgroup', 'GPU', 'a_b', '1e3', '-a', 'a' * 64, '']
)
def test_names_that_the_chart_or_kubernetes_would_misread(name: str) -> None:
    error = refused(name=name)
    assert error.exit_code == USAGE


@pytest.mark.parametrize('worker', ['groupName: gpu', 'groupName: GPU', ''])
def test_the_name_of_the_charts_own_group(worker: str) -> None:
    text = fresh()[RAYCLUSTER].replace('groupName: standard-worker', worker or 'disabled: false')
    error = refused(tree=tree_of({**init(EMPTY), RAYCLUSTER: text}), name='gpu' if worker else 'workergroup')
    assert 'with other values' in error.message


def test_a_disabled_worker_leaves_its_name_free() -> None:
    text = fresh()[RAYCLUSTER].replace('groupName: standard-worker', 'disabled: true')
    files = add_group(tree_of({**init(EMPTY), RAYCLUSTER: text}), 'workergroup')
    assert group(files, 'workergroup')['maxReplicas'] == 3


@pytest.mark.parametrize(
    'values',
    [
        {'rayStartParams': {'resources': '"{\\"a\\": 1}"'}},
        {'rayStartParams': {'resources': '{"a": 1}'}},
        {'rayStartParams': {'resources': '\'{"a": 1}\''}},
        {'rayStartParams': {'resources': {'a': 1}}},
    ],
)
def test_custom_resources_are_written_in_the_form_that_all_read(values: Any) -> None:
    found = added(SMALL, values=values)['rayStartParams']['resources']
    assert found in ('\'{"a": 1, "gpu": 1}\'', '\'{"gpu": 1, "a": 1}\'')


@pytest.mark.parametrize(
    'value', ['{', '"a"', '\'{"a": 0.5}\'', '\'{"a": true}\'', '{"a b": 1}', '{"a\'; reboot": 1}', '[' * 5000]
)
def test_custom_resources_that_nobody_reads(value: str) -> None:
    assert 'rayStartParams.resources' in refused(values={'rayStartParams': {'resources': value}}).message


def test_large_numbers_of_ray_start_are_texts() -> None:
    found = added(SMALL, values={'rayStartParams': {'object-store-memory': 1000000000}})
    assert found['rayStartParams']['object-store-memory'] == '1000000000'


def test_requests_become_limits_too() -> None:
    values = {'resources': {'requests': {'cpu': '1', 'memory': '1G'}}}
    resources = added(Options(max=3), values=values)['resources']
    assert resources == {'requests': {'cpu': '1', 'memory': '1G'}, 'limits': {'cpu': '1', 'memory': '1G'}}


@pytest.mark.parametrize(
    ('values', 'words'),
    [
        ({'image': {'tag': 'x'}}, 'both repository and tag'),
        ({'image': {'repository': 'r', 'tag': 2.1}}, 'both repository and tag'),
        ({'image': {}}, 'both repository and tag'),
        ({'image': 'repo:tag'}, 'image is no mapping'),
        ({'maxReplica': 3}, 'no such value and would ignore it'),
        ({'idleTimeoutSeconds': 3}, 'no such value and would ignore it'),
        ({'groupName': 'x'}, 'no such value and would ignore it'),
        ({'maxReplicas': -1}, '-1 is no count'),
        ({'minReplicas': 'many'}, 'is no count'),
        ({'replicas': True}, 'is no count'),
        ({'numOfHosts': 0}, 'at least one host'),
        ({'resources': []}, 'resources is no mapping'),
        ({'resources': {'limits': 3}}, 'resources.limits is no mapping'),
        ({'resources': {'limits': {'cpu': 'many'}}}, "'cpu' has no quantity"),
        (
            {'resources': {'limits': {'x.com/a': 1}, 'requests': {'x.com/a': 2}}},
            'the request of x.com/a is not its limit',
        ),
        ({'resources': {'limits': {'hugepages': 1}, 'requests': {'hugepages': 2}}}, 'the request of hugepages is not'),
        ({'tolerations': {}}, 'no list of mappings'),
        ({'tolerations': ['x']}, 'no list of mappings'),
        ({'containerEnv': 3}, 'no list of mappings'),
        ({'envFrom': [None]}, 'no list of mappings'),
        ({'labels': {'a': True}}, 'has no text'),
        ({'rayStartParams': []}, 'no mapping'),
        ({'rayStartParams': {'labels': 'a=b'}}, 'labels: the KubeRay operator refuses'),
        ({'nodeSelector': {'a': None}}, 'has no text'),
    ],
)
def test_values_that_would_be_ignored_or_refused(values: Any, words: str) -> None:
    error = refused(replace(SMALL, max=None) if 'maxReplicas' in values else SMALL, values=values)
    assert words in error.message
    assert error.exit_code == USAGE


def test_values_hold_what_the_options_do_not_name() -> None:
    values = {'labels': {'team': 'a'}, 'affinity': {'nodeAffinity': {}}, 'maxReplicas': 9, 'annotations': None}
    found = added(replace(SMALL, pod_label={'tier': 'b'}), values=values)
    assert found['labels'] == {'team': 'a', 'tier': 'b'}
    assert found['affinity'] == {'nodeAffinity': {}}
    assert found['maxReplicas'] == 3
    assert 'annotations' not in found


def test_a_value_of_a_newer_chart() -> None:
    tree = fresh(kuberay_version=Version(1, 5, 1))
    error = refused(replace(SMALL, runtime_class='gvisor'), tree=tree)
    assert 'the ray-cluster chart 1.5.1 has no such value' in error.message
    assert error.hint == 'raise the KubeRay version first'
    assert added(replace(SMALL, runtime_class='gvisor'))['runtimeClassName'] == 'gvisor'


@pytest.mark.parametrize(
    'text',
    [
        'additionalWorkerGroups: []',
        'additionalWorkerGroups: [{groupName: a}]',
        'additionalWorkerGroups: text',
        'worker: []\n        x:',
        'worker: text\n        x:',
    ],
)
def test_groups_that_are_no_mapping(text: str) -> None:
    broken = fresh()[RAYCLUSTER].replace(
        '        worker:\n',
        f'        {text}\n        other:\n' if 'worker' not in text.split(':')[0] else f'        {text}\n',
    )
    error = refused(tree=tree_of({**init(EMPTY), RAYCLUSTER: broken}))
    assert 'is no mapping' in error.message


def test_an_empty_mapping_of_groups_becomes_a_block() -> None:
    text = fresh()[RAYCLUSTER].replace('        worker:\n', '        additionalWorkerGroups: {}\n        worker:\n')
    files = add_group(tree_of({**init(EMPTY), RAYCLUSTER: text}), 'gpu')
    assert group(files, 'gpu')['maxReplicas'] == 3


# GPUs and TPUs


@pytest.mark.parametrize(
    ('options', 'resources'),
    [
        ({'gpu': 2}, {'nvidia.com/gpu': '2'}),
        ({'gpu': 2, 'gpu_resource': 'amd.com/gpu'}, {'amd.com/gpu': '2'}),
        ({'gpu_resource': 'amd.com/gpu'}, {'amd.com/gpu': '1'}),
        ({'gpu': 0}, {}),
    ],
)
def test_gpus(options: dict[str, Any], resources: dict[str, str]) -> None:
    found = added(replace(SMALL, **options))
    for kind in ('requests', 'limits'):
        assert found['resources'][kind] == {'cpu': '1', 'memory': '1Gi', **resources}
    assert 'num-gpus' not in found['rayStartParams']


def test_gpus_that_ray_does_not_find_by_itself() -> None:
    found = added(replace(SMALL, gpu=2, gpu_resource='nvidia.com/mig-1g.5gb'))
    assert found['rayStartParams']['num-gpus'] == '2'


@pytest.mark.parametrize(
    ('accelerator', 'topology', 'hosts', 'chips'),
    [
        ('tpu-v4-podslice', '2x2x1', 1, '4'),
        ('tpu-v4-podslice', '2x2x2', 2, '4'),
        ('tpu-v4-podslice', '4x4x4', 16, '4'),
        ('tpu-v5p-slice', '2x2x1', 1, '4'),
        ('tpu-v5p-slice', '2x4x4', 8, '4'),
        ('tpu-v5-lite-podslice', '1x1', 1, '1'),
        ('tpu-v5-lite-podslice', '2x2', 1, '4'),
        ('tpu-v5-lite-podslice', '2x4', 1, '8'),
        ('tpu-v5-lite-podslice', '4x4', 4, '4'),
        ('tpu-v5-lite-podslice', '16x16', 64, '4'),
        ('tpu-v6e-slice', '1x1', 1, '1'),
        ('tpu-v6e-slice', '2x4', 1, '8'),
        ('tpu-v6e-slice', '4x8', 8, '4'),
        ('tpu7x', '2x2x1', 1, '4'),
        ('tpu7x', '2x2x2', 2, '4'),
        ('tpu-v3-slice', '4x4', 4, '4'),
    ],
)
def test_tpus(accelerator: str, topology: str, hosts: int, chips: str) -> None:
    found = added(replace(SMALL, tpu_accelerator=accelerator, tpu_topology=topology))
    assert found['numOfHosts'] == hosts
    assert found['resources']['limits']['google.com/tpu'] == chips
    assert found['resources']['requests']['google.com/tpu'] == chips
    assert found['nodeSelector'] == {
        'cloud.google.com/gke-tpu-accelerator': accelerator,
        'cloud.google.com/gke-tpu-topology': topology,
    }


@pytest.mark.parametrize(
    ('accelerator', 'topology', 'hosts', 'words'),
    [
        ('tpu-v6e-slice', '3x5', None, 'not known here'),
        ('tpu-v6e-slice', '1x2', None, 'not known here'),
        ('tpu-v6e-slice', '2x2x2', None, 'has no topology 2x2x2'),
        ('tpu-v5p-slice', '4x4', None, 'has no topology 4x4'),
        ('tpu-v9-slice', '4x4', None, 'not known here'),
        ('tpu-v9-slice', '4x4', 3, 'cannot be spread evenly'),
    ],
)
def test_tpus_that_are_not_known(accelerator: str, topology: str, hosts: int | None, words: str) -> None:
    options = replace(SMALL, tpu_accelerator=accelerator, tpu_topology=topology, num_hosts=hosts)
    assert words in refused(options).message


def test_a_machine_with_four_chips_of_a_topology_that_fits_in_one() -> None:
    found = added(replace(SMALL, tpu_accelerator='tpu-v6e-slice', tpu_topology='2x4', num_hosts=2))
    assert (found['numOfHosts'], found['resources']['limits']['google.com/tpu']) == (2, '4')


# Where from, and where to


def test_from_group_copies_what_is_not_given() -> None:
    tree = tree_of(add_group(fresh(), 'gpu', replace(GPU, ray_resource={'fast': 2})))
    files = add_group(tree, 'big', Options(max=2, gpu=4), from_group='gpu')
    found, source = group(files, 'big'), group(files, 'gpu')
    assert found['maxReplicas'] == 2
    assert found['resources']['limits'] == {'cpu': '8', 'memory': '64Gi', 'nvidia.com/gpu': '4'}
    assert found['tolerations'] == source['tolerations']
    assert found['rayStartParams']['resources'] == '\'{"big": 1, "fast": 2}\''


def test_tpus_do_not_go_with_the_gpus_of_another_group() -> None:
    tree = tree_of(add_group(fresh(), 'gpu', GPU))
    tpus = Options(tpu_accelerator='tpu-v6e-slice', tpu_topology='2x4')
    with pytest.raises(BootstrapError, match='GPUs or TPUs, not both'):
        add_group(tree, 'tpu', tpus, from_group='gpu')
    found = group(add_group(tree, 'tpu', replace(tpus, gpu=0), from_group='gpu'), 'tpu')
    assert found['resources']['limits'] == {'cpu': '8', 'memory': '64Gi', 'google.com/tpu': '8'}


def test_from_the_charts_own_group() -> None:
    found = added(Options(), from_group='standard-worker')
    assert found['maxReplicas'] == 200
    assert 'groupName' not in found
    assert found['rayStartParams']['resources'] == '\'{"gpu": 1}\''


def test_from_a_group_that_is_not_there() -> None:
    assert isinstance(refused(from_group='nope'), NotHereError)


def test_several_environments_and_the_only_one() -> None:
    both = init(fresh(), 'dev', shares='prod')
    files = add_group(tree_of(both), 'gpu', SMALL, 'prod', 'dev')
    assert data(files, 'raycluster', 'dev')['spec']['source']['helm']['valuesObject']['additionalWorkerGroups']['gpu']
    assert group(files, 'gpu')
    assert refused(tree=tree_of(both)).exit_code == USAGE
    assert isinstance(refused(tree=EMPTY), NotHereError)
    with pytest.raises(NotHereError):
        add_group(fresh(), 'gpu', SMALL, 'qa')


def test_a_further_raycluster() -> None:
    files = init(EMPTY)
    path = file('raycluster-etl')
    files[path] = files[RAYCLUSTER].replace('prod-raycluster', 'prod-raycluster-etl')
    after = add_group(tree_of(files), 'gpu', SMALL, raycluster_name='etl')
    assert after[RAYCLUSTER] == files[RAYCLUSTER]
    assert manifest.get(after[path], (*GROUPS, 'gpu', 'maxReplicas')) == 3
    error = refused(raycluster_name='nope')
    assert isinstance(error, NotHereError)
    assert 'raycluster.yaml' in error.hint


@pytest.mark.parametrize(
    'text',
    [
        'apiVersion: ray.io/v1\nkind: RayCluster\nspec: {}\n',
        'kind: Application\nspec: {source: {path: environments/prod/rayclusters}}\n',
        'kind: Application\nspec: {sources: [{chart: ray-cluster}]}\n',
        'kind: Application\nspec: {source: {chart: ray-cluster, helm: {values: "a: 1"}}}\n',
        'kind: Application\nspec: {source: {chart: ray-cluster, helm: {valuesObject: []}}}\n',
        'kind: Application\nspec: {source: []}\n',
        '- 1\n',
        'text\n',
        '',
    ],
)
def test_what_is_no_application_of_the_chart_is_left_alone(text: str) -> None:
    error = refused(tree=tree_of({**init(EMPTY), RAYCLUSTER: text}))
    assert error.message.startswith(f'{RAYCLUSTER}:')


@pytest.mark.parametrize('shape', ['crlf', 'no newline at the end', 'byte-order mark'])
def test_shapes_of_the_file(shape: str) -> None:
    text = fresh()[RAYCLUSTER]
    text = {
        'crlf': text.replace('\n', '\r\n'),
        'no newline at the end': text.removesuffix('\n'),
        'byte-order mark': '\ufeff' + text,
    }[shape]
    after = add_group(tree_of({**init(EMPTY), RAYCLUSTER: text}), 'gpu')[RAYCLUSTER]
    assert manifest.get(after, (*VALUES, 'additionalWorkerGroups', 'gpu', 'maxReplicas')) == 3
    assert after.startswith('\ufeff') == text.startswith('\ufeff')
    assert after.endswith('\n') == text.endswith('\n')
    assert ('\r\n' in after) == ('\r\n' in text)
