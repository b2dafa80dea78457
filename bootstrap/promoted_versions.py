"""Moves the target of a promotion to the source's KubeRay versions, with what has to change between them."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import upgrading
from bootstrap.kuberay import parse_version
from bootstrap.layout import Environment
from bootstrap.promotion import Difference
from bootstrap.rules.resource import Application, Role
from bootstrap.tree import Tree
from bootstrap.upgrading import STEPS, Upgrade


def moved(tree: Tree, target: Environment, versions: Sequence[Difference]) -> tuple[Tree, list[str]]:
    """The tree with these versions, each an upgrade of one file, and a sentence on each migration that it took."""
    said: dict[str, None] = {}
    for role in STEPS['all']:
        for version in versions:
            found = upgrading.applications(tree, target)
            if not any(one.file == version.file and one.role is role for one in found):
                continue
            around = [one for one in found if one.role is not role or one.file == version.file]
            upgrade = Upgrade(parse_version(str(version.source)), step=_step(role, found))
            for application in around:
                for migration, _ in upgrading.edits(application, around, upgrade):
                    said[f'{migration.what[0].upper()}{migration.what[1:]}: {migration.why} ({migration.source}).'] = (
                        None
                    )
            tree = upgrading.upgraded(tree, around, upgrade)
    return tree, list(said)


def _step(role: Role, found: Sequence[Application]) -> str:
    """The step of a role; where the operator is in another environment, its migrations go with the chart."""
    if role is Role.RAYCLUSTER and not any(one.role is Role.OPERATOR for one in found):
        return 'all'
    return next(step for step, roles in STEPS.items() if roles == (role,))
