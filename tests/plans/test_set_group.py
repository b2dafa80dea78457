from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
from bootstrap.plans import remove_group
from bootstrap.plans import set_group as plans
from bootstrap.value_edits import Edits
from bootstrap.value_paths import parse_assignment, parse_path
from bootstrap.worker_group import Options

RAYCLUSTER = file('raycluster')
WITH_GPU = add_group(fresh(), 'gpu', Options(cpu='8', memory='64Gi', gpu=1, max=8))


def edits(*given: str, unset: tuple[str, ...] = ()) -> Edits:
    return Edits(
        tuple(parse_assignment(text, '--set') for text in given), tuple(parse_path(text, '--unset') for text in unset)
    )


def set_group(
    files: dict[str, str], name: str, options: Options | None = None, *given: str, **rest: Any
) -> dict[str, str]:
    asked = edits(*given, unset=rest.pop('unset', ()))
    done = plans.plan(tree_of(files), Context(remote_url=URL), ('prod',), name, options or Options(), asked, **rest)
    return texts(done)


def with_group(**values: Any) -> dict[str, str]:
    """gpu with these values, and nothing else in it."""
    return {**WITH_GPU, RAYCLUSTER: manifest.put(WITH_GPU[RAYCLUSTER], (*GROUPS, 'gpu'), values)}


def lines(files: dict[str, str], *rest: Any, **more: Any) -> list[str]:
    return changed_lines(files, set_group(files, 'gpu', *rest, **more))


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        (Options(max=16), ['- maxReplicas: 8', '+ maxReplicas: 16']),
        (
            Options(min=2),
            ['- replicas: 0', '- minReplicas: 0', '+ replicas: 2', '+ minReplicas: 2'],
        ),
        (Options(memory='80Gi'), ['- memory: 64Gi', '+ memory: 80Gi', '- memory: 64Gi', '+ memory: 80Gi']),
        (Options(max=0), ['- maxReplicas: 8', '+ maxReplicas: "0"']),
        (Options(env_var={'A': '1'}), ['+ containerEnv:', '+ - name: A', '+ value: "1"']),
        (Options(gpu=0), ['- nvidia.com/gpu: "1"', '- nvidia.com/gpu: "1"']),
        (
            Options(ray_resource={'fast': 2}),
            [
                '- resources: "\'{\\"gpu\\": 1}\'"',
                '+ resources: "\'{\\"gpu\\": 1, \\"fast\\": 2}\'"',
            ],
        ),
        (Options(), []),
        (Options(cpu='8', memory='64Gi', gpu=1, max=8, min=0), []),
        (Options(memory='65536Mi', cpu='8000m'), []),
    ],
)
def test_only_what_is_given_changes(options: Options, expected: list[str]) -> None:
    found = [line for line in lines(WITH_GPU, options) if not line.startswith('?')]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ('given', 'unset', 'path', 'value'),
    [
        ('maxReplicas=16', (), ('maxReplicas',), 16),
        ('labels[example.com/team]=ml', (), ('labels', 'example.com/team'), 'ml'),
        (r'labels.example\.com/team="1"', (), ('labels', 'example.com/team'), '1'),
        ('tolerations=[{key: a, operator: Exists}]', (), ('tolerations', 0, 'key'), 'a'),
        ('affinity={}', (), ('affinity',), {}),
        ('envFrom=[]', (), ('envFrom',), []),
        ('priorityClassName=a=b', (), ('priorityClassName',), 'a=b'),
    ],
)
def test_any_value_can_be_set(given: str, unset: tuple[str, ...], path: tuple[Any, ...], value: Any) -> None:
    assert manifest.get(set_group(WITH_GPU, 'gpu', None, given)[RAYCLUSTER], (*GROUPS, 'gpu', *path)) == value


def test_items_are_found_by_a_field() -> None:
    files = set_group(WITH_GPU, 'gpu', Options(env_var={'A': '1', 'B': '2', 'C': '3'}))
    files = set_group(files, 'gpu', Options(env_var={'B': 'x'}), 'containerEnv[name=C].value=y')
    assert group(files, 'gpu')['containerEnv'] == [
        {'name': 'A', 'value': '1'},
        {'name': 'B', 'value': 'x'},
        {'name': 'C', 'value': 'y'},
    ]
    files = set_group(files, 'gpu', unset=('containerEnv[name=A]', 'nothing.like.this'))
    assert [item['name'] for item in group(files, 'gpu')['containerEnv']] == ['B', 'C']


def test_values_that_are_not_named_stay_as_somebody_wrote_them() -> None:
    text = WITH_GPU[RAYCLUSTER].replace(
        '            minReplicas: 0\n', "            minReplicas: 0x0 # none\n            hostAliases: &a [ 'x' ]\n"
    )
    after = set_group({**WITH_GPU, RAYCLUSTER: text}, 'gpu', Options(max=9))
    assert after[RAYCLUSTER] == text.replace('maxReplicas: 8', 'maxReplicas: 9')


def test_requests_alone_get_the_limit_of_what_is_given_only() -> None:
    before = with_group(replicas=0, minReplicas=0, maxReplicas=1, resources={'requests': {'cpu': '1', 'memory': '1Gi'}})
    after = group(set_group(before, 'gpu', Options(memory='2Gi')), 'gpu')
    assert after['resources'] == {'requests': {'cpu': '1', 'memory': '2Gi'}, 'limits': {'memory': '2Gi'}}
    after = group(set_group(before, 'gpu', Options(memory='1Gi')), 'gpu')
    assert after['resources'] == {'requests': {'cpu': '1', 'memory': '1Gi'}, 'limits': {'memory': '1Gi'}}


