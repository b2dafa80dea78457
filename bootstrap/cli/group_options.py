"""The options of worker groups, from their spelling to what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bootstrap import image, manifest, quantity
from bootstrap.cli.writing_options import pair
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.group_values import Values
from bootstrap.kubernetes_names import checked_key, checked_label_value, checked_subdomain, checked_variable
from bootstrap.manifest.parse import MAX_BYTES
from bootstrap.worker_group import Options

_EFFECTS = ('NoSchedule', 'PreferNoSchedule', 'NoExecute')
# Ray keeps these names for itself (ray._private.resource_spec).
_OF_RAY = ('CPU', 'GPU', 'TPU', 'memory', 'object_store_memory')


def options_of(given: Mapping[str, Any]) -> Options:
    """The options of a command in their plain form; a usage error names the option that is wrong."""
    if (given['tpu_topology'] is None) != (given['tpu_accelerator'] is None):
        raise _usage('--tpu-topology and --tpu-accelerator belong together', 'give both')
    if given['tpu_topology'] and (given['gpu'] or given['gpu_resource']):
        raise _usage('a worker group has GPUs or TPUs, not both', 'leave one of the two out')
    if given['tpu_topology'] and not re.fullmatch(r'[1-9]\d{0,3}(x[1-9]\d{0,3}){1,2}', given['tpu_topology'], re.ASCII):
        raise _usage(f'--tpu-topology {given["tpu_topology"]!a} is no topology', 'for example 2x4 or 2x2x2')
    return Options(
        **{name: given[name] for name in ('min', 'max', 'replicas', 'gpu', 'tpu_topology', 'num_hosts')},
        cpu=_each(quantity.checked_cpu, given['cpu'], '--cpu'),
        memory=_each(quantity.checked_bytes, given['memory'], '--memory'),
        ephemeral_storage=_each(quantity.checked_bytes, given['ephemeral_storage'], '--ephemeral-storage'),
        gpu_resource=_each(_extended_resource, given['gpu_resource'], '--gpu-resource'),
        tpu_accelerator=_each(checked_label_value, given['tpu_accelerator'], '--tpu-accelerator'),
        image=image.parse(given['image']) if given['image'] is not None else None,
        ray_resource=dict(_ray_resource(text) for text in given['ray_resource'] or ()),
        ray_start_param=dict(_ray_start_param(text) for text in given['ray_start_param'] or ()),
        node_selector=_labels(given['node_selector'], '--node-selector'),
        toleration=tuple(_toleration(text) for text in given['toleration'] or ()),
        env_var=_variables(given['env_var']),
        env_from=tuple(_env_from(text) for text in given['env_from'] or ()),
        pod_label=_labels(given['pod_label'], '--pod-label'),
        pod_annotation=_annotations(given['pod_annotation']),
        service_account=_each(checked_subdomain, given['service_account'], '--service-account'),
        priority_class=_each(checked_subdomain, given['priority_class'], '--priority-class'),
        runtime_class=_each(checked_subdomain, given['runtime_class'], '--runtime-class'),
    )


def existing_group(name: str) -> str:
    """A name that a worker group can have by now, if not a good one: it goes into the name of a branch."""
    if not re.fullmatch(r'[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?', name, re.ASCII):
        raise _usage(f'{name!a} is no name of a worker group', 'raybootstrap list groups')
    return name


def read_values(text: str) -> Values:
    """The values in a file or, where the text begins with a brace, in the text itself (as a trailer has them)."""
    if text.startswith('{'):
        place, content = '--values', text
    else:
        place = text
        try:
            with Path(text).open('rb') as file:
                content = file.read(MAX_BYTES + 1).decode()
        except (OSError, ValueError) as error:
            raise _usage(
                f'--values {text}: cannot be read ({getattr(error, "strerror", None) or "not UTF-8"})', ''
            ) from None
    with manifest.in_file(place):
        documents = manifest.load(content)
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        raise _usage(f'{place}: is no mapping of values', 'for example a file with the line: affinity: {}')
    try:
        plain = json.loads(json.dumps(documents[0].data))
    except TypeError:
        raise _usage(f'{place}: has values that JSON has not, such as dates', 'quote them') from None
    return dict(plain)


def _each(check: Any, text: str | None, option: str) -> str | None:
    return check(text, option) if text is not None else None


def _extended_resource(text: str, option: str) -> str:
    if '/' not in checked_key(text, option):
        # Without a domain Kubernetes takes none but its own (k8s.io/kubernetes/pkg/apis/core/validation).
        raise _usage(f'{option} {text}: a resource of devices has a domain', 'for example amd.com/gpu')
    return text


def _ray_resource(text: str) -> tuple[str, int]:
    name, amount = pair(text, '--ray-resource')
    # Ray's autoscaler reads these amounts as integers; the name passes through a shell.
    if not re.fullmatch(r'[A-Za-z][\w.:/-]*', name, re.ASCII) or not re.fullmatch(r'[1-9]\d{0,8}', amount, re.ASCII):
        raise _usage(f'--ray-resource {text!a} is none', 'for example --ray-resource accelerator=1')
    if name in _OF_RAY:
        raise _usage(f'--ray-resource {name}: Ray sets this one from the resources', 'use --cpu, --memory or --gpu')
    return name, int(amount)


def _ray_start_param(text: str) -> tuple[str, str]:
    key, value = pair(text, '--ray-start-param')
    if not re.fullmatch(r'[a-z][a-z0-9-]*', key):
        raise _usage(
            f'--ray-start-param {key!a} is no option of ray start', 'for example object-store-memory=1000000000'
        )
    if key == 'resources':
        raise _usage('--ray-start-param resources: the form is delicate', 'use --ray-resource NAME=N')
    if key == 'labels':
        raise _usage('--ray-start-param labels: the KubeRay operator refuses it', 'leave it out')
    if key in ('num-cpus', 'num-gpus', 'memory') and not value.isdecimal():
        raise _usage(f'--ray-start-param {key}={value}: the autoscaler reads an integer', f'for example {key}=4')
    return key, _one_line(value, '--ray-start-param')


def _labels(given: Sequence[str] | None, option: str) -> dict[str, str]:
    found = dict(_assignment(text, option) for text in given or ())
    return {checked_key(key, option): checked_label_value(value, option) for key, value in found.items()}


def _annotations(given: Sequence[str] | None) -> dict[str, str]:
    found = dict(_assignment(text, '--pod-annotation') for text in given or ())
    return {checked_key(key, '--pod-annotation'): value for key, value in found.items()}


def _variables(given: Sequence[str] | None) -> dict[str, str]:
    found = dict(_assignment(text, '--env-var') for text in given or ())
    return {checked_variable(key, '--env-var'): value for key, value in found.items()}


def _assignment(text: str, option: str) -> tuple[str, str]:
    """KEY=VALUE in two, the value as it is: Kubernetes takes an empty one, as of node-role.kubernetes.io/gpu."""
    key, equals, value = text.partition('=')
    if not key or not equals:
        raise _usage(f'{option} {text!a} is not of the form KEY=VALUE', '')
    return key, _one_line(value, option)


def _one_line(value: str, option: str) -> str:
    # The command is a trailer of the commit's message, which a line break would end.
    if not value.isprintable():
        raise _usage(f'{option} {value!a} is not one line of text', 'give it in a file: --values FILE')
    return value


def _env_from(text: str) -> tuple[str, str]:
    kind, name = pair(text, '--env-from', '/', 'KIND/NAME')
    kinds = {'secret': 'secret', 'configmap': 'configMap'}
    if kind not in kinds:
        raise _usage(f'--env-from {text!a} is no source', 'secret/NAME or configmap/NAME')
    return kinds[kind], checked_subdomain(name, '--env-from')


def _toleration(text: str) -> dict[str, str]:
    taint, _, effect = text.rpartition(':')
    key, equals, value = taint.partition('=')
    if effect not in _EFFECTS or not key:
        raise _usage(
            f'--toleration {text!a} is none', f'its form: KEY[=VALUE]:EFFECT, with one of {", ".join(_EFFECTS)}'
        )
    checked_key(key, '--toleration')
    if equals:
        return {'key': key, 'operator': 'Equal', 'value': checked_label_value(value, '--toleration'), 'effect': effect}
    return {'key': key, 'operator': 'Exists', 'effect': effect}


def _usage(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint, exit_code=USAGE)
