"""The user's commit-msg hook, run as `git commit` would."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bootstrap.errors import BootstrapError
from bootstrap.repository.config import Config
from bootstrap.words import sanitise

_SECONDS = 120


def message_after_hook(message: str, config: Config, top: Path, git_dir: Path, common_dir: Path) -> str:
    """The message as the hook left it. `top` is where hooks run: the work tree's top, or a bare git directory."""
    # `git hook run` is new in git 2.36.
    configured = config.get('core.hooksPath')
    hook = top / Path(configured).expanduser() / 'commit-msg' if configured else common_dir / 'hooks' / 'commit-msg'
    if not (hook.is_file() and os.access(hook, os.X_OK)):
        return message
    try:
        with tempfile.TemporaryDirectory(prefix='raybootstrap-') as directory:
            file = Path(directory, 'COMMIT_EDITMSG')
            file.write_text(_with_newline(message), encoding='utf-8', newline='')
            _run(hook, file, top, git_dir)
            text = file.read_text(encoding='utf-8', errors='replace')
    except OSError as error:
        raise BootstrapError(
            f'no temporary file can be written for {hook} ({error.strerror})',
            'free some space, or set TMPDIR, then run it again',
        ) from None
    if not text.strip():
        raise BootstrapError(f'{hook}: left the commit message empty', 'give the reason for the change: --message TEXT')
    return _with_newline(text)


def _environment(index: Path, top: Path, git_dir: Path) -> dict[str, str]:
    """A hook that looks at the index gets a copy, so it cannot change the user's."""
    if (git_dir / 'index').is_file():
        shutil.copyfile(git_dir / 'index', index)
    environment = {**os.environ, 'GIT_INDEX_FILE': str(index), 'GIT_EDITOR': ':'}
    if top == git_dir:
        environment['GIT_DIR'] = str(git_dir)
    return environment


def _run(hook: Path, file: Path, top: Path, git_dir: Path) -> None:
    try:
        environment = _environment(file.with_name('index'), top, git_dir)
        try:
            done = _finished([str(hook), str(file)], top, environment)
        except OSError as error:
            # A script without `#!`: git gives it to the shell.
            if error.errno != errno.ENOEXEC:
                raise
            done = _finished(['sh', str(hook), str(file)], top, environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BootstrapError(f'the commit-msg hook cannot be run: {sanitise(str(error))}', f'mend {hook}') from None
    if done.returncode != 0:
        words = sanitise(done.stdout.decode('utf-8', 'replace')).strip() or f'exit status {done.returncode}'
        raise BootstrapError(f'the commit-msg hook refused the message: {words}', 'see --title and --message')


def _finished(command: list[str], top: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        cwd=top,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=False,
    )


def _with_newline(message: str) -> str:
    return message.strip('\n') + '\n'
