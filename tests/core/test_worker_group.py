from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import group_values, worker_group
from bootstrap.errors import BootstrapError
from bootstrap.image import Image
from bootstrap.kuberay import CHARTS
from bootstrap.worker_group import Options

RESOURCES = st.dictionaries(st.from_regex(r'[A-Za-z][A-Za-z0-9_.:/-]{0,9}', fullmatch=True), st.integers(1, 10**6))


@given(RESOURCES)
def test_custom_resources_as_their_readers_read_them(resources: dict[str, int]) -> None:
    written = worker_group.quoted_resources(resources)
    autoscaler = json.loads(written[1:-1].replace('\\', ''))
    operator = json.loads(written.strip('\'" '))
    assert autoscaler == operator == worker_group.parsed_resources(written) == resources
    assert "'" not in written[1:-1]


def test_options_over_what_is_there() -> None:
    base = {
        'maxReplicas': 3,
        'image': {'repository': 'a', 'tag': '1', 'pullPolicy': 'Always'},
        'containerEnv': [{'name': 'A', 'value': '1'}, {'name': 'B', 'value': '2'}],
        'envFrom': [{'secretRef': {'name': 's'}}],
        'tolerations': [{'key': 'a', 'operator': 'Exists', 'effect': 'NoSchedule'}],
        'resources': {'limits': {'cpu': 1, 'nvidia.com/gpu': 2}, 'claims': [{'name': 'x'}]},
        'affinity': {},
    }
    options = Options(
        image=Image('b', '2'),
        env_var={'B': '3'},
        env_from=(('secret', 's'), ('configMap', 'c')),
        toleration=({'key': 'a', 'operator': 'Exists', 'effect': 'NoSchedule'},),
        gpu=0,
        memory='1Gi',
    )
    assert worker_group.applied(options, base, autoscaling=True) == {
        'replicas': 0,
        'minReplicas': 0,
        'maxReplicas': 3,
        'image': {'repository': 'b', 'tag': '2', 'pullPolicy': 'Always'},
        'containerEnv': [{'name': 'A', 'value': '1'}, {'name': 'B', 'value': '3'}],
        'envFrom': [{'secretRef': {'name': 's'}}, {'configMapRef': {'name': 'c'}}],
        'tolerations': [{'key': 'a', 'operator': 'Exists', 'effect': 'NoSchedule'}],
        'resources': {
            'requests': {'cpu': 1, 'memory': '1Gi'},
            'limits': {'cpu': 1, 'memory': '1Gi'},
            'claims': [{'name': 'x'}],
        },
        'affinity': {},
    }
    assert base['maxReplicas'] == 3
    assert base['resources']['limits'] == {'cpu': 1, 'nvidia.com/gpu': 2}  # type: ignore[index]


@pytest.mark.parametrize('autoscaling', [True, False])
def test_replicas_that_follow_the_minimum_go_on_following(autoscaling: bool) -> None:
    base = {'replicas': 1, 'minReplicas': 1, 'maxReplicas': 5}
    found = worker_group.applied(Options(min=2), base, autoscaling=autoscaling)
    assert found['replicas'] == (2 if autoscaling else 1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(['cpu', 'limits', 'requests', 'tag', 'repository', 'resources', 'name']), inner, max_size=3
        )
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        'image',
        'resources',
        'rayStartParams',
        'tolerations',
        'containerEnv',
        'envFrom',
        'labels',
        'replicas',
        'maxReplicas',
        'x',
    ]
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_any_values_are_taken_or_refused(values: dict[str, object]) -> None:
    refusal = 'g: none'
    try:
        readable = group_values.readable('g', values)
        named = readable.get('rayStartParams', {}).get('resources')
        group_values.checked_ray_resources('g', named, worker_group.parsed_resources(named))
        group = worker_group.applied(Options(gpu=1, cpu='1'), readable, autoscaling=True)
        group_values.checked('g', group, CHARTS[-1])
    except BootstrapError as error:
        refusal = error.message
    assert refusal.startswith(('g:', 'g.'))
