"""Code owners, workflows and Renovate's rule: what `init` proposes, and that nobody's lines are lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from world import URL, Shell, assert_sound, commit, git, merge, user_state

ALL = ('--owner', '@acme/platform', '--ci', 'github', '--renovate')
GITHUB = ('--forge', 'github')


def of(folder: Path, branch: str, file: str) -> str:
    return git(folder, 'show', f'{branch}:{file}')


def test_one_proposal_starts_an_environment_and_its_approval(folder: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'prod', '--repo-url', URL, *ALL)
    assert ran.code == 0, ran.err
    assert git(folder, 'symbolic-ref', '--short', 'HEAD').strip() == 'raybootstrap/init-prod'
    made = git(folder, 'ls-files').split()
    assert [name for name in made if not name.startswith('environments/')] == [
        '.github/CODEOWNERS',
        '.github/workflows/raybootstrap.yml',
        'renovate.json',
    ]
    assert of(folder, 'HEAD', '.github/CODEOWNERS').splitlines()[-3:] == [
        '/environments/prod/ @acme/platform',
        '/raybootstrap.yaml @acme/platform',
        '/.github/CODEOWNERS @acme/platform',
    ]
    assert 'Owners bind once the protection of main asks for the approval of code owners.' in ran.out
    assert 'init --env prod --repo-url' in git(folder, 'log', '-1', '--format=%B')
    assert ' --owner @acme/platform --ci github --renovate\n' in git(folder, 'log', '-1', '--format=%B')
    assert_sound(folder)
    assert shell('init', '--env', 'prod', *ALL).out == 'Nothing to do: raybootstrap/init-prod holds it already.\n'
    merge(folder, 'raybootstrap/init-prod')
    assert shell('init', '--env', 'prod', *ALL).out == 'Nothing to do: main is as asked.\n'
    assert shell('init', *ALL, '--owner', '@acme/platform').code == 0


def test_without_an_environment_it_is_for_the_repository(checkout: Path, shell: Shell) -> None:
    before = user_state(checkout)
    ran = shell('init', *ALL, '--path', 'deploy/ray')
    assert ran.code == 0, ran.err
    branch = 'raybootstrap/init/owners+ci-github+renovate'
    assert f'Branch {branch}, pushed to' in ran.out
    assert ran.out.startswith('Add code owners, a CI workflow and a Renovate rule\n')
    assert user_state(checkout) == before
    assert git(checkout, 'diff', '--name-only', 'main', branch).split() == [
        '.github/CODEOWNERS',
        '.github/workflows/raybootstrap.yml',
        'renovate.json',
    ]
    assert '/deploy/ray/environments/ @acme/platform\n' in of(checkout, branch, '.github/CODEOWNERS')
    assert '  RAYBOOTSTRAP_PATH: deploy/ray' in of(checkout, branch, '.github/workflows/raybootstrap.yml')
    assert '"/^deploy/ray/environments/' in of(checkout, branch, 'renovate.json')
    again = shell('init', *ALL, '--path', 'deploy/ray')
    assert (again.code, again.out.splitlines()[0]) == (0, f'Nothing to do: {branch} holds it already.')


def test_several_environments_do_not_make_it_a_question(prod: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'dev', '--shares', 'prod').code == 0
    merge(prod, 'raybootstrap/init-dev')
    ran = shell('init', '--renovate')
    assert (ran.code, ran.err) == (0, '')
    merge(prod, 'raybootstrap/init/renovate')
    assert shell('init', '--renovate').out == 'Nothing to do: main is as asked.\n'
    assert shell('init', '--ci', 'gitlab').code == 0
    assert shell('init', '--ci', 'gitea').code == 0
    assert 'RAYBOOTSTRAP_COMMENT_TOKEN' in git(prod, 'log', '-1', '--format=%B', 'raybootstrap/init/ci-gitlab')


def test_an_interrupted_push_is_finished(checkout: Path, remote: Path, shell: Shell) -> None:
    assert shell('init', '--renovate', '--no-push').code == 0
    assert 'raybootstrap' not in git(remote, 'branch')
    assert shell('init', '--renovate').code == 0
    assert 'raybootstrap/init/renovate' in git(remote, 'branch')


def test_what_the_user_wrote_stays(prod: Path, shell: Shell) -> None:
    files = {
        'CODEOWNERS': '# ours\n* @acme/all\n/environments/prod/applications/raycluster.yaml @acme/ml\n',
        '.github/renovate.json': '{"extends": ["local>acme/renovate"]}\n',
        '.github/workflows/raybootstrap.yml': 'name: mine\n',
    }
    commit(prod, files)
    ran = shell('init', '--env', 'prod', *ALL)
    assert ran.code == 0, ran.err
    branch = 'raybootstrap/init-prod'
    assert of(prod, branch, 'CODEOWNERS') == (
        '# ours\n* @acme/all\n/environments/prod/ @acme/platform\n'
        '/environments/prod/applications/raycluster.yaml @acme/ml\n/raybootstrap.yaml @acme/platform\n'
    )
    assert of(prod, branch, '.github/renovate.json').startswith('{"extends": ["local>acme/renovate"], "argocd": {')
    assert git(prod, 'diff', '--name-only', 'main', branch).split() == ['.github/renovate.json', 'CODEOWNERS']
    message = git(prod, 'log', '-1', '--format=%B', branch)
    assert '- CODEOWNERS: changed\n' in message
    assert '  - packageRules: added\n' in message


@pytest.mark.parametrize('arguments', [('init', '--env', 'prod'), ('init',)])
def test_json_tells_of_files_that_are_no_manifests(prod: Path, shell: Shell, arguments: tuple[str, ...]) -> None:
    commit(prod, {'.github/CODEOWNERS': '* @acme/all\n'})
    document = json.loads(shell(*arguments, '--owner', '@acme/platform', '-o', 'json').out)
    assert (document['result'], document['findings']) == ('changed', [])
    [change] = document['changes']
    assert (change['path'], change['before']) == ('.github/CODEOWNERS', '* @acme/all\n')
    assert change['after'].startswith('* @acme/all\n/environments/')


def test_the_forge_decides_where_code_owners_stand(prod: Path, shell: Shell) -> None:
    asked = ('init', '--owner', '@acme/platform', '--dry-run', '-o', 'json')

    def file(*more: str) -> str:
        ran = shell(*asked, *more)
        assert ran.code == 0, ran.err
        return str(json.loads(ran.out)['changes'][0]['path'])

    unknown = shell('init', '--owner', '@acme/platform')
    assert (unknown.code, unknown.out) == (2, '')
    assert 'forge: github in raybootstrap.yaml' in unknown.err
    assert file('--forge', 'github') == '.github/CODEOWNERS'
    assert file('--forge', 'gitlab') == '.gitlab/CODEOWNERS'
    assert file('--forge', 'forgejo') == '.gitea/CODEOWNERS'
    refused = shell(*asked, '--forge', 'azure')
    assert refused.code == 1
    assert 'code owners of azure' in json.loads(refused.out)['error']
    git(prod, 'remote', 'add', 'origin', 'git@gitlab.com:acme/ray.git')
    assert file('--no-fetch') == '.gitlab/CODEOWNERS'
    git(prod, 'remote', 'remove', 'origin')
    commit(prod, {'.gitea/workflows/x.yaml': 'on: push\n'})
    assert file() == '.gitea/CODEOWNERS'
    commit(prod, {'raybootstrap.yaml': 'forge: github\n'})
    assert file() == '.github/CODEOWNERS'


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        ((), 'which environment?'),
        (('--ci', 'github', '--sync', 'manual'), 'which environment?'),
        (('--renovate', '--no-root'), 'which environment?'),
        (('--ci', 'jenkins'), "--ci 'jenkins'"),
        (('--owner', 'platform', *GITHUB), "'platform': is no owner"),
        (('--owner', '@a\n* @b', *GITHUB), 'is no owner'),
        (('--owner', '@a\x1b[31m', *GITHUB), 'is no owner'),
    ],
)
def test_what_cannot_be_asked_changes_nothing(prod: Path, shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    before, refs = user_state(prod), git(prod, 'for-each-ref')
    ran = shell('init', *arguments)
    assert (ran.code, ran.out) == (2, '')
    assert words in ran.err
    assert '\x1b' not in ran.err
    assert (user_state(prod), git(prod, 'for-each-ref')) == (before, refs)


@pytest.mark.parametrize(
    ('files', 'option', 'words'),
    [
        ({'renovate.json5': '{}\n'}, ('--renovate',), 'renovate.json5: only plain JSON is edited'),
        ({'.gitlab-ci.yml': 'a: !reference [b]\n'}, ('--ci', 'gitlab'), '.gitlab-ci.yml: '),
    ],
)
def test_what_cannot_be_edited_is_refused(
    prod: Path, shell: Shell, files: dict[str, str], option: tuple[str, ...], words: str
) -> None:
    commit(prod, files)
    ran = shell('init', *option)
    assert (ran.code, ran.out) == (1, '')
    assert f'error: {words}' in ran.err


def test_a_link_in_the_way_is_refused(prod: Path, shell: Shell) -> None:
    (prod / '.github').symlink_to('/etc')
    commit(prod, {})
    ran = shell('init', '--ci', 'github')
    assert ran.code == 1
    assert '.github: is a symbolic link' in ran.err
