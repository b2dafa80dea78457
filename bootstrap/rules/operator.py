"""RB501 to RB505 and RB508: what the KubeRay operator refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules import fixes
from bootstrap.rules.head_group import (
    OPTIONS,
    V2_SWITCH,
    operator_version,
    options,
    switches_v2_on,
    variables,
    without_items,
)
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import ray_start_parameters, shown
from bootstrap.rules.resource import at, mapping
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_VALIDATION = 'kuberay validation.go v1.7.0'
_ANNOTATIONS: Path = (*VALUES, 'annotations')
_START_COMMAND = 'KUBERAY_GEN_AUTOSCALER_START_CMD'


@rule(
    'RB501',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'a restart policy that autoscaler v2 does not allow',
    mend='set restartPolicy to Never, or leave it out',
    source=_VALIDATION,
)
def restarts_under_autoscaler_v2(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Autoscaler v2 takes every pod for one instance that never comes back, so the operator allows only `Never`.
    It answers an invalid RayCluster with a Warning event and nothing else: Argo CD shows Synced, and the
    RayCluster stays as it was.
    """
    if not raycluster.autoscaling or options(raycluster).get('version') != 'v2':
        return
    for group in raycluster.pod_groups:
        policy = group.values.get('restartPolicy')
        if policy and policy != 'Never':
            place = (*group.path, 'restartPolicy')
            yield _refused(
                raycluster,
                place,
                f'restartPolicy {shown(policy)} with autoscaler v2 (only Never)',
                fixes.put(raycluster.application, place, 'Never'),
            )


@rule(
    'RB502',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'the autoscaler version is set twice',
    mend=f'drop the environment variable {V2_SWITCH}',
    source=_VALIDATION,
)
def autoscaler_version_twice(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """`autoscalerOptions.version` and the environment variable could contradict each other: the operator refuses
    a RayCluster with both, whatever they say, with a Warning event that neither Argo CD nor the status shows.
    """
    version = options(raycluster).get('version')
    if raycluster.autoscaling and version is not None:
        for variable in variables(raycluster, V2_SWITCH):
            yield _refused(
                raycluster,
                variable.path,
                f'both autoscalerOptions.version {shown(version)} and the environment variable {V2_SWITCH}',
                without_items(raycluster, variable.path[:-1], V2_SWITCH),
            )


@rule(
    'RB503',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'autoscaler v2 is switched on while autoscaling is off',
    mend='set head.enableInTreeAutoscaling: true, or drop the environment variable',
    source='kuberay validation.go v1.5.1',
)
def autoscaler_v2_without_autoscaling(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """From KubeRay 1.5 on the operator refuses a RayCluster that asks for autoscaler v2 but not for autoscaling.
    Only a Warning event tells.
    """
    if raycluster.has_other_values or raycluster.head.get('enableInTreeAutoscaling'):
        return
    if operator_version(raycluster, scope) < (1, 5, 0):
        return
    # The operator looks at the first of that name (EnvVarByName in utils/util.go).
    for variable in variables(raycluster, V2_SWITCH)[:1]:
        if switches_v2_on(variable):
            yield _refused(
                raycluster, variable.path, f'{V2_SWITCH} is {shown(variable.value)} while autoscaling is off'
            )


@rule(
    'RB504',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'Ray labels among the start parameters',
    mend='drop rayStartParams.labels',
    source='kuberay validation.go v1.5.1',
)
def labels_as_start_parameter(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """From KubeRay 1.5 on Ray's labels are a field of the group, and `ray start --labels` would contradict it:
    the operator refuses the RayCluster with a Warning event. The chart cannot set that field.
    """
    if operator_version(raycluster, scope) < (1, 5, 0):
        return
    for group in raycluster.pod_groups:
        for parameter in ray_start_parameters(group):
            if parameter.name == 'labels':
                yield _refused(raycluster, parameter.path, f'labels in {parameter.path[-2]}')


@rule(
    'RB505',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'Redis is set up beside gcsFaultTolerance',
    mend='say it in gcsFaultTolerance',
    source=_VALIDATION,
)
def redis_beside_fault_tolerance(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Fault tolerance of the GCS has one place, `gcsFaultTolerance`. The older ways (environment variables,
    start parameters, annotations) beside it, Redis without it, or a Redis user name outside of it make the
    operator refuse the RayCluster with a Warning event that neither Argo CD nor the status shows.
    """
    for path, instead, fix in _redis_settings(raycluster):
        name = raycluster.application.at(*path, 'name') if isinstance(path[-1], int) else path[-1]
        yield _refused(raycluster, path, f'{name} is set; it wants {instead}', fix)


_Setting = tuple[Path, str, 'Fix | None']


def _redis_settings(raycluster: RayCluster) -> Iterator[_Setting]:
    given = mapping(raycluster.values.get('annotations'))
    yield from _named(raycluster, 'REDIS_USERNAME', 'redis-username', 'gcsFaultTolerance.redisUsername')
    # Older charts have no such value and ignore it.
    if at(raycluster.values, 'gcsFaultTolerance', 'enabled') and raycluster.chart >= (1, 5, 0):
        yield from _named(raycluster, 'REDIS_PASSWORD', 'redis-password', 'gcsFaultTolerance.redisPassword')
        yield from _named(raycluster, 'RAY_REDIS_ADDRESS', '', 'gcsFaultTolerance.redisAddress')
        key = 'ray.io/external-storage-namespace'
        if _set(given.get(key)):
            yield (*_ANNOTATIONS, key), 'gcsFaultTolerance.externalStorageNamespace', None
        key = 'ray.io/ft-enabled'
        if _set(given.get(key)):
            path = (*_ANNOTATIONS, key)
            yield path, 'only gcsFaultTolerance.enabled', fixes.drop(raycluster.application, path)
    elif not _is_true(given.get('ray.io/ft-enabled')):
        yield from _named(raycluster, 'RAY_REDIS_ADDRESS', '', 'gcsFaultTolerance.redisAddress')


def _named(raycluster: RayCluster, variable: str, parameter: str, instead: str) -> Iterator[_Setting]:
    yield from ((one.path, instead, None) for one in variables(raycluster, variable))
    for found in ray_start_parameters(raycluster.head_group):
        if found.name == parameter and _set(found.value):
            yield found.path, instead, None


def _set(value: Any) -> bool:
    return value is not None and value != ''


def _is_true(annotation: Any) -> bool:
    return annotation is True or (isinstance(annotation, str) and annotation.lower() == 'true')


@rule(
    'RB508',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    "the operator's own variable among autoscalerOptions.env",
    mend=f'drop {_START_COMMAND}',
    source=_VALIDATION,
)
def start_command_of_the_autoscaler(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """From KubeRay 1.7 on the operator hands the autoscaler's generated start command over in this variable, and
    refuses a RayCluster that sets it itself.
    """
    if operator_version(raycluster, scope) < (1, 7, 0):
        return
    found = options(raycluster).get('env')
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if mapping(item).get('name') == _START_COMMAND:
            path: Path = (*OPTIONS, 'env')
            yield _refused(
                raycluster,
                (*path, index),
                f'{_START_COMMAND} in autoscalerOptions.env',
                without_items(raycluster, path, _START_COMMAND),
            )


def _refused(raycluster: RayCluster, path: Path, what: str, fix: Fix | None = None) -> Problem:
    return Problem(raycluster.application, path, f'the operator refuses the RayCluster: {what}', fix=fix)
