"""Removes an environment."""

from __future__ import annotations

from bootstrap import code_owners, manifest
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.layout import (
    Environment,
    environments,
    existing,
    kubernetes_cluster,
    owns_kubernetes_cluster,
)
from bootstrap.settings import FILE as SETTINGS
from bootstrap.tree import Tree


def plan(tree: Tree, context: Context, name: str) -> Tree:
    """The tree without an environment's files, its settings and its code owners.

    Refused while other environments live on its CRDs and its operator.
    """
    environment = existing(tree, name, context.path)
    _refuse_while_shared(tree, environment)
    for path in list(tree.files(environment.directory)):
        tree = tree.drop(path)
    return code_owners.forgotten(_without_settings(tree, name), f'{environment.directory}/')


def _refuse_while_shared(tree: Tree, environment: Environment) -> None:
    if not owns_kubernetes_cluster(tree, environment):
        return
    label = kubernetes_cluster(tree, environment)
    others = [
        one.name
        for one in environments(tree, environment.path)
        if one != environment and kubernetes_cluster(tree, one) == label
    ]
    if others:
        raise BootstrapError(
            f'{environment.name}: {", ".join(others)} {"lives" if len(others) == 1 else "live"} on its CRDs and its '
            f'operator, in the Kubernetes cluster {label}',
            'remove them first, or move the CRDs and the operator to one of them: deleting the CRDs deletes every '
            'RayCluster',
        )


def _without_settings(tree: Tree, name: str) -> Tree:
    text = tree.get(SETTINGS)
    if text is None:
        return tree
    with manifest.in_file(SETTINGS):
        for path in (('environments',), ('promotion', 'order')):
            text = _without(text, path, name)
        is_empty = not manifest.get(text, ()) and not list(manifest.comments(text))
    return tree.drop(SETTINGS) if is_empty else tree.put(SETTINGS, text)


def _without(text: str, path: manifest.Path, name: str) -> str:
    """The text without a name in a mapping or a list, and without what is left empty."""
    there = manifest.get(text, path)
    if isinstance(there, dict) and name in there:
        text = manifest.drop(text, (*path, name))
    elif isinstance(there, list) and name in there:
        text = manifest.drop(text, (*path, there.index(name)))
    else:
        return text
    while path and not manifest.get(text, path):
        text, path = manifest.drop(text, path), path[:-1]
    return text
