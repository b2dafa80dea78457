"""CRDs, operators and charts of one Kubernetes cluster, be they of one environment or of several."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bootstrap.kuberay import parse_version
from bootstrap.layout import Environment
from bootstrap.manifest import Position
from bootstrap.rules import check
from bootstrap.rules.resource import Role
from bootstrap.rules.rule import Finding
from bootstrap.rules.scope import Facts

CRDS, OPERATOR, RAYCLUSTER = Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER
REVISION = ('spec', 'source', 'targetRevision')
ELSEWHERE = (('server', 'https://a.example.com'),)


def one(role: Role, revision: str, environment: str = 'a', **given: Any) -> Facts:
    plain = Facts(
        file=f'{environment}/{role.value}.yaml',
        environment=Environment(environment),
        role=role,
        name=f'{environment}-{role.value}',
        argocd='argocd',
        kubernetes_cluster='x',
        destination=(('server', 'https://kubernetes.default.svc'),),
        destination_namespace=environment,
        raycluster_name='',
        operator_is_external=False,
        renders_crds=role is CRDS,
        positions={(): Position(1, 1), REVISION: Position(9, 5)},
        target_revision=revision,
        running_version=parse_version(revision) if role is OPERATOR else None,
    )
    return replace(plain, **given)


def found(*given: Facts) -> list[Finding]:
    return [it for it in check.of_repository(list(given)) if it.rule in ('RB601', 'RB602')]


def test_a_chart_is_compared_with_the_operator_of_another_environment() -> None:
    [finding] = found(one(OPERATOR, '1.6.2'), one(RAYCLUSTER, '1.6.2'), one(RAYCLUSTER, '1.7.0', 'b'))
    assert (finding.rule, finding.file, finding.line) == ('RB602', 'b/RayCluster.yaml', 9)
    assert finding.message.endswith('the operator a-operator (a/operator.yaml) is 1.6.2')


def test_crds_are_compared_with_the_operator_of_another_environment() -> None:
    [finding] = found(one(CRDS, 'v1.6.2'), one(OPERATOR, '1.7.0', 'b'))
    assert (finding.rule, finding.file, finding.line, finding.fix) == ('RB601', 'a/CRDs.yaml', 9, None)
    assert 'the operator b-operator (b/operator.yaml) 1.7.0 works on CRDs 1.6.2' in finding.message


def test_the_operator_of_ones_own_environment_goes_first() -> None:
    assert found(one(OPERATOR, '1.6.2'), one(OPERATOR, '1.7.0', 'b'), one(RAYCLUSTER, '1.7.0', 'b')) == []


def test_an_operator_that_looks_elsewhere_is_not_meant() -> None:
    operators = one(OPERATOR, '1.6.2', watched_namespaces=('z',)), one(OPERATOR, '1.7.0', 'b')
    assert found(*operators, one(RAYCLUSTER, '1.7.0', 'c')) == []


@pytest.mark.parametrize('given', [{'kubernetes_cluster': 'y'}, {'kubernetes_cluster': '', 'destination': ELSEWHERE}])
def test_another_kubernetes_cluster_is_another_matter(given: dict[str, Any]) -> None:
    assert found(one(OPERATOR, '1.6.2'), one(RAYCLUSTER, '1.7.0', 'b', **given)) == []


def test_a_finding_made_twice_is_one() -> None:
    given = one(CRDS, 'v1.6.2'), one(OPERATOR, '1.7.0')
    assert found(*given) == found(*given)
    assert found(*given)[0].fix is not None
