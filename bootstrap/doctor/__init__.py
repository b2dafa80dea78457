"""Checks of what this tool works with, all at once and within a minute: git, remotes, forge, Kubernetes, helm.

They run in a process of their own session: nothing there can ask a question on the terminal, and all that it
started can be ended at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.question import CHAINS, Question

SECONDS = 55
# Without the current directory, which `-c` puts first: a module there is the repository's.
_START = 'import sys; sys.path[:] = sys.argv[1:]; from bootstrap.doctor.worker import main; main()'
# What would let a program ask in a window.
_WINDOWS = ('DISPLAY', 'WAYLAND_DISPLAY', 'GPG_TTY')
_END = None


def verdicts(question: Question) -> list[Verdict]:
    """What every check found, in their order."""
    found = list(_answers(question))
    order = [check for chain in CHAINS.values() for check in chain]
    missing = [check for check in order if check not in {one.check for one in found}]
    said = f'no answer within {SECONDS} seconds'
    found += [
        Verdict(check, Mark.FAIL, said, 'check the network and the proxy, then run it again') for check in missing
    ]
    return sorted(found, key=lambda one: order.index(one.check))


def _answers(question: Question) -> Iterator[Verdict]:
    """As they come; those of checks that take too long are not among them."""
    end = time.monotonic() + SECONDS
    with _worker() as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None  # noqa: S101
        assert stdout is not None  # noqa: S101
        # It stays open: where it closes, the worker knows that nobody waits for it any more.
        stdin.write(json.dumps(asdict(question)).encode() + b'\n')
        stdin.flush()
        lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=_read, args=(stdout, lines), daemon=True).start()
        with contextlib.suppress(queue.Empty):
            while (line := lines.get(timeout=max(0.0, end - time.monotonic()))) is not _END:
                check, mark, *words = json.loads(line)
                yield Verdict(check, Mark(mark), *words)
            if process.wait() != 0:
                raise RuntimeError('the checks ended before they were done')


def _read(stdout: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    for line in stdout:
        lines.put(line)
    lines.put(_END)


@contextlib.contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if name not in _WINDOWS}
    with subprocess.Popen(
        [sys.executable, '-c', _START, *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**environment, 'SSH_ASKPASS_REQUIRE': 'never'},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
