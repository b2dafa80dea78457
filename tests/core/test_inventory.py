from __future__ import annotations

import pytest
from sample_environments import example

from bootstrap import inventory, skew
from bootstrap.errors import BootstrapError
from bootstrap.inventory import GroupRow
from bootstrap.settings import Settings
from bootstrap.tree import Tree


def _groups(tree: Tree) -> list[GroupRow]:
    return inventory.groups(tree, Settings(), '')


def test_environments_say_whose_operator_they_use() -> None:
    rows = inventory.environments(
        example('dev', 'prod', 'staging'), Settings(environments={'prod': {'protected': True}}), ''
    )
    assert [(row.environment, row.kubernetes_cluster, row.operator, row.sync, row.protected) for row in rows] == [
        ('dev', 'dev', 'own', 'auto', False),
        ('prod', 'prod', 'own', 'manual', True),
        ('staging', 'dev', 'dev', 'auto', False),
    ]
    assert {(row.rayclusters, row.argocd_namespace, row.follows) for row in rows} == {(1, 'argocd', 'main')}


@pytest.mark.parametrize(('external', 'operator'), [({'operator': 'external'}, 'external'), ({}, 'none')])
def test_an_environment_may_have_no_operator_here(external: dict[str, str], operator: str) -> None:
    rows = inventory.environments(example('staging'), Settings(environments={'staging': external}), '')
    assert [row.operator for row in rows] == [operator]


def test_rayclusters_have_the_name_that_kubernetes_sees() -> None:
    tree = example('prod')
    further = tree['environments/prod/applications/raycluster.yaml'].replace(
        'fullnameOverride: raycluster-kuberay', 'fullnameOverride: batch'
    )
    tree = tree.put('environments/prod/applications/raycluster-batch.yaml', further)
    rows = inventory.rayclusters(tree, Settings(), '')
    assert [(row.name, row.raycluster, row.groups, row.autoscaler, row.ray) for row in rows] == [
        ('batch', 'batch', 4, 'v2', '2.52.0'),
        ('', 'raycluster-kuberay', 4, 'v2', '2.52.0'),
    ]
    assert rows[0].image == 'docker.io/rayproject/ray:2.52.0'


def test_groups_come_in_the_order_of_the_chart_with_what_they_may_come_to() -> None:
    rows = _groups(example('prod'))
    assert [row.group for row in rows] == ['standard-worker', 'cpu', 'h100', 'l4']
    assert rows[2].pod.as_data() == {'pods': 1, 'cpu': '192', 'memory': '1.56Ti', 'gpu': '8'}
    assert rows[2].capacity.maximum.as_data() == {'pods': 4, 'cpu': '768', 'memory': '6.25Ti', 'gpu': '32'}
    assert inventory.total(rows).minimum.as_data() == {'pods': 2, 'cpu': '17', 'memory': '65Gi', 'gpu': '0'}
    assert inventory.total(rows).maximum.as_data() == {'pods': 240, 'cpu': '1416', 'memory': '8.2Ti', 'gpu': '48'}


def test_the_default_group_has_the_values_of_the_chart() -> None:
    path = 'environments/staging/applications/raycluster.yaml'
    tree = example('staging')
    before, _, rest = tree[path].partition('        worker:\n')
    tree = tree.put(path, before + rest[rest.index('  destination:') :])
    [row] = _groups(tree)
    assert (row.group, row.capacity.maximum.as_data()) == (
        'workergroup',
        {'pods': 5, 'cpu': '5', 'memory': '5Gi', 'gpu': '0'},
    )


@pytest.mark.parametrize(
    ('written', 'limited'),
    [('maxReplicas: 4', True), ('maxReplicas: "0"', True), ('maxReplicas: 0', False), ('numOfHosts: 1', False)],
)
def test_a_group_without_a_maximum_has_no_limit(written: str, limited: bool) -> None:
    rows = _groups(example('prod', raycluster=('maxReplicas: 4', written)))
    assert [row.limited for row in rows if row.group == 'h100'] == [limited]


