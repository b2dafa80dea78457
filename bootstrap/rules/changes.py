"""RB704 to RB706 and RB709: what a change does to whole RayClusters, CRDs and environments."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap.manifest import Path
from bootstrap.parameters import DESTINATION, SOURCE, VALUES
from bootstrap.rules.pairing import pairs, place, settings_declare_health
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, at, sequence
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope, ScopeChange

_REVISION: Path = (*SOURCE, 'targetRevision')
_FINALIZER = 'resources-finalizer.argocd.argoproj.io'
_ORDER = (Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER)


@rule(
    'RB704',
    Severity.WARNING,
    Subject.CHANGE,
    'a RayCluster moves or gets another name',
    mend='keep name, namespace and destination, or plan the move: drain the old RayCluster first',
    source='helm-chart/ray-cluster templates/_helpers.tpl; argo-cd docs, auto_sync',
)
def raycluster_moves(change: ScopeChange) -> Iterator[Problem]:
    """A RayCluster cannot be renamed or moved: the new name (from releaseName, nameOverride, fullnameOverride or the
    Application's name), namespace or Kubernetes cluster starts a new RayCluster with a new head. Argo CD prunes
    the old one with all its jobs, or leaves it running where prune is off or the Kubernetes cluster is another.
    """
    for before, after in pairs(change)[0]:
        if after.role is not Role.RAYCLUSTER or change.after is None:
            continue
        old, new = RayCluster(before), RayCluster(after)
        if place(old) != place(new):
            severity = Severity.ERROR if change.after.protected else Severity.WARNING
            fate = 'is deleted' if _pruned(old, new) else 'is left behind, running'
            message = f'a new RayCluster {_place(new)} starts, and {_place(old)} {fate}'
            yield Problem(after, _moved(old, new), message, severity)


def _place(raycluster: RayCluster) -> str:
    application = raycluster.application
    where = ', '.join(application.destination.values())
    return f'{raycluster.name} in {application.destination_namespace or "no namespace"} of {where or "nowhere"}'


def _pruned(old: RayCluster, new: RayCluster) -> bool:
    automated = new.application.automated
    annotation = at(old.values, 'annotations', 'argocd.argoproj.io/sync-options')
    options = annotation.replace(' ', '').split(',') if isinstance(annotation, str) else []
    return (
        automated is not None
        and automated.get('prune') is True
        and 'Prune=false' not in options
        and old.application.destination == new.application.destination
        and old.application.name == new.application.name
    )


def _moved(old: RayCluster, new: RayCluster) -> Path:
    """The field whose change moves the RayCluster, the first that differs."""
    application = new.application
    fields: list[Path] = [(*VALUES, 'fullnameOverride'), (*VALUES, 'nameOverride'), (*SOURCE, 'helm', 'releaseName')]
    if old.name == new.name:
        fields = [(*DESTINATION, key) for key in ('namespace', 'server', 'name')]
    return next(
        (path for path in fields if old.application.at(*path) != application.at(*path)),
        ('metadata', 'name') if old.name != new.name else DESTINATION,
    )


@rule(
    'RB705',
    Severity.WARNING,
    Subject.CHANGE,
    'several KubeRay versions change in one commit',
    mend='install the health check of Applications and declare argocd.application_health, or split the change',
    source='argo-cd docs, health.md; argo-cd#5585',
)
def unordered_upgrade(change: ScopeChange) -> Iterator[Problem]:
    """CRDs come first, then the operator, then the chart. Argo CD has had no health check of Applications since 1.8:
    sync waves then only order when the Applications are changed, two seconds apart, and none waits for the other.
    """
    if settings_declare_health(change):
        return
    bumped = [after for before, after in pairs(change)[0] if before.target_revision != after.target_revision]
    roles = [role for role in _ORDER if any(one.role is role for one in bumped)]
    if len(roles) > 1:
        names = ', '.join(role.value for role in roles)
        message = f'{names} change their version in one commit, and Argo CD does not wait for one before the next'
        last = next(one for one in bumped if one.role is roles[-1])
        yield Problem(last, _REVISION, message)


@rule(
    'RB706',
    Severity.ERROR,
    Subject.CHANGE,
    'the CRDs are downgraded',
    mend='keep the CRDs at their version: newer CRDs serve an older operator',
    source='argo-cd docs, sync-options; kuberay ray-operator/config/crd',
)
def crds_downgraded(change: ScopeChange) -> Iterator[Problem]:
    """Older CRDs lack fields, which the API server then drops from the RayClusters there are, and kinds (RayCronJob
    came with 1.6): pruning the CRD of a kind deletes every resource of that kind.
    """
    for before, after in pairs(change)[0]:
        if _renders_crds(after) and before.version and after.version and after.version < before.version:
            message = f'CRDs {after.version} drop what came after them: fields and kinds of {before.version} are lost'
            yield Problem(after, _REVISION, message)


def _renders_crds(application: Application) -> bool:
    skips = application.at(*SOURCE, 'helm', 'skipCrds') is True
    return application.role is Role.CRDS or (application.role is Role.OPERATOR and not skips)


@rule(
    'RB709',
    Severity.ERROR,
    Subject.CHANGE,
    'an environment or a RayCluster is removed',
    mend='drain the RayCluster and delete it in Argo CD on purpose, then remove the file',
    source='argo-cd docs, app_deletion',
)
def environment_or_raycluster_removed(change: ScopeChange) -> Iterator[Problem]:
    """What an Application runs does not end well when only its file goes. Where the root prunes, Argo CD deletes the
    Application, and with the resources finalizer the RayCluster and its jobs too; without it, or without prune,
    the RayCluster runs on (and costs) with nobody in Git to manage it. An environment without RayClusters is a warning.
    """
    found, gone = pairs(change)
    severity = Severity.WARNING if change.before and change.before.ephemeral else None
    root = next((after for _, after in found if after.role is Role.ROOT), None)
    for application in gone:
        if application.role is Role.ROOT:
            is_empty = change.before is not None and not _may_run_ray(change.before)
            of_root = Severity.WARNING if is_empty else severity
            yield Problem(application, (), _without_root(application, change.before), of_root)
        elif application.role is Role.RAYCLUSTER:
            yield Problem(application, (), _without_application(application, root), severity)


def _may_run_ray(scope: Scope) -> bool:
    """Whether an Application is of a RayCluster, or of something that is not known here."""
    known = (Role.ROOT, Role.CRDS, Role.OPERATOR)
    return any(one.role not in known for one in scope.applications)


def _without_root(root: Application, before: Scope | None) -> str:
    name = root.environment.name if root.environment else root.name
    clusters = ', '.join(one.name for one in before.rayclusters) if before else ''
    others = ', '.join(one.name for one in before.applications if one.role is not Role.ROOT) if before else ''
    what = f'RayCluster {clusters}' if clusters else f'what {others} made' if others else ''
    fate = f'{what} runs on unmanaged, or is deleted with' if what else 'it held nothing but'
    return f'the environment {name} is removed: {fate} the Application {root.name}'


def _without_application(application: Application, root: Application | None) -> str:
    name = f'RayCluster {RayCluster(application).name} in {application.destination_namespace or "no namespace"}'
    if root is None or (root.automated or {}).get('prune') is not True:
        return f'{name} runs on, and the Application {application.name} stays in Argo CD without a file'
    finalizers = sequence(application.at('metadata', 'finalizers'))
    if any(isinstance(one, str) and one.startswith(_FINALIZER) for one in finalizers):
        return f'{name} is deleted with its Application {application.name}'
    return f'{name} runs on unmanaged when Argo CD prunes its Application {application.name}'
