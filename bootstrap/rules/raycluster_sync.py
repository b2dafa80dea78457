"""RB302, RB309 and RB311: sync options that decide what becomes of worker groups."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap.rules.ignored import ignores_groups
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope
from bootstrap.rules.sync_options import ON_RAYCLUSTER, OPTIONS, adding, find, removing

_RESPECT, _ONLY_OUT_OF_SYNC = 'RespectIgnoreDifferences=true', 'ApplyOutOfSyncOnly=true'


@rule(
    'RB302',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'RespectIgnoreDifferences=true on worker groups',
    mend='drop the sync option RespectIgnoreDifferences=true',
    source='argo-cd controller/sync.go, normalizeTargetResources; argo-cd#11876, #9678',
)
def respects_ignored_groups(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """With this option Argo CD copies the live `workerGroupSpecs` over the ones in Git before it applies them:
    the list is atomic, so a merge patch holds all of it. New groups, images and limits are dropped without
    a word, and the sync says Succeeded.
    """
    application = raycluster.application
    option = find(application, _RESPECT)
    if option and ignores_groups(raycluster):
        message = 'changes to worker groups in Git are never applied'
        yield Problem(application, option.path, message, fix=removing(application, option))


@rule(
    'RB309',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'RayCluster that is replaced or applied by the server',
    mend='drop ServerSideApply=true and Replace=true',
    source='argo-cd docs, diff strategies and sync-options; kuberay ray.io_rayclusters.yaml',
)
def other_apply(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Server-side apply compares the whole atomic list of worker groups, with the defaults that the API server put
    into it: the Application may stay OutOfSync. Replace=true overwrites what the autoscaler and the operator wrote.
    """
    application = raycluster.application
    effects = {
        'ServerSideApply=true': 'defaults that the API server puts into worker groups may be drift for good',
        'Replace=true': 'each sync overwrites the RayCluster as a whole, scaleStrategy too',
    }
    for text, message in effects.items():
        option = find(application, text, ON_RAYCLUSTER)
        if option:
            yield Problem(application, option.path, message, fix=removing(application, option))


@rule(
    'RB311',
    Severity.INFO,
    Subject.RAYCLUSTER,
    'sync that applies what is in sync',
    mend=f'add the sync option {_ONLY_OUT_OF_SYNC}',
    source='argo-cd docs, sync-options (selective sync)',
)
def applies_all(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """By default a sync applies every object, also those without a difference: Sync pressed on a Synced Application
    writes `replicas` of all worker groups back to the number in Git.
    """
    application = raycluster.application
    if raycluster.autoscaling and not application.has_sync_option(_ONLY_OUT_OF_SYNC):
        message = 'a manual sync resets replicas of all worker groups, with no difference to apply'
        yield Problem(application, application.nearest(*OPTIONS), message, fix=adding(application, _ONLY_OUT_OF_SYNC))
