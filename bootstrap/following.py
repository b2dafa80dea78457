"""How long work tells how far it is, without knowing whether anybody looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar('T')


class Following(Protocol):
    """Hands items on, one by one, and may show how many of them are done; `doing` says at what: 'checking'."""

    def __call__(self, doing: str, items: Sequence[T], /) -> Iterable[T]: ...


def unwatched(doing: str, items: Sequence[T], /) -> Iterable[T]:  # noqa: ARG001
    """Nobody looks."""
    return items
