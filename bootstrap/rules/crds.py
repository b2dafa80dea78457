"""RB2xx: CustomResourceDefinitions, whose deletion deletes every RayCluster."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE
from bootstrap.rules import fixes
from bootstrap.rules.argocd import is_at_least
from bootstrap.rules.resource import Application, Role, mapping, sequence
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope
from bootstrap.rules.sync_options import ON_CRDS, OPTIONS, adding, annotated, find, removing, swapping

_PRUNE: Path = ('spec', 'syncPolicy', 'automated', 'prune')
_SKIP_CRDS: Path = (*SOURCE, 'helm', 'skipCrds')
_SERVER_SIDE, _REPLACE, _FORCE = 'ServerSideApply=true', 'Replace=true', 'Force=true'
FINALIZER = 'resources-finalizer.argocd.argoproj.io'


@rule(
    'RB201',
    Severity.ERROR,
    Subject.APPLICATION,
    'CRDs that may be pruned',
    mend='set automated.prune: false',
    source='argo-cd docs, sync-options; kubernetes docs, custom resource definitions',
)
def prunes_crds(application: Application, scope: Scope) -> Iterator[Problem]:
    """Pruning a CRD deletes every object of its kind. A wrong path, an older tag without one of the CRDs or a
    renamed file is enough, and all RayClusters of the Kubernetes cluster are gone.
    """
    prune = mapping(application.automated).get('prune') is True
    if application.renders_crds and prune and not _are_kept(application, scope, 'Prune'):
        fix = fixes.put(application, _PRUNE, False)
        yield Problem(application, _PRUNE, 'a pruned CRD takes every RayCluster with it', fix=fix)


@rule(
    'RB202',
    Severity.ERROR,
    Subject.APPLICATION,
    'forced or replaced CRDs',
    mend='use ServerSideApply=true alone',
    source='argo-cd docs, sync-options; gitops-engine sync_context.go; argo-cd#820',
)
def forces_crds(application: Application, scope: Scope) -> Iterator[Problem]:
    """Force=true deletes and recreates what cannot be patched, and a CRD that is too long for its annotation cannot:
    all RayClusters go with it. Next to Replace=true, ServerSideApply=true has no effect.
    """
    if not application.renders_crds:
        return
    force, replace = (find(application, option, ON_CRDS) for option in (_FORCE, _REPLACE))
    if force:
        message = 'a forced apply may delete and recreate a CRD, with every RayCluster'
        yield Problem(application, force.path, message, fix=removing(application, force))
    if replace and find(application, _SERVER_SIDE, ON_CRDS):
        message = 'Replace=true takes precedence: ServerSideApply=true has no effect'
        yield Problem(application, replace.path, message, Severity.WARNING, removing(application, replace))


@rule(
    'RB203',
    Severity.ERROR,
    Subject.APPLICATION,
    'CRDs applied by the client',
    mend='add the sync option ServerSideApply=true',
    source='kuberay#271; argo-cd docs, sync-options',
)
def applies_crds_by_the_client(application: Application, scope: Scope) -> Iterator[Problem]:
    """A client-side apply stores the whole object in an annotation, which may have 262144 bytes; the CRDs of
    RayCluster, RayJob and RayService are longer. The sync fails with `metadata.annotations: Too long`.
    """
    if application.role is Role.CRDS and not _way(application):
        message = 'the sync fails: the RayCluster CRD is longer than the 262144 bytes of an annotation'
        yield Problem(application, application.nearest(*OPTIONS), message, fix=adding(application, _SERVER_SIDE))


@rule(
    'RB204',
    Severity.WARNING,
    Subject.APPLICATION,
    'CRDs that are replaced',
    mend='use ServerSideApply=true instead of Replace=true',
    source='argo-cd#11573; argo-cd docs, sync-options',
)
def replaces_crds(application: Application, scope: Scope) -> Iterator[Problem]:
    """Replace=true writes the whole object with each sync, over what the API server and others have put into it;
    ServerSideApply=true has no limit of length either and merges.
    """
    replace = find(application, _REPLACE, ON_CRDS)
    if application.role is Role.CRDS and replace and not find(application, _SERVER_SIDE, ON_CRDS):
        fix = swapping(application, replace, _SERVER_SIDE)
        yield Problem(application, replace.path, 'each sync replaces the CRDs as a whole', fix=fix)


@rule(
    'RB205',
    Severity.ERROR,
    Subject.APPLICATION,
    'operator that brings the CRDs along',
    mend='set helm.skipCrds: true and let an Application of their own install the CRDs, or add ServerSideApply=true',
    source='kuberay#271; argo-cd docs, helm',
)
def operator_with_crds(application: Application, scope: Scope) -> Iterator[Problem]:
    """Unlike Helm, Argo CD applies the crds/ of a chart with each sync, and by default on the client's side, where
    they are too long: the operator is never installed. Replace=true gets them through, but replaces the operator's
    own objects too.
    """
    if application.role is not Role.OPERATOR or not application.renders_crds or _way(application) == _SERVER_SIDE:
        return
    # Without another Application for the CRDs, skipping them would leave the Kubernetes cluster without.
    fix = fixes.put(application, _SKIP_CRDS, True) if scope.of(Role.CRDS) else adding(application, _SERVER_SIDE)
    path = application.nearest(*_SKIP_CRDS)
    if _way(application):
        message = 'Replace=true is needed for the CRDs only, but each sync replaces the whole operator'
        yield Problem(application, path, message, Severity.WARNING, fix)
    else:
        message = 'the sync fails: the chart brings CRDs that are longer than the 262144 bytes of an annotation'
        yield Problem(application, path, message, fix=fix)


@rule(
    'RB206',
    Severity.ERROR,
    Subject.APPLICATION,
    'finalizer that deletes RayClusters',
    mend=f'drop the finalizer {FINALIZER}',
    source='argo-cd docs, app deletion',
)
def cascades(application: Application, scope: Scope) -> Iterator[Problem]:
    """With this finalizer, deleting the Application deletes all it deployed. For the CRDs that is every RayCluster of
    the Kubernetes cluster, whoever owns it; for a root or a RayCluster it is what the environment runs.
    """
    finalizers = sequence(application.at('metadata', 'finalizers'))
    index = next((index for index, text in enumerate(finalizers) if str(text).startswith(FINALIZER)), None)
    if index is None:
        return
    path: Path = ('metadata', 'finalizers', index)
    fix = fixes.drop_item(application, path)
    if application.renders_crds and _are_kept(application, scope, 'Delete'):
        message = 'deleting this Application deletes all of it but the CRDs'
        yield Problem(application, path, message, Severity.WARNING, fix)
    elif application.renders_crds:
        message = 'deleting this Application deletes the CRDs, and with them every RayCluster'
        yield Problem(application, path, message, fix=fix)
    elif scope.protected and application.role in (Role.ROOT, Role.RAYCLUSTER):
        message = 'deleting this Application deletes all that it deployed'
        yield Problem(application, path, message, Severity.WARNING, fix)


def _way(application: Application) -> str:
    """The option that gets a long CRD through, '' where none does; Replace=true takes precedence."""
    return next((option for option in (_REPLACE, _SERVER_SIDE) if find(application, option, ON_CRDS)), '')


def _are_kept(application: Application, scope: Scope, action: str) -> bool:
    """Whether each CRD is kept from being pruned or deleted, by its own annotation or by the Application's option."""
    keeping = (f'{action}=false', f'{action}=confirm')
    if any(option.text in keeping for option in annotated(application, ON_CRDS)):
        return True
    # An Argo CD before 3.4 does not know these options on an Application.
    known = is_at_least(scope, (3, 4)) is True
    return known and any(application.has_sync_option(option) for option in keeping)
