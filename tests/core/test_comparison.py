from __future__ import annotations

import pytest
from sample_environments import example

from bootstrap import comparison
from bootstrap.layout import Environment


def test_names_that_come_from_the_environment_are_no_difference() -> None:
    tree = example('dev', 'staging')
    own = comparison.texts(tree, Environment('dev'))
    other = {
        path: comparison.named_like(text, 'staging', 'dev')
        for path, text in comparison.texts(tree, Environment('staging')).items()
    }
    assert [change.path for change in comparison.compared(own, other)] == [
        'applications/ray-operator-crds.yaml',
        'applications/ray-operator.yaml',
        'projects.yaml',
    ]
    assert own['applications/raycluster.yaml'] == other['applications/raycluster.yaml']


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ('metadata: {name: ray-ray}', 'metadata: {name: dev-ray}'),
        ('metadata: {name: rayon}', 'metadata: {name: rayon}'),
        ('spec: {destination: {namespace: ray-ray}}', 'spec: {destination: {namespace: ray-dev}}'),
        ('spec: {destinations: [{namespace: ray-team}]}', 'spec: {destinations: [{namespace: dev-team}]}'),
        ('spec: {source: {path: x/environments/ray/y}}', 'spec: {source: {path: x/environments/dev/y}}'),
        ('spec: {source: {repoURL: ray}}', 'spec: {source: {repoURL: ray}}'),
        ('metadata: [name]', 'metadata: [name]'),
        ('a: [', 'a: ['),
    ],
)
def test_only_the_fields_that_carry_the_name_are_renamed(before: str, after: str) -> None:
    assert comparison.named_like(f'{before}  # ray\n', 'ray', 'dev') == f'{after}  # ray\n'


def test_every_document_of_a_file_is_renamed() -> None:
    text = 'metadata: {name: a-b}\n---\nmetadata: {name: a-c}\n'
    assert comparison.named_like(text, 'a', 'x') == text.replace('a-', 'x-')


def test_fields_of_what_is_no_yaml_are_unknown() -> None:
    [change] = comparison.compared({'x.yaml': 'a: ['}, {'x.yaml': 'a: 1'})
    assert comparison.fields(change) is None
