from __future__ import annotations

from pathlib import Path

import pytest
from world import URL, Shell, assert_sound, commit, git, merge, user_state

BATCH = 'environments/prod/applications/raycluster-batch.yaml'
ALLOW = ('--allow', 'RB709=nobody uses it')


@pytest.fixture
def merged(prod: Path) -> Path:
    """The environment prod on main, checked out."""
    git(prod, 'branch', '--quiet', '--delete', 'raybootstrap/init-prod')
    return prod


def test_a_raycluster_comes_and_goes(merged: Path, shell: Shell) -> None:
    before = user_state(merged)
    assert shell('add-raycluster', 'batch', '--dry-run', '--exit-code').code == 3
    ran = shell('add-raycluster', 'batch')
    assert ran.code == 0
    assert 'apply-root --env prod' in ran.out
    assert user_state(merged) == before
    branch = 'raybootstrap/add-raycluster-prod/batch'
    assert git(merged, 'diff', '--name-only', 'main', branch).split() == [BATCH, 'environments/prod/projects.yaml']
    assert shell('add-raycluster', 'batch').out == f'Nothing to do: {branch} holds it already.\n'
    merge(merged, branch)
    assert shell('add-raycluster', 'batch').out == 'Nothing to do: main is as asked.\n'
    assert shell('validate', '--strict').code == 0
    group = ('add-group', 'g', '--raycluster', 'batch', '--cpu', '1', '--memory', '1Gi', '--max', '2')
    assert shell(*group, '--dry-run').code == 0

    refused = shell('remove-raycluster', 'batch')
    assert refused.code == 1
    assert 'RB709 error: RayCluster raycluster-batch in ray-prod-batch runs on' in refused.err
    assert shell('remove-raycluster', 'batch', *ALLOW).code == 0
    gone = 'raybootstrap/remove-raycluster-prod/batch'
    assert shell('remove-raycluster', 'batch', *ALLOW).out == f'Nothing to do: {gone} holds it already.\n'
    merge(merged, gone)
    assert git(merged, 'diff', '--name-only', 'HEAD', 'HEAD~2') == ''
    missing = shell('remove-raycluster', 'batch', *ALLOW)
    assert (missing.code, 'no such RayCluster in prod' in missing.err) == (1, True)
    assert_sound(merged)


def test_an_environment_goes(merged: Path, shell: Shell) -> None:
    refused = shell('remove-env', 'prod')
    assert refused.code == 1
    assert 'RB709 error: the environment prod is removed' in refused.err
    dry = shell('remove-env', 'prod', *ALLOW, '--dry-run')
    assert dry.code == 0
    assert 'Merging deletes nothing in the Kubernetes cluster' in dry.out
    assert shell('remove-env', 'prod', *ALLOW).code == 0
    branch = 'raybootstrap/remove-env-prod'
    assert git(merged, 'ls-tree', '-r', '--name-only', branch) == ''
    log = git(merged, 'log', '-1', '--format=%B', branch)
    assert 'Raybootstrap-Command: remove-env prod\n' in log
    assert 'Raybootstrap-Allow: RB709=nobody uses it' in log
    assert shell('remove-env', 'prod', *ALLOW).out == f'Nothing to do: {branch} holds it already.\n'
    assert shell('replay', branch, '--dry-run', '--exit-code', *ALLOW).code == 0
    merge(merged, branch)
    missing = shell('remove-env', 'prod')
    assert (missing.code, 'no such environment' in missing.err) == (1, True)


def test_an_ephemeral_environment_needs_no_reason(merged: Path, shell: Shell) -> None:
    commit(merged, {'raybootstrap.yaml': 'environments:\n  prod:\n    ephemeral: true\n'})
    ran = shell('remove-env', 'prod')
    assert ran.code == 0
    assert 'RB709 warning' in ran.out


def test_never_from_under_others(merged: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'dev', '--shares', 'prod', '--repo-url', URL).code == 0
    merge(merged, 'raybootstrap/init-dev')
    refused = shell('remove-env', 'prod', *ALLOW)
    assert refused.code == 1
    assert 'dev lives on its CRDs and its operator' in refused.err
    assert shell('remove-env', 'dev', *ALLOW).code == 0
