"""Runs a command under `tracer.c`, which strikes it at one of its steps."""

from __future__ import annotations

import atexit
import errno
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[2]
COMMAND = (sys.executable, '-m', 'bootstrap')
_SECONDS = 200


class Strike(NamedTuple):
    """What happens at the step `number` of a run, counted from 1."""

    counted: str
    """`files`: system calls that change files; the name of one: only those; `git`: starts of a git program."""
    how: str
    """`tree` and `parent` kill; `once` and `onwards` let the call fail with `error`; `none` only counts."""
    number: int = 0
    error: str = ''

    @property
    def kills(self) -> bool:
        return self.how in ('tree', 'parent')


@dataclass
class Traced:
    """A run that is under way until `ended` was called."""

    process: subprocess.Popen[bytes]
    lines: Iterator[str]
    struck: str = ''
    steps: int = 0
    seen: list[str] = field(default_factory=list)

    def until_struck(self) -> None:
        """Wait for the strike, or for the end where none comes; orphans may still be at work then."""
        for line in self.lines:
            self._note(line)
            if self.struck:
                return

    def ended(self) -> tuple[int, str]:
        """The exit code and standard error, when the last process has gone."""
        for line in self.lines:
            self._note(line)
        _, stderr = self.process.communicate(timeout=_SECONDS)
        return self.process.returncode, stderr.decode('utf-8', 'replace')

    def _note(self, line: str) -> None:
        word, _, rest = line.strip().partition(' ')
        if word == 'struck':
            self.struck = rest
        elif word == 'steps':
            self.steps = int(rest)
        else:
            self.seen.append(rest)


@functools.cache
def tracer() -> Path | None:
    """The compiled tracer; None where there is no compiler, or a process may not be traced."""
    compiler, place = shutil.which('cc'), Path(tempfile.mkdtemp(prefix='tracer-'))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    if compiler is None or sys.platform != 'linux':
        return None
    source, program = Path(__file__).with_name('tracer.c'), place / 'tracer'
    made = subprocess.run([compiler, '-O2', '-o', str(program), str(source)], capture_output=True, check=False)
    if made.returncode != 0:
        return None
    tried = subprocess.run(
        [str(program), 'files', 'none', '0', '0', '1', '--', 'touch', str(place / 'touched')],
        capture_output=True,
        check=False,
    )
    return program if tried.stdout.endswith(b'steps 1\n') or b'step openat' in tried.stdout else None


def environment(home: Path) -> dict[str, str]:
    """A git identity of its own, and no configuration of the machine."""
    kept = ('PATH', 'LANG', 'LD_LIBRARY_PATH')
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        'HOME': str(home),
        'TMPDIR': str(home),
        'GIT_CONFIG_GLOBAL': str(home / '.gitconfig'),
        'GIT_CONFIG_NOSYSTEM': '1',
        'PYTHONPATH': str(PACKAGE),
        'PYTHONDONTWRITEBYTECODE': '1',
        'CI': '1',
    }


def run(arguments: Sequence[str], directory: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The real command, undisturbed."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=directory,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors='replace',
        timeout=_SECONDS,
        check=False,
    )


@contextmanager
def traced(arguments: Sequence[str], directory: Path, variables: Mapping[str, str], strike: Strike) -> Iterator[Traced]:
    """The real command, struck; whatever of it is left at the end of the block is killed."""
    program = tracer()
    assert program is not None
    reader, writer = os.pipe()
    number = getattr(errno, strike.error) if strike.error else 0
    words = [str(program), strike.counted, strike.how, str(strike.number), str(number), str(writer), '--', *COMMAND]
    with os.fdopen(reader) as lines:
        process = subprocess.Popen(
            [*words, *arguments],
            cwd=directory,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(writer,),
        )
        os.close(writer)
        try:
            yield Traced(process, lines)
        finally:
            process.kill()
            process.wait()
