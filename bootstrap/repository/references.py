"""Refs moved together, and why git would not move them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bootstrap.errors import OVERTAKEN, USAGE, BootstrapError
from bootstrap.repository import commands
from bootstrap.repository.runner import Runner
from bootstrap.repository.words import failure


class Moved(BootstrapError):  # noqa: N818
    """A ref is no longer where it was when it was read."""

    def __init__(self, name: str, what: str = 'was moved by somebody else meanwhile') -> None:
        super().__init__(f'{name}: {what}', 'run it again', exit_code=OVERTAKEN)


class RefUpdate(NamedTuple):
    """A full ref name, where it is to be ('' deletes it), and where it must be ('' for nowhere)."""

    ref: str
    new: str
    old: str


def transaction(updates: Iterable[RefUpdate]) -> bytes:
    """For `git update-ref --stdin -z`, where an empty old value would mean: whatever it is."""
    parts = ['start\0']
    for ref, new, old in updates:
        if not new:
            parts.append(f'delete {ref}\0{old}\0')
        elif _expected(old):
            parts.append(f'update {ref}\0{new}\0{old}\0')
        else:
            parts.append(f'create {ref}\0{new}\0')
    return ''.join([*parts, 'commit\0']).encode('utf-8', 'surrogateescape')


def refusal(updates: Sequence[RefUpdate], now: Mapping[str, str], stderr: str) -> BootstrapError:
    """Why a transaction failed, by what the refs are `now`."""
    for update in updates:
        if now.get(update.ref, '') != _expected(update.old):
            return Moved(_short(update.ref))
    for update in updates:
        refuse_beside(_short(update.ref), map(_short, now))
    return failure('update the branch', stderr)


def refuse_beside(branch: str, others: Iterable[str]) -> None:
    """Raise where one of the other branches' names is a folder of this one's, or the other way round."""
    for other in others:
        if branch.startswith(f'{other}/') or other.startswith(f'{branch}/'):
            raise BootstrapError(
                f'{branch}: cannot stand beside the branch {other}',
                'choose another name with --branch, or another branch_prefix in raybootstrap.yaml',
            )


def _expected(old: str) -> str:
    return old if old.strip('0') else ''


def _short(ref: str) -> str:
    return ref.removeprefix('refs/heads/')


def check_branch_name(run: Runner, name: str) -> None:
    """Refuse what git takes for no name of a branch."""
    # `@{...}` would be looked up, not checked; HEAD is no branch that could be made; a name is read by people.
    odd = '@{' in name or name == 'HEAD' or not name.isprintable()
    if odd or run.answer(commands.branch_name(name)).status != 0:
        raise BootstrapError(f'{name!r}: is no name for a branch', 'see: git help check-ref-format', exit_code=USAGE)
