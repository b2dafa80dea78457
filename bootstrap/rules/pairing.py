"""Which Application, RayCluster and worker group of a change is which."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from bootstrap.manifest.paths import differences
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import is_small_group
from bootstrap.rules.resource import Application, Role, mapping, sequence
from bootstrap.rules.scope import Scope, ScopeChange


class Pair(NamedTuple):
    """An Application before and after a change."""

    before: Application
    after: Application


class RayClusterPair(NamedTuple):
    """A RayCluster that goes on under its name, in its namespace and Kubernetes cluster."""

    before: RayCluster
    after: RayCluster

    @property
    def values(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        return self.before.values, self.after.values

    @property
    def heads(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        return self.before.head, self.after.head

    @property
    def groups(self) -> list[tuple[Group, Group]]:
        """The rendered groups that are on both sides, in the order of after."""
        known = rendered(self.before)
        return [(known[name], group) for name, group in rendered(self.after).items() if name in known]


def pairs(change: ScopeChange) -> tuple[list[Pair], list[Application]]:
    """The Applications that are on both sides, and those that are gone: the same by file in an environment (and there
    by name where a file was renamed), by name elsewhere; a role is never crossed.
    """
    left = list(change.after.applications) if change.after else []
    gone = list(change.before.applications) if change.before else []
    found: list[Pair] = []
    for identity in (_file_and_name, _file, _name):
        gone = _matched(gone, left, identity, found)
    return found, gone


_Identity = Callable[[Application], 'Hashable | None']


def _matched(
    before: list[Application], left: list[Application], identity: _Identity, found: list[Pair]
) -> list[Application]:
    """Moves what has one identity to `found`; what stays alone is given back."""
    alone = []
    for one in before:
        key = identity(one)
        other = next((other for other in left if key is not None and identity(other) == key), None)
        if other is None:
            alone.append(one)
        else:
            left.remove(other)
            found.append(Pair(one, other))
    return alone


def _file_and_name(one: Application) -> Hashable | None:
    return one.role, one.file, one.name


def _file(one: Application) -> Hashable | None:
    return (one.role, one.file) if one.environment else None


def _name(one: Application) -> Hashable | None:
    return one.role, one.name, one.namespace


def rayclusters(change: ScopeChange) -> Iterator[RayClusterPair]:
    """The RayClusters that the change edits in place."""
    for before, after in pairs(change)[0]:
        if after.role is Role.RAYCLUSTER and before.document.text != after.document.text:
            pair = RayClusterPair(RayCluster(before), RayCluster(after))
            if place(pair.before) == place(pair.after):
                yield pair


def place(raycluster: RayCluster) -> tuple[str, str, dict[str, str]]:
    """What makes a RayCluster the one it is: its name, its namespace, its Kubernetes cluster."""
    application = raycluster.application
    return raycluster.name, application.destination_namespace, application.destination


def rendered(raycluster: RayCluster) -> dict[str, Group]:
    """The groups that the chart renders, by name."""
    # The chart's values.yaml has a smallGroup with `disabled: true`.
    return {
        group.name: group
        for group in raycluster.groups
        if not is_small_group(group) or group.values.get('disabled') is not None
    }


def only_replicas_changed(pair: RayClusterPair) -> bool:
    """Whether nothing of the source but `replicas` of worker groups differs."""
    places = list(differences(pair.before.application.source, pair.after.application.source))
    return bool(places) and all(_is_replicas(path) for path in places)


_GROUPS = tuple((*VALUES, key)[len(SOURCE) :] for key in ('worker', 'additionalWorkerGroups'))


def _is_replicas(path: tuple[Any, ...]) -> bool:
    worker, additional = _GROUPS
    holder = path[: len(worker)]
    return path[-1] == 'replicas' and (
        (holder == worker and len(path) == len(worker) + 1)
        or (holder == additional and len(path) == len(additional) + 2)
    )


_REPLICAS = re.compile(r'\.spec\.workerGroupSpecs(\[\]\??(\.replicas)?)?|/spec/workerGroupSpecs(/(\d+|\*)/replicas)?')


def ignores_replicas(raycluster: RayCluster) -> bool:
    """Whether ignoreDifferences cover `replicas` of the worker groups."""
    items = sequence(raycluster.application.at('spec', 'ignoreDifferences'))
    expressions = (
        one
        for item in items
        for key in ('jqPathExpressions', 'jsonPointers')
        for one in sequence(mapping(item).get(key))
    )
    return any(isinstance(one, str) and _REPLICAS.fullmatch(one.replace(' ', '')) for one in expressions)


def settings_declare_health(change: ScopeChange) -> bool:
    """Whether Argo CD's health check of Applications is declared to be restored."""
    after: Scope | None = change.after
    return change.application_health or (after is not None and after.settings.application_health)
