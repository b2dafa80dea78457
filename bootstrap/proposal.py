"""What a proposal says: its title and body, which are the commit's message too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bootstrap import __version__, capacity, comparison, manifest
from bootstrap.capacity import Capacity
from bootstrap.layout import Environment
from bootstrap.tree import Change, Tree

TRAILER = 'Raybootstrap-Command'
VERSION_TRAILER = 'Raybootstrap-Version'
ALLOW_TRAILER = 'Raybootstrap-Allow'

# Forges act on what a commit's message mentions, closes and skips (`@team`, `fixes #1`, `!2`, `[skip ci]`) when it is
# merged: https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
_ACTIVE = re.compile(
    r'(?<![\w.-])@|[#!]|\*(?=\*\*no_ci)|\[(?=\s*(?:skip|no|ci|actions)\b)|\bGH-(?=\d)'
    r'|/(?=(?:issues|pull|merge_requests)/\d)',
    re.IGNORECASE,
)
# Git cuts a message off here before it looks for trailers.
_SCISSORS = re.compile(r'^. -{24} >8 -{24}$', re.MULTILINE)
# A message is read in a terminal; what it leaves out, `git show --stat` tells.
_MOST_FILES = 200
_DESCRIBED = re.compile(r'- [^\n]+: (?:new|removed|changed|only comments or layout)$|- [^\n]+:$', re.MULTILINE)


@dataclass(frozen=True)
class Proposal:
    """A commit's worth of change and the words for it."""

    title: str
    line: str
    changes: Sequence[Change]
    why: str = ''
    notes: Sequence[str] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)
    trailers: Sequence[tuple[str, str]] = ()


def message(proposal: Proposal) -> str:
    """The commit's message: title, the author's why, what changes, trailers."""
    paragraphs = [proposal.title]
    if proposal.why:
        paragraphs.append(_SCISSORS.sub(' \\g<0>', proposal.why))
    paragraphs.append('\n'.join(described(proposal.changes)))
    paragraphs += proposal.notes
    trailers = [
        (TRAILER, proposal.line),
        (VERSION_TRAILER, __version__),
        *((ALLOW_TRAILER, f'{rule}={reason}') for rule, reason in proposal.allowed.items()),
        *proposal.trailers,
    ]
    paragraphs.append('\n'.join(f'{key}: {value}' for key, value in trailers))
    return '\n\n'.join(paragraphs) + '\n'


def described(changes: Sequence[Change]) -> list[str]:
    """One line for a file that comes or goes, one for each changed field of another; of many files the first."""
    lines = []
    for change in changes[:_MOST_FILES]:
        if change.before is None or change.after is None:
            lines.append(f'- {change.path}: {"removed" if change.after is None else "new"}')
            continue
        fields = comparison.fields(change)
        said = ': changed' if fields is None else ':' if fields else ': only comments or layout'
        lines.append(f'- {change.path}{said}')
        lines += [f'  - {_inert(one.path)}: {shown(one)}' for one in fields or ()]
    more = len(changes) - _MOST_FILES
    return [*lines, f'- … and {more} more file{"" if more == 1 else "s"}'] if more > 0 else lines


def _inert(text: str) -> str:
    return _ACTIVE.sub(lambda found: f'\\x{ord(found[0][0]):02x}{found[0][1:]}', text)


def is_described(paragraph: str) -> bool:
    """Whether a paragraph of a commit's message is such a list of changes."""
    return _DESCRIBED.match(paragraph) is not None


def shown(one: manifest.Field) -> str:
    """A changed field's values in a line: 'a → b', 'added', 'removed'."""
    if one.before is manifest.MISSING:
        return 'added' if isinstance(one.after, (dict, list)) else f'added: {_short(one.after)}'
    if one.after is manifest.MISSING:
        return 'removed' if isinstance(one.before, (dict, list)) else f'removed (was {_short(one.before)})'
    return f'{_short(one.before)} → {_short(one.after)}'


def _short(value: Any) -> str:
    # A value comes from a file anyone may have written: no line of its own in a message, and no trailer.
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else value
    text = _inert(text)
    return text if len(text) <= 80 else f'{text[:79]}…'


def capacity_of(tree: Tree, environments: Sequence[Environment]) -> Capacity:
    """The workers of all RayClusters of these environments."""
    total = Capacity()
    for environment in environments:
        for path in environment.rayclusters(tree):
            with manifest.in_file(path):
                for document in manifest.load(tree[path]):
                    total = total.plus(capacity.of_application(document.data))
    return total
