"""Removes a worker group: drains it first, and takes it out once the drain stands."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import draining, manifest, raycluster
from bootstrap.context import Context
from bootstrap.layout import chosen
from bootstrap.tree import Tree


def plan(tree: Tree, context: Context, environments: Sequence[str], name: str, *, raycluster_name: str = '') -> Tree:
    """The tree with the group drained or, where it is drained already or RB701 is allowed, without it.

    The chart's default group cannot be taken out of the values: it is disabled.
    """
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, raycluster_name)
        with manifest.in_file(path):
            tree = tree.put(path, _without(tree[path], name, at_once='RB701' in context.allow))
    return tree


def _without(text: str, name: str, *, at_once: bool) -> str:
    place = raycluster.group_place(text, name)
    group = manifest.get(text, place, {})
    # The chart renders nothing for a disabled group: there is nothing left to drain.
    if not at_once and not draining.is_drained(group) and group.get('disabled') is not True:
        return draining.drained(text, place)
    if place == raycluster.WORKER:
        return manifest.put(text, (*place, 'disabled'), True, before=next(iter(group), None))
    return _without_empty_groups(manifest.drop(text, place))


def _without_empty_groups(text: str) -> str:
    """The text without an empty additionalWorkerGroups, unless a comment would go with it."""
    if manifest.get(text, raycluster.GROUPS) != {}:
        return text
    shorter = manifest.drop(text, raycluster.GROUPS)
    return shorter if _comments(shorter) == _comments(text) else text


def _comments(text: str) -> int:
    return len(list(manifest.comments(text)))
