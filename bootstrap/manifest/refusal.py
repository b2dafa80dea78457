"""Refusals that know their line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bootstrap.errors import BootstrapError


class ManifestError(BootstrapError):
    """A manifest that cannot be read, or an edit that would not be safe. `line` counts from 1."""

    def __init__(self, line: int, detail: str, hint: str = '', *, path: str = '') -> None:
        super().__init__(f'{path}:{line}: {detail}' if path else f'line {line}: {detail}', hint)
        self.line = line
        self.detail = detail
        self.path = path


def line_of(text: str, offset: int) -> int:
    """The line an offset stands on, as git and editors count: from 1, by line feeds."""
    return text.count('\n', 0, offset) + 1


def refuse(text: str, offset: int, detail: str, hint: str = '') -> ManifestError:
    """The refusal for what stands at an offset."""
    return ManifestError(line_of(text, offset), detail, hint)


@contextmanager
def in_file(path: str) -> Iterator[None]:
    """Puts the file's path before the line of any refusal raised inside."""
    try:
        yield
    except ManifestError as error:
        if error.path:
            raise
        raise ManifestError(error.line, error.detail, error.hint, path=path) from error.__cause__
