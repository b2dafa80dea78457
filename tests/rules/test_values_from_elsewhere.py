"""Where values come from files too, what is missing in valuesObject may stand there: no rule says that it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.rule import Severity

ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['$values/ray.yaml'])
RELEASE = ('spec', 'source', 'helm', 'releaseName')
UNNAMED = drop(*VALUES, 'fullnameOverride')
IGNORED = ('spec', 'ignoreDifferences', 0)
POINTERS = ['/spec/workerGroupSpecs/0/replicas', '/spec/workerGroupSpecs/1/replicas']
BY_PLACE = [drop(*IGNORED, 'jqPathExpressions'), put(*IGNORED, 'jsonPointers', value=POINTERS)]
GPU = {'requests': {'nvidia.com/gpu': '1'}, 'limits': {'cpu': '1'}}
UNSURE: list[tuple[str, list[Edit]]] = [
    ('RB113', [put(*VALUES, 'gcsFaultTolerance', value={'enabled': True})]),
    ('RB303', [UNNAMED, put(*IGNORED, 'name', value='named-in-a-file')]),
    ('RB304', BY_PLACE),
    ('RB408', [drop(*VALUES, 'worker'), put(*GROUPS, value={'workergroup': GROUP})]),
    ('RB411', [put(*GROUPS, value={'a': {**GROUP, 'image': {'tag': '2.52.0'}}})]),
    ('RB420', [put(*GROUPS, value={'a': {**GROUP, 'resources': GPU}})]),
    ('RB426', [UNNAMED, put(*RELEASE, value='r' * 53)]),
]


def errors(rule: str, edits: list[Edit]) -> list[str]:
    return [one.message for one in found(rule, scope(raycluster=edits)) if one.severity is Severity.ERROR]


@pytest.mark.parametrize(('rule', 'edits'), UNSURE, ids=[rule for rule, _ in UNSURE])
def test_what_may_stand_elsewhere_is_no_error(rule: str, edits: list[Edit]) -> None:
    assert errors(rule, edits)
    assert errors(rule, [*edits, ELSEWHERE]) == []


def test_what_is_wrong_whatever_stands_elsewhere_is_an_error() -> None:
    assert errors('RB303', [put(*IGNORED, 'namespace', value='other'), UNNAMED, ELSEWHERE])
    assert errors('RB303', [put(*IGNORED, 'name', value='other'), ELSEWHERE])
    assert errors('RB426', [put(*VALUES, 'fullnameOverride', value='r' * 60), ELSEWHERE])


@pytest.mark.parametrize(('edits', 'many'), [([UNNAMED], 1), ([UNNAMED, ELSEWHERE], 0), ([ELSEWHERE], 1)])
def test_rayclusters_whose_names_are_not_known_do_not_meet(edits: list[Any], many: int) -> None:
    found_twice = [*facts(scope(raycluster=edits)), *facts(scope(raycluster=edits))]
    assert len([one for one in check.of_repository(found_twice) if one.rule == 'RB110']) == many
