"""A port of this machine that leads to a service, for as long as the user wants it: `kubectl port-forward`."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO

from bootstrap.errors import BootstrapError
from bootstrap.kubernetes import Kubectl, KubernetesError, Reason, cannot_start

HOST = '127.0.0.1'
_LAST_WORDS = 1 << 14
# What no waiting mends. The service stays when a head pod is replaced.
_FINAL = (
    *(Reason.NO_KUBECTL, Reason.NO_CONTEXT, Reason.UNAUTHORIZED),
    *(Reason.FORBIDDEN, Reason.NO_SUCH_KIND, Reason.NOT_FOUND),
)


@dataclass(frozen=True)
class Pace:
    """In seconds: how long the port may take to answer at first, how often it is asked later, and the pauses between
    attempts, which double up to the longest.
    """

    start: float = 60
    probe: float = 10
    pause: float = 1
    longest: float = 15


@dataclass(frozen=True)
class Forward:
    """`service` is the name of a service in a namespace; `port` its port, `local` the one here."""

    kubectl: Kubectl
    namespace: str
    service: str
    port: int
    local: int

    @property
    def url(self) -> str:
        return f'http://{HOST}:{self.local}'

    def line(self) -> list[str]:
        """kubectl's words. Its connection has no end, so no request is timed."""
        unbounded = replace(self.kubectl, seconds=0)
        ends = [f'--address={HOST}', f'--namespace={self.namespace}', '--pod-running-timeout=20s']
        return unbounded.line(['port-forward', *ends, '--', f'service/{self.service}', f'{self.local}:{self.port}'])


def check_port(local: int) -> None:
    """Refuse a port of this machine that cannot be had."""
    with socket.socket() as tried:
        # As kubectl does: what lingers of an earlier connection is in nobody's way.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, local))
        except OSError as error:
            raise _no_port(local, error.strerror or str(error)) from None


def keep(forward: Forward, ready: Callable[[], None], lost: Callable[[str], None], pace: Pace = Pace()) -> None:
    """Forward until interrupted. `ready` is called once the port answers; `lost` when the connection is gone, with
    the reason, once until it is there again.

    Raises BootstrapError where it cannot be had at first, or where waiting will not bring it back.
    """
    started = time.monotonic()
    was_ready, said, pause = False, False, pace.pause
    while True:
        with _running(forward) as child:
            if child.answers():
                if not was_ready:
                    ready()
                was_ready, said, pause = True, False, pace.pause
                child.watch(pace.probe)
            reason = child.refusal()
        if reason.reason in _FINAL or (not was_ready and time.monotonic() - started > pace.start):
            raise reason
        if was_ready and not said:
            lost(reason.message)
            said = True
        time.sleep(pause)
        pause = min(2 * pause, pace.longest)


@dataclass
class _Child:
    """One kubectl at work."""

    forward: Forward
    process: subprocess.Popen[bytes]
    words: IO[bytes]

    def answers(self) -> bool:
        """Whether something at the other end answers; False once kubectl has ended."""
        while self.process.poll() is None:
            if self._asked():
                return True
            time.sleep(0.1)
        return False

    def watch(self, seconds: float) -> None:
        """Return when kubectl ends, or when nothing answers any more: a connection may be lost without a word."""
        missed = 0
        while missed < 2:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                return
            missed = 0 if self._asked(seconds) else missed + 1

    def refusal(self) -> KubernetesError:
        """What kubectl said at last."""
        self.words.seek(max(0, self.words.seek(0, 2) - _LAST_WORDS))
        said = self.words.read().decode(errors='replace')
        if 'unable to listen on any of the requested ports' in said or 'address already in use' in said:
            raise _no_port(self.forward.local, 'Address already in use')
        error = self.forward.kubectl.failure(said or 'the connection was lost')
        return KubernetesError(error.message, 'raybootstrap status', error.reason)

    def _asked(self, seconds: float = 5) -> bool:
        connection = http.client.HTTPConnection(HOST, self.forward.local, timeout=seconds)
        try:
            connection.request('HEAD', '/')
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


@contextlib.contextmanager
def _running(forward: Forward) -> Iterator[_Child]:
    """A kubectl that has ended when this has."""
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(
                forward.line(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words
            )
        except OSError as error:
            raise cannot_start(error) from None
        try:
            yield _Child(forward, process, words)
        finally:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _no_port(local: int, why: str) -> BootstrapError:
    return BootstrapError(
        f'{HOST}:{local} cannot be listened on: {why.lower()}', f'another one: --port {_other(local)}'
    )


def _other(local: int) -> int:
    return local + 1 if 1024 <= local < 65535 else 8265
