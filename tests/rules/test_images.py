from typing import Any

import pytest
from cases import ERROR, INFO, PROTECTED, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

HEAD = (*VALUES, 'head')
IMAGE = (*VALUES, 'image')
VERSION = (*HEAD, 'rayVersion')
GPU = (*GROUPS, 'gpu')
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
CHART_1_5 = put('spec', 'source', 'targetRevision', value='1.5.1')
NO_VERSION = drop(*VERSION)
DIGEST = {'repository': 'docker.io/rayproject/ray@sha256', 'tag': '2.40.0'}


def image(tag: Any, repository: Any = 'docker.io/rayproject/ray') -> dict[str, Any]:
    return {'repository': repository, 'tag': tag}


def tag(value: Any) -> Edit:
    return put(*IMAGE, 'tag', value=value)


def group(found: Any = ..., **values: Any) -> Edit:
    return put(*GPU, value={**GROUP, **({} if found is ... else {'image': found}), **values})


def head(found: Any) -> Edit:
    return put(*HEAD, 'image', value=found)


def bare_version(text: str) -> Edit:
    """rayVersion without quotes."""
    return lambda before: before.replace('rayVersion: "2.52.0"', f'rayVersion: {text}')


FAILING = [
    *(
        Case('RB422', {'raycluster': tag(name)}, f'tag: {name}', (*IMAGE, 'tag'), WARNING, f'get what {name} is then')
        for name in ('latest', 'nightly', 'latest-py311-gpu', 'nightly-aarch64', 'py311-nightly')
    ),
    Case(
        'RB422',
        {'raycluster': tag('latest')},
        'tag: latest',
        (*IMAGE, 'tag'),
        ERROR,
        'Ray versions mix in one RayCluster',
        settings=PROTECTED,
    ),
    Case('RB422', {'raycluster': group(image('latest'))}, 'tag: latest', (*GPU, 'image', 'tag'), WARNING),
    Case('RB422', {'raycluster': head(image('latest'))}, 'tag: latest', (*HEAD, 'image', 'tag'), WARNING),
    Case(
        'RB422',
        {'raycluster': tag('')},
        'tag: ""',
        (*IMAGE, 'tag'),
        WARNING,
        'the image renders as "docker.io/rayproject/ray:", which no node can pull',
    ),
    Case('RB422', {'raycluster': tag(None)}, 'tag: null', (*IMAGE, 'tag'), ERROR, 'which no node', settings=PROTECTED),
    Case(
        'RB422',
        {'raycluster': drop(*IMAGE, 'tag')},
        'image:',
        IMAGE,
        WARNING,
        "without image.tag the chart's default 2.52.0 runs",
    ),
    Case(
        'RB422',
        {'raycluster': [drop(*IMAGE), CHART_1_5]},
        'valuesObject:',
        VALUES,
        ERROR,
        "the chart's default 2.46.0 runs",
        settings=PROTECTED,
    ),
    Case(
        'RB423',
        {'raycluster': NO_VERSION},
        'head:',
        HEAD,
        WARNING,
        'the operator does not know the Ray version: head.rayVersion is missing',
        ('+rayVersion: 2.52.0',),
    ),
    Case(
        'RB423',
        {'raycluster': put(*VERSION, value='')},
        'rayVersion: ""',
        VERSION,
        WARNING,
        'is missing',
        ('-rayVersion: ""', '+rayVersion: "2.52.0"'),
    ),
    Case('RB423', {'raycluster': [NO_VERSION, tag('latest')]}, 'head:', HEAD, WARNING, 'is missing'),
    Case(
        'RB423',
        {'raycluster': drop(*HEAD)},
        'valuesObject:',
        VALUES,
        WARNING,
        mended=('+head:', '+rayVersion: 2.52.0'),
    ),
    Case(
        'RB423',
        {'raycluster': tag('2.53.0-py311')},
        'rayVersion: "2.52.0"',
        VERSION,
        WARNING,
        'the operator takes Ray 2.52.0 for what is 2.53.0 in the image',
        ('-rayVersion: "2.52.0"', '+rayVersion: "2.53.0"'),
    ),
    Case(
        'RB423',
        {'raycluster': head(image('2.51.0'))},
        'rayVersion: "2.52.0"',
        VERSION,
        WARNING,
        'for what is 2.51.0 in the image',
        ('-rayVersion: "2.52.0"', '+rayVersion: "2.51.0"'),
    ),
    Case(
        'RB423',
        {'raycluster': put(*VERSION, value='v2.52.0')},
        'rayVersion: "v2.52.0"',
        VERSION,
        WARNING,
        'takes Ray v2.52.0 for',
        ('-rayVersion: "v2.52.0"', '+rayVersion: "2.52.0"'),
    ),
    Case(
        'RB423',
        {'raycluster': [bare_version('2.10'), tag('latest')]},
        'rayVersion: 2.10',
        VERSION,
        ERROR,
        'rayVersion: 2.1 is no text, which the CRD rejects',
        ('-rayVersion: 2.10', '+rayVersion: "2.10"'),
    ),
    Case('RB423', {'raycluster': put(*VERSION, value=[])}, 'rayVersion: []', VERSION, ERROR, 'a list is no text'),
    Case('RB423', {'raycluster': put(*VERSION, value=True)}, 'rayVersion: true', VERSION, ERROR, 'true is no text'),
    Case(
        'RB424',
        {'raycluster': group(image('2.51.0'))},
        'tag: 2.51.0',
        (*GPU, 'image', 'tag'),
        ERROR,
        'the head refuses its workers: they bring Ray 2.51.0, the head has 2.52.0',
    ),
    Case(
        'RB424',
        {'raycluster': [group(image('2.52.0-py310-gpu')), tag('2.52.0-py311')]},
        'tag: 2.52.0-py310-gpu',
        (*GPU, 'image', 'tag'),
        ERROR,
        'they bring Python 3.10, the head has 3.11',
    ),
    Case(
        'RB424',
        {'raycluster': head(image('2.51.0'))},
        'worker:',
        (*VALUES, 'worker'),
        ERROR,
        'they bring Ray 2.52.0, the head has 2.51.0',
    ),
    Case(
        'RB424',
        {'raycluster': [drop(*IMAGE), head(image('2.52.0')), CHART_1_5]},
        'worker:',
        (*VALUES, 'worker'),
        ERROR,
        'they bring Ray 2.46.0, the head has 2.52.0',
    ),
    Case(
        'RB437',
        {'raycluster': put(*IMAGE, 'repository', value='registry.acme.com/ray')},
        'repository: registry.acme.com/ray',
        (*IMAGE, 'repository'),
        INFO,
        'nodes may not be allowed to pull from registry.acme.com: imagePullSecrets is empty',
    ),
    Case(
        'RB437',
        {'raycluster': [group(image('2.52.0', 'acme:5000/ray')), put(*VALUES, 'imagePullSecrets', value=[])]},
        'repository: acme:5000/ray',
        (*GPU, 'image', 'repository'),
        INFO,
        'acme:5000',
    ),
    Case(
        'RB437',
        {'raycluster': [head(image('2.52.0', 'localhost/a')), group(image('2.52.0', 'localhost/b'))]},
        'repository: localhost/a',
        (*HEAD, 'image', 'repository'),
        INFO,
        'localhost',
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


OWN = [head(image('2.52.0')), put(*VALUES, 'worker', 'image', value=image('2.52.0'))]
FINE: list[tuple[str, Edit | list[Edit]]] = [
    ('RB422', tag('2.52.0-latestish')),
    ('RB422', [*OWN, tag('latest')]),
    ('RB422', [*OWN, drop(*IMAGE)]),
    ('RB422', [drop(*IMAGE), ELSEWHERE]),
    ('RB422', group(image('latest'), disabled=True)),
    # RB411 tells of those.
    ('RB422', group({'repository': 'ray'})),
    ('RB422', group('ray:latest')),
    ('RB423', [NO_VERSION, ELSEWHERE]),
    ('RB423', tag('latest')),
    ('RB423', tag('2.52.0.dirty')),
    ('RB423', tag('2.52.0-py311-gpu')),
    ('RB423', put(*IMAGE, value=DIGEST)),
    ('RB423', put(*IMAGE, value='ray:2.40.0')),
    ('RB423', put(*HEAD, value=None)),
    ('RB424', group(image('2.52.0-py311'))),
    ('RB424', group(image('latest'))),
    ('RB424', [group(image('2.52.0-py311-gpu')), tag('2.52.0-py311-cpu')]),
    ('RB424', group(DIGEST)),
    ('RB424', group('ray:2.51.0')),
    ('RB424', group(image('2.51.0'), disabled=True)),
    ('RB424', [tag('2.51.0'), group()]),
    ('RB424', [drop(*IMAGE), head(image('2.51.0')), ELSEWHERE]),
    *(('RB437', put(*IMAGE, 'repository', value=name)) for name in ('ray', 'acme/ray', 'quay.io/a/ray', 'ghcr.io/a/b')),
    ('RB437', [group(image('1', 'acme.com/ray')), put(*VALUES, 'imagePullSecrets', value=[{'name': 'a'}])]),
    ('RB437', [group(image('1', 'acme.com/ray')), ELSEWHERE]),
    ('RB437', group(image('1', 'acme.com/ray'), disabled=True)),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
