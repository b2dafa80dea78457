from __future__ import annotations

from typing import Any

import pytest
from examples import VALUES, Edit, drop, found, put, scope
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import junk, line, mended, with_junk

from bootstrap.rules import check
from bootstrap.rules.resource import Role

HEAD = (*VALUES, 'head')
OPTIONS = (*HEAD, 'autoscalerOptions')
OFF = put(*HEAD, 'enableInTreeAutoscaling', value=False)
NO_VERSION = drop(*OPTIONS, 'version')
NO_OPTIONS = drop(*OPTIONS)
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])


def option(key: str, value: Any) -> Edit:
    return put(*OPTIONS, key, value=value)


def head(key: str, value: Any) -> Edit:
    return put(*HEAD, key, value=value)


def tag(value: str) -> Edit:
    return put(*VALUES, 'image', 'tag', value=value)


def env(value: Any) -> Edit:
    return head('containerEnv', [{'name': 'RAY_enable_autoscaler_v2', 'value': value}])


FOUND: list[tuple[str, list[Edit], str, str, str]] = [
    ('RB506', [option('version', 'v3')], 'version: v3', 'error', 'version "v3": it takes v1, v2'),
    ('RB506', [option('version', '')], 'version: ""', 'error', 'version ""'),
    ('RB506', [option('version', [])], 'version: []', 'error', 'version a list'),
    ('RB506', [option('upscalingMode', 'aggressive')], 'upscalingMode: aggressive', 'error', 'Default, Aggressive, Co'),
    ('RB506', [option('idleTimeoutSeconds', -1)], 'idleTimeoutSeconds: -1 # 10 minutes', 'error', '-1 is negative'),
    ('RB506', [option('idleTimeoutSeconds', '60')], 'idleTimeoutSeconds: "60" # 10 minutes', 'error', 'API server'),
    ('RB506', [option('idleTimeoutSeconds', True)], 'idleTimeoutSeconds: true # 10 minutes', 'error', 'API server'),
    ('RB506', [option('idleTimeoutSeconds', 0.5)], 'idleTimeoutSeconds: 0.5 # 10 minutes', 'error', 'API server'),
    ('RB506', [option('idleTimeoutSeconds', 2**31)], f'idleTimeoutSeconds: {2**31} # 10 minutes', 'error', 'API serv'),
    ('RB507', [option('idleTimeout', 60)], 'idleTimeout: 60', 'error', '(did you mean idleTimeoutSeconds?)'),
    ('RB507', [option('zzz', 60)], 'zzz: 60', 'error', 'KubeRay 1.7.0 has no such key'),
    ('RB507', [head('autoscalerOptions', 'v2')], 'autoscalerOptions: v2', 'error', '"v2" is no mapping'),
    ('RB509', [OFF], 'autoscalerOptions:', 'warning', 'no autoscaler runs'),
    ('RB509', [drop(*HEAD, 'enableInTreeAutoscaling')], 'autoscalerOptions:', 'warning', 'no autoscaler runs'),
    ('RB510', [NO_VERSION], 'autoscalerOptions:', 'warning', 'v2 with Ray 2.52.0'),
    ('RB510', [NO_VERSION, tag('2.46.0')], 'autoscalerOptions:', 'warning', 'v1 with Ray 2.46.0'),
    ('RB510', [NO_VERSION, tag('2.47.0')], 'autoscalerOptions:', 'warning', 'v2 with Ray 2.47.0'),
    ('RB510', [option('version', None)], 'autoscalerOptions:', 'warning', 'v2 with'),
    ('RB510', [NO_OPTIONS], 'head:', 'warning', 'v2 with'),
    (
        'RB510',
        [NO_OPTIONS, tag('latest'), drop(*HEAD, 'rayVersion')],
        'head:',
        'warning',
        'the Ray version decides which autoscaler runs',
    ),
    ('RB511', [head('serviceAccountName', 'ray')], 'serviceAccountName: ray', 'warning', 'service account "ray"'),
    ('RB512', [tag('2.50.1')], 'version: v2', 'error', 'v2 of Ray 2.50.1'),
    # The autoscaler runs the image, whatever rayVersion says.
    ('RB512', [tag('2.48.0-py311')], 'version: v2', 'error', 'v2 of Ray 2.48.0'),
    ('RB512', [head('image', {'repository': 'r', 'tag': '2.48.0'})], 'version: v2', 'error', 'v2 of Ray 2.48.0'),
    ('RB512', [option('image', 'rayproject/ray:2.48.0')], 'version: v2', 'error', 'v2 of Ray 2.48.0'),
    ('RB512', [tag('latest'), head('rayVersion', '2.48.0')], 'version: v2', 'error', 'v2 of Ray 2.48.0'),
    ('RB512', [tag('latest'), drop(*HEAD, 'rayVersion')], 'version: v2', 'warning', 'before Ray 2.51.0 (no image'),
    ('RB512', [NO_VERSION, tag('2.47.0')], 'autoscalerOptions:', 'error', 'v2 of Ray 2.47.0'),
    ('RB512', [NO_VERSION, tag('2.46.0'), env('1')], '- name: RAY_enable_autoscaler_v2', 'error', 'v2 of Ray 2.46.0'),
    # Without a tag the chart's default image counts.
    (
        'RB512',
        [drop(*VALUES, 'image'), put('spec', 'source', 'targetRevision', value='1.5.1')],
        'version: v2',
        'error',
        'v2 of Ray 2.46.0',
    ),
    (
        'RB513',
        [option('image', 'r:5000/ray:2.51.0')],
        'image: r:5000/ray:2.51.0',
        'warning',
        'Ray 2.51.0 beside a head',
    ),
]

