"""A new repository is made whole beside its place, and put there when it is complete."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bootstrap.errors import OVERTAKEN, BootstrapError
from bootstrap.repository import lock

UNFINISHED = '.git-raybootstrap'
"""The folder it is made in."""
_NEW, _COMPLETE = 'new', 'complete'


@contextlib.contextmanager
def workshop(directory: Path) -> Iterator[Path]:
    """A folder for what is to stand in `directory`: it takes its place there if the block ends well, else it goes."""
    with _at_work(directory) as place:
        new = place / _NEW
        shutil.rmtree(new, ignore_errors=True)
        try:
            with _refusing(directory):
                new.mkdir()
            yield new
            with _refusing(directory):
                new.rename(place / _COMPLETE)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            _clear(place)
            raise
        _put_in_place(directory)
        _clear(place)


def finished(directory: Path) -> bool:
    """Whether a killed run had completed a repository for this folder, which now is in its place."""
    if not (directory / UNFINISHED / _COMPLETE / '.git').is_dir():
        return False
    with _at_work(directory):
        _put_in_place(directory)
        _clear(directory / UNFINISHED)
    return True


def sweep(directory: Path) -> None:
    """Remove the workshop of a repository that is in its place."""
    if (directory / UNFINISHED).is_dir() and (directory / '.git').exists():
        _clear(directory / UNFINISHED)


def _clear(place: Path) -> None:
    with contextlib.suppress(OSError):
        lock.file_of(place).unlink(missing_ok=True)
    for folder in (lock.file_of(place).parent, place / _COMPLETE, place):
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def _at_work(directory: Path) -> Iterator[Path]:
    place = directory / UNFINISHED
    with _refusing(directory):
        place.mkdir(exist_ok=True)
    with lock.locked(place, lock.WAIT_SECONDS):
        if (directory / '.git').exists():
            raise BootstrapError(
                f'{directory}: another run made a repository here meanwhile', 'run it again', exit_code=OVERTAKEN
            )
        yield place


def _put_in_place(directory: Path) -> None:
    """The repository last: without it the next run knows that something is still to come."""
    complete = directory / UNFINISHED / _COMPLETE
    with _refusing(directory, 'run it again'):
        for path in sorted(complete.iterdir(), key=lambda path: path.name == '.git'):
            target = directory / path.name
            if target.exists() or target.is_symlink():
                raise BootstrapError(f'{target}: is in the way of a new repository', 'move it, then run it again')
            path.rename(target)


@contextlib.contextmanager
def _refusing(directory: Path, hint: str = '') -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BootstrapError(
            f'{directory}: a repository cannot be made here ({error.strerror})', hint or f'git init {directory}'
        ) from None
