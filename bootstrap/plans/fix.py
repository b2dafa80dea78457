"""Mends what rules find, where there is a mechanical way."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import layout, mending
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.tree import Tree


class Fixing:
    """The plans of one run, one a rule; between two of them that change nothing the rules are not asked again."""

    def __init__(self, environments: Sequence[str]) -> None:
        self._names = tuple(environments)
        self._tree: Tree | None = None
        self._found: dict[str, list[Environment]] = {}

    def plan(self, tree: Tree, context: Context, *, rule: str) -> Tree:
        """The tree with a rule's findings mended."""
        if tree is not self._tree:
            self._tree, self._found = tree, self._fixable(tree, context)
        for environment in context.following(f'mending {rule}', self._found.get(rule, ())):
            tree = mending.mended(tree, environment, context, rules={rule})
        return tree

    def _fixable(self, tree: Tree, context: Context) -> dict[str, list[Environment]]:
        """The rules that have something to mend, and where."""
        found: dict[str, list[Environment]] = {}
        for environment in context.following('looking', self._environments(tree, context)):
            for rule in {one.rule for one in mending.findings(tree, environment, context) if one.fix is not None}:
                found.setdefault(rule, []).append(environment)
        return found

    def _environments(self, tree: Tree, context: Context) -> list[Environment]:
        if self._names:
            return layout.chosen(tree, self._names, context.path)
        return list(layout.environments(tree, context.path))
