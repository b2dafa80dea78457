"""The files of one commit, read when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from bootstrap.errors import BootstrapError
from bootstrap.repository.objects import Objects
from bootstrap.tree import Kind

LARGEST_FILE = 1 << 20
_LARGEST_DIRECTORY = 1 << 26
_MOST_KEPT = 1 << 24
_KINDS = {b'40000': Kind.DIRECTORY, b'120000': Kind.LINK, b'160000': Kind.SUBMODULE}


class Entry(NamedTuple):
    """What a tree object holds under one name."""

    mode: bytes
    oid: bytes

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.mode, Kind.FILE)


class CommitSource:
    """`bootstrap.tree.Source` of a commit; of nothing where that is None."""

    def __init__(self, objects: Objects, commit: str | None, oid_bytes: int) -> None:
        self._objects = objects
        self._commit = commit
        self._oid_bytes = oid_bytes
        self._listings: dict[str, Mapping[str, Entry]] = {}
        self._kinds: dict[str, Mapping[str, Kind]] = {}
        self._blobs: dict[str, bytes] = {}
        self._size = 0

    def listing(self, directory: str) -> Mapping[str, Entry]:
        """The entries of a directory as git stores them."""
        if directory not in self._listings:
            name = self._tree_name(directory)
            self._listings[directory] = {} if name is None else self._parsed(directory, name)
        return self._listings[directory]

    def entries(self, directory: str) -> Mapping[str, Kind]:
        if directory not in self._kinds:
            self._kinds[directory] = {name: entry.kind for name, entry in self.listing(directory).items()}
        return self._kinds[directory]

    def read(self, path: str) -> bytes:
        if path not in self._blobs:
            content = self._read(path)
            self._size += len(content)
            while self._blobs and self._size > _MOST_KEPT:
                self._size -= len(self._blobs.pop(next(iter(self._blobs))))
            self._blobs[path] = content
        return self._blobs[path]

    def entry(self, path: str) -> Entry | None:
        directory, _, name = path.rpartition('/')
        return self.listing(directory).get(name)

    def holds(self, path: str, content: bytes) -> bool:
        """Whether a file of this content stands there; the file itself is not read."""
        entry = self.entry(path)
        return (
            entry is not None and entry.kind is Kind.FILE and entry.oid == object_id('blob', content, self._oid_bytes)
        )

    def _tree_name(self, directory: str) -> str | None:
        if not directory:
            return f'{self._commit}^{{tree}}' if self._commit else None
        entry = self.entry(directory)
        return entry.oid.hex() if entry is not None and entry.kind is Kind.DIRECTORY else None

    def _parsed(self, directory: str, name: str) -> Mapping[str, Entry]:
        found = tree_entries(self._objects, name, self._oid_bytes)
        if found is None:
            raise BootstrapError(f'{directory or "the top directory"}: cannot be read from {self._commit}', CHECK)
        return found

    def _read(self, path: str) -> bytes:
        entry = self.entry(path)
        if entry is None or entry.kind is not Kind.FILE:
            raise KeyError(path)
        found = self._objects.find(entry.oid.hex(), LARGEST_FILE)
        if found is None or found.kind != 'blob':
            raise BootstrapError(f'{path}: its content is missing from the repository', CHECK)
        if found.content is None:
            raise BootstrapError(f'{path}: is larger than 1 MiB ({found.size} bytes)', 'no manifest is that large')
        return found.content


def tree_entries(objects: Objects, name: str, oid_bytes: int) -> dict[str, Entry] | None:
    """What a tree object holds, by its names; None where there is no such tree, or too large a one."""
    found = objects.find(name, _LARGEST_DIRECTORY)
    if found is None or found.content is None or found.kind != 'tree':
        return None
    content, position, entries = found.content, 0, {}
    while position < len(content):
        space = content.index(b' ', position)
        end = content.index(b'\0', space) + 1
        entry_name = content[space + 1 : end - 1].decode('utf-8', 'surrogateescape')
        entries[entry_name] = Entry(content[position:space], content[end : end + oid_bytes])
        position = end + oid_bytes
    return entries


def object_id(kind: str, content: bytes, oid_bytes: int) -> bytes:
    """The id that git gives an object, in a repository whose ids have so many bytes."""
    digest = hashlib.sha1 if oid_bytes == 20 else hashlib.sha256
    return digest(b'%s %d\0%s' % (kind.encode(), len(content), content), usedforsecurity=False).digest()


CHECK = 'git fsck'
