"""The one place where git is started, by way of GitPython's `Git.execute`."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from bootstrap.errors import BootstrapError
from bootstrap.repository import environment
from bootstrap.repository.commands import Command
from bootstrap.repository.words import failure
from bootstrap.words import sanitise

if TYPE_CHECKING:
    from git.cmd import Git

LOCAL_SECONDS = 60
NETWORK_SECONDS = 120
# Otherwise git would run reference-transaction, post-checkout, post-merge and post-index-change.
_NO_HOOKS = ('-c', 'core.hooksPath=/dev/null')
_NO_MONITOR = ('-c', 'core.fsmonitor=false')


class Answer(NamedTuple):
    """What git said: standard output as it is, standard error sanitised."""

    status: int
    stdout: bytes
    stderr: str


@dataclass
class Runner:
    """Runs git's commands in one directory."""

    directory: Path
    settings: tuple[tuple[str, str], ...] = ()
    """Keys and values on top of the user's configuration."""
    protocols: tuple[str, ...] | None = ()
    """Allowed besides https and ssh; None where no other ever is."""
    ssh_command: str | None = None
    lock: int | None = None
    """The file descriptor of the repository's lock, while it is held."""

    def answer(self, command: Command, stdin: bytes = b'', variables: Mapping[str, str] | None = None) -> Answer:
        """Run a command to its end; whatever its exit status."""
        seconds = self._seconds(command)
        with _stream(stdin) as stream:
            status, stdout, stderr = _git().execute(
                self._arguments(command),
                istream=stream,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=seconds,
                env={**self._environment(command), **(variables or {})},
                pass_fds=(self.lock,) if command.locked and self.lock is not None else (),
            )
        if seconds is not None and stderr.startswith('Timeout: the command '):
            raise BootstrapError(f'git {_name(command)} did not end within {seconds} seconds', 'run it again')
        return Answer(status, stdout, sanitise(stderr))

    def output(
        self, doing: str, command: Command, stdin: bytes = b'', variables: Mapping[str, str] | None = None
    ) -> bytes:
        """The standard output of a command that must succeed; `doing` says what it is for."""
        answer = self.answer(command, stdin, variables)
        if answer.status != 0:
            raise failure(doing, answer.stderr)
        return answer.stdout

    def start(self, command: Command) -> Git.AutoInterrupt:
        """A command that is talked to through its pipes."""
        return _git().execute(
            self._arguments(command), istream=subprocess.PIPE, as_process=True, env=self._environment(command)
        )

    def _arguments(self, command: Command) -> list[str]:
        for argument in command.arguments:
            # A manifest can hold one ("\\0"), where no command line can.
            if '\0' in argument:
                raise BootstrapError(f'{argument!a}: holds a null character', 'take it out')
        hooks = () if command.hooks else _NO_HOOKS
        return ['git', '-C', str(self.directory), *hooks, *_NO_MONITOR, *command.arguments]

    def _environment(self, command: Command) -> dict[str, str]:
        variables = {**environment.ALWAYS, **environment.configuration(self.settings)}
        if command.network:
            variables |= environment.network_environment(self.protocols or (), self.ssh_command)
        return variables

    def _seconds(self, command: Command) -> int | None:
        if command.network or command.asks:
            return None if environment.on_terminal() else NETWORK_SECONDS
        return LOCAL_SECONDS


@contextlib.contextmanager
def _stream(content: bytes) -> Iterator[BinaryIO | None]:
    """A file to read from: a pipe could block, with both ends waiting for each other."""
    if not content:
        yield None
        return
    with contextlib.closing(_filled(content)) as stream:
        yield stream


def _filled(content: bytes) -> BinaryIO:
    """A temporary file, at its beginning."""
    try:
        with contextlib.ExitStack() as opened:
            # Without a buffer, which closing a file on a full disk would try to write once more.
            stream = opened.enter_context(tempfile.TemporaryFile(buffering=0))
            rest = memoryview(content)
            while rest:
                rest = rest[stream.write(rest) :]
            stream.seek(0)
            opened.pop_all()
            return stream
    except OSError as error:
        raise BootstrapError(
            f'no temporary file can be written ({error.strerror})', 'free some space, or set TMPDIR, then run it again'
        ) from None


def _git() -> Git:
    # The mere import of GitPython fails without git, and takes longer than most commands.
    if shutil.which('git') is None:
        raise BootstrapError('git is not installed or not on the PATH', 'install git 2.31 or newer')
    try:
        from git.cmd import Git
    except ImportError as error:
        # With GIT_PYTHON_REFRESH=error, or where GIT_PYTHON_GIT_EXECUTABLE names a program that is no git.
        reason = sanitise(str(error)).partition('\n')[0]
        raise BootstrapError(f'GitPython cannot start git: {reason}', 'unset GIT_PYTHON_GIT_EXECUTABLE') from None
    return Git()


def _name(command: Command) -> str:
    arguments = iter(command.arguments)
    for argument in arguments:
        if argument != '-c':
            return argument
        next(arguments, None)
    return ''
