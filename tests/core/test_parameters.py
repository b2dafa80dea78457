from __future__ import annotations

from typing import Any

import pytest

from bootstrap import parameters, scaffold
from bootstrap.errors import BootstrapError
from bootstrap.parameters import Parameter
from bootstrap.scaffold import SKELETON
from bootstrap.tree import Tree, changes

TREE = scaffold.skeleton()
NAMES = [name for name, value in vars(parameters).items() if isinstance(value, Parameter)]


@pytest.mark.parametrize('name', NAMES)
def test_every_place_of_a_parameter_exists_and_agrees(name: str) -> None:
    parameter = getattr(parameters, name)
    found = list(parameters.places(TREE, SKELETON, parameter))
    assert found
    values = {str(place.value).removeprefix('v') if name == 'KUBERAY_VERSION' else place.value for place in found}
    assert len(values) == 1 or name == 'PROJECT'


@pytest.mark.parametrize('name', NAMES)
def test_what_is_put_is_what_is_got(name: str) -> None:
    parameter = getattr(parameters, name)
    after = parameters.put(TREE, SKELETON, parameter, '9.9.9')
    assert parameters.get(after, SKELETON, parameter) == '9.9.9'
    assert parameters.put(after, SKELETON, parameter, '9.9.9') == after
    old = parameters.get(TREE, SKELETON, parameter)
    assert old is not None
    if name != 'PROJECT':
        assert changes(TREE, parameters.put(after, SKELETON, parameter, old)) == []


def edited(path: str, old: str, new: str) -> Tree:
    assert old in TREE[path]
    return TREE.put(path, TREE[path].replace(old, new))


def test_items_of_lists_that_hold_another_value_stay() -> None:
    tree = edited(
        SKELETON.projects,
        '    - https://git.example.com/acme/ray.git\n',
        '    - https://git.example.com/acme/ray.git\n    - https://other\n',
    )
    after = parameters.put(tree, SKELETON, parameters.REPO_URL, 'https://new')
    assert '    - https://new\n    - https://other\n' in after[SKELETON.projects]


def test_the_form_follows_the_source() -> None:
    path = SKELETON.operator
    tree = edited(path, 'chart: kuberay-operator', 'path: helm-chart/kuberay-operator')
    after = parameters.put(tree, SKELETON, parameters.KUBERAY_VERSION, '1.6.2')
    assert 'targetRevision: v1.6.2' in after[path]
    assert 'targetRevision: 1.6.2' in after[SKELETON.raycluster()]


def test_a_further_raycluster_follows_the_kuberay_version_and_not_the_namespace() -> None:
    path = SKELETON.raycluster('etl')
    tree = TREE.put(path, TREE[SKELETON.raycluster()])
    after = parameters.put(tree, SKELETON, parameters.KUBERAY_VERSION, '1.6.2')
    assert 'targetRevision: 1.6.2' in after[path]
    assert parameters.put(tree, SKELETON, parameters.NAMESPACE, 'ml')[path] == tree[path]


@pytest.mark.parametrize(('text', 'value'), [('1.7', '1.7'), ('7', '7'), ('true', 'True'), ('', None), ('~', None)])
def test_values_of_other_types(text: str, value: Any) -> None:
    tree = edited(SKELETON.root, 'targetRevision: main', f'targetRevision: {text}')
    assert parameters.get(tree, SKELETON, parameters.FOLLOWED_BRANCH) == value


@pytest.mark.parametrize('text', ['[main]', '{a: b}', '[]'])
def test_what_is_no_text_is_refused_with_its_line(text: str) -> None:
    tree = edited(SKELETON.root, 'targetRevision: main', f'targetRevision: {text}')
    with pytest.raises(BootstrapError, match=rf'^{SKELETON.root}:\d+: the followed branch is no text'):
        parameters.get(tree, SKELETON, parameters.FOLLOWED_BRANCH)
