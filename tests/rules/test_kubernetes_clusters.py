from dataclasses import replace
from typing import Any

import pytest
from cases import ERROR, WARNING, Case, findings, hold
from examples import VALUES, drop, put, scope

from bootstrap import skeletons
from bootstrap.layout import Environment
from bootstrap.manifest import Position
from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.resource import Role, resources
from bootstrap.rules.rule import Finding
from bootstrap.rules.scope import Facts, Scope
from bootstrap.settings import Settings

IN_CLUSTER = (('server', 'https://kubernetes.default.svc'),)
REMOTE = (('server', 'https://a.example.com'),)
WITHOUT_LABEL = {'root': drop('metadata', 'labels', 'raybootstrap.dev/kubernetes-cluster')}
WATCHED = (*VALUES, 'watchNamespace')
NAME = ('metadata', 'name')
NAMESPACE = ('spec', 'destination', 'namespace')


def one(role: Role, environment: str = 'a', **given: Any) -> Facts:
    plain = Facts(
        file=f'{environment}/{role.value}.yaml',
        environment=Environment(environment),
        role=role,
        name=f'{environment}-{role.value}',
        argocd='argocd',
        kubernetes_cluster='',
        destination=IN_CLUSTER,
        destination_namespace=f'{environment}-{role.value}',
        raycluster_name='ray' if role is Role.RAYCLUSTER else '',
        operator_is_external=False,
        renders_crds=role is Role.CRDS,
        positions={(): Position(1, 1), NAME: Position(4, 3)},
    )
    return replace(plain, **given)


def found(rule: str, *given: Facts) -> list[Finding]:
    return [finding for finding in check.of_repository(list(given)) if finding.rule == rule]


CRDS, OPERATOR, RAYCLUSTER, ROOT = Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER, Role.ROOT
OWNER = (one(CRDS), one(OPERATOR))
SAME = {'destination_namespace': 'ray'}
TWO_LABELS = ({'kubernetes_cluster': 'x'}, {'kubernetes_cluster': 'y'})

FOUND = [
    ('RB101', [one(ROOT, name='ray'), one(ROOT, 'b', name='ray')], 'ray in a/root.yaml is the same Application'),
    ('RB101', [one(CRDS, name='ray'), one(OPERATOR, name='ray')], 'a/CRDs.yaml'),
    ('RB101', [replace(one(role, name='r'), environment=None) for role in (CRDS, OPERATOR)], 'overwrite'),
    ('RB101', [one(CRDS, name='r', kubernetes_cluster='x'), one(CRDS, 'b', name='r', kubernetes_cluster='x')], ''),
    (
        'RB101',
        [one(CRDS, name='r', destination=REMOTE, **TWO_LABELS[0]), one(CRDS, 'b', name='r', **TWO_LABELS[1])],
        '',
    ),
    (
        'RB101',
        [one(CRDS, name='r', **TWO_LABELS[0]), one(CRDS, 'b', name='r', destination=REMOTE, **TWO_LABELS[1])],
        '',
    ),
    ('RB108', [one(CRDS), one(CRDS, 'b')], 'it fights with a-CRDs (a/CRDs.yaml) over the CRDs'),
    ('RB108', [one(OPERATOR), one(OPERATOR, 'b')], 'it and a-operator (a/operator.yaml) are two operators'),
    ('RB108', [one(CRDS), one(OPERATOR, renders_crds=True)], 'over the CRDs'),
    ('RB108', [one(CRDS), one(CRDS, 'b', destination=(('name', 'in-cluster'),))], ''),
    ('RB108', [one(CRDS, destination=REMOTE), one(CRDS, 'b', destination=REMOTE, argocd='b')], ''),
    ('RB108', [one(CRDS, kubernetes_cluster='x', destination=REMOTE), one(CRDS, 'b', kubernetes_cluster='x')], ''),
    ('RB108', [one(OPERATOR, watched_namespaces=('a', 'b')), one(OPERATOR, 'b', watched_namespaces=('b', 'c'))], ''),
    ('RB108', [one(OPERATOR, watched_namespaces=('a',)), one(OPERATOR, 'b')], ''),
    ('RB108', [one(OPERATOR), one(OPERATOR, 'b', watched_namespaces=('a',))], ''),
    ('RB109', [one(RAYCLUSTER)], 'puts the KubeRay CRDs and operator on'),
    ('RB109', [one(RAYCLUSTER), one(CRDS)], 'puts the KubeRay operator on'),
    ('RB109', [one(RAYCLUSTER), one(OPERATOR)], 'puts the KubeRay CRDs on'),
    ('RB109', [one(RAYCLUSTER, destination=REMOTE), *OWNER], ''),
    ('RB109', [one(RAYCLUSTER, kubernetes_cluster='x'), *(replace(it, kubernetes_cluster='y') for it in OWNER)], ''),
    ('RB109', [one(RAYCLUSTER), one(OPERATOR, 'b', destination=REMOTE, operator_is_external=True)], ''),
    (
        'RB110',
        [one(RAYCLUSTER, **SAME), one(RAYCLUSTER, 'b', **SAME)],
        'a-RayCluster (a/RayCluster.yaml) deploys RayCluster ray in ray too',
    ),
    (
        'RB111',
        [one(RAYCLUSTER, **SAME), one(OPERATOR, **SAME)],
        'pods in namespace ray can use the rights of operator a-operator',
    ),
    ('RB111', [one(OPERATOR, **SAME), one(RAYCLUSTER, 'b', **SAME)], ''),
    (
        'RB112',
        [one(OPERATOR, watched_namespaces=('x', 'y')), one(RAYCLUSTER, **SAME)],
        'watches x, y only: nothing in ray gets pods',
    ),
    (
        'RB112',
        [one(OPERATOR, watched_namespaces=('x',)), one(OPERATOR, watched_namespaces=('y',)), one(RAYCLUSTER)],
        'x, y',
    ),
]


