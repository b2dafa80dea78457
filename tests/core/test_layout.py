from __future__ import annotations

import pytest

from bootstrap import layout
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.layout import Environment
from bootstrap.tree import Files, Tree

ROOT = 'metadata: {labels: {raybootstrap.dev/environment: x, raybootstrap.dev/kubernetes-cluster: eu-1}}\n'


def tree(*names: str, **files: str) -> Tree:
    return Tree(Files({**{f'environments/{name}/root.yaml': ROOT for name in names}, **files}))


def test_files() -> None:
    environment = Environment('prod', 'deploy/ray')
    assert environment.root == 'deploy/ray/environments/prod/root.yaml'
    assert environment.projects == 'deploy/ray/environments/prod/projects.yaml'
    assert environment.crds == 'deploy/ray/environments/prod/applications/ray-operator-crds.yaml'
    assert environment.raycluster() == 'deploy/ray/environments/prod/applications/raycluster.yaml'
    assert environment.raycluster('etl') == 'deploy/ray/environments/prod/applications/raycluster-etl.yaml'


def test_rayclusters_the_first_one_first() -> None:
    names = ['raycluster-b', 'raycluster', 'raycluster-a', 'rayclusters', 'ray-operator']
    files = {f'environments/prod/applications/{name}.yaml': '' for name in names}
    found = Environment('prod').rayclusters(Tree(Files(files)))
    assert [path.rpartition('/')[2] for path in found] == ['raycluster.yaml', 'raycluster-a.yaml', 'raycluster-b.yaml']


def test_which_environments_there_are() -> None:
    others = {
        'environments/README.md': '',
        'environments/chart/root.yaml': '{{ .Values.x }}',
        'environments/theirs/root.yaml': 'metadata: {labels: {app: x}}',
        'environments/Upper/root.yaml': ROOT,
        'environments/odd/root.yaml': 'metadata: [raybootstrap.dev/environment]',
    }
    found = layout.environments(tree('b', 'a', **others), '')
    assert [one.name for one in found] == ['a', 'b']


def test_without_a_root_the_raycluster_has_the_label() -> None:
    files = {'environments/prod/applications/raycluster.yaml': ROOT}
    assert layout.holds(Tree(Files(files)), Environment('prod'))
    assert layout.kubernetes_cluster(Tree(Files(files)), Environment('prod')) == 'eu-1'


@pytest.mark.parametrize(
    'text',
    [
        '',
        '{{ template }}',
        '- a',
        'metadata: {labels: []}',
        'metadata: null',
        'metadata: {labels: {a: raybootstrap.dev/environment}}',
    ],
)
def test_a_folder_that_is_somebody_elses(text: str) -> None:
    with pytest.raises(BootstrapError, match='is no environment of raybootstrap') as caught:
        layout.holds(tree(**{'environments/prod/root.yaml': text}), Environment('prod'))
    assert '--path' in caught.value.hint


def test_a_broken_root_is_named() -> None:
    text = ROOT + 'metadata: 1\n'
    with pytest.raises(BootstrapError, match=r'^environments/prod/root.yaml:2: '):
        layout.holds(tree(**{'environments/prod/root.yaml': text}), Environment('prod'))


def test_the_chosen_ones() -> None:
    assert layout.chosen(tree('a'), (), '') == [Environment('a')]
    assert layout.chosen(tree('a', 'b'), ('b', 'b'), '') == [Environment('b')]
    with pytest.raises(BootstrapError, match='There are a, b') as caught:
        layout.chosen(tree('a', 'b'), (), '')
    assert caught.value.exit_code == USAGE
    for names in ((), ('c',)):
        with pytest.raises(NotHereError) as missing:
            layout.chosen(tree(), names, '')
        assert 'raybootstrap init --env' in missing.value.hint


@pytest.mark.parametrize('name', ['a', 'prod', 'a-1', '1a', 'a' * 63, 'lpt', 'com10'])
def test_names(name: str) -> None:
    assert layout.checked_folder_name(name, 'environment') == name


@pytest.mark.parametrize(
    'name',
    [
        *('', '-a', 'a-', 'A', 'a.b', 'a_b', 'a/b', '..', '../x', '-rf', 'a' * 64, 'a\n', '\x1b[2J', 'é', '１'),
        *('true', 'no', 'on', 'null', 'y', '1', '010', '1e3', '0x1f', '0b1', '2001-01-01', '12e03'),
        *('con', 'nul', 'aux', 'prn', 'com1', 'lpt9'),
    ],
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        layout.checked_folder_name(name, 'environment')
    assert caught.value.exit_code == USAGE
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ('path', 'plain'),
    [
        ('.', ''),
        ('', ''),
        ('./', ''),
        ('deploy/ray', 'deploy/ray'),
        ('deploy//ray/', 'deploy/ray'),
        ('a/../b', 'b'),
        ('.github', '.github'),
    ],
)
def test_paths(path: str, plain: str) -> None:
    assert layout.checked_path(path) == plain


@pytest.mark.parametrize(
    'path',
    [
        '/',
        '/etc',
        '..',
        '../x',
        'a/../../b',
        '.git',
        'a/.GIT/b',
        'a\\b',
        'a\nb',
        '\udcff',
        '//x',
        'a/' * 500,
        'x' * 201,
    ],
)
def test_paths_that_leave_the_repository(path: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        layout.checked_path(path)
    assert caught.value.exit_code == USAGE
