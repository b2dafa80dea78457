from typing import Any

import pytest
from cases import ERROR, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
WORKER = (*VALUES, 'worker')
GPU = (*GROUPS, 'gpu')
PARAMS = (*GPU, 'rayStartParams')
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
ESCAPED = r'"{\"gpu\": 1}"'
QUOTED = 'resources: "\'{\\"gpu\\": 1}\'"'


def params(kind: str = 'rayStartParams', disabled: bool = False, **values: Any) -> Edit:
    kept = {key: value for key, value in GROUP.items() if key != 'rayStartParams'}
    given = {name.replace('_', '-'): value for name, value in values.items()}
    return put(*GPU, value={**kept, 'disabled': disabled, kind: given})


def number(value: Any, text: str, message: str, *mended: str, name: str = 'num_cpus') -> Case:
    key = name.replace('_', '-')
    edit = params(**{name: value})
    return Case('RB417', {'raycluster': edit}, f'{key}: {text}', (*PARAMS, key), ERROR, message, mended)


def resources(rule: str, value: Any, text: str, message: str, *mended: str) -> Case:
    severity = ERROR if rule == 'RB418' else WARNING
    case = Case(rule, {'raycluster': params(resources=value)}, f'resources: {text}', (*PARAMS, 'resources'), severity)
    return case._replace(message=message, mended=mended)


