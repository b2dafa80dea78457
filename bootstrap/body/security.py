"""What a change opens: projects, sources, registries, service accounts, secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bootstrap import manifest
from bootstrap.body.markdown import code
from bootstrap.body.review import Review
from bootstrap.tree import Tree

_ACCOUNTS = ('serviceAccountName',)
_SECRETS = ('secretRef', 'secretKeyRef', 'imagePullSecrets', 'secretName')


def lines(review: Review) -> list[str]:
    """What was not there before, a line a kind; empty where there is nothing of it."""
    before, after = _facts(review.before, review), _facts(review.after, review)
    found = []
    for kind in sorted(after):
        new = sorted(after[kind] - before.get(kind, set()))
        if new:
            found.append(f'{kind}: {", ".join(code(one) for one in new)}')
    return found


def _facts(tree: Tree, review: Review) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in {change.path for change in review.changes}:
        text = tree.get(path)
        if text is None or not path.endswith(('.yaml', '.yml')):
            continue
        with manifest.in_file(path):
            for document in manifest.load(text):
                for kind, value in _of_document(document.data):
                    found.setdefault(kind, set()).add(value)
    return found


def _of_document(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, dict):
        return
    metadata = data.get('metadata')
    if data.get('kind') == 'AppProject' and isinstance(metadata, dict):
        yield 'New projects', str(metadata.get('name'))
    yield from _below(data, '')


def _below(data: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == 'repoURL' and isinstance(value, str):
                yield 'New sources', value
            elif name == 'repository' and isinstance(value, str) and 'tag' in data:
                yield 'New image repositories', value
            elif name in _ACCOUNTS and isinstance(value, str):
                yield 'New service accounts', value
            elif name in _SECRETS:
                yield from (('New references to secrets', one) for one in _names(value))
            else:
                yield from _below(value, str(name))
    elif isinstance(data, list):
        for item in data:
            if key == 'sourceRepos' and isinstance(item, str):
                yield 'New sources that projects allow', item
            else:
                yield from _below(item, key)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and isinstance(value.get('name'), str):
        yield value['name']
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
