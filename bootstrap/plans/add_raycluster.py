"""Adds a further RayCluster to environments."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import further_raycluster, manifest, raycluster
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.further_raycluster import Options
from bootstrap.layout import chosen
from bootstrap.tree import Tree


def plan(tree: Tree, context: Context, environments: Sequence[str], name: str, options: Options) -> Tree:
    """The tree with the RayCluster `name`, and its namespace in the project.

    One that is there stays as it is; other values than it has are refused.
    """
    further_raycluster.checked_name(name)
    for environment in chosen(tree, tuple(environments), context.path):
        path = environment.raycluster(name)
        if path not in tree:
            tree = tree.put(path, further_raycluster.manifest_of(tree, environment, name, options))
            tree = further_raycluster.permitted(tree, environment, path)
            continue
        with manifest.in_file(raycluster.file(tree, environment, name)):
            other = further_raycluster.differences(tree[path], options)
        if other:
            raise BootstrapError(
                f'{path}: there is a RayCluster {name} with another {", ".join(other)}',
                f'raybootstrap set-raycluster {name} --env {environment.name} changes it',
            )
    return tree
