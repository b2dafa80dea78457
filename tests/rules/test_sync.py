from typing import Any

import pytest
from cases import EPHEMERAL, INFO, PROTECTED, WARNING, Case, findings, hold
from examples import VALUES, Edit, drop, put, scope

from bootstrap.settings import Settings

SYNC = ('spec', 'syncPolicy')
RETRY = (*SYNC, 'retry')
OPTIONS = (*SYNC, 'syncOptions')
AUTOMATED = (*SYNC, 'automated')
ANNOTATIONS = ('metadata', 'annotations')
WAVE = (*ANNOTATIONS, 'argocd.argoproj.io/sync-wave')
ON_ITSELF = (*ANNOTATIONS, 'argocd.argoproj.io/sync-options')
ON_RAYCLUSTER = (*VALUES, 'annotations', 'argocd.argoproj.io/sync-options')
HELM = ('spec', 'source', 'helm')

NEW_RETRY = ('+retry:', '+limit: 10', '+backoff:', '+duration: 10s', '+factor: 2', '+maxDuration: 5m')
V2_13, V3_0, V3_3 = (Settings(argocd_version=version) for version in ('v2.13.4', '3.0.9', '3.3'))

FAILING = [
    Case('RB207', {'crds': drop(*RETRY)}, 'syncPolicy:', SYNC, WARNING, 'not tried again', NEW_RETRY),
    Case('RB207', {'root': put(*RETRY, value={})}, 'retry: {}', RETRY, WARNING, mended=('-retry: {}', *NEW_RETRY)),
    Case(
        'RB207',
        {'crds': put(*RETRY, 'limit', value=0)},
        'limit: 0',
        (*RETRY, 'limit'),
        WARNING,
        mended=('-limit: 0', '+limit: 10'),
    ),
    Case('RB207', {'crds': drop(*RETRY, 'limit')}, 'retry:', RETRY, WARNING, mended=('+limit: 10',)),
    Case(
        'RB208',
        {'crds': put(*WAVE, value='-10')},
        'argocd.argoproj.io/sync-wave: "-10"',
        WAVE,
        WARNING,
        'sync wave -10 is not before -10 of example-ray-operator: nothing waits for the CRDs',
        ('-argocd.argoproj.io/sync-wave: "-10"', '+argocd.argoproj.io/sync-wave: "-20"'),
    ),
    Case(
        'RB208',
        {'operator': put(*WAVE, value='1')},
        'argocd.argoproj.io/sync-wave: "1"',
        WAVE,
        WARNING,
        'sync wave 1 is not before 0 of example-raycluster: nothing waits for the operator',
        ('-argocd.argoproj.io/sync-wave: "1"', '+argocd.argoproj.io/sync-wave: "-10"'),
    ),
    Case(
        'RB208',
        {'operator': '', 'crds': put(*WAVE, value='0')},
        'argocd.argoproj.io/sync-wave: "0"',
        WAVE,
        WARNING,
        mended=('-argocd.argoproj.io/sync-wave: "0"', '+argocd.argoproj.io/sync-wave: "-20"'),
    ),
    Case(
        'RB208',
        {'operator': [put(*WAVE, value='x')]},
        'argocd.argoproj.io/sync-wave: "x"',
        WAVE,
        WARNING,
        'sync wave 0 is not before 0',
        ('-argocd.argoproj.io/sync-wave: "x"', '+argocd.argoproj.io/sync-wave: "-10"'),
    ),
    Case(
        'RB208',
        {'crds': drop(*ANNOTATIONS), 'operator': put(*WAVE, value='-5')},
        'metadata:',
        ('metadata',),
        WARNING,
        'sync wave 0 is not before -5',
        ('+annotations:', '+argocd.argoproj.io/sync-wave: "-20"'),
    ),
    Case(
        'RB209',
        {'raycluster': put(*ON_RAYCLUSTER, value='Prune=confirm')},
        'argocd.argoproj.io/sync-options: Prune=confirm',
        ON_RAYCLUSTER,
        WARNING,
        'the first sync fails',
        (
            '-argocd.argoproj.io/sync-options: Prune=confirm',
            '+argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true,Prune=confirm',
        ),
    ),
    Case(
        'RB209',
        {'raycluster': drop(*VALUES, 'annotations')},
        'valuesObject:',
        VALUES,
        WARNING,
        mended=('+annotations:', '+argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true'),
    ),
    Case(
        'RB209',
        {'raycluster': [drop(*VALUES), put(*HELM, 'values', value='image: {}\n')]},
        'helm:',
        HELM,
        WARNING,
    ),
    Case(
        'RB210',
        {'raycluster': put(*OPTIONS, value=['SkipDryRunOnMissingResource=true'])},
        '- SkipDryRunOnMissingResource=true',
        (*OPTIONS, 0),
        INFO,
        'Argo CD 3.0.9 ignores SkipDryRunOnMissingResource=true here: it came with 3.1',
        settings=V3_0,
    ),
    Case(
        'RB210',
        {'crds': put(*OPTIONS, value=['Prune=false'])},
        '- Prune=false',
        (*OPTIONS, 0),
        INFO,
        '3.4',
        settings=V3_3,
    ),
    Case(
        'RB210',
        {
            'root': put(*ON_ITSELF, value='Delete=confirm'),
            'crds': drop(*ON_ITSELF),
            'operator': drop(*ON_ITSELF),
            'raycluster': [drop(*ON_ITSELF), drop(*ON_RAYCLUSTER)],
        },
        'argocd.argoproj.io/sync-options: Delete=confirm',
        ON_ITSELF,
        INFO,
        'it came with 2.14',
        settings=V2_13,
    ),
    Case(
        'RB211',
        {},
        'selfHeal: true',
        (*AUTOMATED, 'selfHeal'),
        WARNING,
        'at any hour',
        settings=PROTECTED,
    ),
    Case(
        'RB212',
        {'root': put(*AUTOMATED, 'prune', value=True)},
        'prune: true',
        (*AUTOMATED, 'prune'),
        WARNING,
        'orphaned',
        (
            '-prune: true # a file deleted here must not delete a RayCluster',
            '+prune: false # a file deleted here must not delete a RayCluster',
        ),
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: case.rule)
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


def window(**about: list[str]) -> Edit:
    return put(0, 'spec', 'syncWindows', value=[{'kind': 'allow', **about}])


PASSING = [
    ('RB207', {'crds': put(*RETRY, value={'limit': -1})}, None),
    ('RB207', {'crds': put(*RETRY, value={'limit': 1})}, None),
    ('RB208', {'crds': put(*WAVE, value='-11'), 'operator': put(*WAVE, value='-10')}, None),
    ('RB208', {'operator': put(*WAVE, value='-1')}, None),
    ('RB208', {'raycluster': '', 'operator': drop(*WAVE)}, None),
    ('RB208', {'crds': '', 'operator': ''}, None),
    ('RB208', {'raycluster': put(*WAVE, value='99')}, None),
    (
        'RB209',
        {'raycluster': [drop(*VALUES, 'annotations'), put(*OPTIONS, value=['SkipDryRunOnMissingResource=true'])]},
        None,
    ),
    (
        'RB209',
        {'raycluster': [drop(*VALUES), put(*HELM, 'values', value='a: SkipDryRunOnMissingResource=true\n')]},
        None,
    ),
    ('RB210', {'raycluster': put(*OPTIONS, value=['SkipDryRunOnMissingResource=true', 'Prune=false'])}, None),
    (
        'RB210',
        {'raycluster': put(*OPTIONS, value=['SkipDryRunOnMissingResource=true'])},
        Settings(argocd_version='3.1'),
    ),
    ('RB210', {'crds': put(*OPTIONS, value=['Prune=false', 'Delete=confirm'])}, Settings(argocd_version='v3.4.0')),
    ('RB210', {}, Settings(argocd_version='2.14')),
    ('RB210', {}, Settings(argocd_version='new')),
    ('RB211', {}, None),
    ('RB211', {'raycluster': drop(*AUTOMATED)}, PROTECTED),
    ('RB211', {'raycluster': put(*AUTOMATED, 'selfHeal', value=False)}, PROTECTED),
    ('RB211', {'projects': window(applications=['*-raycluster'])}, PROTECTED),
    ('RB211', {'projects': window(namespaces=['ray-*'])}, PROTECTED),
    ('RB211', {'projects': window(clusters=['in-cluster'])}, PROTECTED),
    ('RB212', {'root': put(*AUTOMATED, 'prune', value=True)}, EPHEMERAL),
    ('RB212', {'root': drop(*AUTOMATED)}, None),
]


@pytest.mark.parametrize(
    ('rule', 'edits', 'settings'), PASSING, ids=lambda value: value if isinstance(value, str) else ''
)
def test_it_is_not_found(rule: str, edits: dict[str, Any], settings: Settings | None) -> None:
    assert findings(rule, scope(settings, **edits)) == []


def test_a_sync_window_of_other_applications_is_none() -> None:
    where = scope(PROTECTED, projects=window(applications=['b'], namespaces=['b'], clusters=['b']))
    assert len(findings('RB211', where)) == 1


def test_every_wave_that_is_missing_is_mended_in_one_go() -> None:
    where = scope(crds=drop(*WAVE), operator=drop(*WAVE), raycluster=drop(*WAVE))
    found = findings('RB208', where)
    texts = [
        one.fix(next(it.document.text for it in where.resources if it.file == one.file)) for one in found if one.fix
    ]
    waves = [line.strip() for text in texts for line in text.splitlines() if 'sync-wave' in line]
    assert waves == ['argocd.argoproj.io/sync-wave: "-20"', 'argocd.argoproj.io/sync-wave: "-10"']
