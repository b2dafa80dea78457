"""Commands as whole processes: their time, memory and children, from the operating system's own accounts."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

RAYBOOTSTRAP = (sys.executable, '-m', 'bootstrap')


class Sample(NamedTuple):
    """One run: seconds of processor time, of it and its children, and on the clock; the largest process in MiB."""

    cpu: float
    wall: float
    memory: float


@dataclass(frozen=True)
class Command:
    """What is run, where, and what is done before each run, which does not count."""

    words: Sequence[str]
    directory: Path
    prepare: Callable[[], object] = lambda: None
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: Path | None = None
    codes: Sequence[int] = (0,)


def run(command: Command) -> Sample:
    """Run it once. Raises where it does not end as it should."""
    command.prepare()
    environment = {**os.environ, **command.variables}
    with tempfile.TemporaryFile() as output, Path(command.stdin or os.devnull).open('rb') as stdin:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.words, cwd=command.directory, env=environment, stdin=stdin, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in command.codes:
            output.seek(0)
            raise RuntimeError(f'{" ".join(command.words)}: {process.returncode}: {output.read()[-2000:].decode()}')
    scale = 1 << 20 if sys.platform == 'darwin' else 1 << 10
    return Sample(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / scale)


def alternating(commands: Sequence[Command], runs: int) -> list[list[Sample]]:
    """Runs of each, in turn after a round that does not count, so that all see the same machine."""
    found: list[list[Sample]] = [[] for _ in commands]
    for number in range(runs + 1):
        for command, samples in zip(commands, found, strict=True):
            sample = run(command)
            if number:
                samples.append(sample)
    return found


class Ratio(NamedTuple):
    """The ratios pair by pair: their median, the smallest and the largest."""

    median: float
    least: float
    most: float


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Ratio:
    """Of processor time, run by run."""
    found = [one.cpu / other.cpu for one, other in zip(ours, theirs, strict=True)]
    return Ratio(statistics.median(found), min(found), max(found))


def median(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself."""
    return Sample(*(statistics.median(figure) for figure in zip(*samples, strict=True)))


def git_processes(command: Command) -> int:
    """How many git programs it starts itself, in a run of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log, wrapper = Path(folder, 'log'), Path(folder, 'git')
        log.touch()
        # Git's own children come from its exec path, and do not pass here.
        wrapper.write_text(f'#!/bin/sh\necho x >> {log}\nexec {shutil.which("git")} "$@"\n')
        wrapper.chmod(0o755)
        path = f'{folder}{os.pathsep}{os.environ["PATH"]}'
        run(Command(command.words, command.directory, command.prepare, {**command.variables, 'PATH': path}))
        return len(log.read_text().split())