@pytest.mark.parametrize(('rule', 'given', 'message'), FOUND)
def test_it_is_found(rule: str, given: list[Facts], message: str) -> None:
    (finding,) = found(rule, *given)
    assert message in finding.message


NOT_FOUND = [
    ('RB101', [one(ROOT), one(ROOT, 'b')]),
    ('RB101', [one(ROOT, name=''), one(ROOT, 'b', name='')]),
    ('RB101', [one(ROOT, name='ray'), one(ROOT, 'b', name='ray', argocd='b')]),
    ('RB101', [one(CRDS, name='r', **TWO_LABELS[0]), one(CRDS, 'b', name='r', **TWO_LABELS[1])]),
    ('RB108', [one(CRDS), one(CRDS, 'b', destination=REMOTE)]),
    ('RB108', [one(CRDS), one(CRDS, 'b', argocd='b')]),
    ('RB108', [one(CRDS, **TWO_LABELS[0]), one(CRDS, 'b', **TWO_LABELS[1])]),
    ('RB108', [one(CRDS, destination=()), one(CRDS, 'b', destination=())]),
    ('RB108', [one(CRDS), one(OPERATOR), one(RAYCLUSTER), one(RAYCLUSTER, 'b'), one(ROOT), one(ROOT, 'b')]),
    ('RB108', [one(OPERATOR, watched_namespaces=('a',)), one(OPERATOR, 'b', watched_namespaces=('b',))]),
    ('RB109', [one(RAYCLUSTER), *OWNER]),
    ('RB109', [one(RAYCLUSTER, 'b'), one(OPERATOR, renders_crds=True)]),
    ('RB109', [one(RAYCLUSTER, operator_is_external=True)]),
    ('RB109', [one(RAYCLUSTER), one(RAYCLUSTER, 'b', operator_is_external=True)]),
    ('RB109', [one(RAYCLUSTER, destination=()), one(ROOT)]),
    ('RB110', [one(RAYCLUSTER), one(RAYCLUSTER, 'b')]),
    ('RB110', [one(RAYCLUSTER, **SAME, destination=()), one(RAYCLUSTER, 'b', **SAME, destination=())]),
    ('RB111', [one(RAYCLUSTER, **SAME, destination=()), one(OPERATOR, **SAME, destination=())]),
    ('RB112', [one(OPERATOR, watched_namespaces=('x',), destination=()), one(RAYCLUSTER, destination=())]),
    ('RB110', [one(RAYCLUSTER, **SAME), one(RAYCLUSTER, 'b', **SAME, raycluster_name='c')]),
    ('RB110', [one(RAYCLUSTER, **SAME), one(RAYCLUSTER, 'b', **SAME, destination=REMOTE)]),
    ('RB110', [one(OPERATOR, **SAME), one(RAYCLUSTER, 'b', **SAME)]),
    ('RB111', [one(RAYCLUSTER, **SAME), one(OPERATOR, **SAME, destination=REMOTE)]),
    ('RB111', [one(RAYCLUSTER, destination_namespace=''), one(OPERATOR, destination_namespace='')]),
    ('RB111', [one(CRDS, **SAME), one(OPERATOR, **SAME)]),
    ('RB112', [one(OPERATOR), one(RAYCLUSTER, **SAME)]),
    ('RB112', [one(OPERATOR, watched_namespaces=('x', 'ray')), one(RAYCLUSTER, **SAME)]),
    ('RB112', [one(OPERATOR, watched_namespaces=('x',)), one(OPERATOR, 'b'), one(RAYCLUSTER, **SAME)]),
    ('RB112', [one(OPERATOR, watched_namespaces=('x',), destination=REMOTE), one(RAYCLUSTER, **SAME)]),
    ('RB112', [one(OPERATOR, watched_namespaces=('x',)), one(RAYCLUSTER, destination_namespace='')]),
]