NOT_FOUND: list[tuple[str, list[Edit]]] = [
    ('RB506', [option('version', 'v1'), option('upscalingMode', 'Conservative'), option('idleTimeoutSeconds', 0)]),
    ('RB506', [option('version', None), option('upscalingMode', None), option('idleTimeoutSeconds', None)]),
    ('RB506', [option('idleTimeoutSeconds', 600.0)]),
    ('RB506', [option('idleTimeoutSeconds', 2**31 - 1)]),
    ('RB507', [option('command', ['a']), option('args', ['b'])]),
    ('RB507', [head('autoscalerOptions', [])]),
    ('RB509', [OFF, NO_OPTIONS]),
    ('RB509', [OFF, head('autoscalerOptions', {})]),
    ('RB509', [drop(*HEAD, 'enableInTreeAutoscaling'), ELSEWHERE]),
    ('RB510', [OFF, NO_VERSION]),
    ('RB510', [NO_VERSION, env('0')]),
    ('RB510', [NO_VERSION, ELSEWHERE]),
    ('RB511', [OFF, head('serviceAccountName', 'ray')]),
    ('RB511', [head('serviceAccountName', '')]),
    ('RB512', [tag('2.51.0')]),
    ('RB512', [tag('2.50.1'), option('version', 'v1')]),
    ('RB512', [tag('2.50.1'), OFF]),
    ('RB512', [tag('2.50.1'), NO_VERSION, env('0')]),
    ('RB512', [tag('2.46.0'), NO_VERSION]),
    ('RB512', [tag('2.50.1'), NO_VERSION, ELSEWHERE]),
    ('RB512', [tag('latest'), drop(*HEAD, 'rayVersion'), NO_VERSION]),
    ('RB512', [tag('latest')]),
    ('RB513', [option('image', 'r:5000/ray:2.52.0-py311')]),
    ('RB513', [option('image', 'rayproject/ray:nightly')]),
    ('RB513', [option('image', 'r:5000/ray')]),
    ('RB513', [option('image', 'rayproject/ray@sha256:2.51.0')]),
    ('RB513', [option('image', 'rayproject/ray:2.51.0'), tag('latest')]),
    ('RB513', [option('image', 'rayproject/ray:2.51.0'), OFF]),
]


@pytest.mark.parametrize(('rule', 'edits', 'at', 'severity', 'words'), FOUND)
def test_a_wrong_autoscaler_is_found(rule: str, edits: list[Edit], at: str, severity: str, words: str) -> None:
    where = scope(raycluster=edits)
    (finding,) = found(rule, where)
    assert (line(finding, where), finding.severity) == (at, severity)
    assert words in finding.message


