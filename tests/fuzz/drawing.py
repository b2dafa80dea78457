"""Choices, words, data and texts out of the bytes that a fuzzer makes up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar('T')

WORDS = [
    *('a', 'b', 'name', 'spec', 'metadata', 'x-y', 'app.kubernetes.io/name', 'on', 'null', '1', '1.0', '', 'two words'),
    *('ключ', 'k#v', "it's", '<<', '=', '~', '0o7', '1:30', '2024-13-45', '- d', 'a: b', '# no', '*', '&a', '!b', '|'),
    *('v1.5.1', '1.7.0', 'main', '*/*', '64Gi', '-1', '1e3', '200m', '\'{"gpu": 1}\'', 'é\u2028', '😀', 'tail ', '\t'),
    *('one\ntwo\n', '\n', 'a\n\n\n', '# c\nx: 1\n', '{{x}}', '"q"', '\\', '\x1b[31m', '\ufeff', '\u202e', '%', '@'),
]
NUMBERS: list[Any] = [None, True, False, 0, 1, -1, 200, 2**31, 10**400, 0.0, -0.0, 1.5, float('inf'), float('nan')]


class Draw:
    """Takes one byte after the other; when none is left, everything is the first and the shortest."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        found = self._data[self._at] if self._at < len(self._data) else 0
        self._at += 1
        return found

    def choice(self, among: Sequence[T]) -> T:
        number = self.byte() << 8 | self.byte() if len(among) > 256 else self.byte()
        return among[number % len(among)]

    def seed(self) -> int:
        return int.from_bytes(bytes(self.byte() for _ in range(3)), 'big')

    def rest(self) -> bytes:
        found, self._at = self._data[self._at :], len(self._data)
        return found

    def some(self, most: int) -> range:
        return range(self.byte() % (most + 1))

    def word(self) -> str:
        kind = self.byte()
        if kind < 200:
            return WORDS[kind % len(WORDS)]
        taken = bytes(self.byte() for _ in range(kind - 200))
        return taken.decode('utf-8', 'replace').replace('\0', '')

    def value(self, depth: int = 0) -> Any:
        kind = self.byte() % (4 if depth < 3 else 2)
        if kind == 0:
            return self.word()
        if kind == 1:
            return self.choice(NUMBERS)
        if kind == 2:
            return [self.value(depth + 1) for _ in self.some(3)]
        return {self.word(): self.value(depth + 1) for _ in self.some(4)}
