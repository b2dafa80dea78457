"""The files of one commit, read when asked for, and what a plan changes in them."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from bootstrap.errors import BootstrapError

_MOST_NAMES = 10_000
_DEEPEST = 64


class Kind(enum.Enum):
    """What a name in a directory stands for."""

    FILE = 'a file'
    DIRECTORY = 'a directory'
    LINK = 'a symbolic link'
    SUBMODULE = 'a submodule'


class Source(Protocol):
    """Where a tree's files come from. Directories are named without a trailing slash; the top one is ''."""

    def entries(self, directory: str) -> Mapping[str, Kind]:
        """The names directly in `directory`; nothing where there is no such directory."""

    def read(self, path: str) -> bytes:
        """The content of a path that `entries` calls a file."""


@dataclass(frozen=True)
class Files:
    """A source held in memory."""

    files: Mapping[str, str] = field(default_factory=dict)

    def entries(self, directory: str) -> Mapping[str, Kind]:
        return dict(_below(directory, self.files))

    def read(self, path: str) -> bytes:
        return self.files[path].encode()


class Change(NamedTuple):
    """One file before and after; None where it does not exist."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Tree:
    """A read-only mapping from path to text. `put` and `drop` return another tree over the same source."""

    source: Source
    edits: Mapping[str, str | None] = field(default_factory=dict)
    _touched: Mapping[str, Mapping[str, bool]] = field(default_factory=dict, repr=False)
    """The names with edits in or below them, by directory; False where the newest edit took something away."""

    def get(self, path: str) -> str | None:
        """The text of a file, or None where there is none.

        A link, a submodule or a directory on the way or in its place is refused: what git stores there is
        not what a checkout would show.
        """
        if path in self.edits:
            return self.edits[path]
        if self._kind(path) is not Kind.FILE:
            return None
        try:
            return self.source.read(path).decode()
        except UnicodeDecodeError as error:
            raise BootstrapError(
                f'{path}: is not UTF-8 (byte {error.start})', 'save the file as UTF-8 and commit it'
            ) from None

    def __getitem__(self, path: str) -> str:
        text = self.get(path)
        if text is None:
            raise KeyError(path)
        return text

    def __contains__(self, path: str) -> bool:
        return self.edits[path] is not None if path in self.edits else self._kind(path) is Kind.FILE

    def entries(self, directory: str) -> Mapping[str, Kind]:
        """The names directly in a directory and what they are; nothing where there is no such directory."""
        touched = self._touched.get(directory)
        if not touched:
            return self.source.entries(directory)
        found = dict(self.source.entries(directory))
        for name in touched:
            kind = self._entry(directory, name)
            if kind is not None:
                found[name] = kind
            else:
                found.pop(name, None)
        return found

    def files(self, directory: str) -> Iterator[str]:
        """Every file below a directory, in byte order; links and submodules are not followed."""
        waiting, seen = [(directory, Kind.DIRECTORY)], 0
        while waiting:
            path, kind = waiting.pop()
            if kind is Kind.FILE:
                yield path
            elif kind is Kind.DIRECTORY:
                found = sorted(self.entries(path).items(), reverse=True)
                # Git keeps directories of one content once: two kilobytes of them can hold a billion names.
                if (seen := seen + len(found)) > _MOST_NAMES:
                    raise BootstrapError(
                        f'{directory or "."}: holds more than {_MOST_NAMES} files and folders', 'move others out of it'
                    )
                if path.count('/') - directory.count('/') > _DEEPEST:
                    raise BootstrapError(
                        f'{directory or "."}: holds folders more than {_DEEPEST} deep', 'move them out of it'
                    )
                waiting += [(f'{path}/{name}' if path else name, kind) for name, kind in found]

    def put(self, path: str, text: str) -> Tree:
        """This tree with one file's text; refused where another thing, or a name of other case, is in the way."""
        kind = self._kind(path)
        if kind is Kind.DIRECTORY:
            raise BootstrapError(f'{path}: is a directory where a file belongs', _MOVE_IT)
        if kind is None:
            self._refuse_look_alikes(path)
        return self._edited({path: text})

    def put_all(self, texts: Mapping[str, str]) -> Tree:
        """This tree with the texts of many files: for thousands of files that are there a copy, not thousands."""
        tree, there = self, {}
        for path, text in texts.items():
            if tree._kind(path) is Kind.FILE:
                there[path] = text
            else:
                tree = tree.put(path, text)
        return tree._edited(there)

    def drop(self, path: str) -> Tree:
        """This tree without one file."""
        return self._edited({path: None})

    def _edited(self, texts: Mapping[str, str | None]) -> Tree:
        if not texts:
            return self
        names: dict[str, dict[str, bool]] = {}
        for path, text in texts.items():
            for directory, name in _steps(path):
                names.setdefault(directory, {})[name] = text is not None
        touched = {directory: {**self._touched.get(directory, {}), **new} for directory, new in names.items()}
        return Tree(self.source, {**self.edits, **texts}, {**self._touched, **touched})

    def _entry(self, directory: str, name: str) -> Kind | None:
        """What a name in a directory stands for; None where there is nothing. A directory without files is nothing."""
        touched = self._touched.get(directory, {})
        if name not in touched:
            return self.source.entries(directory).get(name)
        path = f'{directory}/{name}' if directory else name
        if self.edits.get(path) is not None:
            return Kind.FILE
        is_directory = path in self._touched and (touched[name] or self.entries(path))
        return Kind.DIRECTORY if is_directory else None

    def _kind(self, path: str) -> Kind | None:
        kind: Kind | None = Kind.DIRECTORY
        for directory, name in _steps(path):
            if kind is None:
                return None
            if kind is not Kind.DIRECTORY:
                raise BootstrapError(f'{directory}: is {kind.value} where a directory belongs', _MOVE_IT)
            kind = self._entry(directory, name)
        if kind in (Kind.LINK, Kind.SUBMODULE):
            raise BootstrapError(f'{path}: is {kind.value} where a file belongs', _MOVE_IT)
        return kind

    def _refuse_look_alikes(self, path: str) -> None:
        for directory, name in _steps(path):
            if self._entry(directory, name) is not None:
                continue
            for other in self.entries(directory):
                # macOS and Windows check out only one of two such names.
                if folded(other) == folded(name):
                    place = f'{directory}/{other}' if directory else other
                    raise BootstrapError(
                        f'{place}: differs from {name} only in case or Unicode form',
                        'rename it, or choose another name',
                    )


