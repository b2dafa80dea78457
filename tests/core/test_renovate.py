"""Renovate's configuration: JSON text in, JSON text out."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bootstrap import json_text, renovate
from bootstrap.errors import BootstrapError
from bootstrap.tree import Files, Tree

OWN = '/^environments/[^/]+/applications/.+\\.yaml$/'


def put(text: str, path: str = '', file: str = 'renovate.json') -> str:
    return renovate.put(Tree(Files({file: text})), path)[file]


def removed(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith('- ')]


@pytest.mark.parametrize('path', ['', 'deploy/ray', 'a.b'])
def test_a_new_file_looks_at_the_applications_below_the_path(path: str) -> None:
    done = renovate.put(Tree(Files()), path)
    data = json.loads(done['renovate.json'])
    [pattern] = data['argocd']['managerFilePatterns']
    prefix = f'{path}/' if path else ''
    assert re.search(pattern[1:-1], f'{prefix}environments/prod/applications/ray-operator.yaml')
    assert not re.search(pattern[1:-1], f'{prefix}environments/prod/root.yaml')
    assert not re.search(pattern[1:-1], f'x/{prefix}environments/prod/applications/ray-operator.yaml')
    [rule] = data['packageRules']
    assert rule['matchManagers'] == ['argocd']
    [name] = rule['matchDepNames']
    ours = ('kuberay-operator', 'ray-cluster', 'https://github.com/ray-project/kuberay', 'r.example.com/x/ray-cluster')
    for dependency in (*ours, 'https://github.com/ray-project/kuberay.git'):
        assert re.search(name[1:-1], dependency)
    assert not re.search(name[1:-1], 'https://github.com/ray-project/kuberay-helm')
    versions = rule['allowedVersions'][1:-1]
    assert [bool(re.search(versions, one)) for one in ('v1.7.0', '1.7.0', 'ray-operator/v1.7.0', '1.7.0-rc.0')] == [
        *(True, True, False, False)
    ]
    assert renovate.put(done, path)['renovate.json'] == done['renovate.json']


@pytest.mark.parametrize(
    'text',
    [
        '{}',
        '{\n}\n',
        '{"extends": ["x"]}',
        '\ufeff{\r\n    "extends": [\r\n        "x"\r\n    ]\r\n}\r\n',
        '{\n\t"packageRules": [\n\t\t{"a": 1},\n\t\t{"b": [1, 2]}\n\t],\n\t"labels": ["é", "]}"]\n}',
        '{"packageRules": [], "argocd": {}, "enabledManagers": ["npm"]}',
        '{\n  "argocd": {\n    "fileMatch": ["^other/"]\n  }\n}\n',
        '{\n  "argocd": {\n    "managerFilePatterns": []\n  }\n}\n',
    ],
)
def test_what_is_there_keeps_its_form(text: str) -> None:
    after = put(text)
    old, new = json.loads(text.removeprefix('\ufeff')), json.loads(after.removeprefix('\ufeff'))
    assert new['argocd']['managerFilePatterns'] == [OWN]
    assert new['packageRules'][:-1] == old.get('packageRules', [])
    assert {key: new[key] for key in old if key not in ('argocd', 'packageRules', 'enabledManagers')} == {
        key: value for key, value in old.items() if key not in ('argocd', 'packageRules', 'enabledManagers')
    }
    assert ('\r\n' in after) == ('\r\n' in text)
    assert '\n' not in after.replace('\r\n', '') or '\r\n' not in text
    assert put(after) == after
    if '\n' in text.strip():
        # An item that was the last gets a comma; no other line changes.
        assert all(
            f'{line[2:]},' in after.splitlines() or line.rstrip().endswith(('{}', '[]'))
            for line in removed(text, after)
        )


@pytest.mark.parametrize(
    'argocd',
    [
        {'managerFilePatterns': ['/\\.yaml$/']},
        {'managerFilePatterns': ['**/*.yaml']},
        {'managerFilePatterns': ['environments/**']},
        {'fileMatch': ['^environments/.+\\.yaml$']},
    ],
)
def test_files_that_are_looked_at_already_are_not_named_again(argocd: dict[str, Any]) -> None:
    assert json.loads(put(json.dumps({'argocd': argocd})))['argocd'] == argocd


def test_a_rule_that_was_edited_stays() -> None:
    data = json.loads(put('{}'))
    data['packageRules'][0]['groupName'] = 'ours'
    data['packageRules'][0]['schedule'] = ['weekly']
    text = json.dumps(data)
    assert put(text) == text


@pytest.mark.parametrize('file', ['.github/renovate.json', '.gitlab/renovate.json', '.renovaterc', '.renovaterc.json'])
def test_the_file_that_renovate_reads_is_the_one_that_is_edited(file: str) -> None:
    done = renovate.put(Tree(Files({file: '{}', 'package.json': '{"name": "x"}'})), '')
    assert list(done.edits) == [file]


@pytest.mark.parametrize(
    ('file', 'text'),
    [
        ('renovate.json5', '{}'),
        ('.github/renovate.json5', '{}'),
        ('package.json', '{"renovate": {}}'),
        ('renovate.json', '{\n  // mine\n}'),
        ('renovate.json', '{"a": 1,}'),
        ('renovate.json', '{"a": 1, "a": 2}'),
        ('renovate.json', '[]'),
        ('renovate.json', '"x"'),
        ('renovate.json', ''),
        ('renovate.json', '[' * 100_000),
        ('renovate.json', '{"packageRules": {}}'),
        ('renovate.json', '{"packageRules": null}'),
        ('renovate.json', '{"argocd": []}'),
        ('renovate.json', '{"argocd": {"managerFilePatterns": "x"}}'),
    ],
)
def test_what_cannot_be_edited_is_refused_with_the_rule_to_add(file: str, text: str) -> None:
    with pytest.raises(BootstrapError) as refused:
        put(text, file=file)
    assert refused.value.message.startswith(f'{file}: ')
    assert 'kuberay-operator' in refused.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4), JSON, st.sampled_from([None, 0, 2, 4, '\t']))
def test_an_addition_changes_nothing_else(data: dict[str, Any], value: Any, indent: int | str | None) -> None:
    text = json.dumps(data, indent=indent)
    after = json_text.put(text, ('a new key',), value)
    assert json.loads(after) == {**data, 'a new key': value}
    assert list(json.loads(after)) == [*data, 'a new key']
    listed = json_text.append(json.dumps({'x': [data]}, indent=indent), ('x',), value)
    assert json.loads(listed) == {'x': [data, value]}
