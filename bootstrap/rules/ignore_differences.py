"""RB3xx: what Argo CD is told to ignore in a RayCluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bootstrap import manifest
from bootstrap.manifest import Path
from bootstrap.rules import fixes
from bootstrap.rules.globs import matches
from bootstrap.rules.ignored import (
    EXPRESSIONS,
    IGNORED,
    MANAGERS,
    POINTERS,
    Expression,
    Unreadable,
    covered,
    covers,
    covers_whole_groups,
    expressions,
    indexes,
    item_covers,
    items,
    of_each_group,
)
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, mapping
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_REPLICAS, _SCALE_STRATEGY = of_each_group(('replicas',)), of_each_group(('scaleStrategy',))
_FIXED_LIMITS = ('minReplicas', 'maxReplicas')


@rule(
    'RB301',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'autoscaled replicas that Argo CD compares',
    mend=f'ignore {_REPLICAS} in ignoreDifferences',
    source='kuberay#4149; argo-cd docs, diffing',
)
def compares_replicas(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The autoscaler writes `replicas` of the worker groups. To Argo CD that is drift: the Application is OutOfSync
    for good, and with self-heal it writes the number from Git back within seconds, again and again.
    """
    application = raycluster.application
    if not raycluster.autoscaling or covered(raycluster, 'replicas'):
        return
    heals = mapping(application.automated).get('selfHeal') is True
    effect = 'is reverted by self-heal' if heals else 'leaves the Application OutOfSync'
    path = next((path for path, _ in items(application)), application.nearest(*IGNORED))
    severity, fix = Severity.ERROR if heals else None, _ignoring_replicas(raycluster)
    yield Problem(application, path, f'what the autoscaler writes into replicas {effect}', severity, fix)