@pytest.mark.parametrize(('rule', 'given'), NOT_FOUND)
def test_it_is_not_found(rule: str, given: list[Facts]) -> None:
    assert found(rule, *given) == []


def test_each_further_one_is_found_once() -> None:
    names = [one(ROOT, environment, name='ray') for environment in 'abc']
    assert [finding.file for finding in found('RB101', *names)] == ['b/root.yaml', 'c/root.yaml']


IN_SCOPES = [
    Case('RB101', {'crds': put(*NAME, value='example-ray')}, 'name: example-ray', NAME, ERROR),
    Case('RB108', {'operator': drop('spec', 'source', 'helm', 'skipCrds')}, 'name: example-ray-operator', NAME, ERROR),
    Case('RB109', {'operator': ''}, 'destination:', ('spec', 'destination'), WARNING, 'KubeRay operator on'),
    Case(
        'RB111',
        {'raycluster': put(*NAMESPACE, value='kuberay-system')},
        'namespace: kuberay-system',
        NAMESPACE,
        WARNING,
    ),
    Case(
        'RB112',
        {'operator': put(*WATCHED, value=['x', 1, ''])},
        'namespace: ray-example',
        NAMESPACE,
        ERROR,
        'watches x only',
    ),
    Case(
        'RB112',
        {'operator': put(*WATCHED, value='x, y')},
        'namespace: ray-example',
        NAMESPACE,
        ERROR,
        'watches x, y only',
    ),
    Case(
        'RB112',
        {'operator': put(*VALUES, 'singleNamespaceInstall', value=True)},
        'namespace: ray-example',
        NAMESPACE,
        ERROR,
        'kuberay-system',
    ),
    Case(
        'RB112', {**WITHOUT_LABEL, 'operator': put(*WATCHED, value=['x'])}, 'namespace: ray-example', NAMESPACE, ERROR
    ),
]


@pytest.mark.parametrize('case', IN_SCOPES, ids=lambda case: case.rule)
def test_it_is_found_at_its_place(case: Case) -> None:
    hold(case)


def test_watched_namespaces_go_before_a_single_one() -> None:
    edits = [put(*WATCHED, value=['ray-example']), put(*VALUES, 'singleNamespaceInstall', value=True)]
    assert findings('RB112', scope(operator=edits)) == []


def test_two_rayclusters_of_one_file_are_found_without_an_environment() -> None:
    text = skeletons.read('environment/applications/raycluster.yaml')
    where = Scope(list(resources('a.yaml', f'{text}---\n{text}')))
    (finding,) = findings('RB110', where)
    assert (finding.line, finding.severity) == (text.count('\n') + text.split('\n').index('  destination:') + 2, ERROR)


def test_an_operator_elsewhere_is_declared_in_the_settings() -> None:
    settings = Settings(environments={'example': {'operator': 'external'}})
    assert findings('RB109', scope(settings, operator='', crds='')) == []


def test_an_application_without_a_namespace_is_where_the_root_puts_it() -> None:
    bare = drop('metadata', 'namespace')
    where = scope(root=put(*NAMESPACE, value='argo'), crds=bare)
    assert {it.role: it.argocd for it in facts(where)}[CRDS] == 'argo'
    assert facts(scope(Settings(argocd_namespace='cd'), root='', crds=bare))[0].argocd == 'cd'
    assert facts(scope(root='', crds=bare))[0].argocd == 'argocd'


def test_an_application_is_where_its_own_namespace_says() -> None:
    assert facts(scope(root=put('metadata', 'namespace', value='argo')))[0].argocd == 'argo'


def test_facts_of_the_skeletons() -> None:
    assert list(check.of_repository(facts(scope()))) == []
    by_role = {it.role: it for it in facts(scope())}
    assert list(by_role) == [ROOT, CRDS, OPERATOR, RAYCLUSTER]
    assert {it.kubernetes_cluster for it in by_role.values()} == {'example'}
    assert [it.raycluster_name for it in by_role.values()] == ['', '', '', 'raycluster-kuberay']
    assert [it.renders_crds for it in by_role.values()] == [False, True, False, False]
    assert by_role[RAYCLUSTER].destination == IN_CLUSTER
    assert by_role[RAYCLUSTER].positions[NAMESPACE] > by_role[RAYCLUSTER].positions[NAME]
