"""rollback: the files as they were, with what must not go back left or drained."""

from __future__ import annotations

import pytest
from plan_world import EMPTY, GROUPS, SMALL, add_group, changed_lines, file, group, init, texts, tree_of

from bootstrap import manifest
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.plans import rollback
from bootstrap.tree import Tree

THEN = tree_of(init(EMPTY))
REVISION = ('spec', 'source', 'targetRevision')
CRDS, OPERATOR, RAYCLUSTER = file('ray-operator-crds'), file('ray-operator'), file('raycluster')


def rolled_back(tree: Tree, then: Tree = THEN, *allow: str) -> dict[str, str]:
    return texts(rollback.plan(tree, context(then, *allow), 'prod', 'v1'))


def context(then: Tree, *allow: str) -> Context:
    return Context(allow=dict.fromkeys(allow, 'why'), at=lambda _: then)


def edited(path: str, *edits: tuple[tuple[str, ...], object], tree: Tree = THEN) -> Tree:
    text = tree[path]
    for place, value in edits:
        text = manifest.put(text, place, value)
    return tree_of({**texts(tree), path: text})


def test_the_files_are_as_they_were_comments_and_all() -> None:
    now = edited(RAYCLUSTER, (('spec', 'destination', 'namespace'), 'x'))
    now = tree_of({**texts(now), 'environments/prod/applications/more.yaml': 'kind: Application\n', 'README.md': 'a\n'})
    assert rolled_back(now) == {**texts(THEN), 'README.md': 'a\n'}


def test_an_environment_that_is_gone_comes_back() -> None:
    assert rolled_back(tree_of({})) == texts(THEN)


def test_newer_crds_stay_unless_allowed() -> None:
    then = edited(CRDS, (REVISION, 'v1.6.2'), tree=edited(OPERATOR, (REVISION, '1.6.2')))
    assert changed_lines(texts(THEN), rolled_back(THEN, then)) == ['- targetRevision: 1.7.0', '+ targetRevision: 1.6.2']
    assert rolled_back(THEN, then, 'RB706') == texts(then)
    after = rollback.plan(THEN, context(then), 'prod', 'v1')
    assert 'The CRDs stay at 1.7.0' in next(rollback.notes(THEN, after, context(then), 'prod', 'v1'))


def test_the_operator_stays_where_it_brings_the_crds() -> None:
    now = tree_of(init(EMPTY, crds='with-operator'))
    then = edited(OPERATOR, (REVISION, '1.6.2'), tree=now)
    assert rolled_back(now, then) == texts(now)


def test_a_group_that_would_vanish_is_drained_first() -> None:
    now = tree_of(add_group(THEN, 'gpu', SMALL))
    once = rolled_back(now)
    assert group(once, 'gpu') == {**group(texts(now), 'gpu'), 'minReplicas': 0, 'replicas': 0, 'maxReplicas': '0'}
    assert '# Drained before it is removed' in once[RAYCLUSTER]
    assert rolled_back(tree_of(once)) == once
    assert rolled_back(now, THEN, 'RB701') == texts(THEN)
    after = rollback.plan(now, context(THEN), 'prod', 'v1')
    assert 'drained: worker group gpu.' in next(rollback.notes(now, after, context(THEN), 'prod', 'v1'))


def test_the_default_group_is_drained_too() -> None:
    then = edited(RAYCLUSTER, (('spec', 'source', 'helm', 'valuesObject', 'worker'), {'disabled': True}))
    worker = manifest.get(rolled_back(THEN, then)[RAYCLUSTER], (*GROUPS[:-1], 'worker'))
    assert (worker['maxReplicas'], worker['groupName'], worker.get('disabled')) == ('0', 'standard-worker', None)


def test_no_such_environment_then() -> None:
    with pytest.raises(BootstrapError, match="no such environment at 'v1'"):
        rolled_back(THEN, tree_of({}))


@pytest.mark.parametrize('junk', [None, 5, 'text', [], [1], {'10': 3, 'a': None}])
def test_any_type_is_survived(junk: object) -> None:
    for place in (GROUPS, (*GROUPS[:-1], 'worker')):
        other = edited(RAYCLUSTER, (place, junk))
        rolled_back(other)
        rolled_back(THEN, other)
