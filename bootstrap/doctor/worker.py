"""The process that runs the checks: a question comes in, verdicts go out, a line of JSON each."""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.question import CHAINS, Question
from bootstrap.errors import BootstrapError

SECONDS = 20
"""For one check."""
_MODULES = {'git': 'git', 'remote': 'remote', 'forge': 'forge', 'kubernetes': 'kubernetes', 'helm': 'programs'}
_DONE = None
_Step = Verdict | Exception | None


def main() -> None:
    """Run every chain; an error that is no finding ends in a traceback."""
    question = Question(**json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    verdicts: queue.Queue[_Step] = queue.Queue()
    for name in CHAINS:
        threading.Thread(target=_follow, args=(name, question, verdicts.put), daemon=True).start()
    for _ in CHAINS:
        while (found := verdicts.get()) is not _DONE:
            if isinstance(found, Exception):
                raise found
            answer = json.dumps([found.check, found.mark.value, found.found, found.mend])
            # Python's own streams would be in the encoding that PYTHONIOENCODING names.
            sys.stdout.buffer.write(answer.encode() + b'\n')
            sys.stdout.buffer.flush()
    # Threads of checks that were given up may still wait.
    os._exit(0)


def _end_with_the_asker() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def _follow(name: str, question: Question, say: Callable[[_Step], None]) -> None:
    """The verdicts of a chain. What fails by an error, or takes too long, ends it: the rest hangs on it."""
    steps: queue.Queue[_Step] = queue.Queue()
    threading.Thread(target=_take, args=(name, question, steps.put), daemon=True).start()
    waiting, last = list(CHAINS[name]), None
    while True:
        try:
            found = steps.get(timeout=SECONDS)
        except queue.Empty:
            hint = 'check the network and the proxy, then run it again'
            found = BootstrapError(f'no answer within {SECONDS} seconds', hint)
        if isinstance(found, BootstrapError):
            say(Verdict(waiting[0], Mark.FAIL, found.message, found.hint))
            for check in waiting[1:]:
                say(Verdict(check, Mark.SKIPPED, f'needs {waiting[0]}'))
            say(_DONE)
            return
        if isinstance(found, Verdict):
            waiting, last = [check for check in waiting if check != found.check], found
        elif found is _DONE:
            hangs = last is not None and last.mark is not Mark.OK
            for check in waiting:
                say(Verdict(check, Mark.SKIPPED, f'needs {last.check}' if last and hangs else 'nothing to check'))
        say(found)
        if not isinstance(found, Verdict):
            return


def _take(name: str, question: Question, put: Callable[[_Step], None]) -> None:
    try:
        check: Callable[[Question], Iterator[Verdict]] = importlib.import_module(
            f'bootstrap.doctor.{_MODULES[name]}'
        ).verdicts
        for verdict in check(question):
            put(verdict)
        put(_DONE)
    except Exception as error:
        put(error)
