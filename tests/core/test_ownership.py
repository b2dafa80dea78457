from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import ownership
from bootstrap.layout import Environment
from bootstrap.tree import Files, Tree


@pytest.mark.parametrize(
    ('to', 'label'),
    [
        ({'name': 'eu-1'}, 'eu-1'),
        ({'server': 'https://10.0.0.1:6443'}, '10.0.0.1-6443'),
        ({'server': 'https://a.example.com'}, 'a.example.com'),
        ({'server': 'https://a.example.com/k8s/c-1'}, 'a.example.com-k8s-c-1'),
        ({'server': 'https://[::1]:6443'}, '1-6443'),
    ],
)
def test_labels(to: dict[str, str], label: str) -> None:
    assert ownership.label_of(to) == label


@given(st.text(min_size=1))
def test_a_label_is_one_that_kubernetes_takes(text: str) -> None:
    assert re.fullmatch(r'[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?', ownership.label_of({'name': text}))


def test_long_addresses_keep_apart() -> None:
    one, other = (ownership.label_of({'server': f'https://{"a" * 80}{end}'}) for end in 'bc')
    assert one != other


@pytest.mark.parametrize(
    ('spec', 'expected'),
    [
        ('{destination: {name: eu-1, namespace: x}}', {'name': 'eu-1'}),
        ('{destination: {server: https://a}}', {'server': 'https://a'}),
        ('{destination: }', ownership.IN_CLUSTER),
        ('{destination: server}', ownership.IN_CLUSTER),
        ('{destination: [server]}', ownership.IN_CLUSTER),
        ('{destination: {server: }}', ownership.IN_CLUSTER),
        ('{}', ownership.IN_CLUSTER),
        ('', ownership.IN_CLUSTER),
    ],
)
def test_destinations(spec: str, expected: dict[str, str]) -> None:
    environment = Environment('prod')
    tree = Tree(Files({environment.raycluster(): f'spec: {spec}\n'}))
    assert ownership.destination(tree, environment) == expected


def test_in_cluster() -> None:
    assert ownership.is_in_cluster({'name': 'in-cluster'})
    assert ownership.is_in_cluster(ownership.IN_CLUSTER)
    assert not ownership.is_in_cluster({'name': 'eu-1'})
