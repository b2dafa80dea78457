from __future__ import annotations

import pytest
from sample_environments import example

from bootstrap import apply_order
from bootstrap.chart import Chart
from bootstrap.expansion import Expansion, expanded
from bootstrap.layout import Environment
from bootstrap.settings import Settings
from bootstrap.tree import Tree

PROD = Environment('prod')
_ELSEWHERE = (
    'its source is charts/x of https://ray-project.github.io/kuberay-helm/ at 1.7.0, which is not in this repository'
)


def _expanded(tree: Tree, charts: list[Chart] | None = None) -> dict[str, Expansion]:
    def template(chart: Chart) -> str:
        (charts if charts is not None else []).append(chart)
        return f'---\nrendered: {chart.name}\n'

    found = expanded(apply_order.parts(tree, Settings(), PROD), tree, template)
    return {one.part.resource.name: one for one in found}


def test_charts_are_rendered_as_argo_cd_would() -> None:
    charts: list[Chart] = []
    found = _expanded(example('prod'), charts)
    assert found['prod-ray-operator'].text == (
        '# Application prod-ray-operator, sync wave -10: '
        'chart kuberay-operator 1.7.0 of https://ray-project.github.io/kuberay-helm/\nrendered: kuberay-operator\n'
    )
    assert [(one.release, one.namespace, one.skip_crds) for one in charts] == [
        ('kuberay-operator', 'kuberay-system', True),
        ('raycluster', 'ray-prod', False),
    ]
    assert charts[0].values.startswith('replicas: 1\nresources:\n')


def test_what_only_argo_cd_renders_stays_and_says_so() -> None:
    tree = example('prod')
    found = _expanded(tree)['prod-ray-operator-crds']
    assert found.reason == (
        'its source is ray-operator/config/crd of https://github.com/ray-project/kuberay at v1.7.0, by kustomize'
    )
    head, _, rest = found.text.partition('\n')
    assert head == f'# Application prod-ray-operator-crds, sync wave -20: not expanded, {found.reason}.'
    assert rest == tree[PROD.crds]


@pytest.mark.parametrize(
    ('old', 'new', 'reason'),
    [
        ('      releaseName', '      valueFiles: [x]\n      releaseName', 'its values come from helm.valueFiles too'),
        ('  source:\n', '  sources: [{}]\n  source:\n', 'it has several sources'),
        ('chart: ray-cluster', 'path: charts/x', _ELSEWHERE),
    ],
)
def test_other_sources(old: str, new: str, reason: str) -> None:
    assert _expanded(example('prod', raycluster=(old, new)))['prod-raycluster'].reason == reason


def test_a_folder_of_this_repository_is_its_files() -> None:
    tree = example('prod', raycluster=('chart: ray-cluster', 'path: environments/prod/rayclusters'))
    path = PROD.raycluster()
    url = 'https://git.example.com/acme/ray.git'
    tree = tree.put(path, tree[path].replace('https://ray-project.github.io/kuberay-helm/', url))
    tree = tree.put('environments/prod/rayclusters/b.yaml', '---\nkind: B')
    tree = tree.put('environments/prod/rayclusters/a.yaml', '# its own\nkind: A\n')
    tree = tree.put('environments/prod/rayclusters/README.md', 'no manifest')
    assert _expanded(tree)['prod-raycluster'].text == (
        '# Application prod-raycluster, sync wave 0: environments/prod/rayclusters\n# its own\nkind: A\n---\nkind: B\n'
    )


def test_a_name_stays_in_its_comment() -> None:
    tree = example('prod', raycluster=('name: prod-raycluster', 'name: "x\\nkind: Secret"'))
    assert _expanded(tree)['x\nkind: Secret'].text.startswith("# Application 'x\\nkind: Secret', sync wave 0: chart")
