from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from bootstrap import capacity, skeletons
from bootstrap.capacity import Amount

GROUP = {
    'minReplicas': 1,
    'maxReplicas': 3,
    'resources': {'limits': {'cpu': '500m', 'memory': '1Gi', 'nvidia.com/gpu': 2}},
}


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
        application(worker=[]),
        application(worker={'minReplicas': 'x', 'resources': []}),
        application(additionalWorkerGroups=[]),
        application(additionalWorkerGroups={1: {}, 'a': None, None: 3}),
        application(worker={'maxReplicas': '9' * 5000, 'resources': {'limits': {1: 2, 'cpu': []}}}),
        application(worker={'maxReplicas': -1, 'numOfHosts': True}),
    ],
)
def test_what_cannot_be_read_counts_as_none(value: Any) -> None:
    assert capacity.of_application(value).maximum.pods == 0


def test_amounts_of_any_size_can_be_shown() -> None:
    group = {'maxReplicas': 10**9, 'resources': {'limits': {'cpu': '9e60', 'memory': '9e200'}}}
    assert capacity.of_group(group).maximum.as_data()