def test_the_default_group_of_the_chart() -> None:
    before = init(EMPTY)
    after = set_group(before, 'standard-worker', Options(max=5))
    assert [one for one in changed_lines(before, after) if one[0] != '?'] == ['- maxReplicas: 200', '+ maxReplicas: 5']
    bare = {**before, RAYCLUSTER: manifest.drop(before[RAYCLUSTER], (*VALUES, 'worker'))}
    after = set_group(bare, 'workergroup', Options(min=0))
    # The chart's own values are one replica at least and at first.
    assert manifest.get(after[RAYCLUSTER], (*VALUES, 'worker')) == {'replicas': 0, 'minReplicas': 0}


@pytest.mark.parametrize('given', [Options(replicas=3), 'replicas=3'])
def test_replicas_alone_are_the_autoscalers(given: Options | str) -> None:
    options, sets = (given, ()) if isinstance(given, Options) else (Options(), (given,))
    with pytest.raises(BootstrapError) as caught:
        set_group(WITH_GPU, 'gpu', options, *sets)
    assert caught.value.message.startswith(f'{RAYCLUSTER}:61: ')
    assert 'RB703' in caught.value.message
    assert '--min N --max N' in caught.value.hint


def test_without_an_autoscaler_replicas_are_gits() -> None:
    off = manifest.put(WITH_GPU[RAYCLUSTER], (*VALUES, 'head', 'enableInTreeAutoscaling'), False)
    after = set_group({**WITH_GPU, RAYCLUSTER: off}, 'gpu', Options(replicas=3))
    assert group(after, 'gpu')['replicas'] == 3


def test_another_group_lends_what_is_not_given() -> None:
    files = add_group(tree_of(WITH_GPU), 'small', SMALL)
    after = set_group(files, 'small', Options(memory='2Gi'), from_group='gpu')
    assert group(after, 'small') == {
        **group(files, 'gpu'),
        'rayStartParams': {'resources': '\'{"small": 1}\''},
        'resources': {kind: {'cpu': '8', 'memory': '2Gi', 'nvidia.com/gpu': '1'} for kind in ('requests', 'limits')},
    }


def test_what_is_missing_may_be_on_a_proposal() -> None:
    with pytest.raises(NotHereError, match='there is no worker group nope'):
        set_group(WITH_GPU, 'nope', Options(max=1))


@pytest.mark.parametrize(
    'values', [None, 'x', [1], {'resources': []}, {'containerEnv': 'x'}, {'rayStartParams': {'resources': 'x'}}]
)
def test_wrong_types_are_refused_with_their_line(values: Any) -> None:
    files = {**WITH_GPU, RAYCLUSTER: manifest.put(WITH_GPU[RAYCLUSTER], (*GROUPS, 'gpu'), values)}
    with pytest.raises(BootstrapError):
        set_group(files, 'gpu', Options(cpu='1', env_var={'A': '1'}, ray_resource={'a': 1}))


ASKED = st.builds(
    Options,
    max=st.none() | st.integers(3, 99),
    min=st.none() | st.integers(0, 3),
    cpu=st.none() | st.sampled_from(['1', '500m', '8']),
    memory=st.none() | st.sampled_from(['1Gi', '64Gi', '512Mi']),
    gpu=st.none() | st.integers(0, 4),
    env_var=st.dictionaries(st.sampled_from(['A', 'B']), st.sampled_from(['', '1', 'x']), max_size=2),
    pod_label=st.dictionaries(st.sampled_from(['a', 'b']), st.sampled_from(['1', 'on']), max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(ASKED)
def test_asking_twice_changes_nothing_and_comments_survive(options: Options) -> None:
    text = WITH_GPU[RAYCLUSTER].replace(
        '            maxReplicas: 8\n', '            # why\n            maxReplicas: 8 # so\n'
    )
    once = set_group({**WITH_GPU, RAYCLUSTER: text}, 'gpu', options)
    assert set_group(once, 'gpu', options) == once
    assert [one for _, one in manifest.comments(once[RAYCLUSTER])] == [one for _, one in manifest.comments(text)]


@pytest.mark.parametrize('end', ['\n', '\r\n'])
@pytest.mark.parametrize('name', ['gpu', 'standard-worker'])
def test_a_drained_group_that_is_raised_again_loses_the_words_of_its_drain_only(name: str, end: str) -> None:
    text = WITH_GPU[RAYCLUSTER].replace(
        '            maxReplicas: 8', '            # at most\n            maxReplicas: 8'
    )
    files = {**WITH_GPU, RAYCLUSTER: text.replace('\n', end)}
    drained = texts(remove_group.plan(tree_of(files), Context(remote_url=URL), ('prod',), name))
    assert '# Drained before' in drained[RAYCLUSTER]
    assert '# Drained before' in set_group(drained, name, Options(cpu='7'))[RAYCLUSTER]
    raised = set_group(drained, name, Options(max=9))
    assert '# Drained before' not in raised[RAYCLUSTER]
    assert len([*manifest.comments(raised[RAYCLUSTER])]) == len([*manifest.comments(text)])


def test_a_raycluster_of_several_sources_is_refused_as_such() -> None:
    text = WITH_GPU[RAYCLUSTER].replace('  source:\n', '  sources:\n    - repoURL: https://example.com/a\n  source:\n')
    tree = tree_of({**WITH_GPU, RAYCLUSTER: text})
    with pytest.raises(BootstrapError, match='has several sources'):
        plans.plan(tree, Context(), ('prod',), 'gpu', Options(max=4), edits())
