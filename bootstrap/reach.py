"""What of a change reaches pods that run, and what only those that start later."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bootstrap import manifest
from bootstrap.manifest.paths import at, same
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import image, shown
from bootstrap.rules.resource import Application, Role, mapping, resources
from bootstrap.tree import Tree, changes

_BOUNDS = ('minReplicas', 'maxReplicas')
# The autoscaler reads these anew from the RayCluster in every round.
_READ_ANEW = ('idleTimeoutSeconds', 'upscalingMode')
_OF_THE_AUTOSCALER = ('enableInTreeAutoscaling', 'autoscalerOptions')
_NOT_OF_PODS = ('annotations', 'service', 'additionalWorkerGroups', 'worker', 'head', 'image')


def notes(before: Tree, after: Tree) -> list[str]:
    """A sentence each on the RayClusters whose Applications a change edits."""
    return [on_one_line(note) for old, new in edited(before, after) for note in _of_one(old, new)]


def on_one_line(note: str) -> str:
    """A sentence with names out of a file that anyone may have written: none of them begins a line of a message."""
    return ''.join(one if one.isprintable() else ascii(one)[1:-1] for one in note)


def edited(before: Tree, after: Tree) -> Iterator[tuple[RayCluster, RayCluster]]:
    """The RayClusters whose Applications a change edits, before and after."""
    for change in changes(before, after):
        if change.before is None or change.after is None or '/applications/raycluster' not in change.path:
            continue
        with manifest.in_file(change.path):
            old, new = (next(_rayclusters(change.path, text), None) for text in (change.before, change.after))
        if old is not None and new is not None:
            yield old, new


def _rayclusters(path: str, text: str) -> Iterator[RayCluster]:
    for resource in resources(path, text):
        if isinstance(resource, Application) and resource.role is Role.RAYCLUSTER:
            yield RayCluster(resource)


def pods_of(raycluster: RayCluster, group: str) -> str:
    """The command that shows the pods of a worker group."""
    namespace = raycluster.application.destination_namespace
    words = ['kubectl', 'get', 'pods', *(('-n', namespace) if namespace else ())]
    return shlex.join([*words, '-l', f'ray.io/cluster={raycluster.name},ray.io/group={group}'])


def _of_one(old: RayCluster, new: RayCluster) -> Iterator[str]:
    known = {group.name: group for group in old.groups}
    for group in new.groups:
        if group.name in known:
            yield from _of_group(known[group.name], group, new)
    yield from _of_head(old, new)
    yield from _of_autoscaler(old, new)
    if old.ray_version != new.ray_version or image(old.head_group, old) != image(new.head_group, new):
        yield (
            f'{new.name}: the running head keeps its image; workers that start from then on have the new one, and '
            'those of another Ray version cannot join it. Re-create the RayCluster when no job runs: delete it in '
            'Argo CD and sync, or give it another name.'
        )


def _of_group(old: Group, new: Group, raycluster: RayCluster) -> Iterator[str]:
    changed = _changed(old.values, new.values)
    bounds = [key for key in _BOUNDS if key in changed]
    if bounds and raycluster.autoscaling:
        yield (
            f'{new.name}: {_reaches(bounds)} the running RayCluster with the '
            'sync: the autoscaler adds pods up to the minimum and ends those above the maximum, busy ones too.'
        )
    if 'replicas' in changed and not raycluster.autoscaling:
        yield (
            f'{new.name}: the sync brings it to {shown(new.values.get("replicas"))} replicas; '
            'where there are more, the operator deletes any, busy ones too.'
        )
    later = [key for key in changed if key not in (*_BOUNDS, 'replicas', 'disabled')]
    if later:
        yield (
            f'{new.name}: {_reaches(later)} only pods that start from then on; '
            'running ones stay as they are until they end (the operator does not replace them). '
            f'{pods_of(raycluster, new.name)} shows them.'
        )


def _of_head(old: RayCluster, new: RayCluster) -> Iterator[str]:
    options = [mapping(one.head.get('autoscalerOptions')) for one in (old, new)]
    changed = _changed(*options)
    anew = [key for key in changed if key in _READ_ANEW]
    if anew and new.autoscaling and old.autoscaling:
        yield f'{new.name}: {_listed(anew)} of the autoscaler holds from the sync on, without a new pod.'
    later = [key for key in _changed(old.head, new.head) if key not in _OF_THE_AUTOSCALER]
    if old.autoscaling and new.autoscaling:
        later += [f'autoscalerOptions.{key}' for key in changed if key not in anew]
    later += [key for key in _changed(old.values, new.values) if key not in _NOT_OF_PODS]
    if later:
        yield (
            f'{new.name}: {_reaches(later)} the head only when its pod is '
            'made anew, which the operator does not do by itself: deleting the head pod ends the jobs that run.'
        )


def _of_autoscaler(old: RayCluster, new: RayCluster) -> Iterator[str]:
    if old.autoscaling and not new.autoscaling:
        counts = ', '.join(f'{group.name} {shown(group.values.get("replicas"))}' for group in new.groups)
        yield (
            f'{new.name}: without an autoscaler the replicas in Git hold ({counts}); where there are more, the '
            'operator deletes any with the sync, busy ones too. '
            'raybootstrap set-group NAME --replicas N says how many stay.'
        )
    if old.autoscaling != new.autoscaling:
        state = 'runs on' if old.autoscaling else 'does not run'
        yield f'{new.name}: the autoscaler is a container of the head pod: it {state} until that pod is made anew.'


def _changed(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[str]:
    keys = dict.fromkeys([*old, *new])
    return [str(key) for key in keys if not same(at(old, (key,)), at(new, (key,)))]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f'{", ".join(names[:-1])} and {names[-1]}'


def _reaches(names: Sequence[str]) -> str:
    return f'{_listed(names)} {"reach" if len(names) > 1 else "reaches"}'
