"""What a user sets and unsets, put into the values at a place of a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bootstrap import manifest
from bootstrap.manifest import Path


@dataclass(frozen=True)
class Edits:
    """`set` holds paths with values, `unset` paths; both start at the place they are put into."""

    set: Sequence[tuple[Path, Any]] = ()
    unset: Sequence[Path] = ()

    def put(self, text: str, place: Path) -> str:
        """The text with these edits; what is unset and not there stays away."""
        for path, value in self.set:
            text = manifest.put(text, (*place, *path), value)
        for path in self.unset:
            text = manifest.drop(text, (*place, *path))
        return text
