from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from bootstrap import capacity, inventory, skeletons
from bootstrap.capacity import Amount
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, resources

GROUP = {
    'minReplicas': 1,
    'maxReplicas': 3,
    'resources': {'limits': {'cpu': '500m', 'memory': '1Gi', 'nvidia.com/gpu': 2}},
}


OFF = {'disabled': True}


def application(**values: Any) -> Any:
    return {'spec': {'source': {'helm': {'valuesObject': values}}}}


def test_the_skeletons_workers() -> None:
    found = capacity.of_application(yaml.safe_load(skeletons.read('environment/applications/raycluster.yaml')))
    assert found.minimum.as_data() == {'pods': 1, 'cpu': '1', 'memory': '1Gi', 'gpu': '0'}
    assert found.maximum.as_data() == {'pods': 200, 'cpu': '200', 'memory': '200Gi', 'gpu': '0'}


def test_a_group() -> None:
    found = capacity.of_group(GROUP)
    assert found.minimum == Amount(1, Decimal('0.5'), Decimal(1024**3), Decimal(2))
    assert found.maximum.as_data() == {'pods': 3, 'cpu': '1.5', 'memory': '3Gi', 'gpu': '6'}


def test_hosts_multiply() -> None:
    group = {'numOfHosts': 4, 'maxReplicas': '2', 'resources': {'requests': {'google.com/tpu': '4'}}}
    found = capacity.of_group(group)
    assert (found.minimum.pods, found.maximum.pods) == (0, 8)
    assert found.maximum.accelerators == Decimal(32)


def test_groups_in_the_order_of_the_chart_without_the_disabled() -> None:
    values = {
        'worker': {'groupName': 'w'},
        'additionalWorkerGroups': {'zeta': {}, 'alpha': {}, 'Mid': {}, 'off': {'disabled': True}},
    }
    assert [name for name, _ in capacity.groups(application(**values))] == ['w', 'Mid', 'alpha', 'zeta']
    assert [name for name, _ in capacity.groups(application(worker={}))] == ['workergroup']


@pytest.mark.parametrize(
    'value',
    [
        None,
        [],
        'text',
        application(worker={'minReplicas': 'x', 'maxReplicas': 'y', 'resources': []}),
        application(worker=OFF, additionalWorkerGroups=[]),
        application(worker=OFF, additionalWorkerGroups={1: {}, 'a': None, None: 3}),
        application(worker={'maxReplicas': '9' * 5000, 'resources': {'limits': {1: 2, 'cpu': []}}}),
        application(worker={'maxReplicas': -1, 'numOfHosts': True}),
    ],
)
def test_what_cannot_be_read_counts_as_none(value: Any) -> None:
    assert capacity.of_application(value).maximum.pods == 0


@pytest.mark.parametrize(
    'values',
    [
        {},
        {'worker': {}},
        {'worker': []},
        {'worker': {'groupName': '', 'maxReplicas': 7}},
        {'worker': {'resources': {'limits': {'cpu': '4'}, 'requests': {'cpu': None, 'memory': '2Gi'}}}},
        {'additionalWorkerGroups': {'a': GROUP}},
        {'worker': OFF, 'additionalWorkerGroups': {'a': GROUP, 'b': {'disabled': True}}},
    ],
)
@pytest.mark.parametrize('chart', ['1.5.1', '1.7.0', 'main'])
def test_a_proposal_counts_the_groups_that_the_list_counts(chart: str, values: dict[str, Any]) -> None:
    source = {'chart': 'ray-cluster', 'targetRevision': chart, 'helm': {'valuesObject': values}}
    data = {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'spec': {'source': source}}
    (one,) = resources('a.yaml', yaml.safe_dump(data))
    assert isinstance(one, Application)
    raycluster = RayCluster(one)
    listed = [(group.name, inventory.capacity_of(group, raycluster)[1]) for group in inventory.in_order(raycluster)]
    assert [(name, capacity.of_group(group)) for name, group in capacity.groups(data)] == listed


def test_amounts_of_any_size_can_be_shown() -> None:
    group = {'maxReplicas': 10**9, 'resources': {'limits': {'cpu': '9e60', 'memory': '9e200'}}}
    assert capacity.of_group(group).maximum.as_data()
