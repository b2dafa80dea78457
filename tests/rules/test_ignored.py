import pytest
from cases import WARNING, findings
from examples import Edit, drop, put, scope
from ignoring import (
    GROUP,
    IGNORED,
    ITEM,
    JQ,
    MANAGERS,
    PLACE_0,
    REPLICAS,
    SCALING,
    STRATEGY,
    ignoring,
    pointing,
)

EQUAL_FORMS = (
    '.spec.workerGroupSpecs[].replicas',
    '.spec.workerGroupSpecs[]?.replicas?',
    '.spec["workerGroupSpecs"][]["replicas"]',
    '."spec".workerGroupSpecs | .[] | .replicas',
    '.spec | (.workerGroupSpecs[]? | (.replicas, .scaleStrategy))',
    '.spec.workerGroupSpecs[]?|select(.groupName == "a,b")|.replicas',
    '.metadata.labels, .spec.workerGroupSpecs[0].replicas',
    '.spec.workerGroupSpecs | map(.replicas)',
    '.spec.workerGroupSpecs',
    '.spec',
)
PASSING = [
    *(('RB301', ignoring(form)) for form in EQUAL_FORMS),
    ('RB301', pointing(PLACE_0)),
    ('RB301', put(*ITEM, 'name', value='b')),
    ('RB301', [drop(*JQ), put(*MANAGERS, value=['a'])]),
    ('RB301', [drop(*IGNORED), put(*SCALING, value=False)]),
    ('RB301', [put(*ITEM, 'kind', value='Ray*'), put(*ITEM, 'group', value='*')]),
    ('RB303', drop(*ITEM, 'name')),
    ('RB303', [put(*ITEM, 'kind', value='*'), put(*ITEM, 'group', value='*')]),
    ('RB303', [put(*ITEM, 'kind', value='Deployment'), put(*ITEM, 'name', value='b')]),
    ('RB303', [put(*ITEM, 'kind', value='*'), put(*ITEM, 'group', value='apps'), put(*ITEM, 'name', value='b')]),
    ('RB303', drop('spec', 'destination', 'namespace')),
    ('RB304', pointing('/spec/headGroupSpec/0', '/spec/workerGroupSpecs', '/spec/workerGroupSpecs/*/replicas')),
    ('RB305', ignoring('.spec.headGroupSpec', '.metadata', '.spec.workerGroupSpecs[]?.replicas.x')),
    ('RB305', pointing('spec', PLACE_0)),
    ('RB305', ignoring('."a|workerGroupSpecs.minReplicas"')),
    ('RB305', [put(*ITEM, 'kind', value='Deployment'), ignoring('.spec')]),
    ('RB306', put(*MANAGERS, value=[])),
    ('RB307', [ignoring(REPLICAS), put(*SCALING, value=False)]),
    ('RB307', drop(*IGNORED)),
    ('RB307', ignoring('.spec.workerGroupSpecs[]? | (.replicas, .scaleStrategy)')),
    ('RB308', [put(*SCALING, value=False), ignoring(STRATEGY)]),
    ('RB308', [put(*SCALING, value=False), ignoring('.spec.workerGroupSpecs')]),
    ('RB308', [drop(*SCALING), put('spec', 'source', 'helm', 'valueFiles', value=['a.yaml'])]),
    ('RB310', ignoring(REPLICAS, '.spec.workerGroupSpecs[] ?.replicas', '.spec.other[].replicas')),
    ('RB310', pointing('/spec/workerGroupSpecs[]/replicas')),
]


@pytest.mark.parametrize(('rule', 'edits'), PASSING)
def test_it_is_not_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert findings(rule, scope(raycluster=edits)) == []


def test_all_places_that_the_chart_renders_are_only_a_warning() -> None:
    two = [put(*GROUP, value={'replicas': 1}), *pointing(PLACE_0, '/spec/workerGroupSpecs/1/replicas')]
    (found,) = findings('RB304', scope(raycluster=two))
    assert found.severity is WARNING


def test_a_disabled_group_has_no_place() -> None:
    disabled = [put(*GROUP, value={'disabled': True}), *pointing(PLACE_0)]
    (found,) = findings('RB304', scope(raycluster=disabled))
    assert found.severity is WARNING


@pytest.mark.parametrize(
    'text', ['(' * 5000, '(.a,.b)|' * 40 + '.c', '.a' * 20_000, '"', '[', 'select(', '.spec|', '|', '']
)
def test_an_expression_nobody_would_write_is_passed_over(text: str) -> None:
    assert findings('RB305', scope(raycluster=ignoring(text))) == []
