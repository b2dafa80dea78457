"""A change set as git objects. Nothing refers to them yet, so nobody sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from bootstrap.errors import BootstrapError
from bootstrap.repository import commands
from bootstrap.repository.pack import Pack
from bootstrap.repository.runner import Runner
from bootstrap.repository.source import CommitSource, Entry
from bootstrap.tree import Change, Kind, folded, is_like_dot_git

_NEW_FILE = b'100644'
_DIRECTORY = b'40000'
# Git's own bound between unpacking a pack and keeping it (fetch.unpackLimit).
_SMALL_PACK = 100

_Edits: TypeAlias = dict[str, '_Edits | str | None']


def written_tree(run: Runner, source: CommitSource, changes: Iterable[Change], oid_bytes: int) -> str:
    """The id of the tree that has the changes; the objects it needs are in the repository when this returns."""
    tree, pack = packed_tree(source, changes, oid_bytes)
    command = commands.UNPACK if len(pack) < _SMALL_PACK else commands.KEEP_PACK
    run.output('write to the repository', command, pack.content())
    return tree


def packed_tree(source: CommitSource, changes: Iterable[Change], oid_bytes: int) -> tuple[str, Pack]:
    """The tree's id and the objects it needs; raises where a path cannot be written. Nothing is in the repository."""
    pack = Pack(oid_bytes)
    entries = _merged(source, '', _nested(changes), pack)
    return pack.add_tree(entries).hex(), pack


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
    _refuse_twins(directory, entries, edits)
    for name, edit in edits.items():
        path = f'{directory}/{name}' if directory else name
        expected = Kind.DIRECTORY if isinstance(edit, dict) else Kind.FILE
        entry = _put(source, path, edit, entries.get(name), pack, expected)
        if entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
    return entries


def _refuse_twins(directory: str, entries: Iterable[str], edits: _Edits) -> None:
    """Of two names that are one to macOS and Windows, who checks them out there sees only one."""
    wanted = {folded(name): name for name, edit in edits.items() if edit is not None}
    for other in entries:
        name = wanted.get(folded(other), other)
        if name != other and edits.get(other, '') is not None:
            raise BootstrapError(
                f'{directory}/{other}'.lstrip('/') + f': differs from {name} only in case or Unicode form',
                'rename one of them',
            )


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
        if is_like_dot_git(name) or '\\' in name or any(ord(character) < 32 for character in name):
            raise BootstrapError(f'{path!r}: is no path for a file in a repository', 'choose another name')
    return path
