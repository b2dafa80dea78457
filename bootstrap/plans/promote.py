"""Takes from one environment to the next what is not its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bootstrap import manifest, promoted_versions, promotion, raycluster
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.layout import Environment, existing, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.promotion import KEPT, PROMOTED, Asked, Difference
from bootstrap.raycluster import GROUPS
from bootstrap.request import Table
from bootstrap.tree import Tree

_REVISION = (*SOURCE, 'targetRevision')


def plan(tree: Tree, context: Context, source: str, target: str, asked: Asked) -> Tree:
    """The tree with the target's versions, images, groups and values as the source has them."""
    theirs, ours = _environments(tree, context, source, target)
    _refuse_other_order(context, source, target)
    _refuse_unknown(tree, theirs, ours, asked)
    tree, found, _ = _with_versions(tree, theirs, ours, _narrowed(asked, context))
    for one in found:
        if one.verdict == PROMOTED:
            with manifest.in_file(one.file):
                new_group = one.path[:-1] == GROUPS
                tree = tree.put(one.file, manifest.put(tree[one.file], one.path, one.source, in_order=new_group))
    return tree


def notes(tree: Tree, context: Context, source: str, target: str, asked: Asked) -> list[str]:
    """What a reviewer must know, from the tree before."""
    theirs, ours = _environments(tree, context, source, target)
    _, found, migrations = _with_versions(tree, theirs, ours, _narrowed(asked, context))
    groups = [(one, str(one.path[-1])) for one in found if one.path[:-1] == GROUPS]
    left = [name for one, name in groups if one.verdict == KEPT and one.source is manifest.MISSING]
    said = migrations
    if left:
        said.append(
            f'Only {target} has the worker group{"s" if len(left) > 1 else ""} {", ".join(left)}: '
            'promote removes none (remove-group drains it first).'
        )
    new = [(one, name) for one, name in groups if one.verdict == PROMOTED]
    if len(new) > 1:
        said.append(
            f'The new worker groups {", ".join(dict.fromkeys(name for _, name in new))} come with the sizes they have '
            f'in {source}: set-group changes them.'
        )
    for one, name in new:
        if len(new) == 1:
            said.append(f'The new worker group {name} comes with the size it has in {source}: set-group changes it.')
        if promotion.names(one.source, source):
            said.append(f'The new worker group {name} has a value that names {source}: look at it.')
    if any(map(_is_promoted_version, found)):
        said += _of_versions(tree, ours)
    return said


def _with_versions(
    tree: Tree, theirs: Environment, ours: Environment, asked: Asked
) -> tuple[Tree, list[Difference], list[str]]:
    """The tree with the promoted versions and what they ask for, all differences, and the words for the migrations.

    Fields are compared once both sides speak of the same chart: what it renamed is no difference.
    """
    found = list(promotion.differences(tree, theirs, ours, asked))
    versions = [one for one in found if _is_promoted_version(one)]
    if not versions:
        return tree, found, []
    tree, said = promoted_versions.moved(tree, ours, versions)
    left = [one for one in promotion.differences(tree, theirs, ours, asked) if one.path != _REVISION]
    return tree, [*(one for one in found if one.path == _REVISION), *left], said


def _is_promoted_version(one: Difference) -> bool:
    return one.verdict == PROMOTED and one.path == _REVISION


def tables(tree: Tree, context: Context, source: str, target: str, asked: Asked) -> list[Table]:
    """What is promoted, what is kept, and what only the source has, from the tree before."""
    theirs, ours = _environments(tree, context, source, target)
    _, found, _ = _with_versions(tree, theirs, ours, _narrowed(asked, context))
    rows = [_row(one, ours, source) for one in found]
    return [Table(f'From {source} to {target}', ['file', 'field', source, target, 'what becomes of it'], rows)]


def _row(one: Difference, ours: Environment, source: str) -> list[str]:
    verdict = {promotion.SOURCE_ONLY: f'only in {source}'}.get(one.verdict, one.verdict)
    return [
        one.file.removeprefix(f'{ours.directory}/'),
        one.shown if one.path else '',
        _shown(one.source),
        _shown(one.target),
        f'{verdict}: {one.why}' if one.why else verdict,
    ]


def _shown(value: Any) -> str:
    if value is manifest.MISSING:
        return ''
    return 'present' if isinstance(value, (dict, list)) else manifest.dump(value).strip()


def _environments(tree: Tree, context: Context, source: str, target: str) -> tuple[Environment, Environment]:
    if source == target:
        raise BootstrapError(f'{source}: from and to are the same', 'name two environments', exit_code=USAGE)
    return existing(tree, source, context.path), existing(tree, target, context.path)


def _narrowed(asked: Asked, context: Context) -> Asked:
    return Asked(asked.only, asked.groups, (*asked.fields, context.settings.promotion_fields))


def _of_versions(tree: Tree, ours: Environment) -> list[str]:
    if owns_kubernetes_cluster(tree, ours):
        return []
    label = kubernetes_cluster(tree, ours)
    return [
        f'{ours.name} has no CRDs and no operator of its own: those of Kubernetes cluster {label} stay as they are.'
    ]


def _refuse_other_order(context: Context, source: str, target: str) -> None:
    order = context.settings.promotion_order
    if target not in order:
        return
    place = order.index(target)
    if place == 0:
        raise BootstrapError(
            f'{target} is the first environment of promotion.order in raybootstrap.yaml, so nothing is promoted to it',
            f'change it with set-group, set-raycluster or upgrade; the order is {", ".join(order)}',
        )
    if order[place - 1] != source:
        raise BootstrapError(
            f'{target} gets what {order[place - 1]} has, not what {source} has: '
            f'promotion.order in raybootstrap.yaml is {", ".join(order)}',
            f'raybootstrap promote {order[place - 1]} {target}',
        )


def _refuse_unknown(tree: Tree, theirs: Environment, ours: Environment, asked: Asked) -> None:
    for name in asked.groups:
        if not any(raycluster.has_group(tree[path], name) for path in theirs.rayclusters(tree)):
            raise NotHereError(f'{theirs.name} has no worker group {name}', 'raybootstrap list groups')
    for pattern in (one.removeprefix('!') for fields in asked.fields for one in fields):
        if not any(_is_field(tree, environment, pattern) for environment in (theirs, ours)):
            raise BootstrapError(
                f'--field {pattern!a}: neither {theirs.name} nor {ours.name} has such a field',
                "for example 'head.*', additionalWorkerGroups.gpu.nodeSelector or spec.source.targetRevision",
                exit_code=USAGE,
            )


def _is_field(tree: Tree, environment: Environment, pattern: str) -> bool:
    if promotion.matches((pattern,), ('spec', 'source', 'targetRevision')):
        return True
    files: Sequence[str] = [
        *environment.rayclusters(tree),
        *([environment.operator] if environment.operator in tree else []),
    ]
    return any(
        promotion.matches((pattern,), (*VALUES, *path))
        for file in files
        for path in promotion.paths(manifest.get(tree[file], VALUES))
    )
