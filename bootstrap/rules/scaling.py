"""RB402 to RB406, RB430: how many pods a worker group may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bootstrap import kuberay
from bootstrap.manifest import Path
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import is_small_group, merges, shown, whole
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_TEMPLATE = 'helm-chart/ray-cluster templates/raycluster-cluster.yaml'
_UNLIMITED = 2**31 - 1
_REJECTS_INVALID_BOUNDS = (1, 6, 0)


class _Scale(NamedTuple):
    """What the chart renders; None where it is no integer or not known."""

    replicas: int | None
    minimum: int | None
    maximum: int | None


def _scale(group: Group, raycluster: RayCluster) -> _Scale:
    default: dict[str, int | None] = {'replicas': None, 'minReplicas': 0, 'maxReplicas': _UNLIMITED}
    if raycluster.has_other_values:
        default = {}
    elif group.is_worker:
        most = kuberay.defaults(raycluster.chart).worker_max_replicas
        default = {'replicas': 1, 'minReplicas': 1, 'maxReplicas': most}
    elif is_small_group(group):
        default = {'replicas': 0, 'minReplicas': 0}
    values = {key: group.values.get(key, default.get(key)) for key in ('replicas', 'minReplicas', 'maxReplicas')}
    # sprig's `default` takes 0 and null for empty.
    if 'minReplicas' in group.values:
        values['minReplicas'] = values['minReplicas'] or 0
    if 'maxReplicas' in group.values:
        values['maxReplicas'] = values['maxReplicas'] or _UNLIMITED
    return _Scale(*map(whole, values.values()))


def _place(group: Group, key: str) -> Path:
    return (*group.path, key) if key in group.values else group.path


@rule(
    'RB402',
    Severity.ERROR,
    Subject.GROUP,
    'maxReplicas: 0 means no limit',
    mend='quote it: maxReplicas: "0"',
    source=f"{_TEMPLATE}; sprig's default",
)
def unlimited_by_zero(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart renders `maxReplicas | default 2147483647`, and to that function a number 0 is empty. A group that
    was to be drained gets no limit at all. The text "0" is not empty and renders as 0.
    """
    value = group.values.get('maxReplicas')
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0:
        path = (*group.path, 'maxReplicas')
        fix = fixes.put(raycluster.application, path, '0')
        yield Problem(raycluster.application, path, f'maxReplicas: 0 renders as {_UNLIMITED}', fix=fix)


