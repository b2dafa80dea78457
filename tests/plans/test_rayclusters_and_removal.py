from __future__ import annotations

from typing import Any

import pytest
from plan_world import EMPTY, URL, Texts, changed_lines, data, file, init, texts, tree_of

from bootstrap import removal_notes
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.further_raycluster import Options
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.plans import add_raycluster, remove_env, remove_raycluster
from bootstrap.report import Selection
from bootstrap.settings import Settings
from bootstrap.validation import environments_report

CONTEXT = Context(remote_url=URL)
BATCH = file('raycluster-batch')


def add(files: Texts, name: str = 'batch', *names: str, **options: Any) -> Texts:
    return texts(add_raycluster.plan(tree_of(files), CONTEXT, names, name, Options(**options)))


def remove(files: Texts, name: str = 'batch') -> Texts:
    return texts(remove_raycluster.plan(tree_of(files), CONTEXT, (), name))


def without(files: Texts, name: str) -> Texts:
    return texts(remove_env.plan(tree_of(files), CONTEXT, name))


def test_a_further_raycluster_has_names_and_a_namespace_of_its_own() -> None:
    before = init(EMPTY)
    after = add(before)
    found = data(after, 'raycluster-batch')
    helm = found['spec']['source']['helm']
    assert found['metadata']['name'] == 'prod-raycluster-batch'
    assert helm['releaseName'] == helm['valuesObject']['fullnameOverride'] == 'raycluster-batch'
    assert found['spec']['destination']['namespace'] == 'ray-prod-batch'
    ignored = found['spec']['ignoreDifferences'][0]
    assert (ignored['name'], ignored['namespace']) == ('raycluster-batch', 'ray-prod-batch')
    assert changed_lines(before, after) == [
        f'+ {BATCH}',
        '+ - server: https://kubernetes.default.svc',
        '+ namespace: ray-prod-batch',
    ]
    assert add(after) == after
    assert remove(after) == before


def test_it_is_as_the_first_one_where_the_environment_decides() -> None:
    options: dict[str, Any] = {'kuberay_version': Version(1, 6, 2), 'ray_version': Version(2, 50, 0)}
    options['argocd_namespace'] = 'gitops'
    before = init(EMPTY, destination={'name': 'gpu-1'}, sync='manual', **options)
    found = data(add(before), 'raycluster-batch')
    first = data(before, 'raycluster')
    assert found['metadata']['namespace'] == 'gitops'
    for key in ('project', 'syncPolicy'):
        assert found['spec'][key] == first['spec'][key]
    assert found['spec']['source']['targetRevision'] == '1.6.2'
    assert found['spec']['destination'] == {'name': 'gpu-1', 'namespace': 'ray-prod-batch'}
    values = found['spec']['source']['helm']['valuesObject']
    assert values['image']['tag'] == values['head']['rayVersion'] == '2.50.0'
    assert values['head']['autoscalerOptions']['version'] == 'v1'


def test_what_is_asked_goes_before() -> None:
    after = add(init(EMPTY), namespace='shared', image=Image('quay.io/x/ray', '2.53.0-gpu'))
    found = data(after, 'raycluster-batch')
    values = found['spec']['source']['helm']['valuesObject']
    assert (values['image']['tag'], values['head']['rayVersion']) == ('2.53.0-gpu', '2.53.0')
    assert found['spec']['destination']['namespace'] == 'shared'
    with pytest.raises(BootstrapError, match='with another --namespace') as caught:
        add(after, namespace='other')
    assert 'set-raycluster batch --env prod' in caught.value.hint


def test_no_rule_finds_anything() -> None:
    after = tree_of(add(add(init(EMPTY)), 'x' * 42))
    found = environments_report(after, Settings(), '', (), Selection()).findings
    # Long names are cut off in those of pods.
    assert {one.rule for one in found} == {'RB409'}


@pytest.mark.parametrize('name', ['x' * 43, 'Batch', '', 'a.b', '-a', 'no', 'con'])
def test_names_that_would_not_work(name: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        add(init(EMPTY), name)
    assert caught.value.exit_code == USAGE


def test_a_namespace_that_others_use_stays_in_the_project() -> None:
    before = add(init(EMPTY), namespace='ray-prod')
    assert remove(before) == init(EMPTY)


def test_what_is_missing() -> None:
    with pytest.raises(NotHereError):
        add(init(EMPTY), 'batch', 'dev')
    with pytest.raises(NotHereError):
        remove(init(EMPTY))
    with pytest.raises(NotHereError):
        without(init(EMPTY), 'dev')


def test_an_environment_goes_with_its_settings_and_owners() -> None:
    settings = (
        '# ours\npromotion:\n  order: [dev, prod]\nenvironments:\n  dev:\n    ephemeral: true\n'
        '  prod:\n    protected: true # really\n'
    )
    owners = '* @a/b\n/environments/dev/ @a/dev\n/environments/development/ @a/c\n/environments/prod/ @a/prod\n'
    prod = {**init(EMPTY), 'raybootstrap.yaml': settings, '.github/CODEOWNERS': owners}
    both = init(tree_of(prod), 'dev', operator=True)
    after = without(both, 'dev')
    assert after == {
        **prod,
        'raybootstrap.yaml': (
            '# ours\npromotion:\n  order: [prod]\nenvironments:\n  prod:\n    protected: true # really\n'
        ),
        '.github/CODEOWNERS': owners.replace('/environments/dev/ @a/dev\n', ''),
    }


def test_settings_that_say_nothing_more_go_too() -> None:
    files = init(EMPTY, 'dev', operator=False)
    assert 'raybootstrap.yaml' in files
    assert without(files, 'dev') == {}
    assert not tree_of(without(files, 'dev')).entries('environments')


def test_an_owner_stays_while_others_live_on_it() -> None:
    files = init(tree_of(init(EMPTY)), 'dev', shares='prod')
    with pytest.raises(BootstrapError, match='dev lives on its CRDs and its operator'):
        without(files, 'prod')
    assert without(files, 'dev') == init(EMPTY)


def test_the_notes_say_what_stays_and_what_goes() -> None:
    before = tree_of(init(EMPTY))
    said = '\n'.join(removal_notes.notes(before, remove_env.plan(before, CONTEXT, 'prod'), CONTEXT))
    assert 'Merging deletes nothing in the Kubernetes cluster: the root Application prod-ray stays' in said
    assert 'prod-raycluster, prod-ray, prod-ray-operator, prod-ray-operator-crds' in said
    assert 'the CRDs stay even when it is deleted' in said
    pruning = {**add(init(EMPTY))}
    pruning[file('root')] = pruning[file('root')].replace('prune: false', 'prune: true')
    finalizer = '  finalizers: [resources-finalizer.argocd.argoproj.io]\nspec:\n  project'
    for text, words in (
        (pruning[BATCH], 'is left behind'),
        (pruning[BATCH].replace('spec:\n  project', finalizer), 'is deleted'),
    ):
        before = tree_of({**pruning, BATCH: text})
        after = remove_raycluster.plan(before, CONTEXT, (), 'batch')
        said = '\n'.join(removal_notes.notes(before, after, CONTEXT))
        assert 'once somebody confirms it' in said
        assert words in said
        assert 'apply-root --env prod' in said
