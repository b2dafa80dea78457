"""RB603 to RB606: versions of KubeRay and Ray that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bootstrap import kuberay, manifest
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.head_group import HEAD, head_image_version, operator_version
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import image, shown
from bootstrap.rules.resource import Application, Role, at, mapping
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_IMAGE_TAG: Path = (*VALUES, 'image', 'tag')
_SELECTOR: Path = (*VALUES, 'metrics', 'serviceMonitor', 'selector')
_ADDITIONAL_LABELS: Path = (*_SELECTOR[:-1], 'additionalLabels')
_MOVING_TAGS = ('latest', 'nightly', 'master')


@rule(
    'RB603',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'a value that only a newer chart reads',
    mend='raise the ray-cluster chart, or drop the value',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml v1.4.1 to v1.7.0',
)
def value_of_a_newer_chart(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart has no schema: a value that came with a later version is ignored without a word, and the RayCluster
    runs without fault tolerance, runtime class or resource claims.
    """
    chart, newest = raycluster.chart, kuberay.CHARTS[-1]
    top = kuberay.top_keys(newest) - kuberay.top_keys(chart)
    head = kuberay.head_keys(newest) - kuberay.head_keys(chart)
    group = kuberay.group_keys(newest) - kuberay.group_keys(chart)
    holders: list[tuple[Path, dict[Any, Any], frozenset[str]]] = [
        (VALUES, raycluster.values, top),
        (HEAD, raycluster.head, head),
        *((one.path, one.values, group) for one in raycluster.groups),
    ]
    for path, values, newer in holders:
        for key in sorted(newer):
            if key in values:
                message = f'the chart {chart} ignores {key}: charts from {_since(key)} on read it'
                yield Problem(raycluster.application, (*path, key), message)


@rule(
    'RB604',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'a Ray version that KubeRay does not support',
    mend='use Ray 2.38 or newer',
    source='docs.ray.io, KubeRay upgrade guide',
)
def unsupported_ray(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Ray 2.11.0 to 2.37 has known faults under KubeRay, and KubeRay 1.3 and newer supports Ray from 2.38 on."""
    tagged = head_image_version(raycluster)
    ray = tagged or raycluster.ray_version
    if ray is None or ray >= (2, 38, 0):
        return
    operator = operator_version(raycluster, scope)
    if ray < (2, 11, 0) and operator < (1, 3, 0):
        return
    found = image(raycluster.head_group, raycluster)
    path: Path = (*found.path, 'tag') if tagged and found else (*HEAD, 'rayVersion')
    message = f'Ray {ray} under KubeRay {operator} may fail: Ray from 2.38.0 on is supported'
    yield Problem(raycluster.application, path, message)


@rule(
    'RB605',
    Severity.WARNING,
    Subject.APPLICATION,
    'a renamed value of the operator chart',
    mend='rename metrics.serviceMonitor.selector to additionalLabels',
    source='kuberay#4979',
)
def renamed_monitor_labels(application: Application, scope: Scope) -> Iterator[Problem]:
    """From 1.7 on the chart reads `additionalLabels`. The ServiceMonitor loses the labels by which Prometheus finds
    it, and the operator's metrics stop without an error.
    """
    if application.role is not Role.OPERATOR or not application.version or application.version < (1, 7, 0):
        return
    monitor = mapping(application.at(*_SELECTOR[:-1]))
    if 'selector' in monitor:
        message = f'the operator chart {application.version} ignores selector: the ServiceMonitor loses these labels'
        fix = None if 'additionalLabels' in monitor else _renaming(application, monitor['selector'])
        yield Problem(application, _SELECTOR, message, fix=fix)


@rule(
    'RB606',
    Severity.WARNING,
    Subject.APPLICATION,
    'an operator image of another version than its chart',
    mend='drop image.tag, and choose the version by targetRevision',
    source='helm-chart/kuberay-operator values.yaml',
)
def other_operator_image(application: Application, scope: Scope) -> Iterator[Problem]:
    """The chart's roles and flags are those of its own version. With another image the operator may lack a right or
    a flag, and what runs is no longer what `targetRevision` says.
    """
    tag = at(application.values, 'image', 'tag')
    if application.role is not Role.OPERATOR or not application.version or not tag:
        return
    version = kuberay.operator_version_of(tag)
    if tag in _MOVING_TAGS or (version and version != application.version):
        message = f'the operator runs {shown(tag)} while its chart is {application.version}'
        yield Problem(application, _IMAGE_TAG, message, at_value=True)


def _since(key: str) -> str:
    readers = (
        f'{chart.major}.{chart.minor}'
        for chart in kuberay.CHARTS
        if key in kuberay.top_keys(chart) | kuberay.head_keys(chart)
    )
    return next(readers)


def _renaming(operator: Application, labels: Any) -> Fix:
    old, new = (operator.document.index, *_SELECTOR), (operator.document.index, *_ADDITIONAL_LABELS)

    def fix(text: str) -> str:
        if 'selector' not in mapping(manifest.get(text, old[:-1])):
            return text
        return manifest.drop(manifest.put(text, new, labels, before='selector'), old)

    return fix
