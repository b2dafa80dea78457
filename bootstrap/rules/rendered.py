"""What the ray-cluster chart makes of values: defaults merged in, fallbacks taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from bootstrap import kuberay, quantity
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.resource import mapping

P = ParamSpec('P')
T = TypeVar('T')

_WHOLE = re.compile(r'0|-?[1-9]\d{0,18}', re.ASCII)
_LONGEST = 60


def shown(value: Any) -> str:
    """A value as a message shows it: short, and as YAML writes it."""
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, (list, dict)):
        return 'a list' if isinstance(value, list) else 'a mapping'
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:
        # Python refuses to write integers of more than 4,300 digits.
        return 'a number'
    return text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'


def whole(value: Any) -> int | None:
    """The integer that the chart renders for a value; None where it renders something else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value) else None
    return value if isinstance(value, int) else None


def amount(value: Any) -> Decimal | None:
    """A Kubernetes quantity in base units; None where it is none."""
    try:
        return quantity.parse(value)
    except ValueError:
        return None


def is_small_group(group: Group) -> bool:
    """Whether it is the additional group that the chart's own values.yaml holds."""
    return group.path == (*VALUES, 'additionalWorkerGroups', 'smallGroup')


def merges(group: Group) -> bool:
    """Whether the chart's defaults hold values for this group."""
    return group.is_worker or group.path == (*VALUES, 'head') or is_small_group(group)


def kept(function: Callable[Concatenate[Group, P], T]) -> Callable[Concatenate[Group, P], T]:
    """Work a fact of a group out once: many rules ask for it."""
    name = f'_{function.__name__}'

    def kept_with_the_group(group: Group, /, *rest: P.args, **more: P.kwargs) -> T:
        facts = group.__dict__
        if name not in facts:
            facts[name] = function(group, *rest, **more)
        found: T = facts[name]
        return found

    return kept_with_the_group


class Resources(NamedTuple):
    """The limits and requests of a group's pods."""

    limits: dict[Any, Any]
    requests: dict[Any, Any]

    def get(self, name: str) -> Any:
        """The limit, else the request."""
        return self.limits.get(name, self.requests.get(name))


@kept
def resources(group: Group, raycluster: RayCluster) -> Resources:
    """The resources in the rendered pods, before the fallback for groups that have none."""
    written = group.values.get('resources', {})
    default: dict[str, str] = {}
    if merges(group) and not raycluster.has_other_values and isinstance(written, dict):
        known = kuberay.defaults(raycluster.chart)
        memory = known.head_memory if group is raycluster.head_group else known.worker_memory
        default = {'cpu': '1', 'memory': memory}
    return Resources(*(_merged(default, mapping(written).get(kind, {})) for kind in ('limits', 'requests')))


def _merged(default: dict[str, str], written: Any) -> dict[Any, Any]:
    # Helm takes null for "without the default".
    if not isinstance(written, dict):
        return {}
    return {key: value for key, value in {**default, **written}.items() if value is not None}


def is_extended(name: Any) -> bool:
    """Whether a resource is one that a device plugin offers: `nvidia.com/gpu`, `google.com/tpu`."""
    domain, slash, _ = str(name).partition('/') if isinstance(name, str) else ('', '', '')
    return bool(slash) and not (domain == 'kubernetes.io' or domain.endswith('.kubernetes.io'))


def is_accelerator(name: Any) -> bool:
    """Whether a resource is a GPU or a TPU, as the autoscaler knows them by the ends of their names."""
    return isinstance(name, str) and name.endswith(('gpu', 'google.com/tpu'))


class Parameter(NamedTuple):
    """One entry of rayStartParams or of its older name, initArgs."""

    path: Path
    name: str
    value: Any


@kept
def ray_start_parameters(group: Group) -> list[Parameter]:
    """All that have a text for a name, in the order of the file."""
    return [
        Parameter((*group.path, kind, name), name, value)
        for kind in ('rayStartParams', 'initArgs')
        for name, value in mapping(group.values.get(kind)).items()
        if isinstance(name, str)
    ]


def ray_start_parameter(group: Group, name: str) -> Parameter | None:
    """The parameter of this name, if it has a value."""
    return next((one for one in ray_start_parameters(group) if one.name == name and one.value is not None), None)


class Image(NamedTuple):
    """The image of a group's pods; `tag` is None where the manifest does not tell it."""

    path: Path
    repository: str
    tag: str | None


_IMAGE = (*VALUES, 'image')


@kept
def image(group: Group, raycluster: RayCluster) -> Image | None:
    """The group's own image, else that of all; None where the chart fails on what stands there."""
    own = group.values.get('image')
    if own:
        path = (*group.path, 'image')
        return Image(path, _text(own.get('repository')), _text(own.get('tag'))) if isinstance(own, dict) else None
    common = raycluster.values.get('image', {})
    if not isinstance(common, dict):
        return None
    default = None if raycluster.has_other_values else kuberay.defaults(raycluster.chart).image_tag
    tag = _text(common['tag']) if 'tag' in common else default
    return Image(_IMAGE, _text(common.get('repository', 'rayproject/ray')), tag)


def _text(value: Any) -> str:
    return '' if value is None else value if isinstance(value, str) else shown(value)
