from __future__ import annotations

from typing import Any

import pytest
from plan_world import (
    EMPTY,
    GROUPS,
    SMALL,
    URL,
    VALUES,
    add_group,
    changed_lines,
    file,
    fresh,
    group,
    init,
    texts,
    tree_of,
)

from bootstrap import manifest
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.plans import remove_group as plans

RAYCLUSTER = file('raycluster')
WITH_GPU = add_group(fresh(), 'gpu', SMALL)


def remove_group(files: dict[str, str], name: str = 'gpu', **allow: str) -> dict[str, str]:
    return texts(plans.plan(tree_of(files), Context(remote_url=URL, allow=allow), ('prod',), name))


def test_the_first_run_drains_and_says_why() -> None:
    found = changed_lines(WITH_GPU, remove_group(WITH_GPU))
    assert [line for line in found if not line.startswith('+ #')] == ['- maxReplicas: 3', '+ maxReplicas: "0"']
    assert 'KubeRay leaves the pods of a group that vanishes behind' in ''.join(found)


def test_the_second_run_leaves_what_was_before_the_group() -> None:
    assert remove_group(remove_group(WITH_GPU)) == init(EMPTY)


def test_other_groups_and_comments_stay() -> None:
    both = add_group(tree_of(WITH_GPU), 'small', SMALL)
    assert remove_group(remove_group(both)) == add_group(fresh(), 'small', SMALL)
    text = WITH_GPU[RAYCLUSTER].replace(
        '        additionalWorkerGroups:\n', '        # ours\n        additionalWorkerGroups:\n'
    )
    after = remove_group(remove_group({**WITH_GPU, RAYCLUSTER: text}))
    assert '        # ours\n        additionalWorkerGroups: {}\n' in after[RAYCLUSTER]


def test_at_once_only_where_it_is_allowed() -> None:
    assert remove_group(WITH_GPU, RB701='never had a pod') == init(EMPTY)


def test_the_default_group_is_drained_then_disabled() -> None:
    before = init(EMPTY)
    drained = remove_group(before, 'standard-worker')
    worker = manifest.get(drained[RAYCLUSTER], (*VALUES, 'worker'))
    assert (worker['replicas'], worker['minReplicas'], worker['maxReplicas']) == (0, 0, '0')
    gone = remove_group(drained, 'standard-worker')
    assert changed_lines(drained, gone) == ['+ disabled: true']
    assert remove_group(gone, 'standard-worker') == gone
    bare = {**before, RAYCLUSTER: manifest.drop(before[RAYCLUSTER], (*VALUES, 'worker'))}
    twice = remove_group(remove_group(bare, 'workergroup'), 'workergroup')
    assert manifest.get(twice[RAYCLUSTER], (*VALUES, 'worker', 'disabled')) is True


def test_a_disabled_group_has_nothing_to_drain() -> None:
    text = manifest.put(WITH_GPU[RAYCLUSTER], (*GROUPS, 'gpu', 'disabled'), True)
    assert group(remove_group({**WITH_GPU, RAYCLUSTER: text}), 'gpu') is None


def test_what_is_missing_may_be_on_a_proposal() -> None:
    with pytest.raises(NotHereError, match='there is no worker group nope'):
        remove_group(WITH_GPU, 'nope')


@pytest.mark.parametrize('values', [None, 'x', [1], 3])
def test_wrong_types_are_refused_with_their_line(values: Any) -> None:
    for path in ((*GROUPS, 'gpu'), GROUPS, (*VALUES, 'worker')):
        files = {**WITH_GPU, RAYCLUSTER: manifest.put(WITH_GPU[RAYCLUSTER], path, values)}
        try:
            remove_group(files)
        except BootstrapError:
            continue


@pytest.mark.parametrize(
    'written',
    [
        'additionalWorkerGroups:\n          gpu: {minReplicas: 0, maxReplicas: 4}\n',
        'additionalWorkerGroups: {gpu: {minReplicas: 0, maxReplicas: 4}}\n',
        'additionalWorkerGroups: {gpu: {minReplicas: 0,\n            cpu: 1, maxReplicas: 4}}\n',
    ],
)
def test_in_flow_style_it_says_why_above_the_line(written: str) -> None:
    text = WITH_GPU[RAYCLUSTER]
    begin, end = text.index('additionalWorkerGroups:'), text.index('  destination:')
    files = {**WITH_GPU, RAYCLUSTER: f'{text[:begin]}{written}{text[end:]}'}
    drained = remove_group(files)
    assert group(drained, 'gpu').items() >= {'minReplicas': 0, 'replicas': 0, 'maxReplicas': '0'}.items()
    assert sum('# Drained before' in line for line in changed_lines(files, drained)) == 1
    assert '# Drained before' not in remove_group(drained)[RAYCLUSTER]
