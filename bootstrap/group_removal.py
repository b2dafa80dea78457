"""The words for a worker group that is drained, or taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootstrap import reach
from bootstrap.rules.raycluster import RayCluster
from bootstrap.tree import Tree


def title(before: Tree, after: Tree, group: str, environments: Sequence[str]) -> str:
    """What a change does to the group: drain it, or remove it."""
    gone = [_is_rendered(new, group) for old, new in reach.edited(before, after) if _is_rendered(old, group)]
    words = {(True,): 'Drain worker group {} of {}', (False, True): 'Drain or remove worker group {} of {}'}
    return words.get(tuple(sorted(set(gone))), 'Remove worker group {} from {}').format(group, ', '.join(environments))


def notes(before: Tree, after: Tree, group: str, command: str) -> Iterator[str]:
    """What a reviewer is to look at before the merge; `command` is the one that drains and removes."""
    for old, new in reach.edited(before, after):
        pods = reach.pods_of(new, group)
        if not _is_rendered(old, group):
            continue
        if not _is_rendered(new, group):
            yield (
                f'{group} leaves RayCluster {new.name}: merge only when no pod of it is left. KubeRay does not delete '
                'the pods of a group that vanishes, and the autoscaler crashes on them again and again '
                f'(ray-project/kuberay 1739). {pods} has to say: No resources found.'
            )
        else:
            who = 'the autoscaler' if new.autoscaling else 'the operator'
            yield (
                f'{group} of RayCluster {new.name} is drained first: with the sync {who} ends its pods, busy ones too, '
                'so let its jobs end before the merge and send no new ones.'
            )
            yield f'Once this is merged and {pods} says "No resources found", {command} removes the group.'


def _is_rendered(raycluster: RayCluster, group: str) -> bool:
    return group in {one.name for one in raycluster.groups}
