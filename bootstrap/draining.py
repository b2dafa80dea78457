"""Drains a worker group: its pods go before it does."""

from __future__ import annotations

from bootstrap import manifest, raycluster
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
    return manifest.comment(text, _place_of_why(text, path_of_group), _WHY)


def is_drained(group: object) -> bool:
    """Whether a group's values say that it has no pods."""
    return isinstance(group, dict) and all(
        group.get(key) == value and type(group.get(key)) is type(value) for key, value in DRAINED.items()
    )


def without_why(text: str, path_of_group: Path) -> str:
    """The text without the comment that says why a group is drained, unless it says so of another one too."""
    place = _place_of_why(text, path_of_group)
    others = manifest.get(text, path_of_group[:-1])
    if len(place) < len(path_of_group) and any(is_drained(others[key]) for key in others if key != path_of_group[-1]):
        return text
    ours = {line for line, comment in manifest.comments(text) if comment == f'# {_WHY}'}
    lines = text.split('\n')
    above = raycluster.line(text, place) - 1
    while above > 0 and lines[above - 1].lstrip().startswith('#'):
        if above in ours:
            return '\n'.join([*lines[: above - 1], *lines[above:]])
        above -= 1
    return text


def _place_of_why(text: str, path_of_group: Path) -> Path:
    """The field of a drained group that begins its line: in flow style several stand in one."""
    [document] = manifest.load(text)
    path: Path = (*path_of_group, 'maxReplicas')
    while len(path) > 1:
        line, column = document.position(path)
        if not text.split('\n')[line - 1][: column - 1].strip(' \t-'):
            break
        path = path[:-1]
    return path
