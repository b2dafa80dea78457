"""A bar for work that takes long, where somebody sits at a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bootstrap import console
from bootstrap.following import Following, unwatched

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

T = TypeVar('T')

# What is done sooner only flickers.
AFTER_SECONDS = 0.5


@contextmanager
def shown(*, quiet: bool) -> Iterator[Following]:
    """What long work is followed by: a bar on stderr that is gone when the work is; nothing off a terminal.

    Not for what git does with a remote: git may ask for a passphrase on the same terminal.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get('TERM', 'dumb') == 'dumb':
        yield unwatched
        return
    bar = _Bar()
    try:
        yield bar.follow
    finally:
        # An interrupt leaves the loop and not the generator: without this the cursor stayed hidden.
        bar.end()


class _Bar:
    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def follow(self, doing: str, items: Sequence[T], /) -> Iterator[T]:
        start = time.monotonic()
        for number, item in enumerate(items):
            if self._progress is None and time.monotonic() - start >= AFTER_SECONDS:
                self._begin(doing, len(items))
            if self._progress is not None and self._task is not None:
                self._progress.update(self._task, completed=number)
            yield item
        self.end()

    def end(self) -> None:
        """Take the bar away, if there is one."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _begin(self, doing: str, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = TextColumn('{task.description}', markup=False), BarColumn(), MofNCompleteColumn()
        self._progress = Progress(*columns, console=console.err(), transient=True)
        self._progress.start()
        self._task = self._progress.add_task(doing, total=total)
