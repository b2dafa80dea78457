"""Drains a worker group: its pods go before it does."""

from __future__ import annotations

from bootstrap import manifest
from bootstrap.manifest import Path

# `"0"` in quotes: the chart takes the number 0 for "not given" and renders 2147483647.
DRAINED = {'minReplicas': 0, 'replicas': 0, 'maxReplicas': '0'}
_WHY = (
    'Drained before it is removed: KubeRay leaves the pods of a group that vanishes behind (ray-project/kuberay 1739).'
)


def drained(text: str, path_of_group: Path) -> str:
    """The text with a worker group that gets no pods, and a comment that says why."""
    for key, value in DRAINED.items():
        text = manifest.put(text, (*path_of_group, key), value)
    return manifest.comment(text, (*path_of_group, 'maxReplicas'), _WHY)


def is_drained(group: object) -> bool:
    """Whether a group's values say that it has no pods."""
    return isinstance(group, dict) and all(
        group.get(key) == value and type(group.get(key)) is type(value) for key, value in DRAINED.items()
    )
