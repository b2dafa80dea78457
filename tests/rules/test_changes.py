from __future__ import annotations

from typing import Any

import pytest
from examples import ENVIRONMENT, GROUP, GROUPS, VALUES, Edit, drop, found_in_change, put, scope
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import junk, line, with_junk

from bootstrap import manifest
from bootstrap.rules import check
from bootstrap.rules.resource import Role, resources
from bootstrap.rules.scope import Scope, ScopeChange
from bootstrap.settings import Settings

PROTECTED = Settings(environments={'example': {'protected': True}})
EPHEMERAL = Settings(environments={'example': {'ephemeral': True}})
OVERRIDE = (*VALUES, 'fullnameOverride')
RELEASE = ('spec', 'source', 'helm', 'releaseName')
DESTINATION = ('spec', 'destination')


def at(version: str) -> Edit:
    return put('spec', 'source', 'targetRevision', value=version)


def named(text: str, file: str = 'all.yaml') -> Scope:
    """The documents of a file that belongs to no environment."""
    return Scope(list(resources(file, text)))


def text_of(where: Scope, role: Role) -> str:
    return where.of(role)[0].document.text


@pytest.mark.parametrize(
    ('before', 'after', 'at_line', 'words'),
    [
        (
            [],
            put(*OVERRIDE, value='ray-b'),
            'fullnameOverride: ray-b # ignoreDifferences below names it too',
            'a new RayCluster ray-b in ray-example of http',
        ),
        (
            [],
            put(*DESTINATION, 'namespace', value='other'),
            'namespace: other',
            'raycluster-kuberay in other of https:',
        ),
        ([], put(*DESTINATION, 'server', value='https://b'), 'server: https://b', 'in ray-example of https://b'),
        (drop(*OVERRIDE), [drop(*OVERRIDE), put(*RELEASE, value='b')], 'releaseName: b', 'b-kuberay in'),
        ([], [drop(*OVERRIDE), put(*VALUES, 'nameOverride', value='x')], 'valuesObject:', 'raycluster-x in'),
        (
            [drop(*OVERRIDE), drop(*RELEASE)],
            [drop(*OVERRIDE), drop(*RELEASE), put('metadata', 'name', value='b')],
            'name: b',
            'b-kuberay in',
        ),
    ],
)
def test_a_raycluster_that_moves(before: Edit | list[Edit], after: Edit | list[Edit], at_line: str, words: str) -> None:
    where = scope(raycluster=after)
    (finding,) = found_in_change('RB704', scope(raycluster=before), where)
    assert (line(finding, where), finding.severity) == (at_line, 'warning')
    assert words in finding.message


@pytest.mark.parametrize(
    'after', [[], put(*RELEASE, value='b'), put('metadata', 'name', value='b'), put(*VALUES, 'nameOverride', value='b')]
)
def test_a_raycluster_that_stays(after: Edit | list[Edit]) -> None:
    assert found_in_change('RB704', scope(), scope(raycluster=after)) == []


def test_an_operator_that_moves_is_no_raycluster() -> None:
    assert found_in_change('RB704', scope(), scope(operator=put(*DESTINATION, 'namespace', value='b'))) == []


@pytest.mark.parametrize(
    ('edits', 'fate'),
    [
        ([], 'is deleted'),
        ([put('spec', 'syncPolicy', 'automated', 'prune', value=False)], 'is left behind, running'),
        ([drop('spec', 'syncPolicy', 'automated')], 'is left behind, running'),
        ([put(*DESTINATION, 'server', value='https://b')], 'is left behind, running'),
        ([put('metadata', 'name', value='b')], 'is left behind, running'),
    ],
)
def test_what_becomes_of_the_old_one(edits: list[Edit], fate: str) -> None:
    (finding,) = found_in_change('RB704', scope(), scope(raycluster=[put(*OVERRIDE, value='b'), *edits]))
    assert finding.message.endswith(fate)


