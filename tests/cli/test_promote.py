"""promote, rollback and fleet on real git."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import URL, Shell, commit, git, merge, user_state

GROUP = ('--cpu', '8', '--memory', '64Gi', '--max', '4')


@pytest.fixture
def both(shell: Shell, folder: Path) -> Path:
    """dev and prod on main; dev has a newer Ray and a group more."""
    assert shell('init', '--env', 'dev', '--env', 'prod', '--repo-url', URL, '--operator').code == 0
    merge(folder, 'raybootstrap/init-dev+prod')
    git(folder, 'tag', 'v1')
    shell('add-group', 'gpu', '--env', 'dev', *GROUP)
    merge(folder, 'raybootstrap/add-group-dev/gpu')
    shell('init', '--env', 'dev', '--ray-version', '2.53.0')
    merge(folder, 'raybootstrap/init-dev')
    return folder


def test_promote_is_one_reviewed_change_and_twice_is_once(both: Path, shell: Shell) -> None:
    before = user_state(both)
    ran = shell('promote', 'dev', 'prod', '--dry-run')
    assert (ran.code, user_state(both)) == (0, before)
    assert shell('promote', 'dev', 'prod', '--dry-run', '--exit-code').code == 3
    assert git(both, 'branch', '--list', 'raybootstrap/promote*') == ''

    ran = shell('promote', 'dev', 'prod')
    assert 'The new worker group gpu comes with the size it has in dev: set-group changes it.' in ran.out
    branch = 'raybootstrap/promote-prod/from-dev'
    assert git(both, 'diff', '--name-only', f'main...{branch}').split() == [
        'environments/prod/applications/raycluster.yaml'
    ]
    message = git(both, 'log', '-1', '--format=%B', branch)
    assert message.startswith('Promote dev to prod\n')
    assert 'Raybootstrap-Command: promote dev prod\n' in message
    assert shell('replay', branch, '--no-fetch').out.endswith('nothing to do.\n')
    merge(both, branch)
    assert shell('promote', 'dev', 'prod').out == 'Nothing to do: main is as asked.\n'


def test_the_order_of_the_settings_is_kept(both: Path, shell: Shell) -> None:
    commit(both, {'raybootstrap.yaml': 'promotion: {order: [dev, staging, prod]}\n'})
    ran = shell('promote', 'dev', 'prod')
    assert (ran.code, ran.out) == (1, '')
    assert 'prod gets what staging has, not what dev has' in ran.err


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        (('dev', 'dev'), 2, 'from and to are the same'),
        (('dev', 'zz'), 1, 'environments/zz: no such environment'),
        (('dev', 'prod', '--only', 'images'), 2, "--only 'images': no such kind"),
        (('dev', 'prod', '--group', 'zz'), 1, 'dev has no worker group zz'),
        (('dev', 'prod', '--field', 'zz'), 2, 'neither dev nor prod has such a field'),
    ],
)
def test_refusals_of_promote(
    both: Path,
    shell: Shell,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    ran = shell('promote', *arguments)
    assert ran.code == code
    assert words in ran.err


def test_rollback_drains_first_and_twice_is_once(both: Path, shell: Shell) -> None:
    ran = shell('rollback', '--env', 'dev', '--to', 'v1', '--dry-run')
    assert ran.code == 0
    assert 'Not there at that revision, so drained: worker group gpu.' in ran.out
    shell('rollback', '--env', 'dev', '--to', 'v1')
    merge(both, 'raybootstrap/rollback-dev')
    assert '# Drained before it is removed' in (both / 'environments/dev/applications/raycluster.yaml').read_text()
    assert shell('rollback', '--env', 'dev', '--to', 'v1').out == 'Nothing to do: main is as asked.\n'

    assert shell('rollback', '--env', 'dev', '--to', 'v1', '--allow', 'RB701=no pods left').code == 0
    assert git(both, 'diff', '--name-only', 'v1', 'raybootstrap/rollback-dev', '--', 'environments/dev') == ''


def test_refusals_of_rollback(both: Path, shell: Shell) -> None:
    ran = shell('rollback', '--env', 'dev', '--to', 'nope')
    assert (ran.code, "'nope': no such revision" in ran.err) == (2, True)
    ran = shell('rollback', '--env', 'zz', '--to', 'v1')
    then = git(both, 'rev-parse', 'v1^{commit}')[:12]
    assert (ran.code, f"environments/zz: no such environment at '{then}'" in ran.err) == (1, True)


def test_fleet(both: Path, shell: Shell) -> None:
    before = user_state(both)
    assert shell('fleet', '--dry-run').code == 0
    assert user_state(both) == before
    assert shell('fleet').code == 0
    assert git(both, 'diff', '--name-only', 'main', 'raybootstrap/fleet').split() == ['argocd/fleet.yaml']
    assert shell('fleet').out == 'Nothing to do: raybootstrap/fleet holds it already.\n'
    merge(both, 'raybootstrap/fleet')
    assert shell('fleet').out == 'Nothing to do: main is as asked.\n'


def test_mirrors(both: Path, shell: Shell) -> None:
    mirror = ('--mirror', 'quay.io=registry.corp/quay')
    assert shell('init', *mirror).code == 0
    merge(both, 'raybootstrap/init/mirrors')
    assert (both / 'raybootstrap.yaml').read_text() == 'mirrors:\n  quay.io: registry.corp/quay\n'
    assert shell('validate', '--env', 'dev', '--select', 'RB115').out.count('RB115 warning') == 1

    assert shell('init', '--env', 'dev', *mirror).code == 0
    merge(both, 'raybootstrap/init-dev')
    assert shell('validate', '--env', 'dev', '--select', 'RB115').out.count('RB115 warning') == 0
    assert shell('init', '--env', 'dev', *mirror).out == 'Nothing to do: main is as asked.\n'

    assert shell('init', '--env', 'new', '--operator').code == 0
    assert 'registry.corp/quay/kuberay/operator' in git(
        both, 'show', 'raybootstrap/init-new:environments/new/applications/ray-operator.yaml'
    )
    for bad in ('quay.io', 'quay.io=', 'quay.io=quay.io/x', 'a b=c'):
        assert shell('init', '--mirror', bad).code == 2
