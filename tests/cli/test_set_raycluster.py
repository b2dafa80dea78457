from __future__ import annotations

from pathlib import Path

import pytest
from world import Shell, git, merge

BRANCH = 'raybootstrap/set-raycluster-prod'


def test_a_change_says_whom_it_reaches(prod: Path, shell: Shell) -> None:
    asked = ('set-raycluster', '--head-memory', '8Gi', '--idle-timeout', '60', '--set', 'annotations[a.b/c]=d')
    assert shell(*asked).code == 0
    message = git(prod, 'log', '-1', '--format=%B', BRANCH)
    assert message.startswith('Change the RayCluster of prod\n')
    assert 'idleTimeoutSeconds of the autoscaler holds from the sync on' in message
    assert 'resources reaches the head only when its pod is made anew' in message
    line = "set-raycluster --env prod --head-memory 8Gi --idle-timeout 60 --set 'annotations[a.b/c]=d'"
    assert f'Raybootstrap-Command: {line}\n' in message
    assert shell('replay', BRANCH, '--dry-run', '--exit-code').code == 0
    assert shell(*asked).out == f'Nothing to do: {BRANCH} holds it already.\n'
    merge(prod, BRANCH)
    assert shell(*asked).out == 'Nothing to do: main is as asked.\n'


def test_an_autoscaler_off_and_on(prod: Path, shell: Shell) -> None:
    ran = shell('set-raycluster', '--autoscaler', 'off')
    assert ran.code == 0
    assert 'the replicas in Git hold (standard-worker 1)' in ran.out
    merge(prod, BRANCH)
    assert shell('validate', '--strict').code == 0
    assert shell('set-raycluster', '--autoscaler', 'v2').code == 0
    merge(prod, BRANCH)
    assert shell('validate', '--strict').code == 0


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        ((), 2, 'what is to be changed?'),
        (('nope', '--head-cpu', '1'), 1, 'no such RayCluster'),
        (('--autoscaler', 'v3'), 2, 'v1, v2, off'),
        (('--autoscaler', 'off', '--idle-timeout', '1'), 2, 'nothing is idle'),
        (('--set', 'heade.x=1'), 1, 'RB401'),
        (('--set', 'head.rayVersion=2.10'), 1, 'RB423'),
        (('--image', 'acme/ray:ours'), 2, 'add --ray-version'),
        (('--autoscaler', 'v2', '--ray-version', '2.48.0'), 1, 'RB512'),
    ],
)
def test_refusals(prod: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = shell('set-raycluster', *arguments)
    assert words in ran.err
    assert (ran.code, ran.out) == (code, '')
