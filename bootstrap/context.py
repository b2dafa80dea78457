"""What every plan is told besides the tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.settings import Settings


@dataclass(frozen=True)
class Context:
    """`path`: the folder above environments/; `branch`: the base branch; `remote_url`: base's, without credentials.

    `forge`: the kind of forge that the remote is known to be, without asking it.
    """

    path: str = ''
    branch: str = 'main'
    remote_url: str | None = None
    settings: Settings = field(default_factory=Settings)
    forge: str | None = None


class QuestionError(BootstrapError):
    """Something only the user knows: asked on a terminal, a usage error elsewhere.

    `choices` maps what a choice means to the options that say the same.
    """

    def __init__(self, message: str, hint: str, choices: dict[str, dict[str, object]]) -> None:
        super().__init__(message, hint, exit_code=USAGE)
        self.choices = choices