def test_an_old_one_that_is_not_to_be_pruned_is_left() -> None:
    key = 'argocd.argoproj.io/sync-options'
    keeps = put(*VALUES, 'annotations', key, value='SkipDryRunOnMissingResource=true, Prune=false')
    (finding,) = found_in_change('RB704', scope(raycluster=keeps), scope(raycluster=[keeps, put(*OVERRIDE, value='b')]))
    assert finding.message.endswith('is left behind, running')


def test_a_move_is_an_error_in_a_protected_environment() -> None:
    (finding,) = found_in_change('RB704', scope(), scope(PROTECTED, raycluster=put(*OVERRIDE, value='b')))
    assert finding.severity == 'error'


@pytest.mark.parametrize(
    ('edits', 'at_line', 'roles'),
    [
        (
            {'crds': at('v1.8.0'), 'operator': at('1.8.0'), 'raycluster': at('1.8.0')},
            'targetRevision: 1.8.0',
            'CRDs, op',
        ),
        ({'crds': at('v1.8.0'), 'operator': at('1.8.0')}, 'targetRevision: 1.8.0', 'CRDs, operator change'),
        ({'crds': at('v1.8.0'), 'raycluster': at('1.8.0')}, 'targetRevision: 1.8.0', 'CRDs, RayCluster change'),
    ],
)
def test_an_upgrade_in_one_commit(edits: dict[str, Any], at_line: str, roles: str) -> None:
    where = scope(**edits)
    (finding,) = found_in_change('RB705', scope(), where)
    assert (line(finding, where), finding.severity) == (at_line, 'warning')
    assert finding.message.startswith(roles)
    assert finding.file == (ENVIRONMENT.raycluster() if 'raycluster' in edits else ENVIRONMENT.operator)
    assert found_in_change('RB705', scope(), where, application_health=True) == []
    assert found_in_change('RB705', scope(), scope(Settings(application_health=True), **edits)) == []


@pytest.mark.parametrize('edits', [{}, {'crds': at('v1.8.0')}, {'operator': at('1.8.0')}, {'root': at('next')}])
def test_an_upgrade_step_by_step(edits: dict[str, Any]) -> None:
    assert found_in_change('RB705', scope(), scope(**edits)) == []


def test_crds_that_go_back() -> None:
    where = scope(crds=at('v1.6.2'))
    (finding,) = found_in_change('RB706', scope(), where)
    assert (line(finding, where), finding.severity) == ('targetRevision: v1.6.2', 'error')
    assert finding.message.startswith('CRDs 1.6.2 drop')
    with_crds = drop('spec', 'source', 'helm', 'skipCrds')
    before, after = scope(crds='', operator=with_crds), scope(crds='', operator=[with_crds, at('1.6.2')])
    assert [one.file for one in found_in_change('RB706', before, after)] == [ENVIRONMENT.operator]


@pytest.mark.parametrize('edits', [{'crds': at('v1.7.1')}, {'crds': at('main')}, {'operator': at('1.6.2')}])
def test_crds_that_do_not_go_back(edits: dict[str, Any]) -> None:
    assert found_in_change('RB706', scope(), scope(**edits)) == []


def test_a_removed_environment_is_found_where_it_stood() -> None:
    findings = found_in_change('RB709', scope(), None)
    assert [(one.file, one.severity) for one in findings] == [
        (ENVIRONMENT.root, 'error'),
        (ENVIRONMENT.raycluster(), 'error'),
    ]
    assert line(findings[0], scope()) == 'apiVersion: argoproj.io/v1alpha1'
    assert 'the environment example is removed: RayCluster raycluster-kuberay' in findings[0].message
    assert {one.severity for one in found_in_change('RB709', scope(EPHEMERAL), None)} == {'warning'}


def test_an_environment_without_rayclusters_may_go() -> None:
    [finding] = found_in_change('RB709', scope(raycluster=''), None)
    assert (finding.file, finding.severity) == (ENVIRONMENT.root, 'warning')
    assert 'what example-ray-operator-crds, example-ray-operator made runs on unmanaged' in finding.message
    [finding] = found_in_change('RB709', scope(raycluster='', crds='', operator=''), None)
    assert finding.message == 'the environment example is removed: it held nothing but the Application example-ray'
    other = put('spec', 'source', 'chart', value='mine')
    assert [one.severity for one in found_in_change('RB709', scope(raycluster=other), None)] == ['error']


