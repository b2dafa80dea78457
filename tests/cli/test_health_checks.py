"""init --health-checks, as a user sees it."""

from __future__ import annotations

from pathlib import Path

from world import URL, Shell, commit, git, merge

FILE = 'argocd/health-checks.yaml'
MERGE = 'An admin merges the health checks into argocd-cm, once: raybootstrap apply-root --health-checks.'
DECLARE = 'Then set argocd.application_health: true in raybootstrap.yaml'


def test_they_come_with_an_environment_only_on_request(folder: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'dev', '--repo-url', URL).code == 0
    assert FILE not in git(folder, 'ls-files').split()
    merge(folder, 'raybootstrap/init-dev')
    ran = shell('init', '--env', 'prod', '--shares', 'dev', '--health-checks')
    assert ran.code == 0, ran.err
    assert MERGE in ran.out
    assert DECLARE in ran.out
    body = git(folder, 'log', '-1', '--format=%B', 'raybootstrap/init-prod')
    assert MERGE in body
    assert 'Raybootstrap-Command: init --env prod --shares dev --health-checks\n' in body
    merge(folder, 'raybootstrap/init-prod')
    assert FILE in git(folder, 'ls-files').split()
    assert shell('init', '--env', 'prod', '--health-checks').out == 'Nothing to do: main is as asked.\n'


def test_they_come_by_themselves(prod: Path, shell: Shell) -> None:
    ran = shell('init', '--health-checks')
    assert ran.out.startswith('Add health checks for Argo CD\n'), ran.err
    assert git(prod, 'diff', '--name-only', 'main', 'raybootstrap/init/health-checks').split() == [FILE]
    merge(prod, 'raybootstrap/init/health-checks')
    assert shell('init', '--health-checks').out == 'Nothing to do: main is as asked.\n'


def test_what_is_declared_is_not_asked_for(prod: Path, shell: Shell) -> None:
    commit(prod, {'raybootstrap.yaml': 'argocd: {application_health: true}\n'})
    ran = shell('init', '--health-checks')
    assert MERGE in ran.out
    assert DECLARE not in ran.out


def test_code_owners_own_them(prod: Path, shell: Shell) -> None:
    commit(prod, {'.github/CODEOWNERS': '/raybootstrap.yaml @acme/platform\n'})
    assert shell('init', '--health-checks').code == 0
    owners = git(prod, 'show', 'raybootstrap/init/health-checks:.github/CODEOWNERS')
    assert owners == '/raybootstrap.yaml @acme/platform\n/argocd/ @acme/platform\n'
