"""Anything may stand anywhere in a manifest: rules survive it, and so do their fixes."""

from contextlib import suppress
from typing import Any

from cases import PROTECTED, all_findings, text_of
from examples import ENVIRONMENT, scope
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import junk, with_junk

from bootstrap.manifest import ManifestError
from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.resource import Resource, Role
from bootstrap.rules.scope import Scope

OF_METADATA = [('name',), ('namespace',), ('labels',), ('finalizers',), ('annotations',)]
OF_ANNOTATIONS = [(f'argocd.argoproj.io/{name}',) for name in ('sync-wave', 'sync-options')]
OF_SOURCE = [('repoURL',), ('targetRevision',), ('chart',), ('path',), ('helm',), ('kustomize',)]
OF_VALUES = [('gcsFaultTolerance',), ('watchNamespace',), ('annotations',), ('fullnameOverride',), ('worker',)]
OF_SYNC = [('automated',), ('syncOptions',), ('retry',), ('retry', 'limit'), ('automated', 'selfHeal')]
PATHS: list[tuple[Any, ...]] = [
    (),
    ('metadata',),
    *(('metadata', *path) for path in OF_METADATA),
    *(('metadata', 'annotations', *path) for path in OF_ANNOTATIONS),
    ('spec',),
    ('spec', 'project'),
    ('spec', 'source'),
    *(('spec', 'source', *path) for path in OF_SOURCE),
    *(('spec', 'source', 'helm', key) for key in ('valuesObject', 'values', 'skipCrds', 'releaseName')),
    *(('spec', 'source', 'helm', 'valuesObject', *path) for path in OF_VALUES),
    *(('spec', 'source', 'kustomize', 'commonAnnotations', *path) for path in [(), *OF_ANNOTATIONS]),
    ('spec', 'destination'),
    *(('spec', 'destination', key) for key in ('server', 'name', 'namespace')),
    ('spec', 'syncPolicy'),
    *(('spec', 'syncPolicy', *path) for path in OF_SYNC),
    ('spec', 'ignoreDifferences'),
]
DIFFERENCES = ('group', 'name', 'namespace', 'jqPathExpressions', 'jsonPointers', 'managedFieldsManagers')
OF_PROJECT = ('sourceRepos', 'destinations', 'syncWindows')

item = st.fixed_dictionaries({'kind': st.just('RayCluster')}, optional=dict.fromkeys(DIFFERENCES, junk))
window = st.fixed_dictionaries({}, optional=dict.fromkeys(('server', 'name', 'namespace', 'applications'), junk))
expressions = st.text('.[]?|,()"0/ spec workerGroupSpecs replicas select~', max_size=40)
roles = st.sampled_from([Role.ROOT, Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER])


def survives(where: Scope) -> None:
    for found in all_findings(where):
        if found.fix:
            with suppress(ManifestError):
                found.fix(text_of(where, found.file))


@settings(max_examples=300, deadline=None)
@given(roles, st.sampled_from(PATHS), junk)
def test_any_value_at_any_place(role: Role, path: tuple[Any, ...], value: Any) -> None:
    survives(with_junk(scope(PROTECTED), role, path, value))


@settings(max_examples=100, deadline=None)
@given(st.lists(item, max_size=2))
def test_any_item_of_ignored_differences(value: Any) -> None:
    survives(with_junk(scope(), Role.RAYCLUSTER, ('spec', 'ignoreDifferences'), value))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(['jqPathExpressions', 'jsonPointers']), st.lists(expressions, max_size=3))
def test_any_expression(key: str, value: list[str]) -> None:
    item = {'group': 'ray.io', 'kind': 'RayCluster', key: value}
    survives(with_junk(scope(), Role.RAYCLUSTER, ('spec', 'ignoreDifferences'), [item]))


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({}, optional={key: junk | st.lists(window, max_size=2) for key in OF_PROJECT}))
def test_any_project(spec: dict[str, Any]) -> None:
    where = scope(PROTECTED)
    (project,) = [one for one in where.projects if one.name == 'example-ray']
    document = type(project.document)(project.document.text, project.document.index, project.document.root)
    document.data = {'kind': 'AppProject', 'metadata': {'name': 'example-ray'}, 'spec': spec}
    broken = Resource(ENVIRONMENT.projects, document, ENVIRONMENT)
    survives(Scope([broken, *where.applications], where.settings, where.environment))


def test_no_application_at_all() -> None:
    assert facts(Scope()) == []
    assert [*check.of_scope(Scope()), *check.of_repository([])] == []
