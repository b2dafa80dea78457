"""The pods of a RayCluster: which are ready, which run another image than Git says, and why some do not start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bootstrap.live.expected import container_image
from bootstrap.live.observed import Object
from bootstrap.rules.resource import at, mapping, sequence
from bootstrap.sources import image_address


def name_of(pod: Object) -> str:
    return str(at(pod, 'metadata', 'name') or '')


def of_raycluster(pods: Iterable[Object], name: str) -> list[Object]:
    """The pods of a RayCluster that are not on their way out."""
    return [
        pod
        for pod in pods
        if at(pod, 'metadata', 'labels', 'ray.io/cluster') == name and not at(pod, 'metadata', 'deletionTimestamp')
    ]


def group_of(pod: Object) -> str:
    """The worker group of a pod; KubeRay calls the head's 'headgroup'."""
    return str(at(pod, 'metadata', 'labels', 'ray.io/group') or '')


def image_of(pod: Object) -> str:
    return container_image(mapping(pod.get('spec')))


def is_ready(pod: Object) -> bool:
    return _condition(pod, 'Ready').get('status') == 'True'


def runs_another_image(pod: Object, wanted: str) -> bool:
    """Whether a pod's image is another than Git's. A webhook that rewrites registries changes what stands before it."""
    return bool(wanted) and is_another_image(image_of(pod), wanted)


def is_another_image(found: str, wanted: str) -> bool:
    there, here = image_address(found), image_address(wanted)
    behind_registry = here.partition('/')[2]
    return there != here and not there.endswith(f'/{behind_registry}')


def why_not_ready(pod: Object) -> str:
    """The reason a pod gives for not being ready; '' where it gives none."""
    scheduled = _condition(pod, 'PodScheduled')
    if scheduled.get('status') == 'False':
        return f'{scheduled.get("reason") or "Unschedulable"}: {scheduled.get("message") or ""}'.rstrip(': ')
    statuses = (
        *sequence(at(pod, 'status', 'initContainerStatuses')),
        *sequence(at(pod, 'status', 'containerStatuses')),
    )
    for status in statuses:
        for kind in ('waiting', 'terminated'):
            state = mapping(at(status, 'state', kind))
            if state.get('reason') and state['reason'] not in ('PodInitializing', 'Completed'):
                return f'{state["reason"]}: {state.get("message") or ""}'.rstrip(': ')
    return str(at(pod, 'status', 'reason') or at(pod, 'status', 'phase') or '')


def _condition(pod: Object, kind: str) -> dict[Any, Any]:
    found = map(mapping, sequence(at(pod, 'status', 'conditions')))
    return next((one for one in found if one.get('type') == kind), {})
