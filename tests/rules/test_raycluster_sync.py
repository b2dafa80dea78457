import pytest
from cases import ERROR, INFO, WARNING, Case, findings, hold
from examples import Edit, drop, put, scope
from ignoring import (
    ON_RAYCLUSTER,
    OPTIONS,
    SCALING,
    case,
    ignoring,
    pointing,
)

FAILING = [
    case(
        'RB302',
        put(*OPTIONS, value=['RespectIgnoreDifferences=true', 'a']),
        '- RespectIgnoreDifferences=true',
        (*OPTIONS, 0),
        ERROR,
        'never applied',
        ('-- RespectIgnoreDifferences=true',),
    ),
    case(
        'RB302',
        [put(*OPTIONS, value=['a', 'RespectIgnoreDifferences=true']), *pointing('/spec')],
        '- RespectIgnoreDifferences=true',
        (*OPTIONS, 1),
        ERROR,
        '',
        ('-- RespectIgnoreDifferences=true',),
    ),
    case(
        'RB302',
        [put(*OPTIONS, value=['a', 'RespectIgnoreDifferences=true']), ignoring('.spec.workerGroupSpecs | x')],
        '- RespectIgnoreDifferences=true',
        (*OPTIONS, 1),
        ERROR,
        '',
        ('-- RespectIgnoreDifferences=true',),
    ),
    case(
        'RB309',
        put(*OPTIONS, value=['a', 'ServerSideApply=true']),
        '- ServerSideApply=true',
        (*OPTIONS, 1),
        WARNING,
        'defaults',
        ('-- ServerSideApply=true',),
    ),
    case(
        'RB309',
        put(*ON_RAYCLUSTER, value='Prune=confirm, Replace=true'),
        'argocd.argoproj.io/sync-options: Prune=confirm, Replace=true',
        ON_RAYCLUSTER,
        WARNING,
        'as a whole',
        (
            '-argocd.argoproj.io/sync-options: Prune=confirm, Replace=true',
            '+argocd.argoproj.io/sync-options: Prune=confirm',
        ),
    ),
    case(
        'RB309',
        put(*ON_RAYCLUSTER, value='Replace=true'),
        'argocd.argoproj.io/sync-options: Replace=true',
        ON_RAYCLUSTER,
        WARNING,
        '',
        ('-annotations:', '+annotations: {}', '-argocd.argoproj.io/sync-options: Replace=true'),
    ),
    case(
        'RB311',
        put(*OPTIONS, value=['CreateNamespace=true']),
        'syncOptions:',
        OPTIONS,
        INFO,
        'resets replicas',
        ('+- ApplyOutOfSyncOnly=true',),
    ),
    case(
        'RB311', drop(*OPTIONS), 'syncPolicy:', OPTIONS[:-1], INFO, '', ('+syncOptions:', '+- ApplyOutOfSyncOnly=true')
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: case.rule)
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


PASSING = [
    ('RB302', [put(*OPTIONS, value=['RespectIgnoreDifferences=true']), ignoring('.spec.headGroupSpec')]),
    ('RB302', put(*OPTIONS, value=['RespectIgnoreDifferences=false'])),
    ('RB309', put(*OPTIONS, value=['ServerSideApply=false', 'Replace=false'])),
    ('RB311', [drop(*OPTIONS), put(*SCALING, value=False)]),
]


@pytest.mark.parametrize(('rule', 'edits'), PASSING)
def test_it_is_not_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert findings(rule, scope(raycluster=edits)) == []
