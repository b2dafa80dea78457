"""One run at a time in a repository, all its worktrees included."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from bootstrap.errors import OVERTAKEN, BootstrapError

WAIT_SECONDS = 30.0
_STALE_SECONDS = 2.0
_PAUSE_SECONDS = 0.05


@contextlib.contextmanager
def locked(common_dir: Path, wait_seconds: float) -> Iterator[int]:
    """Hold the repository's lock; gives its file descriptor. The kernel frees it when its last holder ends."""
    descriptor = _opened(file_of(common_dir))
    try:
        _acquire(descriptor, wait_seconds)
        yield descriptor
    finally:
        os.close(descriptor)


def file_of(common_dir: Path) -> Path:
    return common_dir / 'raybootstrap' / 'flock'


def sweep(common_dir: Path, branch_prefix: str) -> None:
    """Remove the locks that a killed git left on branches below the prefix; only while holding the lock."""
    if not re.fullmatch(r'[\w+-][\w.+-]*(/[\w+-][\w.+-]*)*', branch_prefix):
        return
    for lock in _locks(common_dir / 'refs' / 'heads' / branch_prefix):
        try:
            if _is_stale(lock):
                lock.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise BootstrapError(
                f'{lock}: a killed run left it, and it cannot be removed ({error.strerror}); nothing was changed',
                f'rm {lock}',
            ) from None


def _opened(file: Path) -> int:
    try:
        file.parent.mkdir(exist_ok=True)
        try:
            return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        except PermissionError:
            # In a repository shared by several users it may be another's file; reading is enough for flock.
            return os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise BootstrapError(
            f'{file}: cannot be opened ({error.strerror}); nothing was changed',
            'make the repository writable for this user',
        ) from None


def _acquire(descriptor: int, wait_seconds: float) -> None:
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                raise BootstrapError(f'this file system has no locks ({error.strerror}); nothing was changed') from None
            if time.monotonic() >= end:
                raise BootstrapError(
                    'another run is at work; nothing was changed', 'run it again', exit_code=OVERTAKEN
                ) from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _locks(directory: Path) -> list[Path]:
    # No branch's name ends with .lock (git-check-ref-format(1)); os.walk does not follow links.
    return [Path(place, name) for place, _, files in os.walk(directory) for name in files if name.endswith('.lock')]


def _is_stale(lock: Path) -> bool:
    before = lock.stat()
    age = time.time() - before.st_mtime
    if age < _STALE_SECONDS:
        time.sleep(_STALE_SECONDS - max(age, 0))
    after = lock.stat()
    return (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
