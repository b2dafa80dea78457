"""The two commands, end to end, as a new user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from world import URL, Shell, assert_sound, bare, clone, commit, git, merge, user_state

GPU = (
    *('add-group', 'gpu', '--env', 'prod', '--gpu', '1', '--cpu', '8', '--memory', '64Gi'),
    *('--node-selector', 'cloud.google.com/gke-accelerator=nvidia-l4', '--toleration', 'nvidia.com/gpu:NoSchedule'),
)
RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'


def test_an_empty_folder_becomes_a_repository(folder: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'prod', '--repo-url', URL)

    assert ran.code == 0
    assert git(folder, 'branch', '--format=%(refname:short)').split() == ['main', 'raybootstrap/init-prod']
    assert git(folder, 'symbolic-ref', '--short', 'HEAD').strip() == 'raybootstrap/init-prod'
    assert git(folder, 'status', '--porcelain') == ''
    assert git(folder, 'ls-tree', '-r', '--name-only', 'main') == ''
    assert git(folder, 'ls-files').split() == [
        'environments/prod/applications/ray-operator-crds.yaml',
        'environments/prod/applications/ray-operator.yaml',
        'environments/prod/applications/raycluster.yaml',
        'environments/prod/projects.yaml',
        'environments/prod/root.yaml',
    ]
    assert_sound(folder)
    assert 'git merge raybootstrap/init-prod' in ran.out


def test_a_second_init_changes_nothing(folder: Path, shell: Shell) -> None:
    shell('init', '--env', 'prod', '--repo-url', URL)
    refs = git(folder, 'for-each-ref')
    for arguments in (('--repo-url', URL), ()):
        ran = shell('init', '--env', 'prod', *arguments)
        assert (ran.code, ran.out) == (0, 'Nothing to do: raybootstrap/init-prod holds it already.\n')
    merge(folder, 'raybootstrap/init-prod')
    assert shell('init', '--env', 'prod').out == 'Nothing to do: main is as asked.\n'
    assert git(folder, 'for-each-ref', 'refs/heads/raybootstrap') in refs


def test_a_checkout_is_left_alone_and_the_branch_is_pushed(checkout: Path, remote: Path, shell: Shell) -> None:
    before = user_state(checkout)
    ran = shell('init', '--env', 'prod')
    assert ran.code == 0
    assert user_state(checkout) == before
    tip = git(checkout, 'rev-parse', 'raybootstrap/init-prod')
    assert git(remote, 'rev-parse', 'raybootstrap/init-prod') == tip
    assert (
        git(checkout, 'diff', '--name-only', 'main', 'raybootstrap/init-prod').split()[-1]
        == 'environments/prod/root.yaml'
    )
    assert_sound(checkout)
    assert_sound(remote)


def test_a_group_goes_to_the_open_proposal_and_says_why(folder: Path, shell: Shell) -> None:
    shell('init', '--env', 'prod', '--repo-url', URL)
    ran = shell(*GPU, '--max', '8')
    assert ran.code == 0
    assert 'no such environment on main yet; it is on raybootstrap/init-prod, so this is added there' in ran.out
    assert git(folder, 'rev-list', '--count', 'main..raybootstrap/init-prod').strip() == '2'
    numbers = git(folder, 'diff', '--numstat', 'HEAD~1', 'HEAD').split()
    assert numbers == ['22', '0', RAYCLUSTER]
    assert git(folder, 'status', '--porcelain') == ''
    assert shell(*GPU, '--max', '8').out == 'Nothing to do: raybootstrap/init-prod holds it already.\n'
    refused = shell(*GPU, '--max', '9')
    assert refused.code == 1
    assert f'{RAYCLUSTER}:60: there is a worker group gpu with other values' in refused.err
    assert 'raybootstrap set-group gpu --env prod' in refused.err


def test_a_group_after_the_merge_has_a_branch_of_its_own(prod: Path, shell: Shell) -> None:
    assert shell(*GPU, '--max', '8').code == 0
    branch = 'raybootstrap/add-group-prod/gpu'
    assert git(prod, 'diff', '--numstat', 'main', branch).split() == ['22', '0', RAYCLUSTER]
    assert git(prod, 'symbolic-ref', '--short', 'HEAD').strip() == 'main'
    again = shell(*GPU, '--max', '8')
    assert (again.code, again.out) == (0, f'Nothing to do: {branch} holds it already.\n')
    assert shell(*GPU, '--max', '9').code == 1
    merge(prod, branch)
    assert shell(*GPU, '--max', '8').out == 'Nothing to do: main is as asked.\n'
    refused = shell(*GPU, '--max', '9')
    assert refused.code == 1
    assert 'raybootstrap set-group gpu --env prod' in refused.err


def test_the_commit_says_what_was_asked(prod: Path, shell: Shell) -> None:
    shell(
        'add-group',
        'gpu',
        '--cpu',
        '8',
        '--memory',
        '64Gi',
        '--max',
        '8',
        '-m',
        'For the fine-tuning team.',
        '--trailer',
        'Issue=OPS-12',
    )
    assert git(prod, 'log', '-1', '--format=%B', 'raybootstrap/add-group-prod/gpu').rstrip() == (
        'Add worker group gpu to prod\n\n'
        'For the fine-tuning team.\n\n'
        f'- {RAYCLUSTER}:\n'
        '  - spec.source.helm.valuesObject.additionalWorkerGroups: added\n\n'
        'Raybootstrap-Command: add-group gpu --env prod --max 8 --cpu 8 --memory 64Gi\n'
        'Raybootstrap-Version: 0.1.0\n'
        'Issue: OPS-12'
    )


@pytest.mark.parametrize('fork', [False, True])
def test_a_clone_of_an_empty_remote(remote: Path, tmp_path: Path, shell: Shell, fork: bool) -> None:
    place = clone(remote, tmp_path / 'clone')
    if fork:
        mine = bare(tmp_path / 'fork.git')
        git(place, 'remote', 'rename', 'origin', 'upstream')
        git(place, 'remote', 'add', 'origin', str(mine))
        commit(place, {'README.md': 'hello\n'})
        git(place, 'push', '--quiet', 'upstream', 'main')
        git(place, 'push', '--quiet', 'origin', 'main')
        git(place, 'config', 'remote.pushDefault', 'origin')
    ran = shell('-C', str(place), 'init', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 0, ran.err
    there = mine if fork else remote
    assert 'raybootstrap/init-prod' in git(there, 'branch')
    assert 'main' in git(there, 'branch')
    assert git(there, 'symbolic-ref', 'HEAD').strip() == 'refs/heads/main'
    if fork:
        assert 'raybootstrap' not in git(remote, 'branch')


def test_a_dry_run_in_an_empty_folder_says_what_the_run_says(folder: Path, shell: Shell) -> None:
    dry = shell('init', '--env', 'prod', '--repo-url', URL, '--dry-run')
    assert list(folder.iterdir()) == []
    [workers] = [line for line in dry.out.splitlines() if line.startswith('Workers: ')]
    assert workers in shell('init', '--env', 'prod', '--repo-url', URL).out


def test_an_unborn_repository_keeps_its_files(folder: Path, shell: Shell) -> None:
    git(folder, 'init', '--quiet')
    (folder / 'mine.txt').write_text('mine\n')
    git(folder, 'add', 'mine.txt')
    assert shell('init', '--env', 'prod', '--repo-url', URL).code == 0
    assert git(folder, 'symbolic-ref', '--short', 'HEAD').strip() == 'main'
    assert git(folder, 'status', '--porcelain') == 'A  mine.txt\n'
    assert not (folder / 'environments').exists()


def test_a_folder_with_files_is_no_repository_to_be_made(folder: Path, shell: Shell) -> None:
    (folder / 'mine.txt').write_text('mine\n')
    ran = shell('init', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 1
    assert f'hint: git init {folder}' in ran.err
    assert [path.name for path in folder.iterdir()] == ['mine.txt']


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        (('init', '--env', '../x', '--repo-url', URL), 2, "'../x' is no environment name"),
        (('init', '--env=-rf', '--repo-url', URL), 2, "'-rf' is no environment name"),
        (('init', '--env', 'true', '--repo-url', URL), 2, 'YAML reads it as another type'),
        (('init', '--env', 'prod'), 2, '--repo-url'),
        (('init', '--env', 'prod', '--repo-url', 'ext::sh -c id'), 2, 'is no https or ssh address'),
        (('init', '--env', 'prod', '--repo-url', 'https://me:secret@example.com/x'), 2, 'holds credentials'),
        (('init',), 2, 'which environment?'),
        (('init', '--env', 'prod', '--nonsense'), 2, 'No such option'),
        (('nonsense',), 2, 'nonsense'),
        (('init', '--env', 'prod', '--repo-url', URL, '-o', 'xml'), 2, "-o 'xml'"),
        (('init', '--env', 'prod', '--repo-url', URL, '--path', '../x'), 2, "'../x' is no folder of a repository"),
        (('init', '--env', 'prod', '--repo-url', URL, '--remote', 'origin'), 2, 'no remote origin'),
    ],
)
def test_bad_input_in_an_empty_folder_changes_nothing(
    folder: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ran = shell(*arguments)
    assert ran.code == code
    assert words in ran.err
    assert ran.out == ''
    assert 'Traceback' not in ran.err
    assert 'secret' not in ran.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        (('smallGroup',), 2, "chart's defaults disable"),
        (('true',), 2, 'YAML reads it as another type'),
        (('headgroup',), 2, 'head group'),
        (('a_b',), 2, 'worker group name'),
        (('standard-worker',), 1, 'set-group standard-worker'),
        (('gpu', '--min', '9'), 2, 'minReplicas 9 is more than maxReplicas 8'),
        (('gpu', '--memory', '64GB'), 2, 'for example 64Gi'),
        (('gpu', '--memory', '64'), 2, 'counts bytes'),
        (('gpu', '--cpu', 'many'), 2, 'no number of CPUs'),
        (('gpu', '--env', 'nope'), 1, 'environments/nope: no such environment'),
        (('gpu', '--raycluster', 'nope'), 1, 'no such RayCluster'),
        (('gpu', '--from-group', 'nope'), 1, 'no worker group nope'),
        (('gpu', '--values', 'nope.yaml'), 2, 'nope.yaml: cannot be read'),
        (('gpu', '--values', '{"tolerationz": []}'), 2, 'did you mean tolerations?'),
        (('gpu', '--toleration', 'x'), 2, 'KEY[=VALUE]:EFFECT'),
        (('gpu', '--env-var', 'A=b\n\nRaybootstrap-Allow: RB424=c'), 2, 'is not one line of text'),
        (('gpu', '--ray-start-param', 'dashboard-host=b\nc'), 2, 'is not one line of text'),
        (('gpu', '--pod-label', 'ray.io/cluster=other'), 2, 'what KubeRay finds its pods by'),
        (('gpu', '--env-from', 'keys'), 2, 'not of the form KIND/NAME'),
        (('gpu', '--gpu', '1', '--gpu-resource', 'gpu'), 2, 'has a domain'),
        (('gpu', '--allow', 'RB424'), 2, 'not of the form RULE=REASON'),
        (('gpu', '--allow', 'RB424=a\nRaybootstrap-Command: b'), 2, 'the reason is one line of text'),
        (('gpu', '--branch', 'a..b'), 2, 'a..b'),
        (('gpu', '--base', 'nope'), 2, 'nope'),
        (('gpu', '--remote', 'nope'), 2, 'nope'),
        (('gpu', '--exit-code'), 2, 'add --dry-run'),
    ],
)
def test_bad_groups_change_nothing(prod: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    before, refs = user_state(prod), git(prod, 'for-each-ref')
    ran = shell('add-group', '--cpu', '8', '--memory', '64Gi', '--max', '8', *arguments)
    assert (ran.code, ran.out) == (code, '')
    assert words in ran.err
    assert ran.err.startswith('error: ')
    assert (user_state(prod), git(prod, 'for-each-ref')) == (before, refs)


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('a: [1\n', f'{RAYCLUSTER}:2: '),
        ('a: 1\nb: 2\na: 3\n', f'{RAYCLUSTER}:3: '),
        ('- 1\n', RAYCLUSTER),
        ('', RAYCLUSTER),
    ],
)
def test_a_broken_manifest_is_named_with_its_line(prod: Path, shell: Shell, text: str, words: str) -> None:
    commit(prod, {RAYCLUSTER: text})
    refs = git(prod, 'for-each-ref')
    ran = shell('add-group', 'gpu', '--env', 'prod', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    assert ran.code == 1
    assert words in ran.err
    assert git(prod, 'for-each-ref') == refs


def test_checkout_is_refused_in_a_merge(prod: Path, shell: Shell) -> None:
    git(prod, 'switch', '--quiet', '--create', 'side')
    commit(prod, {'x': '1\n'})
    git(prod, 'switch', '--quiet', 'main')
    commit(prod, {'x': '2\n'})
    subprocess.run(['git', 'merge', 'side'], cwd=prod, capture_output=True, check=False)
    before, refs = user_state(prod), git(prod, 'for-each-ref')
    ran = shell('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--checkout', '--base', 'main')
    assert ran.code == 1
    assert 'merge' in ran.err
    assert (user_state(prod), git(prod, 'for-each-ref')) == (before, refs)


def test_without_an_identity_nothing_is_made(folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', '/dev/null')
    ran = shell('init', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 1
    assert 'git config --global user.name' in ran.err
    assert list(folder.iterdir()) == []


def test_without_git_one_sentence(folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', str(folder))
    ran = shell('init', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 1
    assert 'git' in ran.err
    assert 'Traceback' not in ran.err


def test_a_dry_run_shows_all_and_writes_nothing(prod: Path, shell: Shell) -> None:
    before, refs = user_state(prod), git(prod, 'for-each-ref')
    arguments = ('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--dry-run')
    ran = shell(*arguments)
    assert ran.code == 0
    assert '+          gpu:' in ran.out
    assert shell(*arguments, '--exit-code').code == 3
    assert (user_state(prod), git(prod, 'for-each-ref')) == (before, refs)
    assert shell('init', '--env', 'prod', '--dry-run', '--exit-code').code == 0


def test_a_dry_run_of_what_a_proposal_holds_names_its_branch(prod: Path, shell: Shell) -> None:
    assert shell(*GPU, '--max', '8').code == 0
    ran = shell(*GPU, '--max', '8', '--dry-run')
    assert ran.out == 'Nothing to do: raybootstrap/add-group-prod/gpu holds it already.\n'


def test_a_dry_run_in_an_empty_folder_leaves_it_empty(folder: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'prod', '--repo-url', URL, '--dry-run')
    assert ran.code == 0
    assert '+  name: prod-raycluster' in ran.out
    assert list(folder.iterdir()) == []


def test_json_is_one_document(prod: Path, shell: Shell) -> None:
    ran = shell('-o', 'json', 'add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--gpu', '1')
    document = json.loads(ran.out)
    assert document['schema'] == 'raybootstrap/v1'
    assert document['command'] == 'add-group'
    assert document['result'] == 'changed'
    assert (document['base'], document['branch']) == ('main', 'raybootstrap/add-group-prod/gpu')
    assert document['commit'] == git(prod, 'rev-parse', document['branch']).strip()
    [change] = document['changes']
    assert change['field'] == 'spec.source.helm.valuesObject.additionalWorkerGroups'
    assert change['before'] is None
    assert change['after']['gpu']['maxReplicas'] == 8
    assert document['capacity']['after']['maximum'] == {'pods': 208, 'cpu': '264', 'memory': '712Gi', 'gpu': '8'}
    failed = shell('add-group', '-o', 'json', 'true')
    assert json.loads(failed.out)['result'] == 'failed'
    assert failed.code == 2


def test_direct_commits_to_base(checkout: Path, remote: Path, shell: Shell) -> None:
    git(checkout, 'reset', '--quiet', '--hard')
    assert shell('init', '--env', 'prod', '--direct').code == 0
    assert git(checkout, 'rev-parse', 'main') == git(remote, 'rev-parse', 'main')
    assert (checkout / 'environments/prod/root.yaml').exists()
    assert git(checkout, 'status', '--porcelain') == '?? untracked.txt\n'
    commit_settings = 'environments:\n  prod:\n    protected: true\n'
    commit(checkout, {'raybootstrap.yaml': commit_settings})
    git(checkout, 'push', '--quiet', 'origin', 'main')
    ran = shell('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--direct')
    assert ran.code == 1
    assert 'protected' in ran.err


def test_checkout_switches_to_the_branch(prod: Path, shell: Shell) -> None:
    assert shell('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--checkout').code == 0
    assert git(prod, 'symbolic-ref', '--short', 'HEAD').strip() == 'raybootstrap/add-group-prod/gpu'
    assert 'gpu:' in (prod / RAYCLUSTER).read_text()


@pytest.mark.parametrize('untracked', [False, True])
def test_a_checkout_with_files_in_the_way_changes_nothing(prod: Path, shell: Shell, untracked: bool) -> None:
    if untracked:
        (prod / 'environments/dev').mkdir()
        (prod / 'environments/dev/root.yaml').write_text('mine\n')
        arguments: tuple[str, ...] = ('init', '--env', 'dev', '--operator', '--checkout')
    else:
        (prod / RAYCLUSTER).write_text('mine\n')
        arguments = (*GPU, '--max', '8', '--checkout')
    before, refs = user_state(prod), git(prod, 'for-each-ref')
    ran = shell(*arguments)
    assert (ran.code, ran.out) == (1, '')
    assert 'hint: commit them, stash them or move them away first' in ran.err
    assert (user_state(prod), git(prod, 'for-each-ref')) == (before, refs)


def test_a_branch_of_another_person_is_added_to_only_on_purpose(prod: Path, shell: Shell) -> None:
    branch = 'raybootstrap/add-group-prod/gpu'
    git(prod, 'switch', '--quiet', '--create', branch)
    commit(prod, {'note.txt': 'mine\n'}, 'A note')
    git(prod, 'switch', '--quiet', 'main')
    arguments = ('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    refused = shell(*arguments)
    assert refused.code == 1
    assert f'{branch} is there already, with another change: A note' in refused.err
    assert shell(*arguments, '--branch', branch).code == 0
    assert git(prod, 'log', '--format=%s', f'main..{branch}').splitlines() == ['Add worker group gpu to prod', 'A note']


def test_two_open_proposals_with_the_environment_are_named(prod: Path, shell: Shell) -> None:
    for branch in ('one', 'two'):
        assert shell('init', '--env', 'dev', '--shares', 'prod', '--branch', f'raybootstrap/{branch}').code == 0
    arguments = ('add-group', 'gpu', '--env', 'dev', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    refused = shell(*arguments)
    assert refused.code == 1
    assert 'raybootstrap/one, raybootstrap/two' in refused.err
    assert shell(*arguments, '--branch', 'raybootstrap/two').code == 0
    assert git(prod, 'rev-list', '--count', 'main..raybootstrap/two').strip() == '2'


def test_an_interrupted_push_is_finished_by_the_next_run(checkout: Path, remote: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'prod', '--no-push').code == 0
    assert 'raybootstrap' not in git(remote, 'branch')
    ran = shell('init', '--env', 'prod')
    assert ran.code == 0
    assert git(remote, 'rev-parse', 'raybootstrap/init-prod') == git(checkout, 'rev-parse', 'raybootstrap/init-prod')


def test_a_colleagues_proposal_is_seen_on_the_remote(
    checkout: Path, remote: Path, tmp_path: Path, shell: Shell
) -> None:
    assert shell('init', '--env', 'prod').code == 0
    other = clone(remote, tmp_path / 'other')
    assert (
        shell(
            '-C', str(other), 'add-group', 'gpu', '--env', 'prod', '--cpu', '8', '--memory', '64Gi', '--max', '8'
        ).code
        == 0
    )
    assert git(remote, 'rev-list', '--count', 'main..raybootstrap/init-prod').strip() == '2'
    assert shell('add-group', 'cpu', '--env', 'prod', '--cpu', '8', '--memory', '64Gi', '--max', '8').code == 0
    assert git(remote, 'rev-list', '--count', 'main..raybootstrap/init-prod').strip() == '3'


def test_a_merged_branch_is_begun_anew(prod: Path, shell: Shell) -> None:
    arguments = ('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    assert shell(*arguments).code == 0
    merge(prod, 'raybootstrap/add-group-prod/gpu')
    git(prod, 'revert', '--no-edit', 'HEAD')
    assert shell(*arguments).code == 0
    assert git(prod, 'rev-list', '--count', 'main..raybootstrap/add-group-prod/gpu').strip() == '1'


def test_the_branch_that_argo_cd_follows_is_the_base(checkout: Path, remote: Path, shell: Shell) -> None:
    git(checkout, 'reset', '--quiet', '--hard')
    git(checkout, 'switch', '--quiet', '--create', 'release')
    git(checkout, 'push', '--quiet', 'origin', 'release')
    assert shell('init', '--env', 'prod', '--base', 'release', '--direct').code == 0
    git(checkout, 'push', '--quiet', 'origin', 'release:main')
    ran = shell('add-group', 'gpu', '--env', 'prod', '--cpu', '8', '--memory', '64Gi', '--max', '8', '-o', 'json')
    assert json.loads(ran.out)['base'] == 'release'


def test_runs_as_a_module_and_knows_its_version() -> None:
    for arguments in (['-m', 'bootstrap', '--version'], ['-m', 'bootstrap', '-q', '--version']):
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout == 'raybootstrap 0.1.0\n'


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('--from-group', 'nope'), 'there is no worker group nope'),
        (('--raycluster', 'nope'), 'no such RayCluster in prod'),
        (('--env', 'nope'), 'environments/nope: no such environment'),
    ],
)
def test_what_an_open_proposal_lacks_is_said_of_it(
    folder: Path, shell: Shell, arguments: tuple[str, ...], words: str
) -> None:
    shell('init', '--env', 'prod', '--repo-url', URL)
    ran = shell('add-group', 'g', '--env', 'prod', '--cpu', '1', '--memory', '1Gi', '--max', '3', *arguments)
    assert ran.code == 1
    assert words in ran.err


def test_the_order_of_environments_makes_no_other_proposal(folder: Path, shell: Shell) -> None:
    shell('init', '--env', 'dev', '--env', 'prod', '--shares', 'dev', '--repo-url', URL)
    merge(folder, 'raybootstrap/init-dev+prod')
    arguments = ('add-group', 'g', '--cpu', '1', '--memory', '1Gi', '--max', '3')
    assert shell(*arguments, '--env', 'prod', '--env', 'dev').code == 0
    again = shell(*arguments, '--env', 'dev', '--env', 'prod')
    assert again.out == 'Nothing to do: raybootstrap/add-group-dev+prod/g holds it already.\n'


def test_an_operator_of_somebody_elses_is_no_finding(prod: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'qa', '--no-operator', '-o', 'json')
    assert ran.code == 0
    assert json.loads(ran.out)['findings'] == []
    assert git(prod, 'show', 'raybootstrap/init-qa:raybootstrap.yaml').endswith('operator: external\n')


def test_a_relative_remote_is_meant_from_the_top(prod: Path, shell: Shell, tmp_path: Path) -> None:
    bare(prod.parent / 'there.git')
    place = clone(prod.parent / 'there.git', tmp_path / 'relative')
    git(place, 'remote', 'set-url', 'origin', '../there.git')
    (place / 'below').mkdir()
    ran = shell('-C', str(place / 'below'), 'init', '--env', 'prod')
    assert ran.code == 0
    assert f'exactly this URL: {(tmp_path / "there.git").as_uri()} ' in ran.out


def test_values_that_kubernetes_takes_as_they_are(prod: Path, shell: Shell) -> None:
    given = ('--node-selector', 'node-role.kubernetes.io/gpu=', '--env-var', 'EMPTY=', '--env-var', 'SPACE= a ')
    ran = shell('add-group', 'g', '--cpu', '1', '--memory', '1Gi', '--max', '3', *given)
    assert ran.code == 0, ran.err
    text = git(prod, 'show', f'raybootstrap/add-group-prod/g:{RAYCLUSTER}')
    assert 'node-role.kubernetes.io/gpu: ""' in text
    assert '- name: EMPTY\n                value: ""\n' in text
    assert 'value: " a "' in text


@pytest.mark.parametrize('checked_out', [True, False])
def test_direct_keeps_what_is_not_pushed_yet(checkout: Path, remote: Path, shell: Shell, checked_out: bool) -> None:
    git(checkout, 'reset', '--quiet', '--hard')
    mine = commit(checkout, {'mine.txt': 'mine\n'})
    if not checked_out:
        git(checkout, 'switch', '--quiet', '--create', 'other')
    ran = shell('init', '--env', 'prod', '--direct')
    assert ran.code == 1
    assert 'main: has commits here that the remote has not' in ran.err
    assert git(checkout, 'rev-parse', 'main').strip() == mine
    assert shell('init', '--env', 'prod', '--direct', '--branch', 'x').code == 2


def test_an_unpushed_commit_that_the_remote_has_got_from_another_is_made_again(
    remote: Path, tmp_path: Path, shell: Shell
) -> None:
    one, other = clone(remote, tmp_path / 'one'), clone(remote, tmp_path / 'other')
    commit(one, {'README.md': 'hello\n'})
    git(one, 'push', '--quiet', 'origin', 'main')
    for place, more in ((one, ['--no-push']), (other, [])):
        assert shell('-C', str(place), 'init', '--env', 'prod', '--repo-url', URL, *more).code == 0
    ran = shell('-C', str(one), 'init', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 0, ran.err
    tips = [git(place, 'rev-parse', 'raybootstrap/init-prod') for place in (one, other, remote)]
    assert len(set(tips)) == 1


@pytest.mark.parametrize(
    'arguments',
    [('--branch', 'a..b'), ('--base', 'HEAD'), ('-m', 'a\x1bb'), ('--title', 'a\nb'), ('--allow', 'RB999=x')],
)
def test_what_cannot_be_published_is_refused_before_a_repository_is_made(
    folder: Path, shell: Shell, arguments: tuple[str, ...]
) -> None:
    ran = shell('init', '--env', 'prod', '--repo-url', URL, *arguments)
    assert ran.code == 2
    assert list(folder.iterdir()) == []


def test_a_command_that_changes_nothing_makes_no_repository(folder: Path, shell: Shell) -> None:
    assert shell('fix').code == 0
    assert list(folder.iterdir()) == []


def test_projects_that_nobody_uses_any_more_are_named(prod: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'prod', '--project', 'ml', '--kuberay-version', '1.8.0')
    assert ran.code == 0, ran.err
    assert 'environments/prod/projects.yaml is not used any more' in ran.out
    assert 'KubeRay 1.8.0 is not known here: it is checked as 1.7.0.' in ran.out
