"""fleet: one ApplicationSet, its fields put, nothing else touched."""

from __future__ import annotations

import pytest
import yaml
from plan_world import EMPTY, URL, init, texts, tree_of

from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.plans import fleet
from bootstrap.tree import Tree

FILE = 'argocd/fleet.yaml'


def made(tree: Tree, repo_url: str | None = None, **context: str) -> dict[str, str]:
    return texts(fleet.plan(tree, Context(remote_url=URL, **context), repo_url))  # type: ignore[arg-type]


def test_the_roots_of_all_environments() -> None:
    data = yaml.safe_load(made(EMPTY, branch='live', path='deploy/ray')[f'deploy/ray/{FILE}'])
    spec = data['spec']
    assert spec['generators'] == [
        {'git': {'repoURL': URL, 'revision': 'live', 'directories': [{'path': 'deploy/ray/environments/*'}]}}
    ]
    assert spec['goTemplate'] is True
    assert spec['goTemplateOptions'] == ['missingkey=error']
    assert spec['syncPolicy'] == {'preserveResourcesOnDeletion': True, 'applicationsSync': 'create-update'}
    assert spec['template']['spec']['source'] == {
        'repoURL': URL,
        'targetRevision': 'live',
        'path': '{{ .path.path }}/applications',
    }


def test_it_makes_the_root_of_an_environment_as_it_is() -> None:
    tree = tree_of(init(EMPTY, 'dev', argocd_namespace='gitops'))
    files = made(tree)
    template = yaml.safe_load(files[FILE])['spec']['template']
    root = yaml.safe_load(files['environments/dev/root.yaml'])
    text = yaml.safe_dump(template['spec']).replace('{{ .path.basename }}', 'dev')
    spec = yaml.safe_load(text.replace('{{ .path.path }}', 'environments/dev'))
    del root['spec']['source']['directory']
    assert spec == root['spec']
    assert list(fleet.notes(tree_of(files), Context()))[2:] == []


def test_again_changes_nothing_and_an_address_only_itself() -> None:
    once = tree_of(made(EMPTY))
    edited = tree_of({FILE: once[FILE].replace('main', 'mine') + '# mine\n'})
    assert made(edited) == texts(edited)
    after = made(edited, 'https://other.example.com/a.git')[FILE]
    assert after == edited[FILE].replace(URL, 'https://other.example.com/a.git')


def test_an_environment_that_is_otherwise_is_named() -> None:
    tree = tree_of(init(tree_of(init(EMPTY, 'dev')), 'prod', operator=True, project='own'))
    said = list(fleet.notes(tree_of(made(tree)), Context()))
    assert 'prod differs from what the ApplicationSet makes for it: its project is own.' in said


@pytest.mark.parametrize('text', ['', 'kind: Application\n', '[]\n', 'kind: ApplicationSet\nspec: 3\n'])
def test_another_file_in_its_place_is_refused(text: str) -> None:
    with pytest.raises(BootstrapError, match='is no ApplicationSet whose first generator is of Git'):
        made(tree_of({FILE: text}))
