"""RB413 to RB416, RB436: CPU and memory of the head and the worker groups."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bootstrap import kuberay
from bootstrap.manifest import Path
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import amount, is_extended, ray_start_parameter, resources, shown
from bootstrap.rules.resource import at
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_LEAST_HEAD_MEMORY = Decimal(2) * 10**9


@rule(
    'RB413',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'requests above limits',
    mend='set limits and requests to the same amounts',
    source='helm-chart/ray-cluster values.yaml; Kubernetes docs, resource management for pods',
)
def requests_above_limits(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Kubernetes rejects such pods. Helm merges the resources of head and worker into the chart's defaults, so that
    `requests.cpu: "4"` alone keeps the default limit of 1 CPU.
    """
    for group in raycluster.pod_groups:
        limits, requests = resources(group, raycluster)
        for name, request in requests.items():
            limit = limits.get(name)
            low, high = amount(limit), amount(request)
            if low is not None and high is not None and high > low and not is_extended(name):
                path, fix = _mend(group, raycluster, name, request, limit)
                message = (
                    f'Kubernetes rejects the pods: {name} is requested as {_bare(request)}, limited to {_bare(limit)}'
                )
                yield Problem(raycluster.application, path, message, fix=fix)


def _mend(group: Group, raycluster: RayCluster, name: Any, request: Any, limit: Any) -> tuple[Path, Fix | None]:
    """What the manifest says is meant: what the chart's defaults say follows it."""
    written = {kind: (*group.path, 'resources', kind, name) for kind in ('requests', 'limits')}
    if at(group.values, 'resources', 'requests', name) is None:
        return written['limits'], fixes.put(raycluster.application, written['requests'], limit)
    if at(group.values, 'resources', 'limits', name) is None:
        return written['requests'], fixes.put(raycluster.application, written['limits'], request)
    return written['requests'], None


def _bare(value: Any) -> str:
    return shown(value).strip('"')


@rule(
    'RB414',
    Severity.WARNING,
    Subject.GROUP,
    'group without resources',
    mend='set resources with requests and limits of the same amounts',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml; ray autoscaling_config.py; kuberay#4211, #4511',
)
def without_resources(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Charts before 1.6 render no resources for such a group. The autoscaler then cannot tell how many CPUs a pod of
    it has, and crashes for all groups, unless rayStartParams.num-cpus says it. From 1.6 on the chart gives it
    one CPU and 1Gi of memory, which is rarely what a Ray worker needs.
    """
    if raycluster.has_other_values or any(resources(group, raycluster)):
        return
    severity = Severity.WARNING
    if raycluster.chart >= kuberay.FIRST_CHART_WITH_DEFAULT_RESOURCES:
        message = 'without resources its pods get 1 CPU and 1Gi of memory'
    elif raycluster.autoscaling and ray_start_parameter(group, 'num-cpus') is None:
        message, severity = 'the autoscaler cannot detect the CPUs of the group and crashes', Severity.ERROR
    else:
        message = 'without resources its pods may take what a node has, and are the first to be evicted'
    yield Problem(raycluster.application, _place(group), message, severity)


def _place(group: Group, *below: str) -> Path:
    """The deepest mapping that is there."""
    path, values = group.path, group.values
    for key in ('resources', *below):
        if key not in values:
            break
        path, found = (*path, key), values[key]
        if not isinstance(found, dict):
            break
        values = found
    return path


@rule(
    'RB415',
    Severity.WARNING,
    Subject.GROUP,
    'group without a memory limit, or with limits that differ from requests',
    mend='set limits and requests to the same amounts',
    source='kuberay common/pod.go, addDefaultRayStartParams; ray autoscaling_config.py',
)
def uneven_resources(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The operator tells Ray the memory of a pod from its limit only, the autoscaler falls back to the request: without
    a limit they disagree, and Ray counts with the memory of the whole node. Where limits are above requests, Ray plans
    with what Kubernetes does not guarantee.
    """
    found = resources(group, raycluster)
    if raycluster.has_other_values or not any(found):
        return
    if 'memory' not in found.limits:
        request = found.requests.get('memory')
        path = (*group.path, 'resources', 'limits', 'memory')
        fix = None if amount(request) is None else fixes.put(raycluster.application, path, request)
        message = 'without limits.memory Ray counts with the memory of the whole node'
        yield Problem(raycluster.application, _place(group, 'limits'), message, fix=fix)
    for name in ('cpu', 'memory'):
        limit, request = amount(found.limits.get(name)), amount(found.requests.get(name))
        if limit is not None and request is not None and limit > request:
            path = (*group.path, 'resources', 'limits', name)
            guaranteed = _bare(found.requests[name])
            message = f'Ray counts with {name} {_bare(found.limits[name])}, of which Kubernetes guarantees {guaranteed}'
            yield Problem(raycluster.application, path, message, Severity.INFO)


@rule(
    'RB416',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'group whose CPUs the autoscaler cannot tell',
    mend='set limits.cpu and requests.cpu, or rayStartParams.num-cpus',
    source='ray autoscaling_config.py, _get_num_cpus',
)
def without_cpu(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The autoscaler needs the CPUs of every group, the head's too: from num-cpus, the limits or the requests. Where
    none of them tells, it raises a ValueError and nothing scales any more.
    """
    if not raycluster.autoscaling or raycluster.has_other_values:
        return
    for group in raycluster.pod_groups:
        found = resources(group, raycluster)
        if found.get('cpu') is not None or ray_start_parameter(group, 'num-cpus') is not None:
            continue
        # Of a worker group without any resources RB414 tells.
        has_fallback = raycluster.chart >= kuberay.FIRST_CHART_WITH_DEFAULT_RESOURCES
        if any(found) or (group is raycluster.head_group and not has_fallback):
            message = 'neither resources nor num-cpus tell the CPUs: the autoscaler raises a ValueError'
            yield Problem(raycluster.application, _place(group), message)


@rule(
    'RB436',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'head with less than 2G of memory',
    mend="give the head at least the 2G that the chart's values ask for, better 5Gi",
    source='helm-chart/ray-cluster values.yaml',
)
def small_head(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The head runs the GCS, the dashboard and the autoscaler. With less it runs out of memory sooner or later, and
    a head that is killed takes the RayCluster with it.
    """
    group = raycluster.head_group
    found = resources(group, raycluster)
    kind = 'limits' if 'memory' in found.limits else 'requests'
    memory = amount(found.get('memory'))
    if memory is not None and memory < _LEAST_HEAD_MEMORY:
        path = (*group.path, 'resources', kind, 'memory')
        message = f'the head runs out of memory: it has {_bare(found.get("memory"))}, and needs 2G at least'
        yield Problem(raycluster.application, path, message)
