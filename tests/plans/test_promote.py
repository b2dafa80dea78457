"""promote: by field, with what is an environment's own left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st
from plan_world import EMPTY, GROUPS, URL, VALUES, changed_lines, file, fresh, init, saved, texts, tree_of

from bootstrap import manifest, promotion
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.kuberay import Version
from bootstrap.layout import Environment
from bootstrap.plans import promote, upgrade
from bootstrap.promotion import Asked
from bootstrap.settings import Settings
from bootstrap.tree import Tree
from bootstrap.upgrading import Upgrade

GROUP: dict[str, Any] = {
    'replicas': 1,
    'minReplicas': 1,
    'maxReplicas': 8,
    'resources': {'limits': {'cpu': '8', 'memory': '64Gi'}, 'requests': {'cpu': '8', 'memory': '64Gi'}},
}
DEV, PROD = file('raycluster', 'dev'), file('raycluster')
BASE = texts(tree_of(init(EMPTY, 'dev', 'prod', operator=True)))


def world(dev: dict[tuple[Any, ...], Any] | None = None, prod: dict[tuple[Any, ...], Any] | None = None) -> Tree:
    """dev and prod, with values put into their RayClusters (paths below the chart's values)."""
    files = dict(BASE)
    for path, values in ((DEV, dev or {}), (PROD, prod or {})):
        for place, value in values.items():
            files[path] = manifest.put(files[path], (*VALUES, *place), value)
    return tree_of(files)


def promoted(tree: Tree, *, settings: Settings | None = None, **asked: Any) -> dict[str, str]:
    context = Context(remote_url=URL, settings=settings or Settings())
    return texts(promote.plan(tree, context, 'dev', 'prod', Asked(**asked)))


def lines(tree: Tree, **asked: Any) -> list[str]:
    return changed_lines(texts(tree), promoted(tree, **asked))


def rows(tree: Tree, **asked: Any) -> dict[str, str]:
    [table] = promote.tables(tree, Context(), 'dev', 'prod', Asked(**asked))
    return {row[1]: row[4] for row in table.rows}


def test_environments_that_are_the_same_but_for_their_names_have_nothing_to_promote() -> None:
    assert lines(world()) == []
    assert rows(world()) == {}


def test_image_and_ray_version_go_comments_stay() -> None:
    dev = {('image', 'tag'): '2.53.0', ('head', 'rayVersion'): '2.53.0'}
    assert lines(world(dev)) == [
        '- tag: 2.52.0 # with head.rayVersion; pods that run already keep their image',
        '+ tag: 2.53.0 # with head.rayVersion; pods that run already keep their image',
        '- rayVersion: "2.52.0"',
        '+ rayVersion: "2.53.0"',
    ]


@pytest.mark.parametrize(
    'own',
    [
        {('worker', 'maxReplicas'): 3},
        {('worker', 'resources', 'limits', 'cpu'): '9'},
        {('head', 'resources', 'requests', 'memory'): '9Gi'},
        {('fullnameOverride',): 'other'},
        {('worker', 'groupName'): 'other'},
        {('worker', 'disabled'): True},
        {('gcsFaultTolerance',): {'enabled': True, 'redisAddress': 'redis:6379'}},
        {('common', 'containerEnv'): [{'name': 'BUCKET', 'value': 's3://data-dev/x'}]},
    ],
)
def test_what_is_an_environments_own_stays(own: dict[tuple[Any, ...], Any]) -> None:
    assert lines(world(own)) == []
    assert all('promoted' not in verdict for verdict in rows(world(own)).values())
    assert rows(world(own))


def test_destination_namespace_and_sync_policy_stay() -> None:
    files = dict(BASE)
    for path, value in (
        (('spec', 'destination', 'server'), 'https://dev.example.com'),
        (('spec', 'destination', 'namespace'), 'elsewhere'),
        (('spec', 'syncPolicy'), {}),
    ):
        files[DEV] = manifest.put(files[DEV], path, value)
    assert lines(tree_of(files)) == []


def test_a_new_group_comes_whole_and_at_its_place() -> None:
    tree = world({('additionalWorkerGroups',): {'b': GROUP}}, {('additionalWorkerGroups',): {'a': GROUP, 'c': GROUP}})
    after = promoted(tree)
    assert manifest.get(after[PROD], (*GROUPS, 'b')) == GROUP
    assert list(manifest.get(after[PROD], GROUPS)) == ['a', 'b', 'c']
    said = promote.notes(tree, Context(), 'dev', 'prod', Asked())
    assert said[0] == 'Only prod has the worker groups a, c: promote removes none (remove-group drains it first).'
    assert said[1] == 'The new worker group b comes with the size it has in dev: set-group changes it.'


def test_a_changed_group_keeps_its_size() -> None:
    changed = {**GROUP, 'maxReplicas': 2, 'resources': {}, 'nodeSelector': {'pool': 'l4'}}
    tree = world({('additionalWorkerGroups',): {'a': changed}}, {('additionalWorkerGroups',): {'a': GROUP}})
    assert lines(tree) == ['+ nodeSelector:', '+ pool: l4']
    assert rows(tree)['additionalWorkerGroups.a.maxReplicas'] == 'kept: a size'


@pytest.mark.parametrize('kuberay', ['1.6.2', '1.7.0'])
def test_versions_go_in_all_three_places_in_their_forms(kuberay: str) -> None:
    files = {**init(EMPTY, 'prod', operator=True)}
    old = tree_of(init(tree_of(files), 'dev', operator=True))
    for path in (PROD, file('ray-operator'), file('ray-operator-crds')):
        form = 'v1.5.1' if 'crds' in path else '1.5.1'
        old = old.put(path, manifest.put(old[path], ('spec', 'source', 'targetRevision'), form))
    for path in (DEV, file('ray-operator', 'dev'), file('ray-operator-crds', 'dev')):
        form = f'v{kuberay}' if 'crds' in path else kuberay
        old = old.put(path, manifest.put(old[path], ('spec', 'source', 'targetRevision'), form))
    found = lines(saved(old), only=('versions',))
    assert [line for line in found if line[0] == '+'] == [
        f'+ targetRevision: v{kuberay}',
        f'+ targetRevision: {kuberay}',
        f'+ targetRevision: {kuberay}',
    ]


def test_only_group_and_field_narrow_it() -> None:
    dev = {('image', 'tag'): '2.53.0', ('head', 'lifecycle'): {'x': 1}, ('additionalWorkerGroups',): {'b': GROUP}}
    tree = world(dev)
    assert len(lines(tree, only=('image',))) == 2
    assert manifest.get(promoted(tree, only=('groups',))[PROD], (*VALUES, 'image', 'tag')) == '2.52.0'
    assert manifest.get(promoted(tree, groups=('b',))[PROD], (*GROUPS, 'b')) == GROUP
    assert lines(tree, fields=(('head.*',),)) == ['+ lifecycle:', '+ x: 1']
    assert lines(tree, fields=(('head',),)) == ['+ lifecycle:', '+ x: 1']
    assert not [line for line in lines(tree, fields=(('!head.*',),)) if 'lifecycle' in line]
    assert rows(tree, only=('image',))['head.lifecycle'] == 'only in dev: not asked for'


def test_the_settings_say_which_fields_may_go() -> None:
    tree = world({('image', 'tag'): '2.53.0', ('head', 'lifecycle'): {'x': 1}})
    after = promoted(tree, settings=Settings(promotion_fields=('!image*',)))
    assert changed_lines(texts(tree), after) == ['+ lifecycle:', '+ x: 1']


def test_the_order_is_kept() -> None:
    order = Settings(promotion_order=('dev', 'staging', 'prod'))
    with pytest.raises(BootstrapError, match='prod gets what staging has, not what dev has') as refused:
        promoted(world(), settings=order)
    assert refused.value.hint == 'raybootstrap promote staging prod'
    with pytest.raises(BootstrapError, match='prod is the first environment'):
        promoted(world(), settings=Settings(promotion_order=('prod',)))
    assert promoted(world(), settings=Settings(promotion_order=('dev', 'prod'))) == texts(world())


def test_refusals() -> None:
    with pytest.raises(NotHereError, match='no such environment'):
        promoted(fresh())
    with pytest.raises(NotHereError, match='dev has no worker group x'):
        promoted(world(), groups=('x',))
    with pytest.raises(BootstrapError, match=r"--field 'heda\.\*': neither dev nor prod has such a field"):
        promoted(world(), fields=(('heda.*',),))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(['', 'a', 'dev', '2.53.0']),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(['image', 'tag', 'head', 'resources', 'disabled', 'x-dev']), inner, max_size=3
        )
    ),
    max_leaves=6,
)
PLACES = st.sampled_from(
    [('head',), ('worker',), ('additionalWorkerGroups',), ('additionalWorkerGroups', 'g'), ('image',), ('common',)]
)


