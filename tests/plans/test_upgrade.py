from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_world import EMPTY, URL, VALUES, Texts, changed_lines, data, file, init, saved, texts, tree_of

from bootstrap import manifest, upgrade_notes
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.kuberay import CHARTS, Version
from bootstrap.layout import Environment
from bootstrap.plans import upgrade as plans
from bootstrap.settings import Settings
from bootstrap.tree import Tree
from bootstrap.upgrading import Upgrade

NEWEST = Version(1, 7, 0)
CONTEXT = Context(remote_url=URL, settings=Settings())
RAYCLUSTER, OPERATOR, CRDS = file('raycluster'), file('ray-operator'), file('ray-operator-crds')


OLD = Version(1, 5, 1)


def old(version: Version = OLD, *names: str, **options: Any) -> Texts:
    return init(EMPTY, *names, kuberay_version=version, **options)


def edited(files: Texts, name: str, *edits: tuple[Any, ...]) -> Texts:
    """The files with values put, or ('drop', path) dropped, below the values of an Application."""
    text = files[file(name)]
    for *path, value in edits:
        way = (*VALUES, *path)
        text = manifest.drop(text, way) if value is manifest.MISSING else manifest.put(text, way, value)
    return {**files, file(name): text}


def upgrade(files: Texts, *names: str, context: Context = CONTEXT, **options: Any) -> Texts:
    everywhere = options.pop('everywhere', False)
    to = Upgrade(**{'kuberay': None if 'ray' in options else NEWEST, **options})
    return texts(plans.plan(tree_of(files), context, names, to, everywhere=everywhere))


def noted(files: Texts, *names: str, **options: Any) -> str:
    before, to = tree_of(files), Upgrade(**{'kuberay': NEWEST, **options})
    return '\n'.join(upgrade_notes.Notes(before, plans.plan(before, CONTEXT, names, to), CONTEXT, to).lines())


def values(files: Texts, name: str = 'raycluster') -> Any:
    return data(files, name)['spec']['source']['helm']['valuesObject']


def test_three_versions_and_nothing_else() -> None:
    before = old()
    after = upgrade(before)
    assert changed_lines(before, after) == [
        *('- targetRevision: v1.5.1', '+ targetRevision: v1.7.0'),
        *('- targetRevision: 1.5.1', '+ targetRevision: 1.7.0') * 2,
    ]
    assert upgrade(after) == after


@pytest.mark.parametrize(
    ('step', 'path'), [('crds', CRDS), ('operator', OPERATOR), ('raycluster', RAYCLUSTER)], ids=lambda one: one[:9]
)
def test_steps_go_in_order(step: str, path: str) -> None:
    done: Texts = old()
    for earlier in ('crds', 'operator', 'raycluster'):
        after = upgrade(done, step=earlier)
        if earlier == step:
            assert [one for one in after if after[one] != done[one]] == [path]
        done = after
    assert done == upgrade(old())


@pytest.mark.parametrize(('step', 'first'), [('operator', 'crds'), ('raycluster', 'operator')])
def test_a_step_too_early_names_the_one_before(step: str, first: str) -> None:
    with pytest.raises(BootstrapError, match=r'first and (is|are) still at 1\.5\.1') as caught:
        upgrade(old(), step=step)
    assert f'--kuberay-version 1.7.0 --step {first}' in caught.value.hint


BARE = (
    ('image', 'tag', manifest.MISSING),
    ('head', 'resources', manifest.MISSING),
    ('worker', 'resources', manifest.MISSING),
    ('worker', 'maxReplicas', manifest.MISSING),
)


def test_what_the_charts_own_defaults_gave_is_written_out() -> None:
    after = values(upgrade(edited(old(), 'raycluster', *BARE)))
    assert after['head']['resources'] == {'requests': {'memory': '2G'}, 'limits': {'memory': '2G'}}
    assert after['worker']['resources'] == {'requests': {'memory': '1G'}, 'limits': {'memory': '1G'}}
    assert after['worker']['maxReplicas'] == 3
    assert after['image']['tag'] == '2.46.0'
    said = noted(edited(old(), 'raycluster', *BARE))
    for words in ("The head's memory is written out", '2G to 5Gi', 'The image tag', 'maxReplicas is written out'):
        assert words in said


def test_a_limit_without_a_request_keeps_its_request() -> None:
    before = edited(old(), 'raycluster', ('head', 'resources', {'limits': {'memory': '3Gi'}}))
    assert values(upgrade(before))['head']['resources'] == {'limits': {'memory': '3Gi'}, 'requests': {'memory': '2G'}}


@pytest.mark.parametrize('given', [None, {'requests': None, 'limits': None}, 'junk', []])
def test_what_the_user_set_to_something_else_stays(given: object) -> None:
    before = edited(old(), 'raycluster', ('head', 'resources', given))
    assert values(upgrade(before))['head']['resources'] == given


