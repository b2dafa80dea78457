"""What the worker groups of RayClusters may come to: pods, CPU, memory, GPUs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from bootstrap import kuberay, quantity
from bootstrap.parameters import SOURCE, VALUES

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Amount:
    """Pods, cores, bytes and accelerators (GPUs and TPU chips)."""

    pods: int = 0
    cpu: Decimal = _NOTHING
    memory: Decimal = _NOTHING
    accelerators: Decimal = _NOTHING

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.pods + other.pods,
            self.cpu + other.cpu,
            self.memory + other.memory,
            self.accelerators + other.accelerators,
        )

    def times(self, pods: int) -> Amount:
        return Amount(self.pods * pods, self.cpu * pods, self.memory * pods, self.accelerators * pods)

    def as_data(self) -> dict[str, object]:
        return {
            'pods': self.pods,
            'cpu': quantity.show(self.cpu),
            'memory': quantity.show_bytes(self.memory),
            'gpu': quantity.show(self.accelerators),
        }


class Capacity(NamedTuple):
    """What stands at least and at most."""

    minimum: Amount = Amount()
    maximum: Amount = Amount()

    def plus(self, other: Capacity) -> Capacity:
        return Capacity(self.minimum + other.minimum, self.maximum + other.maximum)


def groups(application: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The worker groups that the chart renders, by name: `worker` first, then in byte order."""
    if not isinstance(_at(application, *SOURCE), dict):
        return
    values = _at(application, *VALUES)
    worker = _mapping(_at(values, 'worker'))
    if worker.get('disabled') is not True:
        yield str(worker.get('groupName') or 'workergroup'), _with_defaults(worker, _at(application, *SOURCE))
    additional = _at(values, 'additionalWorkerGroups')
    if isinstance(additional, dict):
        for name, group in sorted(additional.items(), key=lambda item: str(item[0]).encode()):
            if isinstance(group, dict) and group.get('disabled') is not True:
                yield str(name), group


def _with_defaults(worker: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """The default group with the chart's own values behind the manifest's; it stands without any of these too."""
    chart = kuberay.parse_version(str(source.get('targetRevision'))) or kuberay.CHARTS[-1]
    known = kuberay.defaults(chart)
    amounts: dict[str, Any] = {'cpu': '1', 'memory': known.worker_memory}
    written = worker.get('resources', {})
    resources = {
        kind: {key: value for key, value in {**amounts, **_mapping(_at(written, kind))}.items() if value is not None}
        for kind in ('limits', 'requests')
    }
    return {'minReplicas': 1, 'maxReplicas': known.worker_max_replicas, **worker, 'resources': resources}


def of_group(group: dict[str, Any]) -> Capacity:
    """A group's workers; what cannot be read as a number counts as none."""
    limits = {**_mapping(_at(group, 'resources', 'requests')), **_mapping(_at(group, 'resources', 'limits'))}
    accelerators = (value for key, value in limits.items() if str(key).endswith(('gpu', '/tpu')))
    pod = Amount(
        1,
        quantity.parse(limits.get('cpu')) or _NOTHING,
        quantity.parse(limits.get('memory')) or _NOTHING,
        sum((quantity.parse(value) or _NOTHING for value in accelerators), _NOTHING),
    )
    hosts = _count(group.get('numOfHosts')) or 1
    return Capacity(*(pod.times(hosts * _count(group.get(key))) for key in ('minReplicas', 'maxReplicas')))


def of_application(application: Any) -> Capacity:
    """All workers of a RayCluster; its head does not count."""
    total = Capacity()
    for _, group in groups(application):
        total = total.plus(of_group(group))
    return total


def _count(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _at(data: Any, *path: Any) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
