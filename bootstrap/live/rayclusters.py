"""The rows of a RayCluster and its groups: what runs, against Git, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bootstrap import kuberay
from bootstrap.live import pods as live_pods
from bootstrap.live import raycluster as live_raycluster
from bootstrap.live.applications import Problem, one_line, unknown
from bootstrap.live.expected import HEAD_GROUP, ExpectedGroup, ExpectedRayCluster
from bootstrap.live.observed import EVENTS, PODS, RAYCLUSTERS, Object, Observed, Unknown
from bootstrap.live.raycluster import LiveRayCluster, WarningEvent

_MOST_WARNINGS = 3


@dataclass(frozen=True)
class GroupRow:
    """Pods of a group; None where pods cannot be looked at. `desired` is what the RayCluster asks for now.

    `minimum` and `maximum` are Git's, in pods; `maximum` None: no limit. A group that is not `in_git` is left over.
    """

    name: str
    ready: int | None
    desired: int
    minimum: int
    maximum: int | None
    in_git: bool = True
    autoscaled_from: int | None = None
    """Git's replicas, in pods, where the autoscaler has gone beyond them."""
    other_image: tuple[str, ...] = ()
    """The pods that run another image than Git says."""
    stays: bool = True
    """Whether those pods stay until somebody deletes them: KubeRay is asked for Git's image, and replaces none."""
    waiting: str = ''
    """Why a pod is not ready."""


@dataclass(frozen=True)
class RayClusterRow:
    """`health` is its own, not Argo CD's; `versions` those of Ray that run, `wanted` Git's."""

    name: str
    namespace: str
    application: str
    health: str
    message: str = ''
    versions: tuple[str, ...] = ()
    wanted: str = ''
    is_seen: bool = False
    groups: tuple[GroupRow, ...] = ()
    warnings: tuple[WarningEvent, ...] = ()
    invalid: str = ''
    """What the operator finds invalid in the spec as it is now."""
    problems: tuple[Problem, ...] = ()


def raycluster_row(wanted: ExpectedRayCluster, observed: Observed) -> RayClusterRow:
    """The row of one RayCluster."""
    found = observed.object(RAYCLUSTERS, wanted.place, wanted.name)
    if not isinstance(found, dict):
        return _not_there(wanted, found)
    live = LiveRayCluster(found)
    pods, events = (observed.objects(kind, wanted.place) for kind in (PODS, EVENTS))
    own = None if isinstance(pods, Unknown) else live_pods.of_raycluster(pods, wanted.name)
    warned = [] if isinstance(events, Unknown) else live_raycluster.warnings(live, events)
    health, message = live_raycluster.health(live)
    invalid = live_raycluster.invalid(live, warned)
    groups = tuple(_groups(wanted, live, own))
    problems = [unknown(wanted.name, one) for one in (pods, events) if isinstance(one, Unknown)]
    problems += _of_itself(wanted, health, message, invalid, warned)
    problems += [problem for group in groups for problem in _of_group(wanted, group, own or [])]
    said = f'{invalid.reason}: {one_line(invalid.message)}' if invalid else ''
    return RayClusterRow(
        name=wanted.name,
        namespace=wanted.place.namespace,
        application=wanted.application,
        health='Invalid' if invalid else health,
        message=message,
        versions=_versions(live, own),
        wanted=wanted.ray_version,
        is_seen=live.is_seen,
        groups=groups,
        warnings=tuple(warned),
        invalid=said,
        problems=tuple(problems),
    )


def _not_there(wanted: ExpectedRayCluster, found: Unknown | None) -> RayClusterRow:
    if found is None:
        health = 'not there'
        problem = Problem(wanted.name, f'there is no RayCluster {wanted.name} in {wanted.place.namespace}')
        problem = problem._replace(hint=f'argocd app get {wanted.application}')
    else:
        health = found.why
        problem = unknown(wanted.name, found)
    groups = tuple(_row(group, None, None) for group in wanted.groups)
    return RayClusterRow(
        *(wanted.name, wanted.place.namespace, wanted.application, health),
        wanted=wanted.ray_version,
        groups=groups,
        problems=(problem,),
    )


