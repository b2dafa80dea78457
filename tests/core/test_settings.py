from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st

from bootstrap import settings
from bootstrap.errors import BootstrapError
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree

FULL = """\
path: deploy/ray
requires: '>=0.0.1'
forge: gitlab
reviewers: [ada]
labels: [ray]
branch_prefix: ray/
title_prefix: '[ray] '
promotion: {order: [dev, prod]}
mirrors: {docker.io: mirror.example.com}
profiles: {gpu: {cpu: 8}}
rules: {RB101: off, RB102: error, RB103: 'off'}
argocd: {version: '3.1', namespace: gitops, application_health: true}
environments:
  prod: {protected: true, operator: external}
  dev: {ephemeral: true}
"""


def load(text: str) -> Settings:
    return settings.load(Tree(Files({'raybootstrap.yaml': text})))


def test_all_of_them() -> None:
    found = load(FULL)
    assert (found.path, found.branch_prefix, found.title_prefix) == ('deploy/ray', 'ray/', '[ray] ')
    assert (found.argocd_namespace, found.argocd_version, found.application_health) == ('gitops', '3.1', True)
    assert dict(found.rules) == {'RB101': 'off', 'RB102': 'error', 'RB103': 'off'}
    assert found.protected('prod')
    assert not found.protected('dev')
    assert found.ephemeral('dev')
    assert found.operator_is_external('prod')
    assert not found.operator_is_external('other')


@pytest.mark.parametrize('text', ['', '# nothing\n', '---\n', '{}\n'])
def test_none_of_them(text: str) -> None:
    assert load(text) == Settings() == settings.load(Tree(Files()))


@pytest.mark.parametrize(
    ('text', 'message', 'hint'),
    [
        ('\npaht: x\n', '2: unknown setting paht', 'did you mean path?'),
        ('zzz: 1\n', '1: unknown setting zzz', 'known are path, '),
        ('1: 1\n', '1: unknown setting 1', ''),
        ('null: 1\n', '1: unknown setting None', ''),
        ('argocd:\n  namespaces: x\n', '2: unknown setting argocd.namespaces', 'did you mean namespace?'),
        ('environments:\n  prod:\n    protect: true\n', '3: unknown setting environments.prod.protect', 'protected?'),
        ('path: 1\n', '1: path is a text (quote it)', ''),
        ('path:\n', '1: path is a text (quote it)', ''),
        ('path: ../x\n', "1: '../x' is no folder of a repository", ''),
        ("branch_prefix: '-x/'\n", "1: branch_prefix '-x/' begins no name of a branch", 'for example ray/'),
        ("branch_prefix: 'a b/'\n", "1: branch_prefix 'a b/' begins no name of a branch", ''),
        ("branch_prefix: 'a/../'\n", "1: branch_prefix 'a/../' begins no name of a branch", ''),
        ("branch_prefix: '$(id)/'\n", "1: branch_prefix '$(id)/' begins no name of a branch", ''),
        ('title_prefix: "a\\n\\nRaybootstrap-Command: x"\n', '1: title_prefix is no line of at most 100', '[ray] '),
        ('title_prefix: "\\e]0;x\\a"\n', '1: title_prefix is no line of at most 100 printable', ''),
        ('title_prefix: "a\\u202eb"\n', '1: title_prefix is no line of at most 100 printable', ''),
        (f'title_prefix: {"a" * 101}\n', '1: title_prefix is no line of at most 100 printable', ''),
        (f'path: {"a/" * 2000}b\n', "1: 'a/a/a/a/a/a/a/a/a/a/'… is no folder of a repository: it is longer", '--path'),
        ('reviewers: ada\n', '1: reviewers is a list', ''),
        ('rules: []\n', '1: rules is a mapping', ''),
        ('rules: {RB101: none}\n', '1: rules.RB101 is none of error, warning, info, off', ''),
        ('rules: {RB101: true}\n', '1: rules.RB101 is a text', ''),
        ('rules: {RB101: }\n', '1: rules.RB101 is a text', ''),
        ('rules: {1: off}\n', '1: rules.1: the name is no text', 'quote it'),
        ('argocd: 3\n', '1: argocd is a mapping', ''),
        ('argocd: {version: 3.1}\n', '1: argocd.version is a text (quote it)', ''),
        ('argocd: {namespace: A b}\n', "1: argocd.namespace 'A b' is none", ''),
        ('argocd: {application_health: yes please}\n', '1: argocd.application_health is true or false', ''),
        ('environments: [prod]\n', '1: environments is a mapping', ''),
        ('environments: {prod: }\n', '1: environments.prod is a mapping', ''),
        ('environments: {1: {}}\n', '1: environments.1: the name is no text', 'quote it'),
        ('environments: {prod: {protected: 1}}\n', '1: environments.prod.protected is true or false', ''),
        ('environments: {prod: {operator: internal}}\n', '1: environments.prod.operator is none of external', ''),
        ('forge: sourcehut\n', '1: forge is none of github, ', ''),
        ('requires: 9999.0\n', '1: requires is a text (quote it)', ''),
        ("requires: '9999.0'\n", '1: this repository requires raybootstrap 9999.0 or newer', 'pip install'),
        ("requires: '>= 9999'\n", '1: this repository requires raybootstrap 9999 or newer', 'pip install'),
        ("requires: '~=1'\n", '1: requires is no version', ''),
        ("requires: '²'\n", '1: requires is no version', ''),
        ('- a\n', '1: settings are a mapping', ''),
        ('text\n', '1: settings are a mapping', ''),
        ('path: a\n---\npath: b\n', '3: a second document', ''),
        ('path: a\npath: b\n', '2: ', ''),
        ('path: [\n', '', ''),
    ],
)
def test_what_is_wrong_has_a_line(text: str, message: str, hint: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        load(text)
    assert caught.value.message.startswith(f'raybootstrap.yaml:{message}')
    assert hint in caught.value.hint


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(['', 'x', 'off', '1.0', '..']),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(['prod', 'version', 'a', 1, None]), inner, max_size=2)
    ),
    max_leaves=6,
)


@configured(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*yaml.safe_load(FULL)]), JUNK, max_size=3) | JUNK)
def test_any_types_anywhere(data: Any) -> None:
    found, refusal = Settings(), 'raybootstrap.yaml: none'
    try:
        found = load(yaml.safe_dump(data))
    except BootstrapError as error:
        refusal = error.message
    assert refusal.startswith('raybootstrap.yaml:')
    assert isinstance(found.path, str)
    assert all(isinstance(level, str) for level in found.rules.values())
    assert not found.protected('another')
