"""The one error a user sees."""

from __future__ import annotations

REFUSED = 1
USAGE = 2
CHANGES_PENDING = 3
FINDINGS = 4
OVERTAKEN = 5
NO_PULL_REQUEST = 6
NOT_READY = 7
INTERRUPTED = 130


class BootstrapError(Exception):
    """A refusal: what is wrong (with path and line) and the next step.

    `exit_code` is one of the constants above; `REFUSED` unless told.
    """

    def __init__(self, message: str, hint: str = '', *, exit_code: int = REFUSED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class NotHereError(BootstrapError):
    """What a plan was asked to change is missing from the tree; an open proposal may hold it."""
