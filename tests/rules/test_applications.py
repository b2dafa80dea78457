from typing import Any

import pytest
from cases import ERROR, PROTECTED, WARNING, Case, findings, hold
from examples import VALUES, drop, put, scope

from bootstrap import skeletons
from bootstrap.layout import Environment
from bootstrap.rules.resource import resources
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings

SOURCE = ('spec', 'source')
REVISION = (*SOURCE, 'targetRevision')
URL = (*SOURCE, 'repoURL')
NAME = ('metadata', 'name')
PROJECT = ('spec', 'project')
DESTINATION = ('spec', 'destination')
NAMESPACE = (*DESTINATION, 'namespace')
FAULT_TOLERANCE = (*VALUES, 'gcsFaultTolerance')
SHA = '8f1f3e7a9b0c1d2e3f405162738495a6b7c8d9e0'
CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'
ADDRESS = {'enabled': True, 'redisAddress': 'redis:6379'}

FAILING = [
    Case('RB102', {'raycluster': put(*NAME, value='ray')}, 'name: ray', NAME, WARNING, 'Application ray would'),
    Case('RB102', {'root': put(*NAME, value='examples')}, 'name: examples', NAME, WARNING),
    Case(
        'RB103',
        {'crds': put('spec', 'syncPolicy', 'automated', 'selfheal', value=True)},
        'selfheal: true',
        ('spec', 'syncPolicy', 'automated', 'selfheal'),
        ERROR,
        'spec.syncPolicy.automated.selfheal: it is refused or dropped; did you mean selfHeal?',
    ),
    Case(
        'RB103', {'root': put('spec', 'x', value=1)}, 'x: 1', ('spec', 'x'), ERROR, 'spec.x: it is refused or dropped'
    ),
    Case('RB103', {'root': put('metadata', 'label', value={})}, 'label: {}', ('metadata', 'label'), ERROR, 'labels?'),
    Case(
        'RB103',
        {'raycluster': put('spec', 'ignoreDifferences', 0, 'names', value='a')},
        'names: a',
        ('spec', 'ignoreDifferences', 0, 'names'),
        ERROR,
    ),
    Case(
        'RB104',
        {'raycluster': put(*PROJECT, value='default')},
        'project: default',
        PROJECT,
        WARNING,
        'anything anywhere',
        ('-project: default', '+project: example-ray'),
    ),
    Case(
        'RB104',
        {'operator': put(*PROJECT, value='')},
        'project: ""',
        PROJECT,
        ERROR,
        mended=('-project: ""', '+project: "example-ray-platform"'),
        settings=PROTECTED,
    ),
    Case('RB104', {'raycluster': put(*PROJECT, value='default'), 'projects': ''}, 'project: default', PROJECT, WARNING),
    Case('RB104', {'crds': drop(*PROJECT)}, 'spec:', ('spec',), ERROR, 'refuses the Application'),
    Case(
        'RB105', {'raycluster': put(*REVISION, value='1.7.x')}, 'targetRevision: 1.7.x', REVISION, WARNING, '1.7.x is'
    ),
    Case('RB105', {'raycluster': put(*REVISION, value='>=1.7.0')}, 'targetRevision: ">=1.7.0"', REVISION, WARNING),
    Case('RB105', {'raycluster': put(*REVISION, value=1.7)}, 'targetRevision: 1.7', REVISION, WARNING),
    Case('RB105', {'operator': put(*REVISION, value='*')}, 'targetRevision: "*"', REVISION, ERROR, settings=PROTECTED),
    Case('RB105', {'crds': put(*REVISION, value='master')}, 'targetRevision: master', REVISION, WARNING),
    Case(
        'RB105',
        {'crds': put(*REVISION, value='refs/heads/a-1.7.0')},
        'targetRevision: refs/heads/a-1.7.0',
        REVISION,
        WARNING,
    ),
    Case('RB105', {'crds': put(*REVISION, value='release-1.7')}, 'targetRevision: release-1.7', REVISION, WARNING),
    Case('RB105', {'operator': put(*REVISION, value='b-1.7.0')}, 'targetRevision: b-1.7.0', REVISION, WARNING),
    Case('RB105', {'crds': drop(*REVISION)}, 'source:', SOURCE, WARNING, 'newest commit'),
    Case('RB105', {'operator': drop(*REVISION)}, 'source:', SOURCE, WARNING, 'refuses a chart'),
    Case(
        'RB106',
        {'crds': put(*REVISION, value='1.7.0')},
        'targetRevision: 1.7.0',
        REVISION,
        ERROR,
        'no tag 1.7.0',
        ('-targetRevision: 1.7.0', '+targetRevision: v1.7.0'),
    ),
    Case(
        'RB106',
        {'crds': [put(*REVISION, value='1.7.0-rc.0'), put(*URL, value='git@github.com:Ray-Project/kuberay.git')]},
        'targetRevision: 1.7.0-rc.0',
        REVISION,
        ERROR,
        mended=('-targetRevision: 1.7.0-rc.0', '+targetRevision: v1.7.0-rc.0'),
    ),
    Case(
        'RB106',
        {'operator': put(*REVISION, value='v1.7.0')},
        'targetRevision: v1.7.0',
        REVISION,
        WARNING,
        'warning',
        ('-targetRevision: v1.7.0', '+targetRevision: 1.7.0'),
    ),
    Case('RB107', {'raycluster': put(*NAMESPACE, value='b')}, 'namespace: b', NAMESPACE, ERROR, 'permit namespace b:'),
    Case('RB107', {'crds': drop(*NAMESPACE)}, 'destination:', DESTINATION, ERROR, 'permit namespace (none):'),
    Case(
        'RB107',
        {'raycluster': put(*DESTINATION, 'server', value='https://b')},
        'destination:',
        DESTINATION,
        ERROR,
        'project example-ray does not permit https://b: the sync is refused',
    ),
    Case(
        'RB107',
        {'raycluster': put(*URL, value='https://ray-project.github.io/kuberay-helm')},
        'repoURL: https://ray-project.github.io/kuberay-helm',
        URL,
        ERROR,
        'permit https://ray-project.github.io/kuberay-helm:',
    ),
    Case(
        'RB113',
        {'raycluster': put(*FAULT_TOLERANCE, value={'enabled': True})},
        'gcsFaultTolerance:',
        FAULT_TOLERANCE,
        ERROR,
    ),
    Case(
        'RB113',
        {'raycluster': put(*FAULT_TOLERANCE, value={'enabled': 'yes', 'redisAddress': ''})},
        'redisAddress: ""',
        (*FAULT_TOLERANCE, 'redisAddress'),
        ERROR,
        'empty Redis address',
    ),
    Case('RB114', {'crds': CONFIG_MAP}, 'kind: ConfigMap', ('kind',), ERROR, 'apply ConfigMap into'),
    Case('RB114', {'crds': 'kind: Application\napiVersion: app.k8s.io/v1\n'}, 'kind: Application', ('kind',), ERROR),
    Case('RB114', {'crds': '- a\n'}, '- a', (), ERROR, 'no manifest'),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: case.rule)
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


