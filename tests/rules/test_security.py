from typing import Any

import pytest
from cases import WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, found, put, scope

HEAD = (*VALUES, 'head')
GPU = (*GROUPS, 'gpu')
ENV = (*HEAD, 'containerEnv')
PASSWORD = (*VALUES, 'gcsFaultTolerance', 'redisPassword')


def env(*path: str, name: str = 'API_TOKEN', value: Any = 'hunter2') -> Edit:
    return put(*path, value=[{'name': 'A', 'value': 'b'}, {'name': name, 'value': value}])


def secret(*path: str, edit: Edit | None = None, name: str = 'API_TOKEN') -> Case:
    edits = edit or env(*path, name=name)
    message = f'the value of {name} is open to everybody who may read the repository'
    return Case('RB433', {'raycluster': edits}, 'value: hunter2', (*path, 1, 'value'), WARNING, message)


FAILING = [
    *(
        secret(*HEAD, 'containerEnv', name=name)
        for name in ('PASSWORD', 'DB_PASSWORD', 'A_SECRET', 'API_KEY', 'api_key')
    ),
    secret(*VALUES, 'common', 'containerEnv'),
    *(
        Case(
            'RB433',
            {'raycluster': env(*HEAD, 'containerEnv', value=value)},
            f'value: {value}',
            (*ENV, 1, 'value'),
            WARNING,
        )
        for value in ('a)', '$(a')
    ),
    secret(*HEAD, 'autoscalerOptions', 'env'),
    secret(*VALUES, 'worker', 'containerEnv'),
    secret(
        *(*GPU, 'containerEnv'),
        edit=lambda text: env(*GPU, 'containerEnv')(put(*GPU, value={**GROUP, 'disabled': True})(text)),
    ),
    Case(
        'RB433',
        {'raycluster': put(*HEAD, 'sidecarContainers', value=[{'env': [{'name': 'KEY', 'value': 'a'}]}])},
        'value: a',
        (*HEAD, 'sidecarContainers', 0, 'env', 0, 'value'),
        WARNING,
        'the value of KEY',
    ),
    Case(
        'RB433',
        {'raycluster': put(*VALUES, 'worker', 'initContainers', value=[{'env': [{'name': 'KEY', 'value': 5}]}])},
        'value: 5',
        (*VALUES, 'worker', 'initContainers', 0, 'env', 0, 'value'),
        WARNING,
    ),
    Case(
        'RB433',
        {'raycluster': put(*PASSWORD, value={'value': 'hunter2'})},
        'value: hunter2',
        (*PASSWORD, 'value'),
        WARNING,
        'the password of Redis is open',
    ),
    *(
        Case(
            'RB434',
            {'raycluster': put(*VALUES, 'service', value={'type': kind})},
            f'type: {kind}',
            (*VALUES, 'service', 'type'),
            WARNING,
            f'{kind} lets everybody who reaches the address run code: Ray asks for no login by default',
        )
        for kind in ('LoadBalancer', 'NodePort')
    ),
    Case(
        'RB434',
        {'raycluster': put(*HEAD, 'headService', value={'spec': {'type': 'LoadBalancer'}})},
        'type: LoadBalancer',
        (*HEAD, 'headService', 'spec', 'type'),
        WARNING,
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.path[-2]}')
def test_it_is_found_at_its_place(case: Case) -> None:
    hold(case)


REFERENCE = {'name': 'API_TOKEN', 'valueFrom': {'secretKeyRef': {'name': 'a', 'key': 'b'}}}
FINE: list[tuple[str, Edit]] = [
    ('RB433', put(*ENV, value=[REFERENCE])),
    ('RB433', env(*ENV, name='KEYS')),
    ('RB433', env(*ENV, name='TOKEN_FILE')),
    ('RB433', env(*ENV, value='')),
    ('RB433', env(*ENV, value='$(OTHER_TOKEN)')),
    ('RB433', env(*ENV, name='RAY_TLS_SERVER_KEY', value='/etc/ray/tls/tls.key')),
    ('RB433', env(*ENV, value=None)),
    ('RB433', env(*ENV, value=True)),
    ('RB433', put(*PASSWORD, value={'valueFrom': {'secretKeyRef': {'name': 'a', 'key': 'b'}}})),
    ('RB433', put(*PASSWORD, value={'value': ''})),
    ('RB434', put(*VALUES, 'service', value={'type': 'ClusterIP'})),
    ('RB434', put(*HEAD, 'headService', value={'spec': {'type': 'ClusterIP'}})),
]


@pytest.mark.parametrize(('rule', 'edit'), FINE)
def test_nothing_is_found(rule: str, edit: Edit) -> None:
    assert found(rule, scope(raycluster=edit)) == []


def test_no_message_shows_a_secret() -> None:
    edits = [env(*ENV), put(*PASSWORD, value={'value': 'hunter2'})]
    findings = found('RB433', scope(raycluster=edits))
    assert len(findings) == 2
    assert not any('hunter2' in finding.message for finding in findings)
