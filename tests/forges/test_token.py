from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bootstrap import forges
from bootstrap.forges import Token, token_of
from bootstrap.forges.token import run as run_program

SECRET = 'canary-token-1'
NO_PROGRAMS = {'PATH': '/nowhere'}


def nothing(arguments: Sequence[str], stdin: str, environ: Mapping[str, str]) -> None:
    return None


def source(remote: str, kind: str, environ: dict[str, str], api_url: str | None = None) -> str | None:
    everything = {**NO_PROGRAMS, **environ}
    forge = forges.forge(remote, kind, api_url=api_url, environ=everything)
    token = token_of(forge, environ=everything, run=nothing)
    assert token is None or token.secret == SECRET
    return token.source if token else None


GITHUB = 'git@github.com:acme/ray.git'
ENTERPRISE = 'git@git.example.com:acme/ray.git'
ACTIONS = {'GITHUB_SERVER_URL': 'https://github.com', 'GITHUB_API_URL': 'https://api.github.com'}
OWN_ACTIONS = {
    'GITHUB_SERVER_URL': 'https://git.example.com',
    'GITHUB_API_URL': 'https://git.example.com/api/v3',
}
GITLAB_CI = {'GITLAB_CI': 'true', 'CI_SERVER_URL': 'https://git.example.com'}
TFS = 'https://tfs.example.com/tfs/Main/ray/_git/ray'


@pytest.mark.parametrize(
    ('remote', 'kind', 'environ', 'expected'),
    [
        (GITHUB, 'github', {'GH_TOKEN': SECRET}, 'GH_TOKEN'),
        (GITHUB, 'github', {'GITHUB_TOKEN': SECRET}, 'GITHUB_TOKEN'),
        (GITHUB, 'github', {'GITHUB_TOKEN': SECRET, **ACTIONS}, 'GITHUB_TOKEN'),
        (GITHUB, 'github', {'GITHUB_TOKEN': SECRET, **OWN_ACTIONS}, None),
        (GITHUB, 'github', {'GITHUB_TOKEN': SECRET, 'GITEA_ACTIONS': 'true', **OWN_ACTIONS}, None),
        (GITHUB, 'github', {'GH_ENTERPRISE_TOKEN': SECRET}, None),
        (GITHUB, 'github', {'GITLAB_TOKEN': SECRET}, None),
        (GITHUB, 'github', {'GH_TOKEN': 'two words'}, None),
        (GITHUB, 'github', {'GH_TOKEN': 'a\nHost: evil'}, None),
        ('https://acme.ghe.com/acme/ray', 'github', {'GH_TOKEN': SECRET}, 'GH_TOKEN'),
        ('https://acme.ghe.com.evil.example/acme/ray', 'github', {'GH_TOKEN': SECRET}, None),
        ('http://github.com/acme/ray', 'github', {'GH_TOKEN': SECRET}, None),
        ('https://github.com:444/acme/ray', 'github', {'GH_TOKEN': SECRET}, None),
        (ENTERPRISE, 'github', {'GH_TOKEN': SECRET}, None),
        (ENTERPRISE, 'github', {'GH_ENTERPRISE_TOKEN': SECRET}, None),
        (ENTERPRISE, 'github', {'GITHUB_TOKEN': SECRET, **OWN_ACTIONS}, 'GITHUB_TOKEN'),
        (ENTERPRISE, 'github', {'GITHUB_TOKEN': SECRET, **ACTIONS}, None),
        ('https://git.example.com:444/acme/ray', 'github', {'GITHUB_TOKEN': SECRET, **OWN_ACTIONS}, None),
        ('git@gitlab.com:acme/ray.git', 'gitlab', {'GITLAB_TOKEN': SECRET}, 'GITLAB_TOKEN'),
        ('git@git.example.com:acme/ray.git', 'gitlab', {'GITLAB_TOKEN': SECRET}, None),
        ('git@git.example.com:acme/ray.git', 'gitlab', {'GITLAB_TOKEN': SECRET, **GITLAB_CI}, 'GITLAB_TOKEN'),
        ('git@other.example.com:acme/ray.git', 'gitlab', {'GITLAB_TOKEN': SECRET, **GITLAB_CI}, None),
        ('git@gitea.com:acme/ray.git', 'gitea', {'GITEA_TOKEN': SECRET}, 'GITEA_TOKEN'),
        ('git@gitea.com:acme/ray.git', 'gitea', {'GITHUB_TOKEN': SECRET}, None),
        ('git@codeberg.org:acme/ray.git', 'forgejo', {'FORGEJO_TOKEN': SECRET}, 'FORGEJO_TOKEN'),
        (ENTERPRISE, 'gitea', {'GITHUB_TOKEN': SECRET, 'GITEA_ACTIONS': 'true', **OWN_ACTIONS}, 'GITHUB_TOKEN'),
        ('git@bitbucket.org:acme/ray.git', 'bitbucket', {'BITBUCKET_TOKEN': SECRET}, 'BITBUCKET_TOKEN'),
        (
            'git@bitbucket.org:acme/ray.git',
            'bitbucket',
            {'BITBUCKET_API_TOKEN': SECRET, 'BITBUCKET_EMAIL': 'ada@example.com'},
            'BITBUCKET_API_TOKEN',
        ),
        ('git@bitbucket.org:acme/ray.git', 'bitbucket', {'BITBUCKET_API_TOKEN': SECRET}, None),
        ('https://git.example.com/scm/ray/ray.git', 'bitbucket-server', {'BITBUCKET_SERVER_TOKEN': SECRET}, None),
        ('git@ssh.dev.azure.com:v3/acme/ray/ray', 'azure', {'AZURE_DEVOPS_EXT_PAT': SECRET}, 'AZURE_DEVOPS_EXT_PAT'),
        (TFS, 'azure', {'SYSTEM_ACCESSTOKEN': SECRET}, None),
        (
            TFS,
            'azure',
            {
                'SYSTEM_ACCESSTOKEN': SECRET,
                'TF_BUILD': 'True',
                'SYSTEM_COLLECTIONURI': 'https://tfs.example.com/tfs/Main/',
            },
            'SYSTEM_ACCESSTOKEN',
        ),
    ],
)
def test_a_variable_goes_only_to_the_hosts_it_is_for(
    remote: str, kind: str, environ: dict[str, str], expected: str | None
) -> None:
    assert source(remote, kind, environ) == expected


