"""What every plan is told besides the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.following import Following, unwatched
from bootstrap.settings import Settings
from bootstrap.tree import Tree


def _without_revisions(revision: str) -> Tree:
    raise BootstrapError(f'{revision!a}: there is no git repository here, so there are no revisions', 'git init')


@dataclass(frozen=True)
class Context:
    """`path`: the folder above environments/; `branch`: the base branch; `remote_url`: base's, without credentials.

    `forge`: the kind of forge that the remote is known to be, without asking it. `allow`: the rules whose errors the
    user lets through, with reasons. `at` gives the tree of another revision; a usage error where there is none. `base`:
    what is merged, where a plan may start from more than that; None: it does not. `following` is told of long work.
    """

    path: str = ''
    branch: str = 'main'
    remote_url: str | None = None
    settings: Settings = field(default_factory=Settings)
    forge: str | None = None
    allow: Mapping[str, str] = field(default_factory=dict)
    at: Callable[[str], Tree] = _without_revisions
    base: Tree | None = None
    following: Following = unwatched


class QuestionError(BootstrapError):
    """Something only the user knows: asked on a terminal, a usage error elsewhere.

    `choices` maps what a choice means to the options that say the same.
    """

    def __init__(self, message: str, hint: str, choices: dict[str, dict[str, object]]) -> None:
        super().__init__(message, hint, exit_code=USAGE)
        self.choices = choices
