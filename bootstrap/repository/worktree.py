"""The files of a work tree as they are on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from bootstrap.errors import BootstrapError
from bootstrap.repository.source import LARGEST_FILE
from bootstrap.tree import Kind


class WorkTreeSource:
    """A `bootstrap.tree.Source` over a folder. Links are seen as links and never followed; `.git` is not there."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._entries: dict[str, dict[str, Kind]] = {}

    def entries(self, directory: str) -> Mapping[str, Kind]:
        if directory not in self._entries:
            self._entries[directory] = self._scanned(directory)
        return self._entries[directory]

    def read(self, path: str) -> bytes:
        try:
            descriptor = os.open(self._top / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                size = os.fstat(descriptor).st_size
                content = b'' if size > LARGEST_FILE else _whole(descriptor, size)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise BootstrapError(f'{path}: cannot be read ({error.strerror})', 'check its permissions') from None
        if size > LARGEST_FILE or len(content) > LARGEST_FILE:
            raise BootstrapError(f'{path}: is larger than {LARGEST_FILE} bytes', 'split it')
        return content

    def _scanned(self, directory: str) -> dict[str, Kind]:
        if directory and self._kind_on_the_way(directory) is not Kind.DIRECTORY:
            return {}
        try:
            with os.scandir(self._top / directory) as found:
                kinds = {entry.name: _kind(entry) for entry in found if entry.name != '.git'}
        except OSError as error:
            raise BootstrapError(
                f'{directory or "."}: cannot be read ({error.strerror})', 'check its permissions'
            ) from None
        return {name: kind for name, kind in kinds.items() if kind is not None}

    def _kind_on_the_way(self, directory: str) -> Kind | None:
        parent, _, name = directory.rpartition('/')
        return self.entries(parent).get(name)


def _whole(descriptor: int, size: int) -> bytes:
    """The content of an open file; a file object for each would cost more than the reading."""
    content = b''
    # One byte more than expected: what follows is the end, or a file that grows.
    while chunk := os.read(descriptor, max(size + 1 - len(content), 4096)):
        content += chunk
        if len(content) > LARGEST_FILE:
            break
    return content


def _kind(entry: os.DirEntry[str]) -> Kind | None:
    if entry.is_symlink():
        return Kind.LINK
    if entry.is_dir(follow_symlinks=False):
        # A repository of its own inside of this one is a submodule, or soon will be.
        return Kind.SUBMODULE if os.path.lexists(os.path.join(entry.path, '.git')) else Kind.DIRECTORY  # noqa: PTH118
    return Kind.FILE if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode) else None