@rule(
    'RB303',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'ignored differences of a RayCluster that does not exist',
    mend="write the name the chart computes and the destination's namespace, or leave both out",
    source='argo-cd util/argo/normalizers/diff_normalizer.go; helm-chart/ray-cluster templates/_helpers.tpl',
)
def other_raycluster(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Name and namespace are compared letter by letter, and what matches nothing is passed over without a word:
    Argo CD goes on to revert the autoscaler. The chart appends `-kuberay` to the release name unless told otherwise.
    """
    application = raycluster.application
    name = raycluster.name if raycluster.name_is_known else ''
    there = {'name': name, 'namespace': application.destination_namespace, 'group': 'ray.io'}
    for path, item in items(application):
        for key, actual in there.items():
            written = str(item.get(key) or '')
            wrong = not matches(written, actual) if key == 'group' else written not in ('', actual)
            if wrong and actual:
                message = f'{key} {written or "(none)"} matches nothing: that of the RayCluster is {actual}'
                fix = fixes.put(application, (*path, key), actual)
                yield Problem(application, application.nearest(*path, key), message, fix=fix)


@rule(
    'RB304',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'worker groups by their place',
    mend=f'use jqPathExpressions with {_REPLICAS}',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml; RFC 6901',
)
def by_place(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart renders `worker` first and the additional groups in byte order of their names, not in the order of
    the file. A new or disabled group moves the others, and a place that is not listed is not ignored.
    """
    application, count = raycluster.application, len(raycluster.groups)
    for path, item in items(application):
        placed = [one for one in expressions(path, item) if indexes(one.ignored)]
        listed: dict[Any, set[int]] = {}
        for one in placed:
            for rest, places in indexes(one.ignored).items():
                listed.setdefault(rest, set()).update(places)
        is_known = not raycluster.has_other_values
        wrong = is_known and any(places != set(range(count)) for places in listed.values())
        if placed:
            shown = ', '.join(map(str, sorted(set[int]().union(*listed.values()))))
            message = f'places {shown} are ignored, but the chart renders {count} worker groups'
            moving = f'{placed[0].text} is another worker group as soon as one is added, disabled or renamed'
            severity = Severity.ERROR if wrong else None
            fix = _replacing(application, path, placed)
            yield Problem(application, placed[0].path, message if wrong else moving, severity, fix)


@rule(
    'RB305',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'ignored worker groups',
    mend=f'ignore only {_REPLICAS} and {_SCALE_STRATEGY}',
    source='argo-cd docs, diffing; kuberay raycluster_types.go',
)
def ignores_too_much(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """An ignored change makes no diff, so it is never synced: a new image, other limits or a whole new group stays
    in Git and never reaches the cluster.
    """
    for path, item in items(raycluster.application):
        for one in expressions(path, item):
            limits = [limit for limit in _FIXED_LIMITS if covers(one.ignored, limit)]
            whole = covers_whole_groups(one.ignored)
            if limits:
                what = 'worker groups' if whole else ' and '.join(limits)
                fix = None if isinstance(one.ignored, Unreadable) else _narrowing(raycluster.application, one, whole)
                message = f'changes of {what} in Git never reach the cluster'
                yield Problem(raycluster.application, one.path, message, fix=fix)


@rule(
    'RB306',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'ignored field managers',
    mend=f'use jqPathExpressions with {_REPLICAS} instead',
    source='kuberay ray.io_rayclusters.yaml; ray node_provider.py',
)
def ignores_managers(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The list of worker groups is atomic, one field to the API server. Who writes one number in it owns all of it,
    so ignoring the autoscaler's writes ignores every change of worker groups.
    """
    for path, item in items(raycluster.application):
        if item.get(MANAGERS):
            fix = fixes.drop(raycluster.application, (*path, MANAGERS))
            message = 'changes of worker groups in Git never reach the cluster: one manager owns the whole list'
            yield Problem(raycluster.application, (*path, MANAGERS), message, fix=fix)


@rule(
    'RB307',
    Severity.INFO,
    Subject.RAYCLUSTER,
    'scaleStrategy that Argo CD compares',
    mend=f'ignore {_SCALE_STRATEGY} too',
    source='ray python/ray/autoscaler/_private/kuberay/node_provider.py',
)
def compares_scale_strategy(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """To remove a worker the autoscaler names it in `scaleStrategy`. With server-side diff or apply that is drift,
    and self-heal takes the names back.
    """
    ignoring = [path for path, item in items(raycluster.application) if item_covers(path, item, 'replicas')]
    if raycluster.autoscaling and ignoring and not covered(raycluster, 'scaleStrategy'):
        path = (*ignoring[0], EXPRESSIONS)
        fix = fixes.append(raycluster.application, path, _SCALE_STRATEGY)
        message = 'with server-side diff, what the autoscaler writes into scaleStrategy is drift'
        yield Problem(raycluster.application, raycluster.application.nearest(*path), message, fix=fix)


@rule(
    'RB308',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'ignored replicas without an autoscaler',
    mend='compare replicas: remove them from ignoreDifferences',
    source='argo-cd docs, diffing',
)
def ignores_replicas(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Nobody but Git says how many workers there are, but a change of that number makes no diff and is never synced."""
    if raycluster.autoscaling or raycluster.has_other_values:
        return
    for path, item in items(raycluster.application):
        for one in expressions(path, item):
            if covers(one.ignored, 'replicas') and not covers_whole_groups(one.ignored):
                fix = None if isinstance(one.ignored, Unreadable) else fixes.drop_item(raycluster.application, one.path)
                message = 'autoscaling is off, so changes of replicas in Git never reach the cluster'
                yield Problem(raycluster.application, one.path, message, fix=fix)


_ITERATION = re.compile(r'(workerGroupSpecs"?\]?\s*\[\s*\])(?!\s*\?)')


@rule(
    'RB310',
    Severity.INFO,
    Subject.RAYCLUSTER,
    'expression that fails without worker groups',
    mend='write []? for []',
    source='argo-cd util/argo/normalizers/diff_normalizer.go',
)
def fails_without_groups(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Where a RayCluster has no worker groups jq stops with `Cannot iterate over null`, and Argo CD logs it with each
    comparison.
    """
    for path, item in items(raycluster.application):
        for one in expressions(path, item):
            mended = _ITERATION.sub(r'\1?', one.text)
            if not one.is_pointer and mended != one.text:
                fix = fixes.replace_item(raycluster.application, one.path, mended)
                yield Problem(raycluster.application, one.path, 'without worker groups jq fails here', fix=fix)


def _ignoring_replicas(raycluster: RayCluster) -> Fix:
    application = raycluster.application
    path = next((path for path, _ in items(application)), None)
    if path is not None:
        return fixes.append(application, (*path, EXPRESSIONS), _REPLICAS)
    item = {'group': 'ray.io', 'kind': 'RayCluster', 'name': raycluster.name}
    if application.destination_namespace:
        item['namespace'] = application.destination_namespace
    return fixes.append(application, IGNORED, {**item, EXPRESSIONS: [_REPLICAS, _SCALE_STRATEGY]})


def _narrowing(application: Application, one: Expression, whole: bool) -> Fix | None:
    """Drops an ignored limit; ignores only the replicas in place of whole groups, unless more than groups is meant."""
    if not whole:
        return fixes.drop_item(application, one.path)
    is_more = one.is_pointer or any(len(steps) < 2 for steps in one.ignored)
    return None if is_more else fixes.replace_item(application, one.path, _REPLICAS)


def _replacing(application: Application, path: Path, placed: list[Expression]) -> Fix:
    """The same fields of all groups, as jq path expressions."""
    wanted = dict.fromkeys(of_each_group(rest) for one in placed for rest in indexes(one.ignored))
    dropping = [fixes.drop_item(application, one.path) for one in placed]
    adding = [fixes.append(application, (*path, EXPRESSIONS), expression) for expression in wanted]

    def fix(text: str) -> str:
        for drop in dropping:
            text = drop(text)
        for key in (EXPRESSIONS, POINTERS):
            if manifest.get(text, (application.document.index, *path, key)) == []:
                text = manifest.drop(text, (application.document.index, *path, key))
        for add in adding:
            text = add(text)
        return text

    return fix
