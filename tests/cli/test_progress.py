"""Long work shows on a terminal how far it is, nowhere else, and ends cleanly when it is interrupted."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from world import Shell, git

HIDDEN, SHOWN = b'\x1b[?25l', b'\x1b[?25h'
NAMES = [f'e{number}' for number in range(4)]
# With `hang` it stops at the second environment, as a slow disk would.
CODE = """
import sys, time
from bootstrap import progress, validation
progress.AFTER_SECONDS = 0
if {hang}:
    add, seen = validation.Validation.add, []
    def slow(*given):
        seen.append(given)
        if len(seen) > 1:
            time.sleep(60)
        return add(*given)
    validation.Validation.add = slow
from bootstrap.cli import main
main()
"""
UPGRADE = ('upgrade', '--all-envs', '--kuberay-version', '1.7.0')


@pytest.fixture
def fleet(folder: Path, shell: Shell) -> Path:
    names = [word for name in NAMES for word in ('--env', name)]
    url = 'https://git.example.com/acme/ray.git'
    assert shell('init', *names, '--operator', '--repo-url', url, '--kuberay-version', '1.5.1').code == 0
    git(folder, 'switch', '--quiet', 'main')
    git(folder, 'merge', '--quiet', f'raybootstrap/init-{"+".join(NAMES)}')
    return folder


@contextmanager
def started(
    place: Path, *words: str, hang: bool = False, term: str = 'xterm'
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A command whose stderr is a terminal, in a process group of its own; stdout is a pipe."""
    end, there = pty.openpty()
    command = [sys.executable, '-c', CODE.format(hang=hang), *words]
    variables = {**os.environ, 'TERM': term}
    with subprocess.Popen(
        command, cwd=place, env=variables, stdout=subprocess.PIPE, stderr=there, start_new_session=True
    ) as process:
        os.close(there)
        yield end, process
    os.close(end)


def rest_of(end: int) -> bytes:
    said = b''
    with suppress(OSError):  # Linux's way to say that the last one has closed it
        while part := os.read(end, 1 << 16):
            said += part
    return said


@pytest.mark.parametrize(
    ('words', 'doing'),
    [
        (('validate',), [b'checking']),
        (('list', 'groups'), [b'reading']),
        ((*UPGRADE, '--dry-run'), [b'planning', b'checking']),
    ],
    ids=['validate', 'list', 'upgrade'],
)
def test_a_terminal_sees_how_far_it_is(fleet: Path, words: tuple[str, ...], doing: list[bytes]) -> None:
    with started(fleet, *words) as (end, process):
        said = rest_of(end)
        out = process.stdout.read() if process.stdout else b''
        assert process.wait(30) == 0
    assert all(word in said for word in doing)
    assert b'/4' in said
    assert said.rindex(SHOWN) > said.rindex(HIDDEN)
    assert b'\x1b' not in out


@pytest.mark.parametrize(
    ('words', 'term'), [(('validate', '-q'), 'xterm'), (('validate',), 'dumb')], ids=['quiet', 'dumb']
)
def test_who_does_not_want_it_sees_nothing(fleet: Path, words: tuple[str, ...], term: str) -> None:
    with started(fleet, *words, term=term) as (end, process):
        assert b'\x1b' not in rest_of(end)
        assert process.wait(30) == 0


def test_a_pipe_sees_nothing(fleet: Path) -> None:
    ran = subprocess.run(
        [sys.executable, '-c', CODE.format(hang=False), *UPGRADE, '--dry-run'],
        cwd=fleet,
        capture_output=True,
        check=True,
    )
    assert ran.stderr == b''
    assert b'\x1b' not in ran.stdout


@pytest.mark.parametrize('words', [('validate',), UPGRADE], ids=['validate', 'upgrade'])
def test_an_interrupt_ends_it_and_leaves_nothing(fleet: Path, words: tuple[str, ...]) -> None:
    before = git(fleet, 'for-each-ref'), git(fleet, 'status', '--porcelain')
    with started(fleet, *words, hang=True) as (end, process):
        said = b''
        while b'checking' not in said or b'1/4' not in said:
            said += os.read(end, 1 << 16)
        os.killpg(process.pid, signal.SIGINT)
        said += rest_of(end)
        assert process.wait(30) == 130
    assert said.rindex(SHOWN) > said.rindex(HIDDEN)
    assert b'Traceback' not in said
    assert (git(fleet, 'for-each-ref'), git(fleet, 'status', '--porcelain')) == before