PASSING = [
    ('RB102', {'raycluster': put(*NAME, value='example-b')}, None),
    ('RB102', {'root': put(*NAME, value='example')}, None),
    ('RB102', {'root': drop(*NAME)}, None),
    ('RB103', {'crds': put(*SOURCE, 'kustomize', 'commonAnnotations', 'any', value='a')}, None),
    ('RB103', {'root': put('operation', 'any', value='a')}, None),
    ('RB103', {'crds': put(*SOURCE, 'helm', 'parameters', value=[{'name': 'a', 'value': 'b'}])}, None),
    ('RB104', {'raycluster': put(*PROJECT, value='other')}, PROTECTED),
    ('RB105', {'root': put(*REVISION, value='main')}, PROTECTED),
    ('RB105', {'root': drop(*REVISION)}, None),
    ('RB105', {'crds': put(*REVISION, value=SHA)}, None),
    ('RB105', {'crds': put(*REVISION, value=SHA[:7])}, None),
    ('RB105', {'crds': put(*REVISION, value='refs/tags/v1.7.0')}, None),
    ('RB105', {'crds': put(*REVISION, value='ours-v1.7.0')}, None),
    ('RB105', {'raycluster': put(*REVISION, value='1.7.0-rc.0+b')}, None),
    ('RB105', {'raycluster': put(*REVISION, value='v1.7.0')}, PROTECTED),
    ('RB106', {'crds': put(*REVISION, value=SHA)}, None),
    ('RB106', {'crds': put(*REVISION, value='1.7')}, None),
    ('RB106', {'crds': [put(*REVISION, value='1.7.0'), put(*URL, value='https://git.example.com/kuberay')]}, None),
    ('RB106', {'operator': [put(*REVISION, value='v1.7.0'), put(*URL, value='https://charts.example.com/')]}, None),
    ('RB106', {'operator': put(*REVISION, value='v1.7')}, None),
    ('RB106', {'operator': put(*REVISION, value='x1.7.0')}, None),
    ('RB107', {'raycluster': put(*PROJECT, value='elsewhere')}, None),
    ('RB107', {'crds': put(*URL, value='HTTPS://github.com/ray-project/KubeRay.git')}, None),
    ('RB107', {'crds': drop(*URL)}, None),
    ('RB107', {'crds': drop(*DESTINATION)}, None),
    ('RB113', {'raycluster': put(*FAULT_TOLERANCE, value=ADDRESS)}, None),
    ('RB113', {'raycluster': put(*FAULT_TOLERANCE, value={'enabled': False})}, None),
    ('RB113', {'raycluster': [put(*FAULT_TOLERANCE, value={'enabled': True}), put(*REVISION, value='1.4.1')]}, None),
    ('RB114', {'projects': CONFIG_MAP}, None),
]


@pytest.mark.parametrize(
    ('rule', 'edits', 'settings'), PASSING, ids=lambda value: value if isinstance(value, str) else ''
)
def test_it_is_not_found(rule: str, edits: dict[str, Any], settings: Settings | None) -> None:
    assert findings(rule, scope(settings, **edits)) == []


def test_fault_tolerance_needs_an_address_from_chart_1_5_on() -> None:
    edits = [put(*FAULT_TOLERANCE, value={'enabled': True}), put(*REVISION, value='1.5.1')]
    assert len(findings('RB113', scope(raycluster=edits))) == 1


def test_files_outside_of_an_environment_need_no_prefix_and_may_be_of_any_kind() -> None:
    text = skeletons.read('environment/applications/raycluster.yaml') + '---\n' + CONFIG_MAP
    where = Scope(list(resources('environments/example/applications/a.yaml', text)))
    assert findings('RB102', where) == findings('RB114', where) == []


def test_a_folder_beside_applications_is_not_applied_by_the_root() -> None:
    environment = Environment('example')
    where = Scope(list(resources('environments/example/applications-b/a.yaml', CONFIG_MAP, environment)))
    assert findings('RB114', where) == []


def test_two_projects_that_permit_it_leave_the_choice_to_the_user() -> None:
    more = skeletons.read('environment/projects.yaml').replace('name: example-ray\n', 'name: b\n', 1)
    where = scope(raycluster=put(*PROJECT, value='default'))
    (found,) = findings('RB104', Scope([*where.resources, *resources('b.yaml', more)]))
    assert found.fix is None
