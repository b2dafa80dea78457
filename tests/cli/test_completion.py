"""Completion of command lines: what may come next, and what real shells make of it."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from world import URL, Shell, commit, git

from bootstrap.cli import completing
from bootstrap.cli.app import COMMANDS


@pytest.fixture
def repository(folder: Path, shell: Shell) -> Path:
    """Two environments on main; prod has the groups standard-worker and gpu, and a further RayCluster."""
    git(folder, 'init', '--quiet', '--initial-branch=main')
    shell('init', '--env', 'prod', '--env', 'dev', '--shares', 'prod', '--repo-url', URL, '--direct')
    shell('add-group', 'gpu', '--env', 'prod', '--gpu', '1', '--cpu', '8', '--memory', '64Gi', '--max', '8', '--direct')
    shell('add-raycluster', 'batch', '--env', 'prod', '--direct')
    git(folder, 'switch', '--quiet', 'main')
    return folder


def values(*words: str) -> list[str]:
    return [value for value, _ in completing.candidates(words)]


def test_commands_and_options_complete() -> None:
    assert values('') == list(COMMANDS)
    assert values('add-') == ['add-group', 'add-raycluster']
    assert '--node-selector' in values('add-group', 'x', '--node')
    assert '--base' in values('add-group', '--ba')
    assert values('list', 'g') == ['groups']
    assert values('validate', '-o', 's') == ['sarif']
    assert values('no-such-command', '') == []


@pytest.mark.parametrize(
    ('line', 'found'),
    [
        (['add-group', 'x', '--env', ''], ['dev', 'prod']),
        (['add-group', '--env=p'], ['--env=prod']),
        (['add-group', '--env', '='], ['dev', 'prod']),
        (['add-group', '--env', '=', 'd'], ['dev']),
        (['promote', 'dev', ''], ['dev', 'prod']),
        (['diff', ''], ['dev', 'prod']),
        (['remove-env', 'd'], ['dev']),
        (['set-group', '--env', 'prod', ''], ['standard-worker', 'gpu']),
        (['set-group', '--env', 'prod', '--raycluster', 'batch', ''], ['standard-worker']),
        (['remove-group', ''], ['standard-worker', 'gpu']),
        (['remove-raycluster', ''], ['batch']),
        (['explain', 'RB70'], [f'RB70{number}' for number in range(1, 10)]),
        (['replay', 'ma'], ['main']),
        (['-C', ''], [':files']),
        (['adopt', ''], [':files']),
        (['init', '--kuberay-version', ''], []),
    ],
)
def test_what_the_repository_holds_completes(repository: Path, line: list[str], found: list[str]) -> None:
    assert values(*line) == found


def test_a_directory_given_before_is_the_one_looked_at(repository: Path, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    assert values('set-group', '--env', '') == []
    assert values('-C', str(repository), 'set-group', '--env', '') == ['dev', 'prod']


def test_names_that_a_shell_would_read_are_left_out(repository: Path) -> None:
    for name in ('$(id)', 'a b', '-rf', 'x;y', "q'", 'é\x1b'):
        commit(repository, {f'environments/{name}/root.yaml': 'x: y\n'})
    assert values('set-group', '--env', '') == ['dev', 'prod']


def test_a_repository_that_cannot_be_read_completes_nothing(repository: Path) -> None:
    commit(repository, {'environments/prod/applications/raycluster.yaml': '{'})
    assert values('set-group', '--env', 'prod', '') == []


def environment(repository: Path) -> dict[str, str]:
    path = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    return {**os.environ, 'PATH': path, 'HOME': str(repository), 'TERM': 'dumb', 'ZDOTDIR': str(repository)}


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f'{shell} is not installed')


def typed(repository: Path, start: list[str], before: str, keys: str, wanted: str) -> str:
    """What an interactive shell shows when these keys are typed; waits for `wanted`, at most 20 s."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        start,
        cwd=repository,
        env=environment(repository),
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    os.write(parent, f'{before}; echo rea""dy\n'.encode())
    shown, sent, end = '', False, time.monotonic() + 20
    while time.monotonic() < end and not re.search(wanted, shown):
        if select.select([parent], [], [], 0.1)[0]:
            shown += os.read(parent, 1 << 16).decode(errors='replace')
        if not sent and '\nready' in shown.replace('\r', ''):
            sent, shown = True, ''
            os.write(parent, keys.encode())
    process.kill()
    process.wait()
    os.close(parent)
    return shown


def test_bash_completes(repository: Path) -> None:
    needs('bash')
    script = (
        'source <(raybootstrap completion bash); COMP_WORDS=(raybootstrap set-group --env prod ""); COMP_CWORD=4; '
        '_raybootstrap; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ['bash', '-c', script], cwd=repository, env=environment(repository), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ['standard-worker', 'gpu']


def test_bash_completes_what_is_typed(repository: Path) -> None:
    needs('bash')
    shown = typed(
        repository,
        ['bash', '--norc', '-i'],
        'source <(raybootstrap completion bash)',
        'raybootstrap set-group --env=pr\tst\t',
        r'--env=prod standard-worker',
    )
    assert '--env=prod standard-worker' in shown


def test_zsh_completes_what_is_typed(repository: Path) -> None:
    needs('zsh')
    shown = typed(
        repository,
        ['zsh', '-i'],
        'unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source <(raybootstrap completion zsh)',
        'raybootstrap set-group --env=pr\tst\t',
        r'standard-worker',
    )
    assert 'standard-worker' in shown


def test_fish_completes(repository: Path) -> None:
    needs('fish')
    script = 'raybootstrap completion fish | source; complete --do-complete "raybootstrap set-group --env prod "'
    done = subprocess.run(
        ['fish', '--no-config', '-c', script],
        cwd=repository,
        env=environment(repository),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ['gpu\tprod', 'standard-worker\tprod']