def test_a_named_address_is_trusted_and_plain_http_is_only_then() -> None:
    named = {'GH_TOKEN': SECRET}
    assert source(ENTERPRISE, 'github', named, 'https://git.example.com/api/v3') == 'GH_TOKEN'
    assert source(ENTERPRISE, 'github', named, 'http://git.example.com/api/v3') == 'GH_TOKEN'
    assert source(ENTERPRISE, 'gitea', {'GITHUB_TOKEN': SECRET}, 'https://git.example.com/api/v1') is None
    actions = {'GITHUB_SERVER_URL': 'http://git.example.com', 'GITHUB_TOKEN': SECRET}
    assert source('http://git.example.com/acme/ray', 'github', actions) is None


def test_gh_is_asked_without_the_variables_it_would_answer_with(tmp_path: Path) -> None:
    gh = tmp_path / 'gh'
    gh.write_text(
        '#!/bin/sh\nprintf "%s" "$GH_ENTERPRISE_TOKEN$GH_TOKEN$GITHUB_TOKEN"\n[ "$4" = git.example.com ] && echo kept\n'
    )
    gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
    environ = {'PATH': f'{tmp_path}:/usr/bin:/bin', 'GH_ENTERPRISE_TOKEN': SECRET, 'GH_TOKEN': SECRET}
    forge = forges.forge(ENTERPRISE, 'github', api_url=None, environ={})
    assert token_of(forge, environ=environ) == Token('kept', 'gh')


def helper(folder: Path, body: str) -> dict[str, str]:
    """An environment in which git has a credential helper."""
    script = folder / 'helper'
    script.write_text(f'#!/bin/sh\n{body}\n')
    script.chmod(0o755)
    (folder / 'config').write_text(f'[credential]\n\thelper = {script}\n\tuseHttpPath = true\n')
    settings = {'GIT_CONFIG_GLOBAL': str(folder / 'config'), 'GIT_CONFIG_NOSYSTEM': '1', 'HOME': str(folder)}
    return {'PATH': '/usr/bin:/bin', **settings}


def test_git_is_asked_last(tmp_path: Path) -> None:
    environ = helper(tmp_path, f'cat > {tmp_path}/asked\necho username=ada\necho password={SECRET}')
    forge = forges.forge('https://git.example.com:8443/acme/ray.git', 'gitea', api_url=None, environ={})
    token = token_of(forge, environ=environ)
    assert token == Token(SECRET, 'git credential', 'ada')
    asked = (tmp_path / 'asked').read_text()
    assert asked.startswith('protocol=https\nhost=git.example.com:8443\npath=acme/ray\n')
    assert SECRET not in repr(token)


def test_git_asks_nobody(tmp_path: Path) -> None:
    environ = helper(tmp_path, 'exit 1')
    askpass = tmp_path / 'askpass'
    askpass.write_text(f'#!/bin/sh\ntouch {tmp_path}/canary\necho {SECRET}\n')
    askpass.chmod(0o755)
    (tmp_path / 'config').write_text(f'[core]\n\taskPass = {askpass}\n')
    forge = forges.forge(GITHUB, 'github', api_url=None, environ={})
    told = {'GIT_ASKPASS': str(askpass), 'SSH_ASKPASS': str(askpass), 'DISPLAY': ':0'}
    assert token_of(forge, environ={**environ, **told}) is None
    assert not (tmp_path / 'canary').exists()


def test_a_program_that_hangs_or_is_missing_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('bootstrap.forges.token._SECONDS', 0.1)
    assert run_program(['sleep', '9'], '', {'PATH': '/usr/bin:/bin'}) is None
    assert run_program(['/nowhere/gh'], '', {}) is None
    assert run_program(['false'], '', {'PATH': '/usr/bin:/bin'}) is None


def test_a_token_is_never_shown() -> None:
    token = Token(SECRET, 'GH_TOKEN', 'ada')
    assert repr(token) == str(token) == f'{token}' == "Token(source='GH_TOKEN')"
    hidden = token.hidden_in(f'a {SECRET} b {token.headers("azure")["Authorization"]}')
    assert hidden == 'a *** b Basic ***'


@pytest.mark.parametrize(
    ('kind', 'user', 'expected'),
    [
        ('github', '', 'Bearer s'),
        ('github', 'ada', 'Bearer s'),
        ('gitlab', 'oauth2', 'Bearer s'),
        ('gitea', '', 'token s'),
        ('gitea', 'ada', 'Basic YWRhOnM='),
        ('bitbucket', '', 'Bearer s'),
        ('bitbucket', 'ada', 'Basic YWRhOnM='),
        ('bitbucket-server', '', 'Bearer s'),
        ('azure', '', 'Basic OnM='),
    ],
)
def test_the_header_each_forge_takes(kind: str, user: str, expected: str) -> None:
    assert Token('s', 'x', user).headers(kind) == {'Authorization': expected}
