"""Revisions that mean the same commit everywhere: object ids."""

from __future__ import annotations

import re


def is_object_id(revision: str) -> bool:
    """Whether it is a whole object id, of SHA-1 or SHA-256."""
    return re.fullmatch(r'[0-9a-f]{40}|[0-9a-f]{64}', revision) is not None


def shown(revision: str) -> str:
    """A revision for readers: of an object id the beginning, which forges link to its commit."""
    return revision[:12] if is_object_id(revision) else revision
