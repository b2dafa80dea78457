from __future__ import annotations

from pathlib import Path

from world import Shell, commit, git, merge

ADD = ('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8')
REMOVE = ('remove-group', 'gpu')
BRANCH = 'raybootstrap/remove-group-prod/gpu'
RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
PODS = 'kubectl get pods -n ray-prod -l ray.io/cluster=raycluster-kuberay,ray.io/group=gpu'


def message(place: Path) -> str:
    return git(place, 'log', '-1', '--format=%B', BRANCH)


def test_drained_merged_removed(prod: Path, shell: Shell) -> None:
    before = git(prod, 'rev-parse', 'main^{tree}')
    shell(*ADD)
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    ran = shell(*REMOVE)
    assert ran.code == 0
    assert message(prod).startswith('Drain worker group gpu of prod\n')
    assert f'Once this is merged and {PODS} says "No resources found", raybootstrap remove-group gpu' in message(prod)
    assert shell(*REMOVE).out == f'Nothing to do: {BRANCH} holds it already.\n'
    merge(prod, BRANCH)
    ran = shell(*REMOVE)
    assert ran.code == 0
    assert 'RB701 warning: check that no pod' in ran.out
    assert message(prod).startswith('Remove worker group gpu from prod\n')
    assert f'{PODS} has to say: No resources found.' in message(prod)
    assert shell('replay', BRANCH, '--dry-run', '--exit-code').code == 0
    merge(prod, BRANCH)
    assert git(prod, 'rev-parse', 'main^{tree}') == before
    ran = shell(*REMOVE)
    assert (ran.code, 'there is no worker group gpu' in ran.err) == (1, True)


def test_at_once_with_a_reason(prod: Path, shell: Shell) -> None:
    shell(*ADD)
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    ran = shell(*REMOVE, '--allow', 'RB701=it never had a pod')
    assert ran.code == 0
    assert message(prod).startswith('Remove worker group gpu from prod\n')
    assert 'Raybootstrap-Allow: RB701=it never had a pod' in message(prod)
    assert shell('replay', BRANCH, '--dry-run', '--exit-code').code == 0


def test_the_default_group(prod: Path, shell: Shell) -> None:
    branch = 'raybootstrap/remove-group-prod/standard-worker'
    for _ in range(2):
        assert shell('remove-group', 'standard-worker').code == 0
        merge(prod, branch)
    assert git(prod, 'show', 'HEAD', '--format=').count('+          disabled: true\n') == 1
    assert shell('remove-group', 'standard-worker').out == 'Nothing to do: main is as asked.\n'


def test_a_reason_that_comes_while_the_drain_is_open(prod: Path, shell: Shell) -> None:
    shell(*ADD)
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    shell(*REMOVE)
    allowed = (*REMOVE, '--allow', 'RB701=it never had a pod')
    ran = shell(*allowed)
    assert (ran.code, f'{BRANCH} is there already, with another change: Drain worker group gpu' in ran.err) == (1, True)
    assert shell(*REMOVE, '--allow', 'RB706=it says nothing here').out == f'Nothing to do: {BRANCH} holds it already.\n'
    assert shell(*allowed, '--branch', 'at-once').code == 0
    assert git(prod, 'log', '-1', '--format=%s', 'at-once') == 'Remove worker group gpu from prod\n'


def test_a_drain_that_is_not_merged_removes_nothing(prod: Path, shell: Shell) -> None:
    shell(*ADD)
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    shell(*REMOVE)
    tip = git(prod, 'rev-parse', BRANCH)
    ran = shell(*REMOVE, '--branch', BRANCH)
    assert (ran.code, ran.out) == (0, f'Nothing to do: {BRANCH} holds it already.\n')
    assert git(prod, 'rev-parse', BRANCH) == tip


def test_a_removal_on_an_open_drain_says_why_it_may_and_stays_a_step_of_its_own(prod: Path, shell: Shell) -> None:
    shell(*ADD)
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    shell(*REMOVE)
    assert shell(*REMOVE, '--branch', BRANCH, '--allow', 'RB701=it never had a pod').code == 0
    assert 'Raybootstrap-Allow: RB701=it never had a pod' in message(prod)
    assert shell('replay', BRANCH, '--dry-run', '--exit-code').code == 0
    shell('add-group', 'a', *ADD[2:])
    merge(prod, 'raybootstrap/add-group-prod/a')
    commit(prod, {RAYCLUSTER: (prod / RAYCLUSTER).read_text().replace('maxReplicas: 8', 'maxReplicas: 9')})
    assert 'RB701 error' in shell('replay', BRANCH).err
    ran = shell('replay', BRANCH, '--allow', 'RB701=it never had a pod')
    assert ran.code == 0, ran.err
    subjects = git(prod, 'log', '--reverse', '--format=%s %(trailers:key=Raybootstrap-Allow)', f'main..{BRANCH}')
    assert [line.strip() for line in subjects.splitlines() if line.strip()] == [
        'Drain worker group gpu of prod',
        'Remove worker group gpu from prod Raybootstrap-Allow: RB701=it never had a pod',
    ]
