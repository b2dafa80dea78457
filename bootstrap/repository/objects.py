"""Objects read through one long-lived `git cat-file --batch`."""

from __future__ import annotations

import os
import re
import select
from typing import TYPE_CHECKING, NamedTuple

from bootstrap.errors import BootstrapError
from bootstrap.repository import commands
from bootstrap.repository.runner import NETWORK_SECONDS, Runner
from bootstrap.repository.words import failure
from bootstrap.words import sanitise

if TYPE_CHECKING:
    from git.cmd import Git

_HEADER = re.compile(rb'([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)')
_UNBOUNDED = 1 << 40


class Found(NamedTuple):
    """An object that is there; no content where it is larger than what was asked for."""

    oid: str
    kind: str
    size: int
    content: bytes | None


class Objects:
    """Looks objects up by id or by any of git's revision texts."""

    def __init__(self, run: Runner) -> None:
        self._run = run
        self._process: Git.AutoInterrupt | None = None
        self._buffer = b''

    def find(self, name: str, limit: int = _UNBOUNDED) -> Found | None:
        """The object of that name, or None where there is none."""
        if not name or '\n' in name or '\0' in name:
            return None
        process = self._started()
        try:
            process.stdin.write(name.encode('utf-8', 'surrogateescape') + b'\n')
            process.stdin.flush()
        except BrokenPipeError:
            raise self._broken() from None
        header = _HEADER.fullmatch(self._line())
        if header is None:
            return None
        oid, kind, size = header[1].decode(), header[2].decode(), int(header[3])
        if size > limit:
            # The content is under way; a new process is cheaper than to read it.
            self.close()
            return Found(oid, kind, size, None)
        return Found(oid, kind, size, self._exactly(size + 1)[:-1])

    def close(self) -> None:
        """End the process; the next look-up starts another."""
        # GitPython's AutoInterrupt ends its process when it is let go.
        self._process, self._buffer = None, b''

    def _started(self) -> Git.AutoInterrupt:
        if self._process is None:
            self._process = self._run.start(commands.OBJECTS)
        return self._process

    def _line(self) -> bytes:
        while b'\n' not in self._buffer:
            self._fill()
        line, _, self._buffer = self._buffer.partition(b'\n')
        return line

    def _exactly(self, size: int) -> bytes:
        chunks, missing = [self._buffer], size - len(self._buffer)
        while missing > 0:
            self._buffer = b''
            self._fill()
            chunks.append(self._buffer)
            missing -= len(self._buffer)
        content = b''.join(chunks)
        self._buffer = content[size:]
        return content[:size]

    def _fill(self) -> None:
        process = self._started()
        poll = select.poll()
        poll.register(process.stdout, select.POLLIN)
        if not poll.poll(NETWORK_SECONDS * 1000):
            self.close()
            raise BootstrapError('git cat-file gives no answer', 'run it again')
        chunk = os.read(process.stdout.fileno(), 1 << 16)
        if not chunk:
            raise self._broken()
        self._buffer += chunk

    def _broken(self) -> BootstrapError:
        process = self._started()
        words = sanitise(process.stderr.read().decode('utf-8', 'replace'))
        self.close()
        return failure("read the repository's objects", words)
