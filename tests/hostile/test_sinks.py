"""Threats 18 and 19: a secret is in no output, and nothing waits for an answer that nobody gives."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from forge_world import CANARY
from git_world import git
from hostile_world import READING, WRITING
from test_programs import closed
from test_terminal import terminal
from world import Shell

__all__ = ['closed']
EVERY = {**READING, **WRITING}
SECONDS = 10
VARIABLES = (
    *('GH_TOKEN', 'GITHUB_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITLAB_TOKEN', 'GITEA_TOKEN', 'BITBUCKET_TOKEN'),
    *('AZURE_DEVOPS_EXT_PAT', 'SYSTEM_ACCESSTOKEN', 'ARGOCD_AUTH_TOKEN', 'CI_JOB_TOKEN'),
)
FORMS = ('//ada:CANARY@', '//CANARY@', '//CANARY:x-oauth-basic@', '//ada:%63CANARY@')


@pytest.fixture
def secretive(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tokens in every variable, which a remote may not be told, and traces that would print them."""
    for name in VARIABLES:
        monkeypatch.setenv(name, CANARY)
    for name in ('GIT_TRACE', 'GIT_TRACE_CURL', 'GIT_CURL_VERBOSE', 'GIT_TRACE2', 'GIT_TRACE_PACKET'):
        monkeypatch.setenv(name, '1')
    monkeypatch.setenv('GIT_TRACE_REDACT', '0')
    return place


@pytest.mark.parametrize('command', [command for command in EVERY if command not in ('options', 'completion')])
def test_no_output_holds_a_secret_and_nothing_waits(
    command: str, secretive: Path, closed: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form in FORMS[: 4 if command in ('add-group', 'proposals') else 1]:
        git(secretive, 'remote', 'set-url', 'origin', closed.replace('//', form.replace('CANARY', CANARY)))
        for output in ('text', 'json') if command in ('add-group', 'proposals', 'replay') else ('json',):
            started = time.monotonic()
            ran = shell(command, *EVERY[command], '-o', output)
            assert time.monotonic() - started < SECONDS
            assert ran.code == (1 if command in WRITING or command == 'proposals' else 0), ran
            assert CANARY not in ran.out + ran.err
    held = [path for path in secretive.rglob('*') if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert held == [secretive / '.git' / 'config']


@pytest.mark.parametrize('command', ['proposals', 'add-group', 'replay'])
def test_nothing_waits_in_ci_even_where_there_is_a_terminal(command: str, place: Path, closed: str) -> None:
    git(place, 'remote', 'set-url', 'origin', closed)
    started = time.monotonic()
    said = terminal(place, command, *EVERY[command])
    assert time.monotonic() - started < SECONDS
    assert 'terminal prompts disabled' in said
    assert 'Password' not in said


def test_what_is_pushed_holds_no_secret(secretive: Path, tmp_path: Path, shell: Shell) -> None:
    """The commit, its message and what is shown, with a secret in the address of the remote that is proposed."""
    address = f'https://ada:{CANARY}@git.example.com/acme/ray.git'
    git(secretive, 'remote', 'set-url', 'origin', address)
    git(secretive, 'config', f'url.{tmp_path / "remote.git"}.insteadOf', address)
    for line in (('init', '--env', 'fresh', '--operator', '--pr'), ('add-group', *WRITING['add-group'], '-o', 'json')):
        ran = shell(*line)
        assert CANARY not in ran.out + ran.err
    assert git(secretive, 'branch', '--list', 'raybootstrap/init-fresh').strip()
    remote = str(tmp_path / 'remote.git')
    assert CANARY not in git(Path(remote), 'log', '-p', '--all')
