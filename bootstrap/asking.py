"""Several questions to Kubernetes at once: a kubectl takes longer to start than its question takes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from bootstrap.kubernetes import Kubectl, KubernetesError, cannot_start

# As many kubectl at work as a laptop starts without a delay for the first.
_AT_ONCE = 8


class Question(NamedTuple):
    """What to ask of whom: the words behind `kubectl`."""

    kubectl: Kubectl
    words: tuple[str, ...]


def answers(questions: Sequence[Question], seconds: float) -> list[str | KubernetesError]:
    """What kubectl prints for each question, or why it does not; all of them within so many seconds.

    Every kubectl has ended when this returns or raises, with the login plugins it started.
    """
    end = time.monotonic() + seconds
    found: list[str | KubernetesError] = []
    for first in range(0, len(questions), _AT_ONCE):
        with contextlib.ExitStack() as stack:
            part = questions[first : first + _AT_ONCE]
            started = [stack.enter_context(_started(one)) for one in part]
            found += [_answer(one, process, end, seconds) for one, process in zip(part, started, strict=True)]
    return found


class _Asked(NamedTuple):
    """A kubectl at work, and the files that it prints to: of several pipes the unread ones would stop their writers."""

    process: subprocess.Popen[bytes]
    printed: IO[bytes]
    said: IO[bytes]


@contextlib.contextmanager
def _started(question: Question) -> Iterator[_Asked | KubernetesError]:
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        try:
            # A session of its own, so that its group can be ended, and nobody else's.
            process = subprocess.Popen(
                question.kubectl.line(question.words),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=said,
                start_new_session=True,
            )
        except KubernetesError as error:
            yield error
            return
        except OSError as error:
            yield cannot_start(error)
            return
        with process:
            try:
                yield _Asked(process, printed, said)
            finally:
                if process.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)


def _answer(question: Question, asked: _Asked | KubernetesError, end: float, seconds: float) -> str | KubernetesError:
    if isinstance(asked, KubernetesError):
        return asked
    try:
        asked.process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return question.kubectl.too_slow(seconds)
    if asked.process.returncode != 0:
        return question.kubectl.failure(_text(asked.said))
    return _text(asked.printed)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors='replace')
