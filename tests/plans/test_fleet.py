"""fleet: one ApplicationSet, its fields put, nothing else touched."""

from __future__ import annotations

import pytest
import yaml
from plan_world import EMPTY, URL, changed_lines, init, texts, tree_of

from bootstrap.approvals import Approvals
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


@pytest.mark.parametrize('forge', ['github', 'gitlab', 'gitea', 'forgejo'])
@pytest.mark.parametrize('known', [True, False])
def test_it_is_owned_as_the_settings_are(forge: str, known: bool) -> None:
    owned = tree_of(init(EMPTY, context=Context(remote_url=URL, forge=forge), approvals=Approvals(['@acme/ray'])))
    after = made(owned, **({'forge': forge} if known else {}))
    [place] = [path for path in after if path.endswith('CODEOWNERS')]
    line = 'argocd/.* @acme/ray' if forge in ('gitea', 'forgejo') else '/argocd/ @acme/ray'
    assert changed_lines(texts(owned), after) == [f'+ {FILE}', f'+ {line}']
    assert made(tree_of(after)) == after
    somebodys = tree_of({**after, place: after[place].replace(line, line.replace('ray', 'sre'))})
    assert made(somebodys) == texts(somebodys)


def test_code_owners_of_something_else_stay_as_they_are() -> None:
    tree = tree_of({'CODEOWNERS': '* @all\n/raybootstrap.yaml\n'})
    assert made(tree) == {**texts(tree), FILE: made(EMPTY)[FILE]}


def test_owners_that_come_later_get_it_too() -> None:
    context = Context(remote_url=URL, forge='github', path='deploy/ray')
    fleet_first = fleet.plan(EMPTY, context, None)
    after = init(fleet_first, context=context, approvals=Approvals(['@acme/ray']))
    assert '\n/deploy/ray/argocd/ @acme/ray\n' in after['.github/CODEOWNERS']