@configured(max_examples=60, deadline=None)
@given(st.dictionaries(PLACES, JUNK, max_size=2), st.dictionaries(PLACES, JUNK, max_size=2))
def test_twice_is_once_and_nobody_elses_files_change(dev: Any, prod: Any) -> None:
    try:
        tree = world(dev, prod)
        once = promoted(tree)
    except BootstrapError:
        return
    assert promoted(tree_of(once)) == once
    assert {path for path in once if once[path] != texts(tree)[path]} <= {PROD}
    left = promotion.differences(tree_of(once), Environment('dev'), Environment('prod'), Asked())
    assert not [one for one in left if one.verdict == promotion.PROMOTED]
    assert set(manifest.comments(texts(tree)[DEV])) == set(manifest.comments(once[DEV]))


REVISION = ('spec', 'source', 'targetRevision')
MONITOR = (*VALUES, 'metrics', 'serviceMonitor')
LABELS = {'release': 'prometheus'}


def upgraded_in_dev() -> Tree:
    """Both at 1.5.1 with the same values, and dev then upgraded to 1.7.0."""
    files = init(EMPTY, 'dev', 'prod', operator=True, kuberay_version=Version(1, 5, 1))
    for name in ('dev', 'prod'):
        operator, raycluster = file('ray-operator', name), file('raycluster', name)
        text = manifest.put(files[operator], MONITOR, {'enabled': True, 'selector': LABELS})
        files[operator] = text.replace('selector:', 'selector: # what Prometheus looks for')
        for path, value in ((('image',), {'repository': 'rayproject/ray'}), (('worker', 'minReplicas'), 999)):
            files[raycluster] = manifest.put(files[raycluster], (*VALUES, *path), value)
    return saved(upgrade.plan(tree_of(files), Context(remote_url=URL), ['dev'], Upgrade(Version(1, 7, 0))))


def test_what_the_chart_renamed_is_renamed_there_too() -> None:
    tree, operator = upgraded_in_dev(), file('ray-operator')
    after = promoted(tree)
    assert manifest.get(after[operator], MONITOR) == {'enabled': True, 'additionalLabels': LABELS}
    assert 'additionalLabels: # what Prometheus looks for' in after[operator]
    assert manifest.get(after[PROD], (*VALUES, 'image', 'tag')) == '2.46.0'
    assert manifest.get(after[PROD], (*VALUES, 'worker', 'minReplicas')) == 200
    assert promoted(tree_of(after)) == after
    assert after == texts(upgrade.plan(tree, Context(), ['prod'], Upgrade(Version(1, 7, 0))))
    said = promote.notes(tree, Context(), 'dev', 'prod', Asked())
    assert any('The key metrics.serviceMonitor.selector is renamed additionalLabels: ' in one for one in said)
    assert not [row for row in rows(tree) if 'serviceMonitor' in row]


def test_without_the_versions_nothing_is_renamed() -> None:
    tree = upgraded_in_dev()
    assert manifest.get(promoted(tree, only=('image',))[file('ray-operator')], (*MONITOR, 'selector')) == LABELS