@pytest.mark.parametrize(('rule', 'edits'), NOT_FOUND)
def test_a_right_autoscaler_is_nothing(rule: str, edits: list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []


def test_the_negative_timeout_is_the_operators_affair() -> None:
    edits = option('idleTimeoutSeconds', -1)
    version = ('spec', 'source', 'targetRevision')
    assert found('RB506', scope(raycluster=edits, operator=put(*version, value='1.5.1'))) == []
    assert len(found('RB506', scope(raycluster=edits, operator=put(*version, value='1.6.0')))) == 1


@pytest.mark.parametrize(
    ('crds', 'operator', 'many'), [('v1.6.2', '1.7.0', 1), ('v1.7.0', '1.6.2', 0), (None, '1.6.2', 1)]
)
def test_the_crds_know_the_options(crds: str | None, operator: str, many: int) -> None:
    version = ('spec', 'source', 'targetRevision')
    where = scope(
        raycluster=option('command', ['a']),
        crds=put(*version, value=crds) if crds else '',
        operator=put(*version, value=operator),
    )
    findings = found('RB507', where)
    assert len(findings) == many
    assert all(one.message.endswith('KubeRay 1.6.2 has no such key (a newer one does)') for one in findings)


@pytest.mark.parametrize(
    ('rule', 'edits', 'gone', 'new'),
    [
        ('RB510', [NO_VERSION], [], ['version: v2']),
        ('RB510', [NO_VERSION, tag('2.51.0')], [], ['version: v2']),
        ('RB510', [NO_VERSION, tag('2.50.1')], [], ['version: v1']),
        ('RB510', [NO_OPTIONS], [], ['autoscalerOptions:', 'version: v2']),
        ('RB512', [tag('2.50.1')], ['version: v2'], ['version: v1']),
        ('RB512', [NO_VERSION, tag('2.50.1')], [], ['version: v1']),
    ],
)
def test_the_fix_sets_the_version(rule: str, edits: list[Edit], gone: list[str], new: list[str]) -> None:
    where = scope(raycluster=edits)
    assert mended(found(rule, where)[0], where) == (gone, new)


@pytest.mark.parametrize(
    ('rule', 'edits'),
    [
        ('RB510', [head('autoscalerOptions', 'v2')]),
        ('RB510', [NO_OPTIONS, tag('latest'), drop(*HEAD, 'rayVersion')]),
        ('RB512', [head('autoscalerOptions', 'v2'), tag('2.48.0')]),
        ('RB512', [tag('latest'), drop(*HEAD, 'rayVersion')]),
        ('RB512', [NO_VERSION, tag('2.48.0'), env('1')]),
    ],
)
def test_there_is_no_fix_where_it_would_be_a_guess(rule: str, edits: list[Edit]) -> None:
    assert [one.fix for one in found(rule, scope(raycluster=edits))] == [None]


SKELETONS = scope()
VALUE_PLACES = [
    *((*VALUES, key) for key in ('head', 'image', 'common', 'worker', 'annotations', 'gcsFaultTolerance')),
    *((*HEAD, key) for key in ('autoscalerOptions', 'containerEnv', 'image', 'rayStartParams', 'initArgs')),
    *((*HEAD, key) for key in ('restartPolicy', 'serviceAccountName', 'enableInTreeAutoscaling', 'rayVersion')),
    *((*OPTIONS, key) for key in ('version', 'env', 'image', 'idleTimeoutSeconds', 'upscalingMode')),
    *((*VALUES, 'common', 'containerEnv'), (*VALUES, 'gcsFaultTolerance', 'enabled'), VALUES, ('spec', 'source')),
    *((*VALUES, 'additionalWorkerGroups'), (*VALUES, 'image', 'tag'), (*VALUES, 'metrics'), ()),
    *((*VALUES, 'metrics', 'serviceMonitor'), ('spec', 'source', 'targetRevision'), ('metadata', 'name')),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(VALUE_PLACES), junk, st.sampled_from([Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER]))
def test_junk_anywhere_raises_nothing(path: tuple[Any, ...], value: Any, role: Role) -> None:
    where = with_junk(SKELETONS, role, path, value)
    for rule in check.catalogue().values():
        if rule.id[2] in '56':
            for arguments in check._subjects(rule.subject, where):
                for problem in rule.check(*arguments):
                    assert problem.message
                    assert problem.resource.document.position(problem.path).line > 0  # type: ignore[union-attr]
