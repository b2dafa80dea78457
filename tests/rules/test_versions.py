from __future__ import annotations

from typing import Any

import pytest
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope
from reading import line, mended

HEAD = (*VALUES, 'head')


def at(version: str) -> Edit:
    return put('spec', 'source', 'targetRevision', value=version)


def operator_tag(value: Any) -> Edit:
    return put(*VALUES, 'image', 'tag', value=value)


def tag(value: Any) -> Edit:
    return put(*VALUES, 'image', 'tag', value=value)


GROUP_WITH_CLAIMS = put(*GROUPS, 'gpu', value={**GROUP, 'resourceClaims': []})
SELECTOR = put(*VALUES, 'metrics', value={'serviceMonitor': {'enabled': True, 'selector': {'release': 'prometheus'}}})

FOUND: list[tuple[str, dict[str, Any], str, str]] = [
    ('RB601', {'crds': at('v1.6.2')}, 'targetRevision: v1.6.2', '1.7.0 works on CRDs 1.6.2'),
    ('RB601', {'operator': at('1.7.1')}, 'targetRevision: v1.7.0', '1.7.1 works on CRDs 1.7.0'),
    # The image is what runs.
    ('RB601', {'operator': operator_tag('v1.7.1-acme')}, 'targetRevision: v1.7.0', '1.7.1 works on CRDs 1.7.0'),
    ('RB602', {'raycluster': at('1.6.2')}, 'targetRevision: 1.6.2', 'ignores newer values'),
    ('RB602', {'operator': at('1.6.2')}, 'targetRevision: 1.7.0', 'may render what the operator does not know'),
    (
        'RB603',
        {'raycluster': [at('1.4.1'), put(*VALUES, 'gcsFaultTolerance', value={'enabled': True})]},
        'gcsFaultTolerance:',
        'charts from 1.5 on',
    ),
    (
        'RB603',
        {'raycluster': [at('1.5.1'), put(*HEAD, 'runtimeClassName', value='gvisor')]},
        'runtimeClassName: gvisor',
        'charts from 1.6 on',
    ),
    ('RB603', {'raycluster': [at('1.5.1'), GROUP_WITH_CLAIMS]}, 'resourceClaims: []', 'charts from 1.6 on'),
    (
        'RB604',
        {'raycluster': tag('2.37.0')},
        'tag: 2.37.0 # with head.rayVersion; pods that',
        'Ray 2.37.0 under KubeRay',
    ),
    (
        'RB604',
        {'raycluster': tag('2.9.0')},
        'tag: 2.9.0 # with head.rayVersion; pods that',
        'Ray 2.9.0 under KubeRay 1.7',
    ),
    (
        'RB604',
        {'raycluster': put(*HEAD, 'image', value={'repository': 'r', 'tag': '2.11.0'})},
        'tag: 2.11.0',
        'Ray 2.11.0',
    ),
    (
        'RB604',
        {'raycluster': [tag('latest'), put(*HEAD, 'rayVersion', value='2.30.0')]},
        'rayVersion: "2.30.0"',
        'Ray 2.30.0',
    ),
    ('RB604', {'raycluster': tag('2.11.0'), 'operator': at('1.2.0')}, 'tag: 2.11.0 #', 'under KubeRay 1.2.0'),
    ('RB604', {'raycluster': tag('2.10.0'), 'operator': at('1.3.0')}, 'tag: 2.10.0 #', 'under KubeRay 1.3.0'),
    ('RB605', {'operator': SELECTOR}, 'selector:', 'the ServiceMonitor loses these labels'),
    ('RB606', {'operator': operator_tag('v1.6.2')}, 'tag: v1.6.2', 'runs "v1.6.2" while its chart is 1.7.0'),
    ('RB606', {'operator': operator_tag('1.7.1-acme')}, 'tag: 1.7.1-acme', 'runs "1.7.1-acme"'),
    ('RB606', {'operator': operator_tag('nightly')}, 'tag: nightly', 'runs "nightly"'),
]

