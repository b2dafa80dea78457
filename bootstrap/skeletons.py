"""The manifests everything starts from."""

from __future__ import annotations

from importlib import resources


def read(path: str) -> str:
    """The text of one skeleton, for example 'environment/root.yaml'."""
    return resources.files('skeletons').joinpath(path).read_text(encoding='utf-8')
