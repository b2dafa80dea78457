"""What changes between KubeRay versions, and the edits that keep a RayCluster as it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bootstrap import kuberay
from bootstrap.kuberay import Version
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import whole
from bootstrap.rules.resource import Application, Role, mapping


class Edit(NamedTuple):
    """A value for a field of an Application; with `renames` it takes the place of that key beside it."""

    path: Path
    value: Any
    renames: str = ''


class Migration(NamedTuple):
    """What is new from the version `since` on: in the chart of a RayCluster, or (`by`) in the operator.

    `edits` give what to change in an Application of the role `on`; where the user has said how it is to be, nothing.
    """

    since: Version
    by: Role
    on: Role
    what: str
    why: str
    source: str
    edits: Callable[[Application], Iterator[Edit]]


class Remark(NamedTuple):
    """What a reviewer is to know of a version, without an edit; `concerns` says of which Applications."""

    since: Version
    by: Role
    text: str
    concerns: Callable[[Application], bool] = lambda application: True  # noqa: ARG005


def crossed(since: Version, old: Version | None, new: Version) -> bool:
    """Whether a version is passed on the way up."""
    return old is not None and old < since <= new


def has_values_elsewhere(application: Application) -> bool:
    """Whether values may stand where no edit of valuesObject can respect them."""
    helm = application.source.get('helm')
    if helm is not None and not isinstance(helm, dict):
        return True
    given = mapping(helm).get('valuesObject', {})
    return not isinstance(given, dict) or RayCluster(application).has_other_values


def _memory_of_the_head(application: Application) -> Iterator[Edit]:
    raycluster = RayCluster(application)
    yield from _memory(raycluster.head_group, kuberay.defaults(raycluster.chart).head_memory)


def _memory_of_the_default_group(application: Application) -> Iterator[Edit]:
    raycluster = RayCluster(application)
    if raycluster.worker.enabled:
        yield from _memory(raycluster.worker, kuberay.defaults(raycluster.chart).worker_memory)


def _memory(group: Group, default: str) -> Iterator[Edit]:
    # Helm merges mappings key by key; null takes the chart's default away.
    resources = group.values.get('resources', {})
    for key in ('requests', 'limits') if isinstance(resources, dict) else ():
        amounts = resources.get(key, {})
        if isinstance(amounts, dict) and 'memory' not in amounts:
            yield Edit((*group.path, 'resources', key, 'memory'), default)


def _maximum_of_the_default_group(application: Application) -> Iterator[Edit]:
    raycluster = RayCluster(application)
    worker = raycluster.worker
    if worker.enabled and 'maxReplicas' not in worker.values:
        yield Edit((*worker.path, 'maxReplicas'), kuberay.defaults(raycluster.chart).worker_max_replicas)


def _image_tag(application: Application) -> Iterator[Edit]:
    raycluster = RayCluster(application)
    image = raycluster.values.get('image', {})
    is_used = any(not mapping(group.values.get('image')) for group in raycluster.pod_groups)
    if is_used and isinstance(image, dict) and 'tag' not in image:
        yield Edit((*VALUES, 'image', 'tag'), kuberay.defaults(raycluster.chart).image_tag)


def _minimum_within_maximum(application: Application) -> Iterator[Edit]:
    raycluster = RayCluster(application)
    defaults = kuberay.defaults(raycluster.chart)
    for group in raycluster.groups:
        least = whole(group.values.get('minReplicas', 1 if group.is_worker else 0))
        given = group.values.get('maxReplicas', defaults.worker_max_replicas if group.is_worker else None)
        most = whole(given)
        # The chart renders a number 0, and no maximum, as 2147483647.
        unlimited = most is None or (most == 0 and not isinstance(given, str))
        if least is not None and most is not None and not unlimited and least > most >= 0:
            yield Edit((*group.path, 'minReplicas'), most)


_MONITOR = (*VALUES, 'metrics', 'serviceMonitor')


def _monitor_labels(application: Application) -> Iterator[Edit]:
    monitor = mapping(application.at(*_MONITOR))
    if 'selector' in monitor and 'additionalLabels' not in monitor:
        yield Edit((*_MONITOR, 'additionalLabels'), monitor['selector'], renames='selector')


def _has_a_group_without_resources(application: Application) -> bool:
    additional = RayCluster(application).additional
    return any(group.enabled and not group.values.get('resources') for group in additional)


_1_6, _1_7 = Version(1, 6, 0), Version(1, 7, 0)
_CHART = 'helm-chart/ray-cluster values.yaml v1.5.1 and v1.6.2'

MIGRATIONS = (
    Migration(
        *(_1_6, Role.RAYCLUSTER, Role.RAYCLUSTER),
        what="the head's memory is written out",
        why='the default goes from 2G to 5Gi with chart 1.6, and a new head might not fit where the old one did',
        source=_CHART,
        edits=_memory_of_the_head,
    ),
    Migration(
        *(_1_6, Role.RAYCLUSTER, Role.RAYCLUSTER),
        what="the default group's memory is written out",
        why='the default goes from 1G to 1Gi with chart 1.6',
        source=_CHART,
        edits=_memory_of_the_default_group,
    ),
    Migration(
        *(_1_6, Role.RAYCLUSTER, Role.RAYCLUSTER),
        what="the default group's maxReplicas is written out",
        why='the default goes from 3 to 5 with chart 1.6, and more pods would cost more',
        source=_CHART,
        edits=_maximum_of_the_default_group,
    ),
    Migration(
        *(_1_6, Role.RAYCLUSTER, Role.RAYCLUSTER),
        what='the image tag is written out',
        why='the default goes from 2.46.0 to 2.52.0 with chart 1.6: new workers could not join the old head',
        source=_CHART,
        edits=_image_tag,
    ),
    Migration(
        *(_1_6, Role.OPERATOR, Role.RAYCLUSTER),
        what="a group's minReplicas is lowered to its maxReplicas",
        why='the operator took the smaller one up to 1.5; from 1.6 on it refuses the RayCluster, which then freezes',
        source='ray-operator/controllers/ray/utils/validation.go v1.6.2',
        edits=_minimum_within_maximum,
    ),
    Migration(
        *(_1_7, Role.OPERATOR, Role.OPERATOR),
        what='the key metrics.serviceMonitor.selector is renamed additionalLabels',
        why='chart 1.7 reads the new name only, and Prometheus finds the ServiceMonitor by these labels',
        source='ray-project/kuberay 4979',
        edits=_monitor_labels,
    ),
)

REMARKS = (
    Remark(
        _1_6, Role.OPERATOR, 'From 1.6 on there are RayCronJobs: a CRD, and roles of the operator for it, are added.'
    ),
    Remark(
        _1_6,
        Role.OPERATOR,
        'From 1.6 on the feature gates RayJobDeletionPolicy and RayMultiHostIndexing are on by default.',
    ),
    Remark(
        _1_6,
        Role.RAYCLUSTER,
        'From chart 1.6 on a worker group without resources gets 1 CPU and 1Gi; before, it had neither.',
        _has_a_group_without_resources,
    ),
    Remark(
        _1_7,
        Role.OPERATOR,
        'From 1.7 on ray.io/v1alpha1 is deprecated (it is still served), and the feature gate '
        'RayServiceIncrementalUpgrade is on by default.',
    ),
)
