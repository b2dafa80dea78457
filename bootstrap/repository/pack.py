"""Objects as git stores them, and the packs that carry them into a repository."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping

from bootstrap.repository.source import Entry, object_id
from bootstrap.tree import Kind

# Of gitformat-pack(5); a pack begins with `PACK`, its version and the number of objects, and ends with its checksum.
_TYPES = {'tree': 2, 'blob': 3}
_VERSION = 2


class Pack:
    """Blobs and trees on their way into a repository, by object id."""

    def __init__(self, oid_bytes: int) -> None:
        self._oid_bytes = oid_bytes
        self._objects: dict[bytes, tuple[str, bytes]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def add(self, kind: str, content: bytes) -> bytes:
        """The id of an object, which from now on is in this pack."""
        oid = object_id(kind, content, self._oid_bytes)
        self._objects[oid] = (kind, content)
        return oid

    def add_tree(self, entries: Mapping[str, Entry]) -> bytes:
        """The id of the tree with these entries."""
        return self.add('tree', b''.join(_tree_lines(entries)))

    def content(self) -> bytes:
        """The bytes of the pack."""
        parts = [b'PACK', struct.pack('>II', _VERSION, len(self._objects))]
        for kind, content in self._objects.values():
            parts += [_object_header(_TYPES[kind], len(content)), zlib.compress(content)]
        body = b''.join(parts)
        digest = hashlib.sha1 if self._oid_bytes == 20 else hashlib.sha256
        return body + digest(body, usedforsecurity=False).digest()


def _tree_lines(entries: Mapping[str, Entry]) -> Iterable[bytes]:
    named = [(name.encode('utf-8', 'surrogateescape'), entry) for name, entry in entries.items()]
    # Git orders a directory as if its name ended with a slash.
    for name, entry in sorted(named, key=lambda pair: pair[0] + b'/' * (pair[1].kind is Kind.DIRECTORY)):
        yield b'%s %s\0%s' % (entry.mode, name, entry.oid)


def _object_header(kind: int, size: int) -> bytes:
    """Three bits of type and four of size in the first byte, then seven of size a byte; the high bit says: more."""
    byte, size = kind << 4 | size & 0x0F, size >> 4
    header = bytearray()
    while size:
        header.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    return bytes([*header, byte])
