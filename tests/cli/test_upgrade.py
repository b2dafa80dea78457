from __future__ import annotations

from pathlib import Path

import pytest
from world import URL, Shell, assert_sound, git, merge, user_state

TO = ('--kuberay-version', '1.7.0')


@pytest.fixture
def fleet(shell: Shell, folder: Path) -> Path:
    """The environments dev and prod on main, at KubeRay 1.5.1; the current directory."""
    given = ('--operator', '--repo-url', URL, '--kuberay-version', '1.5.1')
    assert shell('init', '--env', 'dev', '--env', 'prod', *given).code == 0
    merge(folder, 'raybootstrap/init-dev+prod')
    return folder


def test_one_environment(fleet: Path, shell: Shell) -> None:
    before = user_state(fleet)
    dry = shell('upgrade', '--env', 'dev', *TO, '--dry-run', '--exit-code')
    assert dry.code == 3
    assert '+    targetRevision: v1.7.0' in dry.out
    ran = shell('upgrade', '--env', 'dev', *TO)
    assert ran.code == 0
    assert 'RB705 warning' in ran.out
    assert 'From 1.6 on there are RayCronJobs' in ran.out
    assert user_state(fleet) == before
    assert shell('upgrade', '--env', 'dev', *TO).out == 'Nothing to do: raybootstrap/upgrade-dev holds it already.\n'
    merge(fleet, 'raybootstrap/upgrade-dev')
    assert shell('upgrade', '--env', 'dev', *TO).out == 'Nothing to do: main is as asked.\n'
    assert_sound(fleet)


def test_all_environments_in_one_commit(fleet: Path, shell: Shell) -> None:
    ran = shell('upgrade', '--all-envs', *TO, '--ray-version', '2.54.0')
    assert ran.code == 0
    branch = 'raybootstrap/upgrade-all'
    assert git(fleet, 'rev-list', '--count', f'main..{branch}').strip() == '1'
    assert len(git(fleet, 'diff', '--name-only', 'main', branch).split()) == 6
    log = git(fleet, 'log', '-1', '--format=%B', branch)
    assert log.startswith('Upgrade KubeRay to 1.7.0 and Ray to 2.54.0 in all environments\n')
    line = 'upgrade --all-envs --kuberay-version 1.7.0 --ray-version 2.54.0'
    assert f'\nRaybootstrap-Command: {line}\n' in log
    assert 'Pods that run keep their Ray version' in log
    again = shell('upgrade', '--all-envs', *TO, '--ray-version', '2.54.0')
    assert (again.code, again.out) == (0, f'Nothing to do: {branch} holds it already.\n')
    assert shell('replay', branch, '--dry-run', '--exit-code').code == 0


def test_steps(fleet: Path, shell: Shell) -> None:
    early = shell('upgrade', '--env', 'dev', *TO, '--step', 'operator')
    assert early.code == 1
    assert 'the CRDs come first and are still at 1.5.1' in early.err
    ran = shell('upgrade', '--env', 'dev', *TO, '--step', 'crds')
    assert 'RB705' not in ran.out
    assert '--step operator, then --step raycluster' in ran.out
    merge(fleet, 'raybootstrap/upgrade-dev')
    assert shell('upgrade', '--env', 'dev', *TO, '--step', 'operator').code == 0


def test_going_back_needs_a_reason(fleet: Path, shell: Shell) -> None:
    back = ('upgrade', '--env', 'dev', '--kuberay-version', '1.4.1')
    refused = shell(*back)
    assert refused.code == 1
    assert 'RB706=REASON' in refused.err
    assert shell(*back, '--allow', 'RB706=an outage').code == 0
    assert 'Raybootstrap-Allow: RB706=an outage' in git(fleet, 'log', '-1', '--format=%B', 'raybootstrap/upgrade-dev')


@pytest.mark.parametrize(
    ('given', 'words'),
    [
        (('--env', 'dev'), 'to which version?'),
        (('--env', 'dev', '--all-envs', *TO), 'two ways to say which'),
        (('--env', 'dev', '--kuberay-version', '9'), 'no KubeRay version'),
        (('--env', 'dev', *TO, '--step', 'all-of-it'), 'no such step'),
        (('--env', 'dev', '--ray-version', '2.54.0', '--step', 'crds'), 'about --kuberay-version'),
        (TO, 'which environment?'),
    ],
)
def test_usage(fleet: Path, shell: Shell, given: tuple[str, ...], words: str) -> None:
    ran = shell('upgrade', *given)
    assert ran.code == 2
    assert words in ran.err
    assert git(fleet, 'branch', '--list', 'raybootstrap/upgrade*') == ''
