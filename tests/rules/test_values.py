from typing import Any

import pytest
from cases import ERROR, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
GPU = (*GROUPS, 'gpu')
SMALL = (*GROUPS, 'smallGroup')
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])


def unknown(path: tuple[str, ...], hint: str, value: Any = 1) -> Case:
    line = f'{path[-1]}: {value}'
    return Case('RB401', {'raycluster': put(*path, value=value)}, line, path, ERROR, f'ignores {path[-1]}{hint}')


def group(**values: Any) -> Edit:
    return put(*GPU, value={**GROUP, **values})


FAILING = [
    unknown((*VALUES, 'enableInTreeAutoscaling'), ': it belongs under head'),
    unknown((*VALUES, 'rayVersion'), ': it belongs under head'),
    unknown(
        (*VALUES, 'idleTimeoutSeconds'), ': the chart cannot set it for a group; the one in head.autoscalerOptions'
    ),
    unknown((*VALUES, 'upgradeStrategy'), ': the chart has no value for this field of a RayCluster'),
    unknown((*VALUES, 'suspend'), ': the chart has no value for this field of a RayCluster'),
    unknown((*VALUES, 'maxReplicas'), ': it belongs under worker or a group of additionalWorkerGroups'),
    unknown((*VALUES, 'resources'), ': it belongs under head or a worker group'),
    unknown((*VALUES, 'additionalWorkerGroup'), ': did you mean additionalWorkerGroups?'),
    unknown((*VALUES, 'zzz'), ''),
    unknown((*VALUES, 'groupName'), ''),
    unknown((*HEAD, 'idleTimeoutSeconds'), ': it belongs under head.autoscalerOptions'),
    unknown((*HEAD, 'upscalingMode'), ': it belongs under head.autoscalerOptions'),
    unknown((*HEAD, 'replicas'), ': it belongs under worker or a group'),
    unknown((*HEAD, 'rayStartParam'), ': did you mean rayStartParams?'),
    unknown((*HEAD, 'groupName'), ''),
    unknown((*WORKER, 'idleTimeoutSeconds'), ': the chart cannot set it for a group'),
    unknown((*WORKER, 'scaleStrategy'), ': the chart has no value for this field'),
    unknown((*WORKER, 'miniReplicas'), ': did you mean minReplicas?'),
    unknown((*WORKER, 'autoscalerOptions'), ': it belongs under head'),
    Case(
        'RB401',
        {'raycluster': group(groupName='gpu')},
        'groupName: gpu',
        (*GPU, 'groupName'),
        ERROR,
        'ignores groupName: the name of the group is its key',
    ),
    Case('RB401', {'raycluster': group(disabled=True, replica=1)}, 'replica: 1', (*GPU, 'replica'), ERROR, 'replicas?'),
    Case('RB401', {'raycluster': group(**{'': 1})}, '"": 1', (*GPU, ''), ERROR, 'the chart ignores'),
    Case(
        'RB411',
        {'raycluster': group(image={'tag': '2.52.0'})},
        'image:',
        (*GPU, 'image'),
        ERROR,
        'repository missing: the image renders as ":2.52.0"',
    ),
    Case(
        'RB411',
        {'raycluster': put(*WORKER, 'image', value={'repository': 'ray', 'tag': ''})},
        'image:',
        (*WORKER, 'image'),
        ERROR,
        'tag missing: the image renders as "ray:"',
    ),
    Case(
        'RB411',
        {'raycluster': put(*HEAD, 'image', value={'pullPolicy': 'Always'})},
        'image:',
        (*HEAD, 'image'),
        ERROR,
        'repository and tag missing: the image renders as ":"',
    ),
    Case(
        'RB411',
        {'raycluster': group(image='r:5000/ray:2.52.0')},
        'image: r:5000/ray:2.52.0',
        (*GPU, 'image'),
        ERROR,
        'image "r:5000/ray:2.52.0" is no mapping: the template fails',
        ('-image: r:5000/ray:2.52.0', '+image:', '+repository: r:5000/ray', '+tag: 2.52.0'),
    ),
    *(
        Case('RB411', {'raycluster': group(image=image)}, f'image: {text}', (*GPU, 'image'), ERROR, 'is no mapping')
        for image, text in (
            ('ray', 'ray'),
            ('r:5000/ray', 'r:5000/ray'),
            ('ray@sha256:123', 'ray@sha256:123'),
            (':2.52.0', '":2.52.0"'),
            (5, '5'),
        )
    ),
    *(
        Case(
            'RB412',
            {'raycluster': put(*VALUES, key, value=None)},
            f'{key}: null',
            (*VALUES, key),
            ERROR,
            f'{key} is null',
        )
        for key in ('head', 'common', 'service', 'worker')
    ),
    Case('RB412', {'raycluster': put(*WORKER, value=[1])}, 'worker:', WORKER, ERROR, 'worker is a list'),
    Case(
        'RB412',
        {'raycluster': put(*HEAD, 'containerEnv', value=None)},
        'containerEnv: null',
        (*HEAD, 'containerEnv'),
        ERROR,
        'head.containerEnv is null: the template fails',
    ),
    Case(
        'RB412',
        {'raycluster': put(*GROUPS, value=[{'name': 'gpu'}])},
        'additionalWorkerGroups:',
        GROUPS,
        ERROR,
        'a list renders groupName: 0',
    ),
    Case(
        'RB412',
        {'raycluster': put(*GROUPS, value='')},
        'additionalWorkerGroups: ""',
        GROUPS,
        ERROR,
        'additionalWorkerGroups is "": the template fails',
    ),
    Case('RB412', {'raycluster': put(*GPU, value=None)}, 'gpu: null', GPU, ERROR, 'the group gpu is null'),
    Case('RB412', {'raycluster': put(*SMALL, value='a')}, 'smallGroup: a', SMALL, ERROR, 'the group smallGroup is "a"'),
    Case(
        'RB427',
        {'raycluster': drop(*WORKER)},
        'valuesObject:',
        VALUES,
        WARNING,
        'the chart adds its own group workergroup of 1 to 5 pods',
    ),
    Case(
        'RB427',
        {'raycluster': [drop(*WORKER), put('spec', 'source', 'targetRevision', value='1.5.1')]},
        'valuesObject:',
        VALUES,
        WARNING,
        'workergroup of 1 to 3 pods',
    ),
    Case('RB427', {'raycluster': put(*WORKER, value={})}, 'worker: {}', WORKER, WARNING, 'workergroup'),
    Case(
        'RB429',
        {'raycluster': put(*WORKER, 'disabled', value='false')},
        'disabled: "false"',
        (*WORKER, 'disabled'),
        ERROR,
        'disabled: "false" is no boolean and counts as true',
        ('-disabled: "false"', '+disabled: false'),
    ),
    Case(
        'RB429',
        {'raycluster': group(disabled='True')},
        'disabled: "True"',
        (*GPU, 'disabled'),
        ERROR,
        'counts as true',
        ('-disabled: "True"', '+disabled: true'),
    ),
    Case('RB429', {'raycluster': group(disabled=0)}, 'disabled: 0', (*GPU, 'disabled'), ERROR, 'counts as false'),
    Case(
        'RB429',
        {'raycluster': put(*VALUES, 'gcsFaultTolerance', value={'enabled': 'no'})},
        'enabled: "no"',
        (*VALUES, 'gcsFaultTolerance', 'enabled'),
        ERROR,
        'enabled: "no" is no boolean and counts as true',
    ),
    Case(
        'RB429',
        {'raycluster': put(*HEAD, 'enableInTreeAutoscaling', value='true')},
        'enableInTreeAutoscaling: "true"',
        (*HEAD, 'enableInTreeAutoscaling'),
        ERROR,
        mended=('-enableInTreeAutoscaling: "true"', '+enableInTreeAutoscaling: true'),
    ),
    Case(
        'RB431',
        {'raycluster': put(*HEAD, 'initArgs', value={'num-cpus': '1', 'block': 'true'})},
        'num-cpus: "1"',
        (*HEAD, 'initArgs', 'num-cpus'),
        ERROR,
        'num-cpus stands in rayStartParams too and renders as a duplicate key',
    ),
    Case(
        'RB431',
        {'raycluster': group(initArgs={'resources': GROUP['rayStartParams']['resources']})},
        'resources: "\'{\\"gpu\\": 1}\'"',
        (*GPU, 'initArgs', 'resources'),
        ERROR,
        mended=('-initArgs:', '+initArgs: {}', '-resources: "\'{\\"gpu\\": 1}\'"'),
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


SINCE_1_5 = [put(*VALUES, 'gcsFaultTolerance', value={'enabled': False}), put(*HEAD, 'runtimeClassName', value='a')]
FINE: list[tuple[str, Edit | list[Edit]]] = [
    # RB603 tells of what a newer chart reads.
    ('RB401', [*SINCE_1_5, put('spec', 'source', 'targetRevision', value='1.4.1')]),
    ('RB401', group(disabled=False, runtimeClassName='a', labels={}, priority=1)),
    ('RB401', put(*VALUES, 'additionalWorkerGroups', value=['a'])),
    ('RB411', group(image={'repository': 'ray', 'tag': '2.52.0'})),
    ('RB411', group(image={'tag': '2.52.0'}, disabled=True)),
    ('RB411', group(image={})),
    ('RB411', group(image='')),
    ('RB412', put(*SMALL, value=None)),
    ('RB412', put(*GROUPS, value=None)),
    ('RB412', put(*GROUPS, value=[])),
    ('RB412', [put(*HEAD, 'containerEnv', value=[]), put(*WORKER, 'containerEnv', value=None), group()]),
    ('RB412', put(*VALUES, 'image', value=None)),
    ('RB427', put(*WORKER, value={'disabled': True})),
    ('RB427', [drop(*WORKER), ELSEWHERE]),
    ('RB429', group(disabled=None)),
    ('RB429', [group(disabled=True), put(*WORKER, 'disabled', value=False)]),
    ('RB431', put(*HEAD, 'initArgs', value={'block': 'true'})),
    ('RB431', group(disabled=True, initArgs={'resources': '1'})),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []


def test_the_autoscaler_options_at_the_top_are_found_beside_the_right_ones() -> None:
    options = {'version': 'v2', 'idleTimeoutSeconds': 600}
    (finding,) = found('RB401', scope(raycluster=put(*VALUES, 'autoscalerOptions', value=options)))
    assert finding.message == 'the chart ignores autoscalerOptions: it belongs under head'


def test_all_that_is_unknown_is_found() -> None:
    edits = [put(*VALUES, 'a', value=1), put(*HEAD, 'b', value=1), put(*WORKER, 'c', value=1), group(d=1)]
    findings = found('RB401', scope(raycluster=edits))
    assert [finding.path.rpartition('.')[2] for finding in findings] == ['a', 'b', 'c', 'd']