def test_no_defaults_are_written_between_charts_that_have_the_same() -> None:
    before = edited(old(Version(1, 6, 2)), 'raycluster', *BARE)
    assert changed_lines(before, upgrade(before)) == changed_lines(
        old(Version(1, 6, 2)), upgrade(old(Version(1, 6, 2)))
    )


def test_a_minimum_above_the_maximum_is_lowered_as_the_operator_did() -> None:
    before = edited(old(), 'raycluster', ('worker', 'minReplicas', 9), ('worker', 'maxReplicas', 4))
    assert values(upgrade(before, step='crds'))['worker']['minReplicas'] == 9
    after = upgrade(upgrade(before, step='crds'), step='operator')
    assert values(after)['worker']['minReplicas'] == 4
    assert "A group's minReplicas is lowered to its maxReplicas" in noted(before)
    for most in (0, '9', 9):
        kept = edited(old(), 'raycluster', ('worker', 'minReplicas', 9), ('worker', 'maxReplicas', most))
        assert values(upgrade(kept))['worker']['minReplicas'] == 9


def test_the_monitors_labels_get_their_new_name_with_their_comment() -> None:
    before = old(Version(1, 6, 2))
    monitor = ('metrics', 'serviceMonitor', {'enabled': True, 'selector': {'release': 'prometheus'}})
    before = edited(before, 'ray-operator', monitor)
    text = manifest.comment(before[OPERATOR], (*VALUES, *monitor[:2], 'selector'), 'how Prometheus finds it')
    before = {**before, OPERATOR: text.replace('release: prometheus', 'release: prometheus # ours')}
    after = upgrade(before)
    assert values(after, 'ray-operator')['metrics']['serviceMonitor'] == {
        'enabled': True,
        'additionalLabels': {'release': 'prometheus'},
    }
    assert [line for line in changed_lines(before, after) if 'targetRevision' not in line] == [
        *('- selector:', '+ additionalLabels:')
    ]


def test_never_backwards() -> None:
    files = old(Version(1, 6, 2))
    with pytest.raises(BootstrapError, match='nothing goes backwards by itself'):
        upgrade(files, kuberay=Version(1, 5, 1))
    allowed = Context(remote_url=URL, allow={'RB706': 'a fault of 1.6'})
    after = upgrade(files, kuberay=Version(1, 5, 1), context=allowed)
    assert data(after, 'ray-operator-crds')['spec']['source']['targetRevision'] == 'v1.5.1'


def test_unknown_migrations_are_said() -> None:
    assert 'from KubeRay 1.7.0 to 1.9.0 is not known here' in noted(old(), kuberay=Version(1, 9, 0))
    moving = {**old(), RAYCLUSTER: old()[RAYCLUSTER].replace('targetRevision: 1.5.1', 'targetRevision: 1.*')}
    assert "from '1.*' to 1.7.0 is not known here" in noted(moving)


def test_an_environment_on_anothers_operator_goes_with_it() -> None:
    files = {**old(Version(1, 5, 1), 'prod')}
    files = init(tree_of(files), 'dev', shares='prod')
    with pytest.raises(BootstrapError, match='prod has those of the Kubernetes cluster of dev') as caught:
        upgrade(files, 'dev')
    assert '--env prod --env dev' in caught.value.hint
    assert 'dev lives on the CRDs and the operator of prod' in noted(files, 'prod')
    both = upgrade(files, 'dev', 'prod')
    assert both == upgrade(files, everywhere=True) == upgrade(upgrade(files, 'prod'), 'dev')
    assert 'sync prod first' in noted(files, 'dev', 'prod')


@pytest.mark.parametrize(
    ('options', 'hint'), [({'crds': 'with-operator'}, '--step operator'), ({'operator': False}, 'name the')]
)
def test_a_step_without_an_application(options: dict[str, Any], hint: str) -> None:
    with pytest.raises(BootstrapError, match='for --step crds') as caught:
        upgrade(old(OLD, **options), step='crds')
    assert hint in caught.value.hint


def test_the_ray_version_moves_with_suffixes() -> None:
    image = {'repository': 'docker.io/rayproject/ray', 'tag': '2.52.0-py311-gpu'}
    groups = {'gpu': {'image': image, 'minReplicas': 0, 'maxReplicas': 1, 'replicas': 0}}
    before = edited(old(), 'raycluster', ('additionalWorkerGroups', groups))
    after = upgrade(before, ray=Version(2, 54, 1))
    assert values(after)['image']['tag'] == '2.54.1'
    assert values(after)['head']['rayVersion'] == '2.54.1'
    assert values(after)['additionalWorkerGroups']['gpu']['image']['tag'] == '2.54.1-py311-gpu'
    assert len(changed_lines(before, after)) == 6
    assert upgrade(after, ray=Version(2, 54, 1)) == after
    assert 'Pods that run keep their Ray version' in noted(before, ray=Version(2, 54, 1), kuberay=None)


