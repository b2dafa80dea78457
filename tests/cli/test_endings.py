"""Where a command can say what it found, and where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path('/dev/full')


def ran(place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, '-m', 'bootstrap', *words]
    return subprocess.run(line, cwd=place, capture_output=True, env={**os.environ, **more}, check=False)


@pytest.mark.skipif(not FULL.exists(), reason='there is no /dev/full')
@pytest.mark.parametrize('words', [('list',), ('graph',), ('render', '--env', 'prod'), ('list', '-o', 'json')])
def test_a_full_disk_behind_the_output_is_said_in_a_sentence(prod: Path, words: tuple[str, ...]) -> None:
    with FULL.open('wb') as full:
        line = [sys.executable, '-m', 'bootstrap', *words]
        done = subprocess.run(line, cwd=prod, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b'error: cannot write: No space left on device\nhint: make room, or write elsewhere\n'


@pytest.mark.parametrize('locale', [{'LC_ALL': 'C', 'PYTHONUTF8': '0'}, {'PYTHONIOENCODING': 'latin-1'}])
def test_what_is_shown_is_utf8_whatever_the_locale(prod: Path, locale: dict[str, str]) -> None:
    done = ran(prod, 'graph', **locale, PYTHONCOERCECLOCALE='0')
    assert (done.returncode, done.stderr) == (0, b'')
    assert '├─' in done.stdout.decode()


def test_checks_answer_whatever_the_locale(prod: Path) -> None:
    done = ran(prod, 'doctor', PYTHONIOENCODING='utf-16')
    assert b'Traceback' not in done.stderr
    assert done.stdout.decode().split()[:2] == ['ok', 'git']


def shelled(place: Path, words: str, redirected: str) -> subprocess.CompletedProcess[bytes]:
    """A command as a shell starts it: with streams that are closed, or read by nobody."""
    line = f'set -o pipefail; "$0" -m bootstrap {words} {redirected}'
    return subprocess.run(['bash', '-c', line, sys.executable], cwd=place, capture_output=True, check=False)


GROUP = 'add-group new --env prod --cpu 1 --memory 1Gi --max 1 --dry-run'


@pytest.mark.parametrize('words', ['list', 'render --env prod', 'completion bash', '--version', '__complete ""', GROUP])
@pytest.mark.parametrize('closed', ['>&-', '<&-', '>&- 2>&- <&-'])
def test_a_closed_stream_is_one_that_nobody_reads(prod: Path, words: str, closed: str) -> None:
    done = shelled(prod, words, closed)
    assert (done.returncode, done.stderr) == (0, b'')


def test_a_file_of_the_repositorys_does_not_become_the_output(prod: Path) -> None:
    """The lock is the first file that a proposal opens."""
    assert shelled(prod, GROUP.replace('--dry-run', '--no-push'), '>&- <&-').returncode == 0
    assert (prod / '.git' / 'raybootstrap' / 'flock').read_bytes() == b''


def test_nothing_comes_from_a_closed_stdin(prod: Path) -> None:
    done = shelled(prod, 'adopt - --env new', '<&-')
    assert (done.returncode, done.stderr.partition(b'\n')[0]) == (
        1,
        b'error: stdin: holds no object, and nothing that can be placed',
    )


@pytest.mark.parametrize('words', ['__complete ""', 'completion bash', 'list', 'list -o json'])
def test_a_reader_that_has_gone_is_no_error(prod: Path, words: str) -> None:
    done = shelled(prod, words, '| true')
    assert done.returncode in (0, 1)
    assert done.stderr == b''


@pytest.mark.parametrize('program', ['/bin/false', '/nowhere/git'])
def test_a_git_that_gitpython_cannot_start(prod: Path, program: str) -> None:
    for words in (('list', '--rev', 'HEAD'), GROUP.split()):
        done = ran(prod, *words, GIT_PYTHON_GIT_EXECUTABLE=program)
        assert done.returncode == 1
        assert done.stderr.startswith(b'error: GitPython cannot start git: ')
        assert done.stderr.endswith(b'\nhint: unset GIT_PYTHON_GIT_EXECUTABLE\n')


@pytest.mark.skipif(not Path('/dev/zero').exists(), reason='there is no /dev/zero')
@pytest.mark.parametrize('words', [f'{GROUP} --values /dev/zero', 'adopt /dev/zero --env new'])
def test_a_file_without_an_end_is_not_read_to_it(prod: Path, words: str) -> None:
    done = subprocess.run(
        ['sh', '-c', f'ulimit -v 600000; exec "$0" -m bootstrap {words}', sys.executable],
        cwd=prod,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == b'error: /dev/zero:1: is larger than 1 MiB\nhint: split the file\n'