def test_versions_that_belong_together_have_no_skew() -> None:
    rows = skew.versions(example('dev', 'staging'), Settings(), '')
    assert [(row.environment, row.operator_of, row.crds, row.operator, row.chart, row.skew) for row in rows] == [
        ('dev', 'dev', 'v1.7.0', '1.7.0', '1.7.0', ()),
        ('staging', 'dev', 'v1.7.0', '1.7.0', '1.7.0', ()),
    ]


@pytest.mark.parametrize(
    ('file', 'old', 'new', 'words'),
    [
        ('ray_operator_crds', 'v1.7.0', 'v1.6.2', 'the CRDs (1.6.2) are older than the operator (1.7.0)'),
        ('ray_operator', '1.7.0', '1.6.2', 'the CRDs (1.7.0) are newer than the operator (1.6.2)'),
        ('raycluster', '1.7.0', '1.4.1', 'the chart (1.4.1) is older than the operator (1.7.0)'),
        ('raycluster', 'tag: 2.52.0', 'tag: 2.53.0', 'rayVersion (2.52.0) is not what the image holds (2.53.0)'),
    ],
)
def test_skew_is_said_in_words(file: str, old: str, new: str, words: str) -> None:
    [row] = skew.versions(example('prod', **{file: (old, new)}), Settings(), '')
    assert row.skew[0] == words


def test_the_crds_may_be_of_another_environment_than_the_operator() -> None:
    tree = example('dev', 'staging')
    crds = 'environments/{}/applications/ray-operator-crds.yaml'.format
    tree = tree.put(crds('staging'), tree[crds('dev')].replace('v1.7.0', 'v1.6.2')).drop(crds('dev'))
    rows = skew.versions(tree, Settings(), '')
    assert [row.skew for row in rows] == [('the CRDs (1.6.2) are older than the operator (1.7.0)',)] * 2


@pytest.mark.parametrize('value', ['null', '[]', '5', 'text', '[{a: 1}]', '{1: 2}'])
@pytest.mark.parametrize('field', ['worker', 'additionalWorkerGroups', 'head', 'image', 'valuesObject', 'helm'])
def test_values_of_any_type_are_survived(field: str, value: str) -> None:
    path = 'environments/staging/applications/raycluster.yaml'
    tree = example('staging')
    lines = tree[path].splitlines()
    at = next((n for n, line in enumerate(lines) if line.strip() == f'{field}:'), len(lines))
    inside = next((line for line in lines[:at][::-1] if line.strip() == 'worker:'), '') or ''
    step = len(lines[at]) - len(lines[at].lstrip()) if at < len(lines) else len(inside)
    below = next((n for n in range(at + 1, len(lines)) if len(lines[n]) - len(lines[n].lstrip()) <= step), at)
    tree = tree.put(path, '\n'.join([*lines[:at], *([f'{" " * step}{field}: {value}'] * (at < below)), *lines[below:]]))
    assert len(inventory.rayclusters(tree, Settings(), '')) == 1
    assert len(skew.versions(tree, Settings(), '')) == 1
    inventory.total(_groups(tree)).maximum.as_data()


def test_a_broken_file_is_named_with_its_line() -> None:
    tree = example('dev').put('environments/dev/applications/extra.yaml', 'a: 1\nb: [\n')
    with pytest.raises(BootstrapError, match=r'environments/dev/applications/extra.yaml:3'):
        inventory.groups(tree, Settings(), '')


def test_a_number_that_python_cannot_write_is_refused() -> None:
    tree = example('prod', raycluster=('maxReplicas: 4', f'maxReplicas: 0x{"f" * 5000}'))
    with pytest.raises(BootstrapError, match='is not a value YAML can hold'):
        inventory.groups(tree, Settings(), '')
