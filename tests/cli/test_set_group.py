from __future__ import annotations

from pathlib import Path

import pytest
from world import Shell, commit, git, merge, user_state

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
GPU = ('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--gpu', '1', '--max', '8')
PROFILES = 'profiles:\n  l4: {gpu: 1, cpu: 8, memory: 64Gi, toleration: [nvidia.com/gpu:NoSchedule]}\n'


@pytest.fixture
def gpu(prod: Path, shell: Shell) -> Path:
    """The environment prod with the worker group gpu, on main."""
    assert shell(*GPU).code == 0
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    return prod


def test_a_change_goes_to_its_own_branch_and_says_whom_it_reaches(gpu: Path, shell: Shell) -> None:
    asked = ('set-group', 'gpu', '--max', '16', '--memory', '80Gi')
    before = user_state(gpu)
    dry = shell(*asked, '--dry-run', '--exit-code')
    assert (dry.code, user_state(gpu)) == (3, before)
    ran = shell(*asked)
    branch = 'raybootstrap/set-group-prod/gpu'
    assert git(gpu, 'diff', '--numstat', 'main', branch).split() == ['3', '3', RAYCLUSTER]
    message = git(gpu, 'log', '-1', '--format=%B', branch)
    assert message.startswith('Change worker group gpu of prod\n')
    assert 'gpu: maxReplicas reaches the running RayCluster with the sync' in message
    assert 'gpu: resources reaches only pods that start from then on' in message
    assert '-l ray.io/cluster=raycluster-kuberay,ray.io/group=gpu' in message
    assert 'Raybootstrap-Command: set-group gpu --env prod --max 16 --memory 80Gi\n' in message
    assert 'RB702' in ran.out
    assert shell(*asked).out == f'Nothing to do: {branch} holds it already.\n'
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 0
    merge(gpu, branch)
    assert shell(*asked).out == 'Nothing to do: main is as asked.\n'


def test_any_value_is_checked_by_the_rules(gpu: Path, shell: Shell) -> None:
    ran = shell('set-group', 'gpu', '--set', 'idleTimeoutSeconds=60')
    assert ran.code == 1
    assert 'RB401' in ran.err
    ran = shell('set-group', 'gpu', '--min', '9')
    assert (ran.code, 'RB404' in ran.err) == (1, True)


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        (('gpu',), 2, 'what is to be changed?'),
        (('gpu', '--replicas', '3'), 1, '--min N --max N'),
        (('nope', '--max', '1'), 1, 'there is no worker group nope'),
        (('../x', '--max', '1'), 2, 'is no name of a worker group'),
        (('gpu', '--set', 'a'), 2, 'PATH=VALUE'),
        (('gpu', '--set', 'a.b=1', '--unset', 'a'), 2, 'about the same value'),
        (('gpu', '--profile', 'l4'), 2, 'there is no profile'),
        (('gpu', '--memory', '64GB'), 2, 'for example 64Gi'),
    ],
)
def test_refusals(gpu: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    refs = git(gpu, 'for-each-ref')
    ran = shell('set-group', *arguments)
    assert (ran.code, ran.out) == (code, '')
    assert words in ran.err
    assert git(gpu, 'for-each-ref') == refs


def test_a_profile_is_for_those_who_know_no_tolerations(prod: Path, shell: Shell) -> None:
    commit(prod, {'raybootstrap.yaml': PROFILES})
    assert shell('add-group', 'train', '--profile', 'l4', '--max', '8', '--memory', '32Gi').code == 0
    branch = 'raybootstrap/add-group-prod/train'
    assert 'add-group train --env prod --profile l4 --max 8 --memory 32Gi\n' in git(
        prod, 'log', '-1', '--format=%B', branch
    )
    text = git(prod, 'show', f'{branch}:{RAYCLUSTER}')
    assert 'key: nvidia.com/gpu' in text
    assert text.count('memory: 32Gi') == 2
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 0
    commit(prod, {'raybootstrap.yaml': PROFILES.replace('cpu: 8', 'cpu: 16')})
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 3
    ran = shell('add-group', 'other', '--profile', 'l5', '--max', '8')
    assert (ran.code, 'it has l4' in ran.err) == (2, True)
    commit(prod, {'raybootstrap.yaml': PROFILES.replace('64Gi', '64GB')})
    ran = shell('add-group', 'other', '--profile', 'l4', '--max', '8')
    assert ran.code == 1
    assert ran.err.startswith("error: raybootstrap.yaml:2: profiles.l4: --memory '64GB' is no quantity")
