"""RB701 to RB703, RB707 and RB708: what a change does to head and worker groups that run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bootstrap import kuberay
from bootstrap.manifest import Path
from bootstrap.manifest.paths import differences, same
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules.head_group import HEAD, OPTIONS
from bootstrap.rules.pairing import RayClusterPair, ignores_replicas, only_replicas_changed, rayclusters, rendered
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import image, shown, whole
from bootstrap.rules.resource import at, mapping, sequence
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import ScopeChange

_SCALE = frozenset({'disabled', 'replicas', 'minReplicas', 'maxReplicas', 'numOfHosts', 'image'})
_NEWEST = kuberay.CHARTS[-1]
_POD_KEYS = tuple(sorted(kuberay.group_keys(_NEWEST) - _SCALE))
_HEAD_KEYS = (*_POD_KEYS, 'enableInTreeAutoscaling', 'rayVersion')
# The autoscaler reads these anew from the RayCluster in every round; the others are in the head's pod.
_READ_ANEW = frozenset({'idleTimeoutSeconds', 'upscalingMode'})


@rule(
    'RB701',
    Severity.ERROR,
    Subject.CHANGE,
    'a worker group is removed, renamed or disabled',
    mend='drain it first: minReplicas 0, replicas 0, maxReplicas "0"; remove it when no pod is left',
    source='kuberay#1739',
)
def group_removed(change: ScopeChange) -> Iterator[Problem]:
    """The operator does not delete the pods of a group that has left the spec, and the autoscaler, which finds their
    group no more, crashes again and again: no group of the RayCluster scales. A new name is a removal too.
    """
    for pair in rayclusters(change):
        left = rendered(pair.after)
        for name, group in rendered(pair.before).items():
            if name not in left:
                yield _removal(pair, group)


def _removal(pair: RayClusterPair, group: Group) -> Problem:
    application = pair.after.application
    path = group.path
    if isinstance(at(pair.after.values, *path[len(VALUES) :]), dict):
        renamed = group.is_worker and pair.after.worker.enabled
        path = (*path, 'groupName' if renamed else 'disabled')
    if _drained(group):
        message = f'check that no pod with ray.io/group={group.name} is left: the autoscaler crashes on a leftover'
        return Problem(application, path, message, Severity.WARNING)
    return Problem(application, path, f'the pods of group {group.name} are orphaned and the autoscaler crash-loops')


def _drained(group: Group) -> bool:
    """Only a text "0" is a maximum of 0: a number 0 renders as 2147483647."""
    least = group.values.get('minReplicas', None if group.is_worker else 0)
    most = group.values.get('maxReplicas')
    return whole(least) == 0 and whole(group.values.get('replicas')) == 0 and isinstance(most, str) and most == '0'


@rule(
    'RB702',
    Severity.WARNING,
    Subject.CHANGE,
    'a change that pods which run already do not get',
    mend='re-create the RayCluster (another name, or delete it and sync) when all pods have to have it',
    source='kuberay#3905, #2534',
)
def running_pods_stay(change: ScopeChange) -> Iterator[Problem]:
    """The operator does not replace pods when their template changes; only pods that start later get the new one.
    After an image change new workers of another Ray version cannot join the old head: "Version mismatch: The
    cluster was started with ...".
    """
    for pair in rayclusters(change):
        yield from _images(pair)
        for path, who, keys, before, after in _holders(pair):
            for key in keys:
                if not same(before.get(key), after.get(key)):
                    message = f'running pods of {who} keep the old {key}; only new pods get the change'
                    yield Problem(pair.after.application, (*path, key), message)


_Holder = tuple[Path, str, tuple[str, ...], dict[Any, Any], dict[Any, Any]]


def _holders(pair: RayClusterPair) -> Iterator[_Holder]:
    """The mappings whose values go into pods: where they stand, whose pods, which keys, before and after."""
    before, after = pair.values
    yield VALUES, 'all groups', ('imagePullSecrets',), before, after
    path = (*VALUES, 'common')
    yield path, 'all groups', ('containerEnv',), mapping(before.get('common')), mapping(after.get('common'))
    yield HEAD, 'the head', _HEAD_KEYS, *pair.heads
    options = [mapping(head.get('autoscalerOptions')) for head in pair.heads]
    if pair.before.autoscaling and pair.after.autoscaling:
        keys = tuple(sorted(kuberay.autoscaler_keys(_NEWEST) - _READ_ANEW))
        yield OPTIONS, 'the head (autoscaler)', keys, options[0], options[1]
    for old, new in pair.groups:
        yield new.path, f'group {new.name}', _POD_KEYS, old.values, new.values


def _images(pair: RayClusterPair) -> Iterator[Problem]:
    """One problem for each place that the changed images stand in."""
    found: dict[Path, tuple[str, str, list[str]]] = {}
    users = [('the head', pair.before.head_group, pair.after.head_group)]
    users += [(f'group {new.name}', old, new) for old, new in pair.groups]
    for who, old, new in users:
        was, becomes = image(old, pair.before), image(new, pair.after)
        if was and becomes and (was.repository, was.tag) != (becomes.repository, becomes.tag):
            place = (*becomes.path, 'tag' if was.tag != becomes.tag else 'repository')
            names = [f'{one.repository}:{one.tag or "?"}' for one in (was, becomes)]
            found.setdefault(place, (names[0], names[1], []))[2].append(who)
    for place, (was_named, becomes_named, whose) in found.items():
        message = f'running pods of {", ".join(whose)} keep {was_named}; only new pods start with {becomes_named}'
        yield Problem(pair.after.application, place, message)


@rule(
    'RB703',
    Severity.WARNING,
    Subject.CHANGE,
    'only replicas changed, which Argo CD ignores',
    mend='change minReplicas (and replicas with it)',
    source='argo-cd docs, diffing',
)
def ignored_replicas_changed(change: ScopeChange) -> Iterator[Problem]:
    """Argo CD compares without `replicas`, finds no difference and does not sync; the autoscaler owns the number."""
    for pair in rayclusters(change):
        if not ignores_replicas(pair.after) or not only_replicas_changed(pair):
            continue
        for old, new in pair.groups:
            before, after = old.values.get('replicas'), new.values.get('replicas')
            if not same(before, after):
                message = f'replicas {shown(before)} to {shown(after)} of group {new.name} has no effect: it is ignored'
                yield Problem(pair.after.application, (*new.path, 'replicas'), message)


@rule(
    'RB707',
    Severity.INFO,
    Subject.CHANGE,
    'a new worker group comes before others',
    mend='nothing, unless something counts worker groups by index',
    source='ray-project/ray node_provider.py; helm-chart/ray-cluster templates/raycluster-cluster.yaml',
)
def indexes_shift(change: ScopeChange) -> Iterator[Problem]:
    """The chart renders `worker` first and then additional groups in byte order of names. The autoscaler patches
    groups by index: a patch that is under way during the sync can hit the neighbour, and jsonPointers with an
    index mean another group from then on.
    """
    for pair in rayclusters(change):
        if not pair.after.autoscaling and not _counts_by_index(pair.after):
            continue
        known = rendered(pair.before)
        order = sorted(rendered(pair.after).values(), key=_order)
        for index, group in enumerate(order):
            later = [one.name for one in order[index + 1 :] if one.name in known]
            if group.name not in known and later:
                message = f'group {group.name} comes in at index {index} and shifts {", ".join(later)}'
                yield Problem(pair.after.application, group.path, message)


def _order(group: Group) -> tuple[bool, bytes]:
    return not group.is_worker, group.name.encode('utf-8', 'surrogatepass')


def _counts_by_index(raycluster: RayCluster) -> bool:
    items = sequence(raycluster.application.at('spec', 'ignoreDifferences'))
    pointers = [one for item in items for one in sequence(mapping(item).get('jsonPointers'))]
    return any(isinstance(one, str) and one.startswith('/spec/workerGroupSpecs/') for one in pointers)


@rule(
    'RB708',
    Severity.WARNING,
    Subject.CHANGE,
    'the sync of this change scales a group up',
    mend='set replicas to minReplicas',
    source='argo-cd docs, sync; kuberay raycluster_controller.go v1.7.0',
)
def sync_scales_up(change: ScopeChange) -> Iterator[Problem]:
    """A sync applies the whole list of worker groups with Git's `replicas`, whatever is ignored in the diff. Where
    that is more than the minimum, pods start that nobody asked for and idle until the autoscaler ends them.
    """
    for pair in rayclusters(change):
        sources = [one.application.at(*SOURCE) for one in (pair.before, pair.after)]
        if not pair.after.autoscaling or next(differences(*sources), None) is None:
            continue
        if ignores_replicas(pair.after) and only_replicas_changed(pair):
            continue
        for _, group in pair.groups:
            replicas, least = whole(group.values.get('replicas')), whole(group.values.get('minReplicas', 0))
            if replicas is not None and least is not None and replicas > least:
                message = f'the sync scales group {group.name} up to replicas {shown(replicas)}, its minimum is {least}'
                yield Problem(pair.after.application, (*group.path, 'replicas'), message)
