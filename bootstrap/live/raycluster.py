"""A RayCluster as the operator holds it: its own verdict, its groups, the Warning events about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bootstrap.live.argocd import moment
from bootstrap.live.expected import HEAD_GROUP, container_image
from bootstrap.live.observed import Object
from bootstrap.rules import rendered
from bootstrap.rules.resource import at, mapping, sequence

# KubeRay's utils/constant.go: what the operator says of a RayCluster that it then leaves alone.
_INVALID = 'InvalidRayCluster'
# The autoscaler changes `replicas` all the time, which does not make an invalid spec valid.
_WHO_CHANGES_SPECS = ('argocd', 'kubectl', 'raybootstrap', 'helm')

# By how much the operator's clock may be behind the API server's.
_SKEW = timedelta(seconds=2)


class WarningEvent(NamedTuple):
    """A Warning event: how often it was, and when last."""

    reason: str
    message: str
    times: int
    last: datetime | None

    @property
    def is_of_invalid_spec(self) -> bool:
        return self.reason.startswith(_INVALID)


@dataclass(frozen=True)
class LiveRayCluster:
    """The object of a RayCluster."""

    data: Mapping[str, Any]

    @property
    def ray_version(self) -> str:
        return str(at(self.data, 'spec', 'rayVersion') or '')

    @property
    def groups(self) -> dict[str, int]:
        """The replicas of each worker group, in the order of the spec."""
        found = map(mapping, sequence(at(self.data, 'spec', 'workerGroupSpecs')))
        return {str(one.get('groupName')): rendered.whole(one.get('replicas')) or 0 for one in found}

    @property
    def images(self) -> dict[str, str]:
        """The image that its spec asks for, by group."""
        specs = {HEAD_GROUP: at(self.data, 'spec', 'headGroupSpec')}
        specs |= {str(at(one, 'groupName')): one for one in sequence(at(self.data, 'spec', 'workerGroupSpecs'))}
        return {name: container_image(at(spec, 'template', 'spec')) for name, spec in specs.items()}

    @property
    def replaces_pods(self) -> bool:
        """Whether the operator replaces the pods by itself when their spec changes (KubeRay 1.6, upgradeStrategy)."""
        return bool(at(self.data, 'spec', 'upgradeStrategy', 'type') == 'Recreate')

    @property
    def conditions(self) -> dict[str, dict[Any, Any]]:
        """The conditions of its status, by type."""
        found = map(mapping, sequence(at(self.data, 'status', 'conditions')))
        return {str(one.get('type')): one for one in found}

    @property
    def is_seen(self) -> bool:
        """Whether the operator says that it has worked on this spec; it need not say so where nothing else changed."""
        seen = at(self.data, 'status', 'observedGeneration')
        return seen is not None and seen == at(self.data, 'metadata', 'generation')

    @property
    def changed_at(self) -> datetime | None:
        """When its spec was last changed by another than the autoscaler, as far as the API server noted it."""
        times = [
            moment(one.get('time'))
            for one in map(mapping, sequence(at(self.data, 'metadata', 'managedFields')))
            if one.get('subresource') != 'status'
            and 'f:spec' in mapping(one.get('fieldsV1'))
            and str(one.get('manager')).startswith(_WHO_CHANGES_SPECS)
        ]
        return max(filter(None, times), default=moment(at(self.data, 'metadata', 'creationTimestamp')))


def health(live: LiveRayCluster) -> tuple[str, str]:
    """Its own health and why, as the health check in argocd/health-checks.yaml has it for Argo CD."""
    conditions, status = live.conditions, mapping(live.data.get('status'))
    if at(live.data, 'spec', 'suspend') is True:
        return 'Suspended', 'the RayCluster is suspended'
    if not status:
        return 'Progressing', 'the operator has not reported on it'
    failure, head = conditions.get('ReplicaFailure', {}), conditions.get('HeadPodReady', {})
    provisioned = conditions.get('RayClusterProvisioned', {}).get('status') == 'True'
    if failure.get('status') == 'True':
        return 'Degraded', ': '.join(str(failure[key]) for key in ('reason', 'message') if failure.get(key))
    if not head:
        state = status.get('state')
        return ('Healthy', '') if state == 'ready' else ('Progressing', str(status.get('reason') or 'no head pod yet'))
    if head.get('status') == 'True':
        return ('Healthy', '') if provisioned else ('Progressing', 'workers are being provisioned for the first time')
    why = str(head.get('message') or head.get('reason') or '')
    return 'Degraded' if provisioned else 'Progressing', f'the head pod is not ready{": " if why else ""}{why}'


def warnings(live: LiveRayCluster, events: Iterable[Object]) -> list[WarningEvent]:
    """What the operator warned of, each once, the newest first."""
    name, uid = (at(live.data, 'metadata', key) for key in ('name', 'uid'))
    found: dict[tuple[str, str], WarningEvent] = {}
    for event in events:
        about = mapping(event.get('involvedObject'))
        if about.get('name') != name or (uid and about.get('uid') not in (None, '', uid)):
            continue
        one = _warning(event)
        before = found.get((one.reason, one.message))
        newest = max(filter(None, (one.last, before.last if before else None)), default=None)
        times = one.times + (before.times if before else 0)
        found[one.reason, one.message] = one._replace(last=newest, times=times)
    return sorted(found.values(), key=lambda one: one.last.timestamp() if one.last else 0, reverse=True)


def invalid(live: LiveRayCluster, found: Iterable[WarningEvent]) -> WarningEvent | None:
    """The newest warning that the spec as it is now is invalid: the operator then does nothing more with it."""
    if live.is_seen:
        return None
    changed = live.changed_at
    return next(
        (one for one in found if one.is_of_invalid_spec and not (changed and one.last and one.last < changed - _SKEW)),
        None,
    )


def _warning(event: Object) -> WarningEvent:
    times = (at(event, 'series', 'lastObservedTime'), *map(event.get, ('lastTimestamp', 'eventTime', 'firstTimestamp')))
    last = max(filter(None, map(moment, times)), default=None)
    count = event.get('count') or at(event, 'series', 'count') or 1
    return WarningEvent(str(event.get('reason') or ''), str(event.get('message') or ''), count, last)
