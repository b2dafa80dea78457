from __future__ import annotations

import pytest

from bootstrap import manifest, scaffold
from bootstrap.layout import Environment
from bootstrap.scaffold import SKELETON
from bootstrap.tree import Files, Tree

QA = Environment('qa')
WINDOWS = """\
kind: AppProject
metadata: {name: prod-ray, namespace: argocd}
spec:
  description: RayClusters of prod, for production # prod
  syncWindows:
    - kind: deny # nights
      applications: [prod-raycluster, 'prod-*', other]
"""


def copied(text: str) -> str:
    prod = Environment('prod')
    origin = Tree(Files({prod.projects: text}))
    return scaffold.copied(origin, prod.projects, origin, prod, QA)[QA.projects]


def test_names_become_the_targets_and_the_rest_stays() -> None:
    assert copied(WINDOWS) == (WINDOWS.replace('prod-', 'qa-').replace('of prod,', 'of qa,'))


@pytest.mark.parametrize(
    'text',
    [
        'spec: []\n',
        '[]\n',
        'spec: {syncWindows: text}\n',
        'spec: {syncWindows: [1, {applications: 3}]}\n',
        'metadata: {name: 3}\n',
    ],
)
def test_what_has_no_names_is_copied_as_it_is(text: str) -> None:
    assert copied(text) == text


def test_a_file_that_is_not_there() -> None:
    assert scaffold.copied(Tree(Files()), SKELETON.crds, Tree(Files()), SKELETON, QA) == Tree(Files())


def test_another_folder_of_the_repository_stays() -> None:
    text = 'spec: {source: {path: environments/prod-2/applications}}\n'
    assert copied(text) == text
    assert copied(text.replace('prod-2', 'prod')) == text.replace('prod-2', 'qa')


@pytest.mark.parametrize('to', [{'name': 'eu-1'}, {'server': 'https://a:6443'}])
def test_there_and_back(to: dict[str, str]) -> None:
    tree = scaffold.skeleton()
    in_cluster = {'server': 'https://kubernetes.default.svc'}
    there = scaffold.with_destination(tree, SKELETON, in_cluster, to)
    back = scaffold.with_destination(there, SKELETON, to, in_cluster)
    assert {path: back[path] for path in back.files('')} == {path: tree[path] for path in tree.files('')}
    assert manifest.get(there[SKELETON.root], ('spec', 'destination', 'server')) == in_cluster['server']


@pytest.mark.parametrize('name', ['ray-platform', 'ray-root'])
def test_a_project_out_and_in(name: str) -> None:
    tree = scaffold.skeleton()
    without = scaffold.without_project(tree, SKELETON, name)
    assert scaffold.without_project(without, SKELETON, name)[SKELETON.projects] == without[SKELETON.projects]
    again = scaffold.with_project(without, SKELETON, name)
    selector = (scaffold.project(SKELETON, name),)
    assert manifest.get(again[SKELETON.projects], selector) == manifest.get(tree[SKELETON.projects], selector)
    assert scaffold.with_project(again, SKELETON, name) == again
