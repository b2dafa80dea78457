"""The values of a worker group as somebody wrote them: their shapes, and what chart, operator and autoscaler take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from bootstrap import quantity
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kuberay import Version, group_keys, nearest_chart

Values = dict[str, Any]

_MAPPINGS = ('rayStartParams', 'resources', 'image', 'labels', 'annotations', 'nodeSelector')
_OF_TEXTS = ('rayStartParams', 'labels', 'annotations', 'nodeSelector')
_LISTS = ('containerEnv', 'envFrom', 'tolerations')
# The operator keeps a pod's own value of these, and then never finds the pod again (kuberay, pod.go, labelPod).
_OF_KUBERAY = {f'ray.io/{name}' for name in ('cluster', 'group', 'identifier', 'is-ray-node', 'node-type')}
# Ray's autoscaler reads these as integers, and names of resources pass through a shell.
_RAY_RESOURCE = re.compile(r'[A-Za-z][\w.:/-]*', re.ASCII)


def readable(name: str, values: Mapping[Any, Any]) -> Values:
    """The values without those that say nothing (null), numbers as texts where only texts are taken.

    A usage error where a list, a mapping or a text stands in the place of another.
    """
    found = {key: value for key, value in values.items() if value is not None}
    for key in found:
        if not isinstance(key, str):
            raise _refused(f'{name}: the value {key!r} has no text for a name', 'quote it')
    for key in _MAPPINGS:
        if not isinstance(found.get(key, {}), dict):
            raise _refused(f'{name}.{key} is no mapping', 'see the values of the ray-cluster chart')
    for key in _LISTS:
        items = found.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise _refused(f'{name}.{key} is no list of mappings', 'see the values of the ray-cluster chart')
    for key in _OF_TEXTS:
        if key in found:
            found[key] = _texts(f'{name}.{key}', found[key])
    if 'resources' in found:
        found['resources'] = _resources(name, found['resources'])
    return found


def _texts(place: str, values: Values) -> Values:
    texts: Values = {}
    for key, value in values.items():
        # A large number goes through Helm as 1e+09.
        plain = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if place.endswith('.rayStartParams') and key == 'resources' and isinstance(value, dict):
            plain = value
        elif not isinstance(key, str) or not isinstance(plain, str):
            raise _refused(f'{place}: {key!r} has no text for a value', 'quote it')
        texts[key] = plain
    return texts


def _resources(name: str, resources: Values) -> Values:
    for kind in ('requests', 'limits'):
        amounts = resources.get(kind)
        if amounts is not None and not isinstance(amounts, dict):
            raise _refused(f'{name}.resources.{kind} is no mapping', 'for example cpu: "1"')
        for key, amount in (amounts or {}).items():
            if not isinstance(key, str) or quantity.parse(amount) is None:
                raise _refused(f'{name}.resources.{kind}: {key!r} has no quantity', 'for example memory: 64Gi')
    return {key: value for key, value in resources.items() if value is not None}


def merged(base: Values, over: Values) -> Values:
    """Both, mappings in them too; where both have a value it is the second one's."""
    both = {
        key: merged(base[key], over[key])
        for key in base.keys() & over.keys()
        if isinstance(base[key], dict) and isinstance(over[key], dict)
    }
    return {**base, **over, **both}


def checked(name: str, values: Values, chart: Version) -> Values:
    """The values, if the chart, the operator and the autoscaler take them; else a usage error."""
    _check_keys(name, values, chart)
    for key in _OF_KUBERAY & values.get('labels', {}).keys():
        raise _refused(f'{name}.labels: {key} is what KubeRay finds its pods by', 'leave it out')
    _check_counts(name, values)
    image = values.get('image')
    if image is not None and not all(isinstance(image.get(key), str) and image[key] for key in ('repository', 'tag')):
        raise _refused(f'{name}.image: the chart wants both repository and tag', 'give --image REPOSITORY:TAG')
    _check_requests(name, values.get('resources', {}))
    if 'labels' in values.get('rayStartParams', {}):
        raise _refused(f'{name}.rayStartParams.labels: the KubeRay operator refuses it', 'leave it out')
    return values


def checked_ray_resources(name: str, value: object, parsed: Mapping[str, Any]) -> dict[str, int]:
    """What was read from `rayStartParams.resources`, if it is what Ray's autoscaler reads; else a usage error."""
    if value and not parsed:
        raise _refused(f'{name}.rayStartParams.resources cannot be read', 'use --ray-resource NAME=N')
    for key, amount in parsed.items():
        if not _RAY_RESOURCE.fullmatch(str(key)) or isinstance(amount, bool) or not isinstance(amount, int):
            raise _refused(f'{name}.rayStartParams.resources: {key!a} is no whole number of a resource', '')
    return dict(parsed)


def _check_keys(name: str, values: Values, chart: Version) -> None:
    known = group_keys(nearest_chart(chart))
    for key in values:
        if key not in known:
            newer = key in group_keys(Version(1, 6, 0))
            near = difflib.get_close_matches(key, known, 1)
            hint = 'raise the KubeRay version first' if newer else f'did you mean {near[0]}?' if near else ''
            raise _refused(f'{name}.{key}: the ray-cluster chart {chart} has no such value and would ignore it', hint)


def _check_counts(name: str, values: Values) -> None:
    low, high, replicas, hosts = (
        _count(name, values, key) for key in ('minReplicas', 'maxReplicas', 'replicas', 'numOfHosts')
    )
    if high is not None and low is not None and low > high:
        raise _refused(f'{name}: minReplicas {low} is more than maxReplicas {high}', 'raise --max or lower --min')
    if replicas is not None and (replicas < (low or 0) or (high is not None and replicas > high)):
        raise _refused(f'{name}: {replicas} replicas are outside of {low or 0} to {high}', 'leave --replicas out')
    if hosts == 0:
        raise _refused(f'{name}.numOfHosts: a replica has at least one host', 'give --num-hosts 1')


def _check_requests(name: str, resources: Values) -> None:
    limits = resources.get('limits', {})
    for key, amount in resources.get('requests', {}).items():
        request, limit = quantity.parse(amount), quantity.parse(limits.get(key))
        # Kubernetes wants the same in both for what is not its own (cpu, memory, ephemeral-storage).
        if request is not None and limit is not None and (request > limit or ('/' in key and request != limit)):
            raise _refused(f'{name}.resources: the request of {key} is not its limit', 'give the same for both')


def _count(name: str, values: Values, key: str) -> int | None:
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not re.fullmatch(r'\d{1,9}', str(value), re.ASCII):
        raise _refused(f'{name}.{key}: {value!r} is no count', 'give a number from 0 on')
    return int(value)


def _refused(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint, exit_code=USAGE)
