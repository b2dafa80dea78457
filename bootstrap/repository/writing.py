"""A change set as git objects. Nothing refers to them yet, so nobody sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from bootstrap.errors import BootstrapError
from bootstrap.repository import commands
from bootstrap.repository.pack import Pack
from bootstrap.repository.runner import Runner
from bootstrap.repository.source import CommitSource, Entry
from bootstrap.tree import Change, Kind

_NEW_FILE = b'100644'
_DIRECTORY = b'40000'
# Git's own bound between unpacking a pack and keeping it (fetch.unpackLimit).
_SMALL_PACK = 100

_Edits: TypeAlias = dict[str, '_Edits | str | None']


def written_tree(run: Runner, source: CommitSource, changes: Iterable[Change], oid_bytes: int) -> str:
    """The id of the tree that has the changes; the objects it needs are in the repository when this returns."""
    pack = Pack(oid_bytes)
    entries = _merged(source, '', _nested(changes), pack)
    tree = pack.add_tree(entries).hex()
    command = commands.UNPACK if len(pack) < _SMALL_PACK else commands.KEEP_PACK
    run.output('write to the repository', command, pack.content())
    return tree


def empty_tree(oid_bytes: int) -> str:
    """The id of the tree without entries, which git knows in every repository."""
    return Pack(oid_bytes).add_tree({}).hex()


def _nested(changes: Iterable[Change]) -> _Edits:
    edits: _Edits = {}
    for change in changes:
        *parents, name = _checked(change.path).split('/')
        place = edits
        for parent in parents:
            below = place.setdefault(parent, {})
            if not isinstance(below, dict):
                raise ValueError(f'{change.path}: lies below another change')
            place = below
        place[name] = change.after
    return edits


def _merged(source: CommitSource, directory: str, edits: _Edits, pack: Pack) -> Mapping[str, Entry]:
    entries = dict(source.listing(directory))
    for name, edit in edits.items():
        path = f'{directory}/{name}' if directory else name
        expected = Kind.DIRECTORY if isinstance(edit, dict) else Kind.FILE
        entry = _put(source, path, edit, entries.get(name), pack, expected)
        if entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
    return entries


def _put(
    source: CommitSource, path: str, edit: _Edits | str | None, old: Entry | None, pack: Pack, expected: Kind
) -> Entry | None:
    if old is not None and old.kind is not expected:
        raise BootstrapError(f'{path}: is {old.kind.value} where {expected.value} belongs', 'move it out of the way')
    if edit is None:
        return None
    if isinstance(edit, str):
        return Entry(old.mode if old else _NEW_FILE, pack.add('blob', edit.encode()))
    entries = _merged(source, path, edit, pack)
    return Entry(_DIRECTORY, pack.add_tree(entries)) if entries else None


def _checked(path: str) -> str:
    for name in path.split('/'):
        # HFS+ ignores some invisible characters, NTFS trailing dots and spaces: there these too would be .git.
        seen = ''.join(character for character in name if character.isprintable()).rstrip('. ').casefold()
        if seen in ('', '.git', 'git~1') or '\\' in name or any(ord(character) < 32 for character in name):
            raise BootstrapError(f'{path!r}: is no path for a file in a repository', 'choose another name')
    return path
