"""Changes what is asked of a worker group that is there."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bootstrap import draining, group_values, kuberay, manifest, quantity, raycluster, worker_group
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.group_values import Values
from bootstrap.layout import chosen
from bootstrap.manifest import MISSING, Path
from bootstrap.manifest.paths import Concrete, at, differences, same, updated
from bootstrap.tree import Tree
from bootstrap.value_edits import Edits
from bootstrap.worker_group import Options


def plan(
    tree: Tree,
    context: Context,
    environments: Sequence[str],
    name: str,
    options: Options,
    edits: Edits,
    *,
    raycluster_name: str = '',
    from_group: str | None = None,
    values: Values | None = None,
) -> Tree:
    """The tree with what is given put into the group `name`, and nothing else changed.

    `values`, and before them those of `from_group`, hold what the options do not name. A change of nothing but
    `replicas` is refused where the autoscaler owns them.
    """
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, raycluster_name)
        with manifest.in_file(path):
            before = tree[path]
            place = raycluster.group_place(before, name)
            layer = _layer(before, name, from_group, values or {})
            given = layer or options != Options()
            after = edits.put(_with_values(before, place, name, options, layer) if given else before, place)
            _refuse_replicas_alone(before, after, place, f'{name} --env {environment.name}')
            if draining.is_drained(manifest.get(before, place)) and not draining.is_drained(manifest.get(after, place)):
                after = draining.without_why(after, place)
            tree = tree.put(path, after)
    return tree


def _layer(text: str, name: str, from_group: str | None, values: Values) -> Values:
    """The values under the options: another group's but for its name and its own resource, and those of a file."""
    base: Values = {}
    if from_group is not None:
        base = _readable(text, raycluster.group_place(text, from_group), from_group)
        for key in ('groupName', 'disabled'):
            base.pop(key, None)
        params = base.get('rayStartParams', {})
        resources = group_values.checked_ray_resources(
            from_group, params.get('resources'), worker_group.parsed_resources(params.pop('resources', None))
        )
        resources.pop(from_group, None)
        if resources:
            params['resources'] = worker_group.quoted_resources({name: 1, **resources})
    return group_values.merged(base, group_values.readable(name, values))


def _readable(text: str, place: Path, name: str) -> Values:
    try:
        return group_values.readable(name, manifest.get(text, place, {}) or {})
    except BootstrapError as error:
        raise manifest.ManifestError(raycluster.line(text, place), error.message, error.hint) from None


def _with_values(text: str, place: Path, name: str, options: Options, layer: Values) -> str:
    written: Values = manifest.get(text, place, {}) or {}
    there = _readable(text, place, name)
    if place == raycluster.WORKER:
        most = kuberay.defaults(raycluster.chart_version(text)).worker_max_replicas
        there = {'replicas': 1, 'minReplicas': 1, 'maxReplicas': most, **there}
    if options.ray_resource:
        params = there.get('rayStartParams', {}).get('resources')
        named = group_values.checked_ray_resources(name, params, worker_group.parsed_resources(params))
        options = replace(options, ray_resource={**named, **options.ray_resource})
    autoscaling = raycluster.autoscaling(text)
    as_it_is = worker_group.applied(Options(), there, autoscaling=autoscaling)
    asked = worker_group.applied(options, group_values.merged(there, layer), autoscaling=autoscaling)
    new = copy.deepcopy(written)
    for path in dict.fromkeys([*_named(options, asked), *map(_to_the_list, differences(as_it_is, asked))]):
        value = at(asked, path)
        if not _is_same_amount(path, at(written, path), value):
            new = updated(new, path, value)
    return manifest.put(text, place, new) if new or written else text


def _named(options: Options, values: Values) -> Iterator[Concrete]:
    """The fields that the options name, whatever stood there."""
    for key, given in (
        ('minReplicas', options.min),
        ('maxReplicas', options.max),
        ('replicas', options.replicas),
        ('numOfHosts', options.num_hosts),
    ):
        if given is not None:
            yield (key,)
    names = ('cpu', 'memory', 'ephemeral_storage')
    keys = {name.replace('_', '-') for name in names if getattr(options, name) is not None}
    devices = options.gpu is not None or options.gpu_resource or options.tpu_topology
    for kind in ('requests', 'limits'):
        for key in values.get('resources', {}).get(kind, {}):
            if key in keys or (devices and '/' in key):
                yield ('resources', kind, key)


def _to_the_list(path: Concrete) -> Concrete:
    """The path as far as the list on its way."""
    end = next((number for number, key in enumerate(path) if isinstance(key, int)), len(path))
    return path[:end]


def _is_same_amount(path: Concrete, old: Any, new: Any) -> bool:
    if same(old, new):
        return True
    amounts = [None if value is MISSING else quantity.parse(value) for value in (old, new)]
    return path[0] == 'resources' and amounts[0] is not None and amounts[0] == amounts[1]


def _refuse_replicas_alone(before: str, after: str, place: Path, group: str) -> None:
    old, new = (manifest.get(text, place, {}) or {} for text in (before, after))
    if raycluster.autoscaling(before) and [*differences(old, new)] == [('replicas',)]:
        raise manifest.ManifestError(
            raycluster.line(before, (*place, 'replicas')),
            'the autoscaler owns replicas and Argo CD ignores them: a change of them alone has no effect (RB703)',
            f'raybootstrap set-group {group} --min N --max N bounds what the autoscaler chooses',
        )