def changes(before: Tree, after: Tree) -> list[Change]:
    """What differs between two trees over one source, in byte order of paths."""
    return list(_differences(before, after))


def differ(before: Tree, after: Tree) -> bool:
    """Whether anything differs between two trees over one source."""
    return any(True for _ in _differences(before, after))


def _differences(before: Tree, after: Tree) -> Iterator[Change]:
    if before.source is not after.source:
        raise ValueError('trees of different sources')
    for path in sorted(before.edits.keys() | after.edits.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            yield Change(path, old, new)


_MOVE_IT = 'move it out of the way, or choose another place with --path'


def folded(name: str) -> str:
    """The form in which macOS and Windows take two names for one."""
    return unicodedata.normalize('NFC', name).casefold()


def is_like_dot_git(name: str) -> bool:
    """Whether some file system takes a name for `.git`, or for none."""
    # HFS+ ignores some invisible characters, NTFS trailing dots and spaces, and a stream's name behind a colon.
    seen = ''.join(character for character in name.partition(':')[0] if character.isprintable())
    return seen.rstrip('. ').casefold() in ('', '.git', 'git~1')


def _steps(path: str) -> Iterator[tuple[str, str]]:
    """The directories on the way to a path, each with the name in it that comes next."""
    directory = ''
    for name in path.split('/'):
        yield directory, name
        directory = f'{directory}/{name}' if directory else name


def _below(directory: str, paths: Iterable[str]) -> Iterator[tuple[str, Kind]]:
    prefix = f'{directory}/' if directory else ''
    for path in paths:
        if path.startswith(prefix):
            name, slash, _ = path[len(prefix) :].partition('/')
            yield name, Kind.DIRECTORY if slash else Kind.FILE
