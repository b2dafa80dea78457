"""init --health-checks: the entries of argocd-cm, on request, where the environments' Argo CD is."""

from __future__ import annotations

import pytest
import yaml
from plan_world import EMPTY, init, texts, tree_of

from bootstrap import health_checks, skeletons
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.settings import Settings
from bootstrap.tree import Tree

FILE = 'argocd/health-checks.yaml'
APPLICATION = 'resource.customizations.health.argoproj.io_Application'
RAYCLUSTER = 'resource.customizations.health.ray.io_RayCluster'
SKELETON = skeletons.read('argocd/health-checks.yaml')


def put(tree: Tree, namespace: str | None = None, path: str = '', **settings: str) -> dict[str, str]:
    return texts(health_checks.put(tree, Context(path=path, settings=Settings(**settings)), namespace))  # type: ignore[arg-type]


def test_the_file_is_what_argo_cd_reads() -> None:
    data = yaml.safe_load(put(EMPTY)[FILE])
    assert (data['kind'], data['metadata']['name']) == ('ConfigMap', 'argocd-cm')
    assert data['metadata']['labels'] == {'app.kubernetes.io/part-of': 'argocd'}
    assert list(data['data']) == [APPLICATION, RAYCLUSTER]


def test_it_stands_below_the_path_and_where_argo_cd_is() -> None:
    assert 'namespace: gitops\n' in put(EMPTY, 'gitops', 'deploy/ray')[f'deploy/ray/{FILE}']
    assert 'namespace: gitops\n' in put(EMPTY, argocd_namespace='gitops')[FILE]
    assert 'namespace: gitops\n' in put(tree_of(init(EMPTY, 'dev', argocd_namespace='gitops')))[FILE]


def test_a_second_time_changes_nothing() -> None:
    assert put(tree_of({FILE: SKELETON})) == {FILE: SKELETON}


def test_what_somebody_changed_stays_and_what_is_missing_comes() -> None:
    own = SKELETON[: SKELETON.index(f'  {RAYCLUSTER}')].replace('hs.message = ""', 'hs.message = "mine" # ours')
    rest = SKELETON[SKELETON.index(f'  {RAYCLUSTER}') :]
    found = put(tree_of({FILE: own}), 'gitops')[FILE]
    assert found == own.replace('namespace: argocd', 'namespace: gitops') + rest


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('kind: Secret\nmetadata: {name: argocd-cm}\n', '1: is no ConfigMap argocd-cm'),
        (f'{SKELETON}---\na: 1\n', 'is no ConfigMap argocd-cm'),
        ('- kind: ConfigMap\n', 'is no ConfigMap argocd-cm'),
        ('kind: ConfigMap\nmetadata: {name: argocd-cm}\n', '1: has no data'),
        (f'{SKELETON}  admin.enabled: "true"\n', '71: admin.enabled is no health check in Lua'),
        ('kind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n  ' + RAYCLUSTER + ': 1\n', '4: ' + RAYCLUSTER),
    ],
)
def test_a_file_that_is_more_or_something_else_is_refused(text: str, words: str) -> None:
    for read in (put, lambda tree: health_checks.document(tree, '', 'argocd')):
        with pytest.raises(BootstrapError) as refused:
            read(tree_of({FILE: text}))
        assert refused.value.message.startswith(FILE)
        assert words in refused.value.message


def test_what_is_merged_is_the_entries_alone() -> None:
    text = SKELETON.replace('    app.kubernetes.io/part-of: argocd', '    mine: "1"')
    found = yaml.safe_load(health_checks.document(tree_of({FILE: text}), '', 'gitops'))
    expected = yaml.safe_load(SKELETON)
    assert found == {**expected, 'metadata': {'name': 'argocd-cm', 'namespace': 'gitops'}}


def test_without_the_file_there_is_a_way_to_it() -> None:
    with pytest.raises(BootstrapError) as refused:
        health_checks.document(EMPTY, 'deploy', 'argocd')
    assert (refused.value.message, 'init --health-checks' in refused.value.hint) == (
        f'deploy/{FILE}: no such file',
        True,
    )
