"""Removes a worker group: drains it first, and takes it out once the drain stands."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import draining, manifest, raycluster
from bootstrap.context import Context
from bootstrap.errors import NotHereError
from bootstrap.layout import chosen
from bootstrap.tree import Tree


def plan(tree: Tree, context: Context, environments: Sequence[str], name: str, *, raycluster_name: str = '') -> Tree:
    """The tree with the group drained or, where the drain is merged or RB701 is allowed, without it.

    The chart's default group cannot be taken out of the values: it is disabled.
    """
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, raycluster_name)
        with manifest.in_file(path):
            place = raycluster.group_place(tree[path], name)
            merged = tree if context.base is None else context.base
            if 'RB701' not in context.allow and not _has_no_pods(tree[path], name):
                tree = tree.put(path, draining.drained(tree[path], place))
            elif 'RB701' in context.allow or path not in merged or _has_no_pods(merged[path], name):
                tree = tree.put(path, _without(tree[path], place))
    return tree


def _without(text: str, place: manifest.Path) -> str:
    group = manifest.get(text, place, {})
    if place == raycluster.WORKER:
        return manifest.put(text, (*place, 'disabled'), True, before=next(iter(group), None))
    return _without_empty_groups(manifest.drop(draining.without_why(text, place), place))


def _has_no_pods(text: str, name: str) -> bool:
    """Whether a group is drained, disabled, or not there yet."""
    try:
        group = manifest.get(text, raycluster.group_place(text, name), {})
    except NotHereError:
        return True
    # The chart renders nothing for a disabled group: there is nothing left to drain.
    return draining.is_drained(group) or group.get('disabled') is True


def _without_empty_groups(text: str) -> str:
    """The text without an empty additionalWorkerGroups, unless a comment would go with it."""
    if manifest.get(text, raycluster.GROUPS) != {}:
        return text
    shorter = manifest.drop(text, raycluster.GROUPS)
    return shorter if _comments(shorter) == _comments(text) else text


def _comments(text: str) -> int:
    return len(list(manifest.comments(text)))
