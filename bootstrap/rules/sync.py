"""RB2xx: how Applications are synced: order, retries, who may change what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from bootstrap import manifest, skeletons
from bootstrap.manifest import Path
from bootstrap.rules import fixes, projects
from bootstrap.rules.argocd import is_at_least
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, at, mapping
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope
from bootstrap.rules.sync_options import (
    ON_CRDS,
    ON_ITSELF,
    ON_RAYCLUSTER,
    SyncOption,
    annotated,
    find,
    of_application,
)

_RETRY: Path = ('spec', 'syncPolicy', 'retry')
_AUTOMATED: Path = ('spec', 'syncPolicy', 'automated')
_WAVE: Path = ('metadata', 'annotations', 'argocd.argoproj.io/sync-wave')
_SKIP_DRY_RUN = 'SkipDryRunOnMissingResource=true'


@rule(
    'RB207',
    Severity.WARNING,
    Subject.APPLICATION,
    'sync without retry',
    mend='set syncPolicy.retry',
    source='argo-cd docs, automated sync',
)
def no_retry(application: Application, scope: Scope) -> Iterator[Problem]:
    """Argo CD does not try a commit again on its own once its sync has failed. Whatever was not there at that moment
    (a CRD, a webhook, the repository) leaves the Application OutOfSync until somebody looks.
    """
    retry = application.at(*_RETRY)
    if mapping(retry).get('limit', 0) != 0:
        return
    message = 'a sync that fails is not tried again for the same commit'
    fix = fixes.put(application, (*_RETRY, 'limit') if retry else _RETRY, 10 if retry else _skeleton_retry())
    yield Problem(application, application.nearest(*_RETRY, 'limit'), message, fix=fix)


@rule(
    'RB208',
    Severity.WARNING,
    Subject.SCOPE,
    'CRDs, operator and RayClusters in no order',
    mend='give them the sync waves -20, -10 and 0',
    source='argo-cd docs, sync waves',
)
def no_order(scope: Scope) -> Iterator[Problem]:
    """Within one wave Argo CD creates and upgrades at once. A RayCluster whose CRD is not there fails, and an operator
    newer than its CRDs has deleted running workers (kuberay#2084).
    """
    ranks = (Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER)
    for rank, role in enumerate(ranks[:-1]):
        later = [[(_wave(one), one) for one in scope.of(after)] for after in ranks[rank + 1 :]]
        for application in scope.of(role):
            wave = _wave(application)
            late = min(chain(*later), key=lambda other: other[0], default=None)
            if late is None or wave < late[0]:
                continue
            # One wave for each step, also for those in between that have none yet.
            wanted = min(found - 10 * steps for steps, others in enumerate(later, 1) for found, _ in others)
            message = f'sync wave {wave} is not before {late[0]} of {late[1].name}: nothing waits for the {role.value}'
            yield Problem(application, application.nearest(*_WAVE), message, fix=_put_wave(application, wanted))


@rule(
    'RB209',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'first sync before the CRDs',
    mend=f'put {_SKIP_DRY_RUN} into the annotation argocd.argoproj.io/sync-options of valuesObject.annotations',
    source='argo-cd docs, sync-options; argo-cd#6489',
)
def no_dry_run_skipped(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Argo CD tries everything before it applies anything. Where the CRD of RayCluster is not there yet, that alone
    fails the sync: `the server could not find the requested resource`.
    """
    application = raycluster.application
    written = at(application.source, 'helm', 'values')
    if find(application, _SKIP_DRY_RUN, ON_RAYCLUSTER) or _SKIP_DRY_RUN in str(written):
        return
    options = [option.text for option in annotated(application, ON_RAYCLUSTER)]
    # valuesObject takes precedence over values: a new one would hide the old.
    fix = None if written else fixes.put(application, ON_RAYCLUSTER, ','.join([_SKIP_DRY_RUN, *options]))
    message = 'the first sync fails if the RayCluster CRD is not there yet'
    yield Problem(application, application.nearest(*ON_RAYCLUSTER), message, fix=fix)


_SINCE_ON_APPLICATIONS = {
    'Prune=false': (3, 4),
    'Prune=confirm': (3, 4),
    'Delete=false': (3, 4),
    'Delete=confirm': (3, 4),
    _SKIP_DRY_RUN: (3, 1),
}
_SINCE_ON_RESOURCES = {'Prune=confirm': (2, 14), 'Delete=confirm': (2, 14)}


@rule(
    'RB210',
    Severity.INFO,
    Subject.APPLICATION,
    'sync option of a newer Argo CD',
    mend='upgrade Argo CD, or set the option by annotation on the resources themselves',
    source='argo-cd docs, sync-options; argo-cd v2.14, v3.1, v3.4 release notes',
)
def too_new_option(application: Application, scope: Scope) -> Iterator[Problem]:
    """An Argo CD that does not know an option passes it over without a word."""
    for option in _all_options(application):
        known = _SINCE_ON_APPLICATIONS if option.of_application else _SINCE_ON_RESOURCES
        since = known.get(option.text)
        if since and is_at_least(scope, since) is False:
            version = scope.settings.argocd_version
            message = f'Argo CD {version} ignores {option.text} here: it came with {since[0]}.{since[1]}'
            yield Problem(application, option.path, message)


@rule(
    'RB211',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'self-healing RayCluster in a protected environment',
    mend='sync it by hand (no `automated`), or give its AppProject a sync window',
    source='argo-cd docs, automated sync and sync windows',
)
def heals_at_any_time(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Each merge reaches the RayCluster within minutes, at any hour, and a change made by hand in an emergency is
    undone at once.
    """
    application = raycluster.application
    heals = mapping(application.automated).get('selfHeal') is True
    if scope.protected and heals and not projects.has_sync_window(projects.of(application, scope), application):
        message = 'each merge is applied at once, at any hour, and changes by hand are undone'
        yield Problem(application, (*_AUTOMATED, 'selfHeal'), message)


@rule(
    'RB212',
    Severity.WARNING,
    Subject.APPLICATION,
    'root that prunes',
    mend='set automated.prune: false',
    source='argo-cd docs, cluster bootstrapping and app deletion',
)
def root_prunes(application: Application, scope: Scope) -> Iterator[Problem]:
    """A file that is deleted or moved takes its Application with it: one with a finalizer deletes its RayCluster,
    one without leaves it running with nobody to sync it.
    """
    prunes = mapping(application.automated).get('prune') is True
    if application.role is Role.ROOT and prunes and not scope.ephemeral:
        path = (*_AUTOMATED, 'prune')
        message = 'removing a file deletes its Application: the RayCluster is deleted or orphaned'
        yield Problem(application, path, message, fix=fixes.put(application, path, False))


_INTEGER = re.compile(r'[+-]?\d{1,9}', re.ASCII)


def _wave(application: Application) -> int:
    # What is no integer counts as 0 (gitops-engine pkg/sync/syncwaves).
    text = str(application.at(*_WAVE))
    return int(text) if _INTEGER.fullmatch(text) else 0


def _put_wave(application: Application, wave: int) -> Fix:
    return fixes.put(application, _WAVE, str(wave))


def _skeleton_retry() -> Any:
    (root,) = manifest.load(skeletons.read('environment/root.yaml'))
    return at(root.data, *_RETRY)


def _all_options(application: Application) -> Iterator[SyncOption]:
    yield from of_application(application)
    for path in (ON_ITSELF, ON_CRDS, ON_RAYCLUSTER):
        yield from annotated(application, path)
