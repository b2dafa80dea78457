"""What a command reads does not grow with the repository: it works where git has lost everything else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from git_world import script
from world import URL, Shell, git

NAMES = ('a', 'b', 'c')
FILES = ('root.yaml', 'projects.yaml', 'applications/raycluster.yaml', 'applications/ray-operator.yaml')
GROUP = ('--cpu', '1', '--memory', '1Gi', '--max', '2')


@pytest.fixture
def fleet(folder: Path, shell: Shell) -> Path:
    """Three environments on main; of b and c git has names and no files."""
    names = [word for name in NAMES for word in ('--env', name)]
    assert shell('init', *names, '--operator', '--repo-url', URL, '--group', 'cpu').code == 0
    git(folder, 'switch', '--quiet', 'main')
    git(folder, 'merge', '--quiet', 'raybootstrap/init-a+b+c')
    git(folder, 'branch', '--quiet', '--delete', 'raybootstrap/init-a+b+c')
    for name in ('b', 'c'):
        for file in FILES:
            oid = git(folder, 'rev-parse', f'main:environments/{name}/{file}').strip()
            (folder / '.git' / 'objects' / oid[:2] / oid[2:]).unlink()
    return folder


@pytest.mark.parametrize(
    'words',
    [
        ('add-group', 'gpu', '--env', 'a', *GROUP),
        ('set-group', 'cpu', '--env', 'a', '--max', '9'),
        ('remove-group', 'cpu', '--env', 'a'),
        ('set-raycluster', '--env', 'a', '--head-cpu', '2'),
    ],
    ids=lambda words: words[0],
)
def test_a_change_of_one_environment_reads_only_its_files(fleet: Path, shell: Shell, words: tuple[str, ...]) -> None:
    ran = shell(*words)
    assert (ran.code, ran.err) == (0, '')
    [branch] = git(fleet, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/raybootstrap').split()
    ran = shell('validate', '--since', 'main', '--rev', branch)
    assert (ran.code, ran.err.splitlines()[-1].split(':')[0]) == (0, '5 files')


def test_validate_since_reads_of_git_only_what_changed(fleet: Path, shell: Shell) -> None:
    path = fleet / 'environments/a/applications/raycluster.yaml'
    path.write_text(path.read_text().replace('cpu: "1"', 'cpu: "2"'))
    ran = shell('validate', '--since', 'HEAD')
    assert ran.code in (0, 4)
    assert ran.err.startswith('5 files: ')


@pytest.mark.parametrize('words', [('status', '--env', 'a'), ('wait', '--env', 'a', '--timeout', '0s')])
def test_what_runs_of_one_environment_reads_only_its_files(
    fleet: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    script(tmp_path / 'bin' / 'kubectl', """echo '{"apiVersion": "v1", "kind": "List", "items": []}'""")
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}:{os.environ["PATH"]}')
    ran = shell(*words)
    assert 'its content is missing' not in ran.err
    assert ran.code in (0, 1, 7)


def test_what_looks_at_everything_says_what_is_missing(fleet: Path, shell: Shell) -> None:
    ran = shell('validate', '--rev', 'HEAD')
    assert ran.code == 1
    assert 'environments/b/root.yaml: its content is missing from the repository' in ran.err
