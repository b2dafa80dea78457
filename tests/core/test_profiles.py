from __future__ import annotations

import pytest

from bootstrap import profiles, settings
from bootstrap.errors import BootstrapError
from bootstrap.tree import Files, Tree


def load(text: str) -> settings.Settings:
    return settings.load(Tree(Files({'raybootstrap.yaml': text})))


def test_a_profile_is_spelled_as_the_command_line() -> None:
    found = load(
        'profiles:\n'
        '  l4: {gpu: 1, cpu: 8, memory: 64Gi, node-selector: {a/b: c}, toleration: "x:NoSchedule", env-var: [A=1]}\n'
    ).profiles['l4']
    assert profiles.given(found) == {
        'gpu': 1,
        'cpu': '8',
        'memory': '64Gi',
        'node_selector': ['a/b=c'],
        'toleration': ['x:NoSchedule'],
        'env_var': ['A=1'],
    }


def test_the_command_line_wins() -> None:
    found = profiles.over(
        {'cpu': '8', 'gpu': 1, 'env_var': ['A=1', 'B=1']}, {'cpu': '4', 'gpu': None, 'env_var': ['A=2']}
    )
    assert found == {'cpu': '4', 'gpu': 1, 'env_var': ['A=1', 'B=1', 'A=2']}


@pytest.mark.parametrize(
    ('profile', 'words'),
    [
        ('l4: 3', 'profiles.l4 is a mapping'),
        ('1: {}', 'a name is no text'),
        ('l4: {memry: 1Gi}', "'memry' is no option"),
        ('l4: {node_selector: {a: b}}', 'no option'),
        ('l4: {gpu: "1"}', 'is a number from 0 on'),
        ('l4: {gpu: true}', 'is a number from 0 on'),
        ('l4: {num-hosts: 0}', 'is a number from 1 on'),
        ('l4: {cpu: [8]}', 'is a text'),
        ('l4: {memory: null}', 'is a text'),
        ('l4: {env-var: {A: true}}', 'a list of texts or a mapping'),
        ('l4: {toleration: {a: b}}', 'is a list of texts'),
    ],
)
def test_what_is_no_profile_is_refused_with_its_line(profile: str, words: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        load(f'profiles:\n  {profile}\n')
    assert caught.value.message.startswith('raybootstrap.yaml:2: ')
    assert words in caught.value.message


def test_the_nearest_option_is_named() -> None:
    with pytest.raises(BootstrapError) as caught:
        load('profiles: {l4: {node_selector: {a: b}}}\n')
    assert caught.value.hint == 'did you mean node-selector?'