def test_an_older_ray_gets_the_autoscaler_it_can_use() -> None:
    assert values(upgrade(old(), ray=Version(2, 50, 0)))['head']['autoscalerOptions']['version'] == 'v1'


@pytest.mark.parametrize('tag', ['latest', 'team-7', 2.5])
def test_a_tag_without_a_ray_version_is_refused(tag: object) -> None:
    with pytest.raises(BootstrapError, match=rf'^{RAYCLUSTER}:\d+: the image tag') as caught:
        upgrade(edited(old(), 'raycluster', ('image', 'tag', tag)), ray=Version(2, 54, 0))
    assert 'set-raycluster' in caught.value.hint


def test_without_environments() -> None:
    for names, everywhere in (((), True), ((), False), (('dev',), False)):
        with pytest.raises(NotHereError):
            plans.plan(EMPTY, CONTEXT, names, Upgrade(NEWEST), everywhere=everywhere)


JUNK: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}) | st.just([{}])
)
PLACES = st.sampled_from(
    [
        *((), ('image',), ('head',), ('head', 'resources'), ('head', 'autoscalerOptions'), ('metrics',)),
        *(('worker',), ('worker', 'minReplicas'), ('worker', 'maxReplicas')),
        *(('additionalWorkerGroups',), ('additionalWorkerGroups', 'g')),
    ]
)


@settings(max_examples=60, deadline=None)
@given(PLACES, JUNK, st.sampled_from(CHARTS[:-1]), st.sampled_from(['raycluster', 'ray-operator']), st.booleans())
def test_values_of_any_type(place: tuple[str, ...], junk: object, chart: Version, name: str, ray: bool) -> None:
    before = old(chart)
    before = {**before, file(name): manifest.put(before[file(name)], (*VALUES, *place), junk)}
    versions: dict[str, Any] = {'ray': Version(2, 54, 0) if ray else None, 'kuberay': NEWEST}
    try:
        after = upgrade(before, **versions)
    except BootstrapError:
        return
    assert upgrade(after, **versions) == after
    noted(before, **versions)
    comments = [line.partition('#')[1:] for text in before.values() for line in text.splitlines() if '# ' in line]
    for _, comment in comments:
        assert any(comment in text for text in after.values())


def test_a_thousand_edits_of_a_tree_stay_quick() -> None:
    tree: Tree = saved(tree_of(old()))
    for number in range(2000):
        tree = tree.put(f'environments/e{number}/x.yaml', yaml.dump({'n': number}))
    assert len(tree.entries('environments')) == 2001


def several(files: Texts, name: str = 'raycluster', environment: str = 'prod') -> Texts:
    """The files with an Application's source as the second of two."""
    path = file(name, environment)
    source = manifest.get(files[path], ('spec', 'source'))
    text = manifest.put(files[path], ('spec', 'sources'), [{'repoURL': URL, 'path': 'x', 'ref': 'x'}, source])
    return {**files, path: manifest.drop(text, ('spec', 'source'))}


def test_an_application_with_several_sources_is_left_alone_and_named() -> None:
    before = several(old())
    assert {path for path, text in upgrade(before).items() if text != before[path]} == {CRDS, OPERATOR}
    said = 'Left as it is, for it has several sources: environments/prod/applications/raycluster.yaml.'
    assert said in noted(before)
    assert 'no revision' not in noted(before)
    assert 'several sources' not in noted(old())


def test_one_in_an_environment_where_nothing_else_changes_is_named_too() -> None:
    before = several({**old(OLD, 'dev'), **old(NEWEST, 'prod')}, 'raycluster', 'prod')
    text = before[RAYCLUSTER].replace('1.7.0', '1.6.0')
    tree, to = tree_of({**before, RAYCLUSTER: text}), Upgrade(NEWEST)
    asked = [Environment('dev'), Environment('prod')]
    after = plans.plan(tree, CONTEXT, [], to, everywhere=True)
    assert any(RAYCLUSTER in note for note in upgrade_notes.Notes(tree, after, CONTEXT, to, asked).lines())


@pytest.mark.parametrize('options', [{'step': 'raycluster'}, {'ray': Version(2, 54, 0)}])
def test_where_nothing_but_several_sources_is_asked_for_it_is_refused(options: dict[str, Any]) -> None:
    before = several(old(NEWEST))
    before[RAYCLUSTER] = before[RAYCLUSTER].replace('1.7.0', '1.6.0')
    with pytest.raises(BootstrapError, match=r'raycluster.yaml:\d+: has several sources') as refused:
        upgrade(before, **options)
    assert 'by hand' in str(refused.value.hint)


def test_several_sources_that_are_at_the_version_are_as_asked() -> None:
    for name in ('raycluster', 'ray-operator'):
        before = several(old(NEWEST), name)
        assert upgrade(before) == before
