"""A pull request, whatever its forge calls it, and the reading of what a forge says about one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges.address import Forge
from bootstrap.words import sanitise

Value = TypeVar('Value')
State = Literal['open', 'merged', 'closed']
Checks = Literal['passing', 'failing', 'pending']


@dataclass(frozen=True)
class Head:
    """A review branch. `project` is the fork's, '' for the forge's own; `commit` is its tip, where that matters."""

    branch: str
    project: str = ''
    commit: str = ''


@dataclass(frozen=True)
class Draft:
    """A pull request to be made. Reviewers are users, or teams as `org/team`, where the forge has them."""

    title: str
    body: str
    head: Head
    base: str
    draft: bool = False
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullRequest:
    """What a forge says. `title` is fit to be shown, `body` is as it stands there.

    `warnings` tell what could not be done besides (a reviewer, a label); `checks` is None where it is not known.
    """

    url: str
    number: int
    state: State
    title: str
    body: str
    draft: bool
    head: str
    commit: str = field(default='', repr=False)
    checks: Checks | None = None
    auto_merge: bool = False
    warnings: tuple[str, ...] = ()


class AnswerError(BootstrapError):
    """A forge's answer that cannot be what it should be."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the forge's answer {what}",
            'check --forge and --forge-url; run it again to resume',
            exit_code=NO_PULL_REQUEST,
        )


def pick(data: Any, kind: type[Value], *path: str) -> Value:
    """The value at a path of keys in a forge's answer; refused where it is missing or of another type."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise AnswerError(f'has no {".".join(path) or kind.__name__}')
    return data


def maybe(data: Any, kind: type[Value], *path: str) -> Value | None:
    """As `pick`; None where it is missing."""
    try:
        return pick(data, kind, *path)
    except AnswerError:
        return None


def items(data: Any, *path: str) -> list[dict[str, Any]]:
    """The list of objects at a path of keys."""
    found = pick(data, list, *path)
    if not all(isinstance(item, dict) for item in found):
        raise AnswerError('lists something else than objects')
    return found


def number(data: Any, key: str) -> int:
    found = pick(data, int, key)
    if not 0 < found < 1 << 53:
        raise AnswerError(f'has no {key}')
    return found


def shown(text: str) -> str:
    """One line of a forge's text, fit to be shown."""
    return ' '.join(sanitise(text).split())[:300]


def url_on(forge: Forge, url: str) -> str:
    """The address of a page of this forge; one on another host is refused."""
    if not re.fullmatch(r'https?://[!-~]{1,2000}', url):
        raise AnswerError('holds an address that is none')
    try:
        parts = urlsplit(url)
        place = (parts.scheme, (parts.netloc).lower())
    except ValueError:
        raise AnswerError('holds an address that is none') from None
    own = urlsplit(forge.web)
    # A forge behind a proxy may not know that it is reached by https.
    if place[1] != own.netloc.lower() or place[0] not in ('https', own.scheme):
        raise AnswerError(f'holds an address on another host than {forge.host}: {shown(url)}')
    return url


def first(found: list[PullRequest]) -> PullRequest | None:
    return found[0] if found else None


def of_head(found: list[PullRequest], head: Head) -> bool:
    """Whether one of these was made from the commit of this head; from any, where it has none."""
    # Bitbucket shortens object ids.
    return any(not head.commit or (one.commit and head.commit.startswith(one.commit)) for one in found)


def tried(what: str, act: Callable[[], object]) -> tuple[str, ...]:
    """A warning where something beside the pull request cannot be done."""
    try:
        act()
    except BootstrapError as error:
        return (f'{what}: {error.message}',)
    return ()