FINALIZER = put('metadata', 'finalizers', value=['resources-finalizer.argocd.argoproj.io'])
PRUNES = put('spec', 'syncPolicy', 'automated', 'prune', value=True)


@pytest.mark.parametrize(
    ('root', 'raycluster', 'fate'),
    [
        ([], FINALIZER, 'runs on, and the Application example-raycluster stays in Argo CD without a file'),
        (PRUNES, FINALIZER, 'is deleted with its Application example-raycluster'),
        (PRUNES, [], 'runs on unmanaged when Argo CD prunes its Application example-raycluster'),
    ],
)
def test_a_removed_raycluster(root: Edit | list[Edit], raycluster: Edit | list[Edit], fate: str) -> None:
    before = scope(root=root, raycluster=raycluster)
    (finding,) = found_in_change('RB709', before, scope(root=root, raycluster=''))
    assert finding.severity == 'error'
    assert finding.message == f'RayCluster raycluster-kuberay in ray-example {fate}'


@pytest.mark.parametrize('after', [[], put('metadata', 'name', value='b'), put(*OVERRIDE, value='b')])
def test_an_edited_raycluster_is_not_removed(after: Edit | list[Edit]) -> None:
    assert found_in_change('RB709', scope(), scope(raycluster=after)) == []
    assert found_in_change('RB709', None, scope()) == []
    assert found_in_change('RB709', scope(), scope(crds='', operator='')) == []


def test_a_renamed_file_holds_the_same_application() -> None:
    text = text_of(scope(), Role.RAYCLUSTER)
    others = [one for one in scope().resources if one.file != ENVIRONMENT.raycluster()]
    moved = Scope([*others, *resources(ENVIRONMENT.raycluster('b'), text, ENVIRONMENT)], Settings(), ENVIRONMENT)
    assert found_in_change('RB709', scope(), moved) == []


def test_files_without_environment_go_by_name() -> None:
    text = text_of(scope(), Role.RAYCLUSTER)
    other = manifest.put(text, ('metadata', 'name'), 'b')
    moved = manifest.put(text, (*DESTINATION, 'namespace'), 'x')
    assert found_in_change('RB709', named(text), named(text, 'moved.yaml')) == []
    assert len(found_in_change('RB709', named(text), named(other))) == 1
    assert len(found_in_change('RB704', named(f'{other}---\n{text}'), named(f'{moved}---\n{other}'))) == 1
    assert found_in_change('RB704', named(text), named(other)) == []


SKELETONS = scope(raycluster=put(*GROUPS, 'gpu', value=GROUP))
PLACES = [
    *((), ('spec',), ('spec', 'source'), VALUES, GROUPS, (*GROUPS, 'gpu'), (*VALUES, 'worker'), (*VALUES, 'head')),
    *((*VALUES, key) for key in ('image', 'common', 'annotations', 'imagePullSecrets', 'fullnameOverride')),
    *((*GROUPS, 'gpu', key) for key in ('replicas', 'minReplicas', 'maxReplicas', 'image', 'disabled', 'resources')),
    *((*VALUES, 'worker', key) for key in ('replicas', 'minReplicas', 'groupName', 'disabled')),
    *((*VALUES, 'head', key) for key in ('image', 'autoscalerOptions', 'enableInTreeAutoscaling')),
    *(('spec', key) for key in ('ignoreDifferences', 'destination', 'syncPolicy')),
    *(('metadata',), ('metadata', 'name'), ('metadata', 'finalizers'), ('spec', 'source', 'targetRevision')),
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES), junk, st.sampled_from([*Role]))
def test_junk_anywhere_raises_nothing(path: tuple[Any, ...], value: Any, role: Role) -> None:
    junked = with_junk(SKELETONS, role, path, value)
    for before, after in ((junked, SKELETONS), (SKELETONS, junked), (junked, junked)):
        assert all(one.message for one in check.of_change(ScopeChange(before, after)))
