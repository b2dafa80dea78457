"""RB417 to RB419, RB428: the parameters of `ray start`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from bootstrap.parameters import VALUES
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import Parameter, ray_start_parameter, ray_start_parameters, shown
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope
from bootstrap.worker_group import quoted_resources

_INTEGERS = ('num-cpus', 'num-gpus', 'memory')
_INTEGER = re.compile(r'\s*[+-]?\d+\s*', re.ASCII)
# Helm reads every number as a float, and Go writes those with an exponent from here on.
_FIRST_WITH_EXPONENT = 10**6
_LONGEST_INTEGER = 2**63


@rule(
    'RB417',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'number that ray start cannot read',
    mend='write an integer in quotes, such as object-store-memory: "1000000000" or num-cpus: "1"',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml; ray autoscaling_config.py',
)
def unreadable_number(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Helm reads a number without quotes as a float and renders 1000000000 as "1e+09", which `ray start` refuses.
    num-cpus, num-gpus and memory must be plain integers: the autoscaler calls int() on them and crashes on "500m"
    or "2Gi".
    """
    for parameter in _parameters(raycluster):
        value, name = parameter.value, parameter.name
        if _has_exponent(value):
            number = int(value)
            fix = (
                fixes.put(raycluster.application, parameter.path, str(number))
                if abs(number) < _LONGEST_INTEGER
                else None
            )
            message = f'{name}: {shown(value)} renders with an exponent, which ray start cannot read'
            yield Problem(raycluster.application, parameter.path, message, fix=fix)
        elif name in _INTEGERS and value is not None and not _is_integer(value):
            message = f'{name}: {shown(value)} is no integer: ray start fails, and so does the autoscaler'
            yield Problem(raycluster.application, parameter.path, message)


def _has_exponent(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return False
    return abs(value) >= _FIRST_WITH_EXPONENT


def _is_integer(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_INTEGER.fullmatch(value))
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


@rule(
    'RB418',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'custom resources that the autoscaler cannot parse',
    mend='write the JSON in single quotes inside of the text: resources: "\'{\\"name\\": 1}\'"',
    source='ray autoscaling_config.py, _get_custom_resources',
)
def unparsed_resources(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The autoscaler takes the first and the last character of the text away, reads the rest as JSON and wants whole
    numbers. On bare JSON it crashes, and with it the scaling of every group; the shell that runs `ray start` eats
    the quotes of bare JSON too.
    """
    who = 'the autoscaler' if raycluster.autoscaling else 'ray start'
    for parameter in _resources(raycluster):
        value, path = parameter.value, parameter.path
        if not isinstance(value, str):
            message = f'resources is {shown(value)}, no text of JSON: {who} cannot read it'
            yield Problem(raycluster.application, path, message)
        elif not _is_resources(_json(value[1:-1].replace('\\', ''))):
            found = _json(value.strip('\'" ').replace('\\', ''))
            fix = fixes.put(raycluster.application, path, quoted_resources(found)) if _is_resources(found) else None
            message = f'{who} cannot read the resources {shown(value)}'
            yield Problem(raycluster.application, path, message, fix=fix)


@rule(
    'RB419',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'custom resources that the operator cannot parse',
    mend='write the JSON in single quotes inside of the text: resources: "\'{\\"name\\": 1}\'"',
    source='kuberay common/pod.go, getResourcesMap',
)
def escaped_resources(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The operator reads these resources as well, but stops at escaped quotes. It logs an error, and does not add the
    GPUs, TPUs and other accelerators of the group's limits to `ray start`.
    """
    for parameter in _resources(raycluster):
        value = parameter.value
        found = _json(value[1:-1].replace('\\', '')) if isinstance(value, str) and '\\"' in value else None
        if _is_resources(found):
            fix = fixes.put(raycluster.application, parameter.path, quoted_resources(found))
            message = 'the operator cannot parse escaped quotes and adds no GPUs or TPUs to ray start'
            yield Problem(raycluster.application, parameter.path, message, fix=fix)


def _parameters(raycluster: RayCluster) -> Iterator[Parameter]:
    for group in raycluster.pod_groups:
        yield from ray_start_parameters(group)


def _resources(raycluster: RayCluster) -> Iterator[Parameter]:
    return (one for one in _parameters(raycluster) if one.name == 'resources' and one.value not in (None, ''))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_resources(found: Any) -> TypeGuard[dict[str, int]]:
    return isinstance(found, dict) and all(type(amount) is int for amount in found.values())


@rule(
    'RB428',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'head that runs tasks',
    mend='set head.rayStartParams.num-cpus: "0"',
    source='Ray docs, deploying Ray clusters via Argo CD; KubeRay best practices for large clusters',
)
def tasks_on_head(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Ray schedules tasks and actors onto the head's CPUs too. One that takes too much memory there ends the head,
    and with it the whole RayCluster.
    """
    if not raycluster.groups:
        return
    application, head = raycluster.application, raycluster.head_group
    found = ray_start_parameter(head, 'num-cpus')
    if found is not None:
        if found.value != '0' and not (found.value == 0 and not isinstance(found.value, bool)):
            message = f'num-cpus: {shown(found.value)} lets Ray run tasks on the head'
            yield Problem(application, found.path, message)
    elif not raycluster.has_other_values:
        params = (*head.path, 'rayStartParams')
        there = raycluster.head.get('rayStartParams')
        can_be_set = isinstance(raycluster.values.get('head', {}), dict) and isinstance(there, (dict, type(None)))
        fix = fixes.put(application, (*params, 'num-cpus'), '0') if can_be_set else None
        place = params if 'rayStartParams' in raycluster.head else head.path if 'head' in raycluster.values else VALUES
        yield Problem(application, place, 'Ray runs tasks on the head: num-cpus is not "0"', fix=fix)