@rule(
    'RB403',
    Severity.WARNING,
    Subject.GROUP,
    'maxReplicas missing',
    mend='set maxReplicas',
    source=_TEMPLATE,
)
def without_maximum(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """An additional group without maxReplicas has none: the chart renders 2147483647, and one runaway job makes the
    autoscaler ask for as many pods as it likes. `worker` gets the chart's default, which differs between versions.
    """
    if group.values.get('maxReplicas') is not None or raycluster.has_other_values:
        return
    if merges(group) and 'maxReplicas' not in group.values:
        # RB427 tells of a `worker` that is not there.
        if group.values:
            message = "maxReplicas is the chart's default, which differs between its versions"
            yield Problem(raycluster.application, group.path, message, Severity.INFO)
        return
    message = f'without maxReplicas the group has no limit: it renders as {_UNLIMITED}'
    yield Problem(raycluster.application, _place(group, 'maxReplicas'), message)


@rule(
    'RB404',
    Severity.ERROR,
    Subject.GROUP,
    'bounds that the operator rejects',
    mend='use integers from 0 on with minReplicas <= maxReplicas',
    source='kuberay validation.go v1.6.2; ray.io_rayclusters.yaml',
)
def wrong_bounds(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """From 1.6 on the operator rejects a RayCluster with such bounds: it emits one event and does nothing more, so
    the RayCluster stays as it was while Argo CD shows Synced. Operators before 1.6 take the maximum, and
    the autoscaler fails on a minimum above it.
    """
    for key in ('minReplicas', 'maxReplicas', 'replicas'):
        value = group.values.get(key)
        wrong = None if value is None else _wrong(value)
        if wrong:
            path = (*group.path, key)
            yield Problem(raycluster.application, path, f'{key}: {shown(value)} {wrong}')
    _, low, high = _scale(group, raycluster)
    if low is not None and high is not None and 0 <= high < low <= _UNLIMITED:
        refused = raycluster.chart >= _REJECTS_INVALID_BOUNDS
        what = 'the operator rejects the RayCluster' if refused else 'autoscaler v2 fails on it'
        path = (*group.path, 'minReplicas' if 'minReplicas' in group.values else 'maxReplicas')
        yield Problem(raycluster.application, path, f'minReplicas {low} is more than maxReplicas {high}: {what}')


def _wrong(value: Any) -> str:
    number = whole(value)
    if number is None:
        return 'is no integer, which the API server rejects'
    if number < 0:
        return 'is negative, which the operator rejects'
    return 'is too large, which the API server rejects' if number > _UNLIMITED else ''


@rule(
    'RB405',
    Severity.WARNING,
    Subject.GROUP,
    'replicas that a sync writes over the autoscaler',
    mend='set replicas to the value of minReplicas',
    source='kuberay raycluster_controller.go v1.7.0; ray-project/ray#57539',
)
def replicas_off_minimum(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """workerGroupSpecs is one atomic list: every sync that applies the RayCluster writes the replicas of Git for all
    groups, whatever ignoreDifferences says. That is harmless only at minReplicas; above it, each sync starts pods
    that the autoscaler then idles out. A number outside of the bounds is clamped to them.
    """
    replicas, low, high = _scale(group, raycluster)
    if replicas is None or low is None:
        return
    path = (*group.path, 'replicas')
    if raycluster.autoscaling:
        if replicas != low:
            message = f'every sync writes replicas {replicas} over the autoscaler, which starts from minReplicas {low}'
            fix = fixes.put(raycluster.application, path, low) if low >= 0 else None
            yield Problem(raycluster.application, path, message, fix=fix)
    elif replicas < low or (high is not None and low <= high < replicas):
        message = f'replicas {replicas} counts as {low if replicas < low else high}: it is outside of the bounds'
        yield Problem(raycluster.application, path, message)


@rule(
    'RB406',
    Severity.WARNING,
    Subject.GROUP,
    'replicas missing',
    mend='set replicas to the value of minReplicas',
    source=_TEMPLATE,
)
def without_replicas(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart renders `replicas:` with nothing behind it, which is null: no integer, as the CRD wants one. What
    becomes of it depends on the version of the API server and of Argo CD's diff.
    """
    has_default = merges(group) or raycluster.has_other_values
    if group.values.get('replicas') is not None or ('replicas' not in group.values and has_default):
        return
    low = _scale(group, raycluster).minimum
    can_be_set = low is not None and 0 <= low <= _UNLIMITED
    fix = fixes.put(raycluster.application, (*group.path, 'replicas'), low) if can_be_set else None
    yield Problem(
        raycluster.application, _place(group, 'replicas'), 'without a value replicas renders as null', fix=fix
    )


@rule(
    'RB430',
    Severity.ERROR,
    Subject.GROUP,
    'numOfHosts that is no positive integer',
    mend='set numOfHosts to the number of hosts of one replica',
    source=_TEMPLATE,
)
def wrong_hosts(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """numOfHosts is how many pods one replica has. The chart renders a negative number as it is, and what is no
    integer is rejected by the API server; a number 0 counts as empty and renders as 1.
    """
    value = group.values.get('numOfHosts')
    if value is None:
        return
    path, number = (*group.path, 'numOfHosts'), whole(value)
    if number is None:
        message = f'numOfHosts: {shown(value)} is no integer, which the API server rejects'
        yield Problem(raycluster.application, path, message)
    elif number == 0 and not isinstance(value, str):
        fix = fixes.put(raycluster.application, path, 1)
        yield Problem(raycluster.application, path, 'numOfHosts: 0 renders as 1', Severity.WARNING, fix)
    elif not 1 <= number <= _UNLIMITED:
        yield Problem(raycluster.application, path, f'numOfHosts renders as {number}, of which no replica can be made')
