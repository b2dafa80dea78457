"""What a check of the user's set-up found, and how to mend it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple


class Mark(enum.Enum):
    """What a check came to."""

    OK = 'ok'
    WARN = 'warn'
    FAIL = 'fail'
    SKIPPED = 'skipped'


class Verdict(NamedTuple):
    """One check: what it found, and the next step where that is not as it should be."""

    check: str
    mark: Mark
    found: str
    mend: str = ''


def failed(verdicts: Iterable[Verdict]) -> bool:
    """Whether something does not work; what is merely worth knowing does not count."""
    return any(one.mark is Mark.FAIL for one in verdicts)


def summary(verdicts: Iterable[Verdict]) -> str:
    """How many of what is not well."""
    marks = [one.mark for one in verdicts]
    failures, warnings = marks.count(Mark.FAIL), marks.count(Mark.WARN)
    said = [f'{failures} failed'] if failures else []
    said += [f'{warnings} warning{"" if warnings == 1 else "s"}'] if warnings else []
    return ', '.join(said) or 'all is well'
