"""How the commit that Argo CD compared with stands to the one that Git is at."""

from __future__ import annotations

import enum
from collections.abc import Callable

from bootstrap.revision import is_object_id


class Relation(enum.Enum):
    """Of a commit that Argo CD names to the wanted one, as far as an environment's files go."""

    SAME = 'same'
    LATER = 'later, same files'
    CHANGED = 'later, other files'
    EARLIER = 'earlier, same files'
    BEHIND = 'earlier, other files'
    ASIDE = 'of another history'
    UNKNOWN = 'not in this repository'
    MISSING = 'not in this shallow clone'


# Of an environment's commit: how the one that Argo CD names stands to it.
Relate = Callable[[str], Relation]


def short(revision: str) -> str:
    """A revision in as few characters as git shows of a commit."""
    return revision[:7] if is_object_id(revision) else revision
