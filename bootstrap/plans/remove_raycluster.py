"""Removes a further RayCluster."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import further_raycluster, raycluster
from bootstrap.context import Context
from bootstrap.layout import chosen
from bootstrap.tree import Tree


def plan(tree: Tree, context: Context, environments: Sequence[str], name: str) -> Tree:
    """The tree without the RayCluster `name`, and without its place in the project where nothing else goes there."""
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, name)
        application = further_raycluster.application_in(tree, environment, path)
        tree = tree.drop(path)
        if application is not None:
            tree = further_raycluster.forbidden(tree, environment, application)
    return tree