NOT_FOUND: list[tuple[str, dict[str, Any]]] = [
    ('RB601', {'crds': at('v1.7.1')}),
    ('RB601', {'crds': at('master')}),
    ('RB601', {'crds': '', 'operator': at('1.9.0')}),
    ('RB601', {'operator': at('1.x')}),
    ('RB602', {'raycluster': at('1.6.2'), 'operator': at('v1.6.2')}),
    ('RB602', {'raycluster': at('1.6.2'), 'operator': ''}),
    ('RB602', {'raycluster': at('1.x')}),
    ('RB602', {'operator': at('1.x')}),
    ('RB603', {'raycluster': [at('1.5.1'), put(*VALUES, 'gcsFaultTolerance', value={})]}),
    ('RB603', {'raycluster': [at('1.6.2'), GROUP_WITH_CLAIMS]}),
    ('RB603', {'raycluster': [at('1.5.1'), put(*GROUPS, 'gpu', value={'disabled': True, 'resourceClaims': []})]}),
    ('RB603', {'raycluster': [at('main'), GROUP_WITH_CLAIMS]}),
    ('RB604', {'raycluster': tag('2.38.0')}),
    ('RB604', {'raycluster': [tag('latest'), drop(*HEAD, 'rayVersion')]}),
    ('RB604', {'raycluster': [tag('2.38.0'), put(*HEAD, 'rayVersion', value='2.30.0')]}),
    ('RB604', {'raycluster': tag('2.10.0'), 'operator': at('1.2.0')}),
    ('RB605', {'operator': [at('1.6.2'), SELECTOR]}),
    ('RB605', {'operator': [at('main'), SELECTOR]}),
    ('RB605', {'raycluster': SELECTOR}),
    ('RB605', {'operator': put(*VALUES, 'metrics', value={'serviceMonitor': {'additionalLabels': {}}})}),
    ('RB606', {'operator': operator_tag('v1.7.0')}),
    ('RB606', {'operator': operator_tag('1.7.0-acme.3')}),
    ('RB606', {'operator': operator_tag('acme-build-7')}),
    ('RB606', {'operator': operator_tag('1.7.0.1')}),
    ('RB606', {'operator': [at('main'), operator_tag('nightly')]}),
    ('RB606', {'raycluster': tag('nightly')}),
]
SEVERITIES = {'RB601': 'error', 'RB603': 'error'}


@pytest.mark.parametrize(('rule', 'edits', 'at_line', 'words'), FOUND)
def test_versions_that_do_not_go_together(rule: str, edits: dict[str, Any], at_line: str, words: str) -> None:
    where = scope(**edits)
    (finding,) = found(rule, where)
    assert line(finding, where).startswith(at_line)
    assert finding.severity == SEVERITIES.get(rule, 'warning')
    assert words in finding.message


@pytest.mark.parametrize(('rule', 'edits'), NOT_FOUND)
def test_versions_that_do(rule: str, edits: dict[str, Any]) -> None:
    assert found(rule, scope(**edits)) == []


@pytest.mark.parametrize(
    ('rule', 'edits', 'gone', 'new'),
    [
        ('RB601', {'crds': at('v1.6.2')}, ['targetRevision: v1.6.2'], ['targetRevision: v1.7.0']),
        ('RB601', {'crds': at('1.6.2')}, ['targetRevision: 1.6.2'], ['targetRevision: 1.7.0']),
        ('RB605', {'operator': SELECTOR}, ['selector:'], ['additionalLabels:']),
    ],
)
def test_the_fix_changes_the_lines_concerned(rule: str, edits: dict[str, Any], gone: list[str], new: list[str]) -> None:
    where = scope(**edits)
    assert mended(found(rule, where)[0], where) == (gone, new)


def test_the_tag_itself_is_pointed_at() -> None:
    (finding,) = found('RB606', scope(operator=operator_tag('nightly')))
    assert (finding.column, finding.path) == (16, 'spec.source.helm.valuesObject.image.tag')


def test_labels_that_stand_under_both_names_are_left_to_the_user() -> None:
    both = put(*VALUES, 'metrics', value={'serviceMonitor': {'additionalLabels': {'a': 'b'}, 'selector': {'c': 'd'}}})
    assert [one.fix for one in found('RB605', scope(operator=both))] == [None]
