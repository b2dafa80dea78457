from typing import Any

import pytest
from cases import ERROR, PROTECTED, WARNING, Case, findings, hold
from examples import drop, put, scope

from bootstrap import skeletons
from bootstrap.rules.resource import resources
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings

SYNC = ('spec', 'syncPolicy')
OPTIONS = (*SYNC, 'syncOptions')
PRUNE = (*SYNC, 'automated', 'prune')
KUSTOMIZE = ('spec', 'source', 'kustomize')
ON_CRDS = (*KUSTOMIZE, 'commonAnnotations', 'argocd.argoproj.io/sync-options')
HELM = ('spec', 'source', 'helm')
FINALIZERS = ('metadata', 'finalizers')
FINALIZER = 'resources-finalizer.argocd.argoproj.io'
WITH_CRDS = skeletons.read('environment/applications/ray-operator-with-crds.yaml')
FINALIZED = put(*FINALIZERS, value=['a', FINALIZER])

NEW, OLD = Settings(argocd_version='3.4'), Settings(argocd_version='v3.3.9')
PRUNED = [put(*PRUNE, value=True), drop(*KUSTOMIZE)]

FAILING = [
    Case(
        'RB201',
        {'crds': PRUNED},
        'prune: true',
        PRUNE,
        ERROR,
        'a pruned CRD takes every RayCluster with it',
        ('-prune: true', '+prune: false'),
    ),
    Case(
        'RB201',
        {'crds': '', 'operator': WITH_CRDS.replace('prune: false', 'prune: true')},
        'prune: true',
        PRUNE,
        ERROR,
        mended=('-prune: true', '+prune: false'),
    ),
    Case(
        'RB201',
        {'crds': [*PRUNED, put(*OPTIONS, value=['Prune=false'])]},
        'prune: true',
        PRUNE,
        ERROR,
        mended=('-prune: true', '+prune: false'),
    ),
    Case(
        'RB201',
        {'crds': [*PRUNED, put(*OPTIONS, value=['Prune=false'])]},
        'prune: true',
        PRUNE,
        ERROR,
        mended=('-prune: true', '+prune: false'),
        settings=OLD,
    ),
    Case('RB201', {'crds': PRUNED}, 'prune: true', PRUNE, ERROR, '', ('-prune: true', '+prune: false'), NEW),
    Case(
        'RB202',
        {'crds': put(*OPTIONS, value=['Force=true', 'FailOnSharedResource=true'])},
        '- Force=true',
        (*OPTIONS, 0),
        ERROR,
        'delete and recreate a CRD',
        ('-- Force=true # a RayCluster CRD is larger than the annotation of a client-side apply may be',),
    ),
    Case(
        'RB202',
        {'crds': put(*ON_CRDS, value='Prune=false, Force=true')},
        'argocd.argoproj.io/sync-options: Prune=false, Force=true',
        ON_CRDS,
        ERROR,
        mended=(
            '-argocd.argoproj.io/sync-options: Prune=false, Force=true',
            '+argocd.argoproj.io/sync-options: Prune=false',
        ),
    ),
    Case(
        'RB202',
        {'crds': put(*OPTIONS, value=['ServerSideApply=true', 'Replace=true'])},
        '- Replace=true',
        (*OPTIONS, 1),
        WARNING,
        'ServerSideApply=true has no effect',
        ('-- Replace=true',),
    ),
    Case(
        'RB203',
        {'crds': [put(*OPTIONS, value=['CreateNamespace=true']), drop(*ON_CRDS)]},
        'syncOptions:',
        OPTIONS,
        ERROR,
        '262144 bytes',
        ('+- ServerSideApply=true',),
    ),
    Case(
        'RB203',
        {'crds': [drop(*OPTIONS), drop(*KUSTOMIZE)]},
        'syncPolicy:',
        SYNC,
        ERROR,
        mended=('+syncOptions:', '+- ServerSideApply=true'),
    ),
    Case(
        'RB204',
        {'crds': [put(*OPTIONS, value=['CreateNamespace=true', 'Replace=true']), drop(*KUSTOMIZE)]},
        '- Replace=true',
        (*OPTIONS, 1),
        WARNING,
        'replaces the CRDs',
        ('-- Replace=true', '+- ServerSideApply=true'),
    ),
    Case(
        'RB204',
        {'crds': [drop(*OPTIONS), put(*ON_CRDS, value='Replace=true,Prune=false')]},
        'argocd.argoproj.io/sync-options: Replace=true,Prune=false',
        ON_CRDS,
        WARNING,
        mended=(
            '-argocd.argoproj.io/sync-options: Replace=true,Prune=false',
            '+argocd.argoproj.io/sync-options: ServerSideApply=true,Prune=false',
        ),
    ),
    Case('RB205', {'operator': drop(*HELM, 'skipCrds')}, 'helm:', HELM, ERROR, 'the sync fails', ('+skipCrds: true',)),
    Case(
        'RB205',
        {'operator': put(*HELM, 'skipCrds', value=False)},
        'skipCrds: false',
        (*HELM, 'skipCrds'),
        ERROR,
        mended=(
            '-skipCrds: false # ray-operator-crds.yaml installs them',
            '+skipCrds: true # ray-operator-crds.yaml installs them',
        ),
    ),
    Case(
        'RB205',
        {'operator': drop(*HELM, 'skipCrds'), 'crds': ''},
        'helm:',
        HELM,
        ERROR,
        mended=('+- ServerSideApply=true',),
    ),
    Case(
        'RB205',
        {'operator': [drop(*HELM, 'skipCrds'), put(*OPTIONS, value=['Replace=true'])]},
        'helm:',
        HELM,
        WARNING,
        'replaces the whole operator',
        ('+skipCrds: true',),
    ),
    Case(
        'RB206',
        {'crds': FINALIZED},
        f'- {FINALIZER}',
        (*FINALIZERS, 1),
        WARNING,
        'all of it but the CRDs',
        (f'-- {FINALIZER}',),
    ),
    Case(
        'RB206',
        {'crds': [put(*FINALIZERS, value=[f'{FINALIZER}/background']), put(*ON_CRDS, value='Prune=false')]},
        f'- {FINALIZER}/background',
        (*FINALIZERS, 0),
        ERROR,
        'every RayCluster',
        ('-finalizers:', '+finalizers: []', f'-- {FINALIZER}/background'),
    ),
    Case(
        'RB206',
        {'raycluster': FINALIZED},
        f'- {FINALIZER}',
        (*FINALIZERS, 1),
        WARNING,
        'all that it deployed',
        (f'-- {FINALIZER}',),
        PROTECTED,
    ),
    Case(
        'RB206', {'root': FINALIZED}, f'- {FINALIZER}', (*FINALIZERS, 1), WARNING, '', (f'-- {FINALIZER}',), PROTECTED
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: case.rule)
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


PASSING = [
    ('RB201', {'crds': put(*PRUNE, value=True)}, None),
    ('RB201', {'crds': [put(*PRUNE, value=True), put(*ON_CRDS, value='Prune=confirm')]}, None),
    ('RB201', {'crds': [*PRUNED, put(*SYNC, 'automated', 'enabled', value=False)]}, None),
    ('RB201', {'crds': [put(*PRUNE, value='true'), drop(*KUSTOMIZE)]}, None),
    ('RB201', {'crds': [*PRUNED, put(*OPTIONS, value=['Prune=false'])]}, NEW),
    ('RB201', {'operator': put(*PRUNE, value=True)}, None),
    ('RB202', {'operator': put(*OPTIONS, value=['Force=true', 'Replace=true', 'ServerSideApply=true'])}, None),
    ('RB202', {'crds': put(*OPTIONS, value=['Force=false'])}, None),
    ('RB202', {'crds': [drop(*KUSTOMIZE), put(*OPTIONS, value=['Replace=true'])]}, None),
    ('RB203', {'crds': drop(*OPTIONS)}, None),
    ('RB203', {'crds': drop(*KUSTOMIZE)}, None),
    ('RB203', {'crds': [drop(*KUSTOMIZE), put(*OPTIONS, value=['Replace=true'])]}, None),
    ('RB203', {'operator': drop(*HELM, 'skipCrds')}, None),
    ('RB204', {'operator': put(*OPTIONS, value=['Replace=true'])}, None),
    ('RB204', {'crds': put(*OPTIONS, value=['Replace=true'])}, None),
    ('RB205', {'operator': [drop(*HELM, 'skipCrds'), put(*OPTIONS, value=['ServerSideApply=true'])]}, None),
    ('RB206', {'raycluster': FINALIZED, 'root': FINALIZED, 'operator': FINALIZED}, None),
    ('RB206', {'operator': FINALIZED}, PROTECTED),
    ('RB206', {'raycluster': [FINALIZED, put(*OPTIONS, value=['Delete=false'])]}, NEW),
    ('RB205', {'crds': [drop(*OPTIONS), drop(*KUSTOMIZE)]}, None),
    ('RB206', {'crds': put(*FINALIZERS, value=['a'])}, PROTECTED),
]


@pytest.mark.parametrize(
    ('rule', 'edits', 'settings'), PASSING, ids=lambda value: value if isinstance(value, str) else ''
)
def test_it_is_not_found(rule: str, edits: dict[str, Any], settings: Settings | None) -> None:
    assert findings(rule, scope(settings, **edits)) == []


def test_an_operator_that_brings_its_crds_is_right_as_it_is_scaffolded() -> None:
    assert findings('RB205', scope(crds='', operator=WITH_CRDS)) == []


def test_a_finalizer_on_an_operator_with_crds_deletes_every_raycluster() -> None:
    text = WITH_CRDS.replace('  annotations:', f'  finalizers: [{FINALIZER}]\n  annotations:')
    (found,) = findings('RB206', scope(crds='', operator=text))
    assert found.severity is ERROR


def test_a_fix_changes_its_own_document() -> None:
    plain = skeletons.read('environment/applications/ray-operator-crds.yaml')
    text = WITH_CRDS + '---\n' + plain.replace('prune: false', 'prune: true').replace('Prune=false,', '')
    (found,) = findings('RB201', Scope(list(resources('a.yaml', text))))
    assert found.fix is not None
    assert found.fix(text) == text.replace('prune: true', 'prune: false')
