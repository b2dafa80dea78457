"""What stands where no rule looks is said."""

from __future__ import annotations

from typing import Any

import pytest
from examples import VALUES, drop, found, put, scope
from reading import line

from bootstrap.rules.resource import Role
from bootstrap.rules.unchecked import RULE

SOURCE = ('spec', 'source')
HELM = (*SOURCE, 'helm')
CHART = {'repoURL': 'https://ray-project.github.io/kuberay-helm/', 'chart': 'ray-cluster', 'targetRevision': '1.7.0'}
VALUES_REF = {'repoURL': 'https://git.example.com/acme/ray.git', 'targetRevision': 'main', 'ref': 'values'}
CRDS = {'repoURL': 'https://github.com/ray-project/kuberay', 'path': 'ray-operator/config/crd'}


def several(*sources: dict[str, str]) -> list[Any]:
    return [drop(*SOURCE), put('spec', 'sources', value=list(sources))]


@pytest.mark.parametrize(
    ('sources', 'words'),
    [
        ([CHART, VALUES_REF], 'several sources: the rules do not look into the ray-cluster chart here'),
        ([CHART, CRDS], 'several sources: the rules do not look into the CRDs and the ray-cluster chart here'),
        ([{**CHART, 'chart': 'kuberay-operator'}], 'into the kuberay-operator chart here'),
    ],
)
def test_several_sources_do_not_pass_silently(sources: list[dict[str, str]], words: str) -> None:
    where = scope(raycluster=several(*sources))
    [finding] = found(RULE.id, where)
    assert (finding.severity, finding.path, line(finding, where)) == ('warning', 'spec.sources', 'sources:')
    assert words in finding.message


def test_a_label_does_not_make_several_sources_a_root() -> None:
    labelled = put('metadata', 'labels', 'raybootstrap.dev/environment', value='example')
    where = scope(root='', raycluster=[labelled, *several(CHART, VALUES_REF)])
    assert [one.role for one in where.applications] == [Role.CRDS, Role.OPERATOR, Role.OTHER]
    assert len(found(RULE.id, where)) == 1


def test_several_sources_of_something_else_are_none_of_our_business() -> None:
    assert found(RULE.id, scope(raycluster=several(VALUES_REF, {'chart': 'grafana'}))) == []


@pytest.mark.parametrize(
    ('role', 'key', 'value'),
    [
        ('raycluster', 'valueFiles', ['$values/ray.yaml']),
        ('raycluster', 'parameters', [{'name': 'head.rayVersion', 'value': '2.52.0'}]),
        ('operator', 'valueFiles', ['values.yaml']),
        ('raycluster', 'values', 'head: {}'),
        ('operator', 'values', 'image: {}'),
    ],
)
def test_values_elsewhere_are_said_not_to_be_checked(role: str, key: str, value: Any) -> None:
    edits = [put(*HELM, key, value=value), *([drop(*VALUES)] if key == 'values' else [])]
    where = scope(None, **{role: edits})
    [finding] = found(RULE.id, where)
    assert (finding.severity, finding.path) == ('info', f'spec.source.helm.{key}')
    assert finding.message == f'values in {key} are not checked: the rules look at valuesObject'


def test_values_that_argo_cd_does_not_take_are_passed_over() -> None:
    assert found(RULE.id, scope(raycluster=put(*HELM, 'values', value='head: {}'))) == []


@pytest.mark.parametrize(('version', 'nearest'), [('1.8.0', '1.7.0'), ('1.5.9', '1.5.1'), ('1.3.0', '1.4.1')])
def test_an_unknown_chart_is_said_to_be_checked_as_another(version: str, nearest: str) -> None:
    where = scope(raycluster=put(*SOURCE, 'targetRevision', value=version))
    [finding] = found(RULE.id, where)
    assert (finding.severity, line(finding, where)) == ('info', f'targetRevision: {version}')
    assert finding.message == f'chart {version} is not known here: checked as {nearest}'


@pytest.mark.parametrize('version', ['1.4.1', '1.7.0', 'v1.6.2', 'main'])
def test_a_known_chart_is_no_finding(version: str) -> None:
    assert found(RULE.id, scope(raycluster=put(*SOURCE, 'targetRevision', value=version))) == []