FAILING = [
    number(
        1000000,
        '1000000',
        'object-store-memory: 1000000 renders with an exponent, which ray start cannot read',
        '-object-store-memory: 1000000',
        '+object-store-memory: "1000000"',
        name='object_store_memory',
    ),
    number(-(10**9), '-1000000000', 'renders with', '-x: -1000000000', '+x: "-1000000000"', name='x'),
    number(2e9, '2000000000.0', 'renders with', '-memory: 2000000000.0', '+memory: "2000000000"', name='memory'),
    number(2**63, '9223372036854775808', 'renders with', name='x'),
    number('500m', '500m', 'num-cpus: "500m" is no integer: ray start fails, and so does the autoscaler'),
    number(0.5, '0.5', 'num-cpus: 0.5 is no integer'),
    number('', '""', 'num-cpus: "" is no integer'),
    number(True, 'true', 'num-cpus: true is no integer'),
    number([], '[]', 'num-cpus: a list is no integer'),
    number('2Gi', '2Gi', 'memory: "2Gi" is no integer', name='memory'),
    number('0.5', '"0.5"', 'num-gpus: "0.5" is no integer', name='num_gpus'),
    Case(
        'RB417',
        {'raycluster': params('initArgs', memory='a')},
        'memory: a',
        (*GPU, 'initArgs', 'memory'),
        ERROR,
        'is no integer',
    ),
    Case(
        'RB417',
        {'raycluster': put(*HEAD, 'rayStartParams', 'num-cpus', value='1.0')},
        'num-cpus: "1.0"',
        (*HEAD, 'rayStartParams', 'num-cpus'),
        ERROR,
        'is no integer',
    ),
    resources(
        'RB418',
        '{"gpu": 1}',
        '\'{"gpu": 1}\'',
        'the autoscaler cannot read the resources "{"gpu": 1}"',
        '-resources: \'{"gpu": 1}\'',
        # In place of the quotes that stand there.
        "+resources: '''{\"gpu\": 1}'''",
    ),
    resources('RB418', '\'{"gpu": 1.5}\'', '"\'{\\"gpu\\": 1.5}\'"', 'cannot read'),
    resources('RB418', '\'{"gpu": "1"}\'', '"\'{\\"gpu\\": \\"1\\"}\'"', 'cannot read'),
    resources('RB418', "'[1]'", '"\'[1]\'"', 'cannot read'),
    resources('RB418', 'gpu', 'gpu', 'the autoscaler cannot read the resources "gpu"'),
    resources('RB418', '[' * 99999, f'"{"[" * 99999}"', 'cannot read'),
    resources('RB418', {'gpu': 1}, '', 'resources is a mapping, no text of JSON')._replace(line='resources:'),
    resources('RB418', 5, '5', 'resources is 5, no text of JSON: the autoscaler'),
    Case(
        'RB418',
        {'raycluster': [params(resources='a'), OFF]},
        'resources: a',
        (*PARAMS, 'resources'),
        ERROR,
        'ray start cannot read the resources',
    ),
    resources(
        'RB419',
        ESCAPED,
        f"'{ESCAPED}'",
        'the operator cannot parse escaped quotes and adds no GPUs or TPUs to ray start',
        f"-resources: '{ESCAPED}'",
        "+resources: '''{\"gpu\": 1}'''",
    ),
    Case(
        'RB419',
        {'raycluster': params('initArgs', resources=ESCAPED)},
        f"resources: '{ESCAPED}'",
        (*GPU, 'initArgs', 'resources'),
        WARNING,
        mended=(f"-resources: '{ESCAPED}'", "+resources: '''{\"gpu\": 1}'''"),
    ),
    Case(
        'RB428',
        {'raycluster': drop(*HEAD, 'rayStartParams')},
        'head:',
        HEAD,
        WARNING,
        'Ray runs tasks on the head: num-cpus is not "0"',
        ('+rayStartParams:', '+num-cpus: "0"'),
    ),
    Case(
        'RB428',
        {'raycluster': put(*HEAD, 'rayStartParams', value={'block': 'true'})},
        'rayStartParams:',
        (*HEAD, 'rayStartParams'),
        WARNING,
        mended=('+num-cpus: "0"',),
    ),
    Case(
        'RB428',
        {'raycluster': put(*HEAD, 'rayStartParams', 'num-cpus', value=None)},
        'rayStartParams:',
        (*HEAD, 'rayStartParams'),
        WARNING,
        mended=('-num-cpus: null # no tasks on the head', '+num-cpus: "0" # no tasks on the head'),
    ),
    Case(
        'RB428',
        {'raycluster': drop(*HEAD)},
        'valuesObject:',
        VALUES,
        WARNING,
        mended=('+head:', '+rayStartParams:', '+num-cpus: "0"'),
    ),
    Case(
        'RB428',
        {'raycluster': put(*HEAD, 'rayStartParams', value='a')},
        'rayStartParams: a',
        (*HEAD, 'rayStartParams'),
        WARNING,
    ),
    Case('RB428', {'raycluster': put(*HEAD, value='a')}, 'head: a', HEAD, WARNING),
    *(
        Case(
            'RB428',
            {'raycluster': put(*HEAD, 'rayStartParams', 'num-cpus', value=value)},
            f'num-cpus: {text}',
            (*HEAD, 'rayStartParams', 'num-cpus'),
            WARNING,
            f'num-cpus: {text} lets Ray run tasks on the head',
        )
        for value, text in (('2', '"2"'), (1, '1'), (False, 'false'))
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


FINE: list[tuple[str, Edit | list[Edit]]] = [
    ('RB417', params(object_store_memory=999999)),
    ('RB417', params(object_store_memory='1000000000')),
    ('RB417', params(object_store_memory=1000000.5)),
    ('RB417', params(object_store_memory=True)),
    ('RB417', params(num_cpus='4', num_gpus=0, memory='8589934592')),
    ('RB417', params(num_cpus=' 4 ', num_gpus=2.0, memory=None)),
    ('RB417', params(block='500m')),
    ('RB417', params(num_cpus='a', disabled=True)),
    ('RB418', params(resources='\'{"gpu": 1}\'')),
    ('RB418', params(resources=ESCAPED)),
    ('RB418', params(resources="'{}'")),
    ('RB418', params(resources='')),
    ('RB418', params(resources=None)),
    ('RB418', params(labels='a')),
    ('RB419', params(resources='\'{"gpu": 1}\'')),
    ('RB419', params(resources='{\\"gpu\\": 1}')),
    ('RB419', params(resources=ESCAPED, disabled=True)),
    ('RB419', params(resources=7)),
    ('RB428', put(*HEAD, 'rayStartParams', 'num-cpus', value=0)),
    ('RB428', [drop(*HEAD, 'rayStartParams'), put(*HEAD, 'initArgs', value={'num-cpus': '0'})]),
    ('RB428', [drop(*HEAD, 'rayStartParams'), put(*WORKER, 'disabled', value=True)]),
    ('RB428', [drop(*HEAD, 'rayStartParams'), ELSEWHERE]),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
