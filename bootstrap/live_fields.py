"""The fields that an API server sets, which have no place in Git."""

from __future__ import annotations

from bootstrap import manifest
from bootstrap.manifest import Path

_ANNOTATIONS: Path = ('metadata', 'annotations')
_LIVE: tuple[Path, ...] = (
    ('status',),
    # What `argocd app sync` asks for is an object's state too.
    ('operation',),
    *(
        ('metadata', name)
        for name in ('managedFields', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'selfLink')
    ),
    (*_ANNOTATIONS, 'kubectl.kubernetes.io/last-applied-configuration'),
)


def found(data: object) -> list[str]:
    """The server-set fields that an object has, by name."""
    return [path[-1] for path in _LIVE if _has(data, path) and isinstance(path[-1], str)]


def without(text: str) -> str:
    """The text of one object without its server-set fields."""
    for path in _LIVE:
        if _has(manifest.get(text, ()), path):
            text = manifest.drop(text, path)
            if manifest.get(text, _ANNOTATIONS) == {}:
                text = manifest.drop(text, _ANNOTATIONS)
    return text


def _has(data: object, path: Path) -> bool:
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True
