"""Adds a worker group."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

from bootstrap import group_values, manifest, raycluster, worker_group
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.group_values import Values
from bootstrap.layout import chosen
from bootstrap.tree import Tree
from bootstrap.worker_group import Options


def plan(
    tree: Tree,
    context: Context,
    environments: Sequence[str],
    name: str,
    options: Options,
    *,
    raycluster_name: str = '',
    from_group: str | None = None,
    values: Values | None = None,
) -> Tree:
    """The tree with the group `name`; `values` hold what the options do not name.

    The same group with the same values leaves the tree as it is; with other values it is refused.
    """
    worker_group.checked_name(name)
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, raycluster_name)
        with manifest.in_file(path):
            group = _values(tree[path], name, options, from_group, values or {})
            tree = tree.put(path, raycluster.with_group(tree[path], environment, name, group))
    return tree


def _values(text: str, name: str, options: Options, from_group: str | None, values: Values) -> Values:
    base: Values = {}
    if from_group is not None:
        base = group_values.readable(from_group, copy.deepcopy(raycluster.group(text, from_group)))
        resources = _ray_resources(from_group, base)
        resources.pop(from_group, None)
        base.get('rayStartParams', {}).pop('resources', None)
        base.pop('groupName', None)
        options = _with_resources(options, resources)
    base = group_values.merged(base, group_values.readable(name, values))
    named = {name: 1, **_ray_resources(name, base)}
    group = worker_group.applied(_with_resources(options, named), base, autoscaling=raycluster.autoscaling(text))
    _refuse_gaps(group, name)
    return group_values.checked(name, group, raycluster.chart_version(text))


def _ray_resources(name: str, group: Values) -> dict[str, int]:
    value = group.get('rayStartParams', {}).get('resources')
    return group_values.checked_ray_resources(name, value, worker_group.parsed_resources(value))


def _with_resources(options: Options, resources: dict[str, int]) -> Options:
    return replace(options, ray_resource={**resources, **options.ray_resource})


def _refuse_gaps(group: Values, name: str) -> None:
    limits = {**group.get('resources', {}).get('requests', {}), **group.get('resources', {}).get('limits', {})}
    missing = [f'--{key}' for key in ('cpu', 'memory') if key not in limits]
    missing += ['--max'] if group.get('maxReplicas') is None else []
    if missing:
        raise BootstrapError(
            f'{name}: what is missing is {", ".join(missing)}',
            'give them, or a group that has them with --from-group',
            exit_code=USAGE,
        )
