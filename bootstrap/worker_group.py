"""What a user asks of a worker group, as the values of the ray-cluster chart."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bootstrap import layout
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.group_values import Values
from bootstrap.image import Image

# The chart's defaults hold an additional group of this name with `disabled: true`.
RESERVED = {
    'smallGroup': "the chart's defaults disable a group of that name",
    'headgroup': 'KubeRay gives the head group that name',
}


@dataclass(frozen=True)
class Options:
    """What is asked; None and {} mean "leave as it is". Quantities and names are checked already."""

    min: int | None = None
    max: int | None = None
    replicas: int | None = None
    cpu: str | None = None
    memory: str | None = None
    ephemeral_storage: str | None = None
    gpu: int | None = None
    gpu_resource: str | None = None
    tpu_topology: str | None = None
    tpu_accelerator: str | None = None
    num_hosts: int | None = None
    image: Image | None = None
    ray_resource: Mapping[str, int] = field(default_factory=dict)
    ray_start_param: Mapping[str, str] = field(default_factory=dict)
    node_selector: Mapping[str, str] = field(default_factory=dict)
    toleration: tuple[Mapping[str, str], ...] = ()
    env_var: Mapping[str, str] = field(default_factory=dict)
    env_from: tuple[tuple[str, str], ...] = ()
    pod_label: Mapping[str, str] = field(default_factory=dict)
    pod_annotation: Mapping[str, str] = field(default_factory=dict)
    service_account: str | None = None
    priority_class: str | None = None
    runtime_class: str | None = None


def applied(options: Options, base: Values, *, autoscaling: bool) -> Values:
    """The group's values with the options laid over `base`; keys in the order a reader expects, the rest behind."""
    values = copy.deepcopy(base)
    _scale(options, values, autoscaling=autoscaling)
    if options.image:
        values['image'] = {
            'repository': options.image.repository,
            'tag': options.image.tag,
            'pullPolicy': 'IfNotPresent',
            **{key: value for key, value in _mapping(values, 'image').items() if key == 'pullPolicy'},
        }
    _ray_start_params(options, values)
    _environment(options, values)
    for key, given in (('labels', options.pod_label), ('annotations', options.pod_annotation)):
        _merge(values, key, given)
    _merge(values, 'nodeSelector', options.node_selector)
    for key, name in (
        ('serviceAccountName', options.service_account),
        ('priorityClassName', options.priority_class),
        ('runtimeClassName', options.runtime_class),
    ):
        if name is not None:
            values[key] = name
    if options.toleration:
        present = list(values.get('tolerations') or ())
        values['tolerations'] = present + [dict(new) for new in options.toleration if dict(new) not in present]
    _resources(options, values)
    return {key: values[key] for key in sorted(values, key=_rank)}


_ORDER = (
    *('disabled', 'replicas', 'minReplicas', 'maxReplicas', 'numOfHosts', 'image', 'rayStartParams'),
    *('containerEnv', 'envFrom', 'labels', 'annotations', 'serviceAccountName', 'priorityClassName'),
    *('runtimeClassName', 'nodeSelector', 'tolerations', 'resources'),
)


def _rank(key: str) -> tuple[int, str]:
    return (_ORDER.index(key), '') if key in _ORDER else (len(_ORDER), '')


def _mapping(values: Values, key: str) -> Values:
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _merge(values: Values, key: str, given: Mapping[str, str]) -> None:
    if given:
        values[key] = {**_mapping(values, key), **given}


def _scale(options: Options, values: Values, *, autoscaling: bool) -> None:
    follows_minimum = autoscaling and values.get('replicas') == values.get('minReplicas')
    if options.min is not None:
        values['minReplicas'] = options.min
    elif 'minReplicas' not in values:
        values['minReplicas'] = 0
    if options.max is not None:
        values['maxReplicas'] = options.max
    if str(values.get('maxReplicas')) == '0':
        # To Helm's `default` a number 0 is empty: the chart would render 2147483647.
        values['maxReplicas'] = '0'
    if options.replicas is not None:
        values['replicas'] = options.replicas
    elif follows_minimum or values.get('replicas') is None:
        # Every sync writes `replicas`; below the minimum it means nothing, above it each sync scales up.
        values['replicas'] = values['minReplicas']
    if options.num_hosts is not None:
        values['numOfHosts'] = options.num_hosts


def _ray_start_params(options: Options, values: Values) -> None:
    params = dict(_mapping(values, 'rayStartParams'))
    params.update(options.ray_start_param)
    if options.ray_resource:
        params['resources'] = quoted_resources({**parsed_resources(params.get('resources')), **options.ray_resource})
    if params:
        values['rayStartParams'] = params


def parsed_resources(value: object) -> dict[str, int]:
    """The custom resources in `rayStartParams.resources`, in any of the forms its readers take; {} where unreadable."""
    if isinstance(value, dict):
        return value
    try:
        found = json.loads(str(value or '').strip('\'" ').replace('\\', ''))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def quoted_resources(resources: Mapping[str, int]) -> str:
    """The one form that the shell, Ray's autoscaler (`json.loads(value[1:-1])`) and the KubeRay operator all read."""
    return f"'{json.dumps(dict(resources))}'"


