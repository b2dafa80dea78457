"""Moves environments to another KubeRay version, or to another Ray version."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import layout, several_sources, upgrading
from bootstrap.context import Context
from bootstrap.errors import NotHereError
from bootstrap.rules.resource import Application
from bootstrap.tree import Tree
from bootstrap.upgrading import Operators, Upgrade


def plan(tree: Tree, context: Context, names: Sequence[str], upgrade: Upgrade, *, everywhere: bool = False) -> Tree:
    """The tree with these environments (`everywhere`: all) at the new versions."""
    environments = (
        list(layout.environments(tree, context.path)) if everywhere else layout.chosen(tree, tuple(names), context.path)
    )
    if not environments:
        raise NotHereError('there is no environment', 'raybootstrap init --env NAME')
    operators, together = Operators(tree, context.path), set(environments)
    texts: dict[str, str] = {}
    left: list[Application] = []
    for environment in context.following('planning', environments):
        found = upgrading.applications(tree, environment)
        left += several_sources.left(found, upgrade)
        if upgrade.kuberay is not None and upgrade.step != 'all' and not everywhere:
            if not any(one.role in upgrade.roles for one in found):
                several_sources.refuse([*several_sources.left(found, upgrade)])
            upgrading.refuse_nothing_to_move(environment, found, upgrade)
        owner = operators.owner(environment)
        around = None
        if owner is not None:
            around = owner, found if owner == environment else operators.applications(owner)
        upgrading.refuse_disorder(environment, found, upgrade, around, owner in together, context.allow)
        texts |= upgrading.upgraded_texts(tree, found, upgrade)
    if not texts:
        several_sources.refuse(left)
    return tree.put_all(texts)
