"""What a removal deletes and keeps in Argo CD and in the Kubernetes cluster."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap import further_raycluster
from bootstrap.context import Context
from bootstrap.layout import Environment, has
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, at, mapping, sequence
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings
from bootstrap.tree import Tree, changes
from bootstrap.validation import scope_of

_FINALIZER = 'resources-finalizer.argocd.argoproj.io'


def of_projects(before: Tree, after: Tree, context: Context) -> list[str]:
    """That projects are to be applied again, where they change."""
    return [
        note
        for one in _environments(before, after, context)
        for note in further_raycluster.project_note(before, after, one)
    ]


def notes(before: Tree, after: Tree, context: Context) -> list[str]:
    """A sentence or two each, for environments and RayClusters that are removed."""
    lines: list[str] = []
    for environment in _environments(before, after, context):
        old = scope_of(before, Settings(), environment) or Scope()
        if not has(after, environment):
            lines += _environment(environment, old)
            continue
        gone = [one for one in old.of(Role.RAYCLUSTER) if one.file not in after]
        for application in gone:
            lines += _raycluster(application, next(iter(old.of(Role.ROOT)), None))
        lines += further_raycluster.project_note(before, after, environment)
    return lines


def _environments(before: Tree, after: Tree, context: Context) -> list[Environment]:
    prefix = Environment('', context.path).directory
    paths = [one.path.removeprefix(prefix) for one in changes(before, after) if one.path.startswith(prefix)]
    found = (Environment(name, context.path) for name in dict.fromkeys(path.partition('/')[0] for path in paths))
    return [one for one in found if has(before, one)]


def _environment(environment: Environment, old: Scope) -> Iterator[str]:
    root = next(iter(old.of(Role.ROOT)), None)
    if root is not None:
        yield (
            f'Merging deletes nothing in the Kubernetes cluster: the root Application {root.name} stays in Argo CD '
            f'and reports that {environment.applications} is gone; without manifests it neither syncs nor prunes.'
        )
    rayclusters = old.of(Role.RAYCLUSTER)
    for application in rayclusters:
        yield f'{_runs(application)} runs on until {_deletion(application)}'
    yield from _redis(old)
    others = [one.name for role in (Role.OPERATOR, Role.CRDS) for one in old.of(role)]
    order = [*(one.name for one in rayclusters), *([root.name] if root else []), *others]
    if order:
        yield (
            f'To take it down once this is merged, in this order, each when the one before is gone: {", ".join(order)} '
            '(argocd app delete NAME), then its AppProjects.'
        )
    for crds in [one for one in old.applications if one.renders_crds]:
        yield (
            f'{crds.name}: the CRDs stay even when it is deleted (Delete=false on each of them).'
            if _keeps_crds(crds)
            else f'{crds.name}: deleting it with its resources deletes the CRDs, and with them every RayCluster, '
            'RayJob and RayService of its Kubernetes cluster.'
        )


def _raycluster(application: Application, root: Application | None) -> Iterator[str]:
    prunes = root is not None and (root.automated or {}).get('prune') is True
    if not prunes:
        yield (
            f'The root does not prune: the Application {application.name} stays in Argo CD, and {_runs(application)} '
            f'runs on, until {_deletion(application)}'
        )
        return
    asked = 'Prune=confirm' in str(at(application.data, 'metadata', 'annotations', 'argocd.argoproj.io/sync-options'))
    when = 'once somebody confirms it' if asked else 'on the next sync'
    fate = 'deleted with it' if _cascades(application) else 'left behind, running'
    yield f'Argo CD prunes the Application {application.name} {when}: {_runs(application)} is {fate}.'


def _runs(application: Application) -> str:
    return f'RayCluster {RayCluster(application).name} in {application.destination_namespace or "no namespace"}'


def _deletion(application: Application) -> str:
    finalizer = 'its finalizer cascades' if _cascades(application) else '--cascade=false would leave it running'
    return f'"argocd app delete {application.name}" deletes both ({finalizer}). End its jobs first.'


def _cascades(application: Application) -> bool:
    finalizers = sequence(application.at('metadata', 'finalizers'))
    return any(isinstance(one, str) and one.startswith(_FINALIZER) for one in finalizers)


def _redis(old: Scope) -> Iterator[str]:
    names = [one.name for one in old.rayclusters if mapping(one.values.get('gcsFaultTolerance')).get('enabled')]
    if names:
        yield (
            f'RayCluster {", ".join(names)} cleans up its Redis when it is deleted: only while the operator is there; '
            'without it, it hangs in Terminating.'
        )


def _keeps_crds(application: Application) -> bool:
    annotations = mapping(at(application.source, 'kustomize', 'commonAnnotations'))
    return 'Delete=false' in str(annotations.get('argocd.argoproj.io/sync-options'))