def _groups(wanted: ExpectedRayCluster, live: LiveRayCluster, pods: list[Object] | None) -> Iterator[GroupRow]:
    head = ExpectedGroup(HEAD_GROUP, 1, 1, 1, 1, wanted.image)
    for group in (head, *wanted.groups):
        own = None if pods is None else [pod for pod in pods if live_pods.group_of(pod) == group.name]
        replicas = 1 if group is head else live.groups.get(group.name)
        beyond = wanted.autoscaling and replicas is not None and replicas > group.replicas
        asked = live.images.get(group.name, '')
        stays = not live.replaces_pods and not (asked and live_pods.is_another_image(asked, group.image))
        yield replace(_row(group, replicas, own, group.replicas * group.hosts if beyond else None), stays=stays)
    known = {HEAD_GROUP, *(group.name for group in wanted.groups)}
    left = dict.fromkeys((*live.groups, *(live_pods.group_of(pod) for pod in pods or [])))
    for name in (name for name in left if name and name not in known):
        own = [pod for pod in pods or [] if live_pods.group_of(pod) == name]
        ready = None if pods is None else sum(map(live_pods.is_ready, own))
        yield GroupRow(name, ready, max(live.groups.get(name, 0), len(own)), 0, 0, in_git=False)


def _row(
    group: ExpectedGroup, replicas: int | None, pods: Sequence[Object] | None, beyond: int | None = None
) -> GroupRow:
    waiting = [pod for pod in pods or [] if not live_pods.is_ready(pod)]
    return GroupRow(
        group.name,
        None if pods is None else sum(map(live_pods.is_ready, pods)),
        (replicas or 0) * group.hosts,
        group.minimum * group.hosts,
        None if group.maximum is None else group.maximum * group.hosts,
        autoscaled_from=beyond,
        other_image=tuple(
            live_pods.name_of(pod) for pod in pods or [] if live_pods.runs_another_image(pod, group.image)
        ),
        waiting=one_line(next(filter(None, map(live_pods.why_not_ready, waiting)), '')),
    )


def _versions(live: LiveRayCluster, pods: Iterable[Object] | None) -> tuple[str, ...]:
    """The versions of Ray that the pods' images state; what the spec states where they do not tell."""
    tags = (live_pods.image_of(pod).rpartition(':')[2] for pod in pods or [])
    found = {version for tag in tags if (version := kuberay.ray_version_of(tag))}
    return tuple(map(str, sorted(found))) or ((live.ray_version,) if live.ray_version else ())


def _of_itself(
    wanted: ExpectedRayCluster, health: str, message: str, invalid: WarningEvent | None, warned: Sequence[WarningEvent]
) -> Iterator[Problem]:
    look = f'kubectl --namespace {wanted.place.namespace} describe raycluster {wanted.name}'
    if invalid:
        why = f'the operator ignores its spec: {one_line(invalid.message)} ({invalid.reason})'
        yield Problem(wanted.name, why, 'mend the values in Git: Argo CD shows it as Synced all the same')
    if health != 'Healthy':
        yield Problem(wanted.name, f'is {health}{": " if message else ""}{one_line(message)}', look)
    others = [one for one in warned if not one.is_of_invalid_spec]
    for one in others[:_MOST_WARNINGS]:
        times = f' ({one.times} times)' if one.times > 1 else ''
        yield Problem(wanted.name, f'{one.reason}: {one_line(one.message)}{times}', look)


def _of_group(wanted: ExpectedRayCluster, group: GroupRow, pods: Sequence[Object]) -> Iterator[Problem]:
    place, part = f'kubectl --namespace {wanted.place.namespace}', f'{wanted.name} {group.name}'
    if not group.in_git:
        why = f'is not in Git, but {group.desired} of its pods are left or asked for'
        yield Problem(part, why, f'{place} get pods --selector ray.io/group={group.name}')
        return
    if group.ready is not None and group.ready < group.minimum:
        why = f'{group.ready} of at least {group.minimum} pods ready{": " if group.waiting else ""}{group.waiting}'
        yield Problem(part, why, f'{place} get pods --selector ray.io/cluster={wanted.name},ray.io/group={group.name}')
    if group.other_image:
        first = next(pod for pod in pods if live_pods.name_of(pod) == group.other_image[0])
        count = '1 pod runs' if len(group.other_image) == 1 else f'{len(group.other_image)} pods run'
        why = f'{count} {live_pods.image_of(first)}, not the image in Git'
        mend = f'{place} delete pod {group.other_image[0]} (it comes back with the new image)'
        # Before the RayCluster asks for the new image, a pod that is deleted comes back with the old one.
        yield Problem(part, *((f'{why}: KubeRay replaces no pods', mend) if group.stays else (f'{why} yet', '')))