def _environment(options: Options, values: Values) -> None:
    if options.env_var:
        wanted = {name: {'name': name, 'value': value} for name, value in options.env_var.items()}
        present = [wanted.pop(str(item.get('name')), item) for item in values.get('containerEnv') or ()]
        values['containerEnv'] = [*present, *wanted.values()]
    if options.env_from:
        references = [{f'{kind}Ref': {'name': name}} for kind, name in options.env_from]
        present = list(values.get('envFrom') or ())
        values['envFrom'] = present + [item for item in references if item not in present]


def _resources(options: Options, values: Values) -> None:
    wanted: dict[str, str | None] = {
        'cpu': options.cpu,
        'memory': options.memory,
        'ephemeral-storage': options.ephemeral_storage,
    }
    if options.gpu is not None or options.gpu_resource:
        wanted |= _gpu(options, values)
    if options.tpu_topology:
        wanted |= _tpu(options, values)
    # The operator reads limits, the autoscaler limits and then requests, and Kubernetes wants both equal
    # for extended resources: the same in both leaves nothing to disagree about.
    resources = dict(_mapping(values, 'resources'))
    there = {**_mapping(resources, 'limits'), **_mapping(resources, 'requests')}
    for kind in ('requests', 'limits'):
        amounts = {**there, **_mapping(resources, kind)}
        amounts |= {key: amount for key, amount in wanted.items() if amount is not None}
        resources[kind] = {key: amount for key, amount in amounts.items() if amount != ''}
    limits = resources['limits']
    if limits.get('google.com/tpu') and any(key.endswith('gpu') for key in limits):
        raise _refused('a worker group has GPUs or TPUs, not both', 'take the GPUs out with --gpu 0')
    if any(resources.values()):
        values['resources'] = resources


def _gpu(options: Options, values: Values) -> dict[str, str | None]:
    limits = _mapping(_mapping(values, 'resources'), 'limits')
    present = next((key for key in limits if key.endswith('gpu')), None)
    key = options.gpu_resource or present or 'nvidia.com/gpu'
    count = options.gpu if options.gpu is not None else limits.get(present or key, 1)
    if count and not key.endswith('gpu'):
        # Operator and autoscaler both find GPUs by a resource that ends so (ray, autoscaling_config.py).
        values['rayStartParams'] = {'num-gpus': str(count), **_mapping(values, 'rayStartParams')}
    return {**({present: ''} if present else {}), key: str(count) if count else ''}


# Hosts of these have four chips each, in every topology (cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus).
_FOUR_CHIPS = {'tpu-v3-device': 2, 'tpu-v3-slice': 2, 'tpu-v4-podslice': 3, 'tpu-v5p-slice': 3, 'tpu7x': 3}
# These have one host with all chips of a topology up to 2x4, else hosts with four chips.
_ONE_HOST_UP_TO_EIGHT = {'tpu-v5-lite-podslice': 2, 'tpu-v5-lite-device': 2, 'tpu-v6e-slice': 2}
_DIMENSIONS = {**_FOUR_CHIPS, **_ONE_HOST_UP_TO_EIGHT}


def _tpu(options: Options, values: Values) -> dict[str, str | None]:
    topology, accelerator = options.tpu_topology or '', options.tpu_accelerator or ''
    sides = [int(side) for side in topology.split('x')]
    chips = math.prod(sides)
    if len(sides) != _DIMENSIONS.get(accelerator, len(sides)):
        example = '2x4' if _DIMENSIONS[accelerator] == 2 else '2x2x2'
        raise _refused(f'{accelerator} has no topology {topology}', f'for example {example}')
    hosts = options.num_hosts
    if hosts is None:
        hosts = _hosts(accelerator, chips)
    if hosts is None:
        raise _refused(f'how many hosts a {topology} slice of {accelerator} has is not known here', 'add --num-hosts')
    if chips % hosts:
        raise _refused(
            f'the {chips} chips of --tpu-topology {topology} cannot be spread evenly over {hosts} hosts',
            'give another --num-hosts',
        )
    values['numOfHosts'] = hosts
    # Without both selectors the autoscaler cannot name the slice's head resource (ray, autoscaling_config.py).
    selectors = {'cloud.google.com/gke-tpu-accelerator': accelerator, 'cloud.google.com/gke-tpu-topology': topology}
    _merge(values, 'nodeSelector', selectors)
    return {'google.com/tpu': str(chips // hosts)}


def _hosts(accelerator: str, chips: int) -> int | None:
    if accelerator in _ONE_HOST_UP_TO_EIGHT and chips in (1, 4, 8):
        return 1
    return chips // 4 if accelerator in _DIMENSIONS and chips % 4 == 0 else None


def checked_name(name: str) -> str:
    """A name that is safe as a groupName, in labels and in pod names."""
    if name in RESERVED:
        raise BootstrapError(f'{name}: {RESERVED[name]}', 'choose another name', exit_code=USAGE)
    return layout.checked_name(name, 'worker group')


def _refused(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint, exit_code=USAGE)
