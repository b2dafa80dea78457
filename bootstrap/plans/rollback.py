"""Brings an environment's files back as they were at another revision."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap import manifest
from bootstrap.context import Context
from bootstrap.draining import drained
from bootstrap.errors import BootstrapError
from bootstrap.kuberay import Version, parse_version
from bootstrap.layout import Environment, checked_folder_name, has
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE
from bootstrap.raycluster import GROUPS, WORKER
from bootstrap.revision import shown
from bootstrap.tree import Tree

_REVISION: Path = (*SOURCE, 'targetRevision')


def plan(tree: Tree, context: Context, name: str, revision: str) -> Tree:
    """The tree with an environment as it was.

    Newer CRDs stay unless RB706 is allowed, and a worker group that would vanish is drained unless RB701 is.
    """
    environment, then = _then(context, name, revision)
    now = tree
    for path in sorted({*now.files(environment.directory), *then.files(environment.directory)}):
        text = then.get(path)
        if text is None and path == environment.crds and 'RB706' not in context.allow:
            continue
        if text is None:
            tree = tree.drop(path)
            continue
        before = now.get(path)
        if before is not None and 'RB706' not in context.allow and path in (environment.crds, environment.operator):
            text = _with_newer_crds(path, before, text)
        if before is not None and 'RB701' not in context.allow and path in environment.rayclusters(now):
            text = _with_drained(path, before, text)
        tree = tree.put(path, text)
    return tree


def notes(before: Tree, after: Tree, context: Context, name: str, revision: str) -> Iterator[str]:
    """What a reviewer must know."""
    environment, then = _then(context, name, revision)
    for path in (environment.crds, environment.operator):
        kept, wanted = (_version(tree.get(path)) for tree in (after, then))
        if kept and kept != wanted:
            yield f'The CRDs stay at {kept}: those of {wanted or "before"} may lack fields of running RayClusters.'
    for path in environment.rayclusters(after):
        past = _groups(path, then.get(path)) if path in then else None
        names = [name for at, name in _groups(path, after.get(path)).items() if past is not None and at not in past]
        if names:
            yield (
                f'Not there at that revision, so drained: worker group{"s" if len(names) > 1 else ""} '
                f'{", ".join(names)}. Once no pod has the label ray.io/group of it, remove-group takes it out.'
            )
    if has(before, environment):
        yield 'Running pods keep their image and resources: what goes back holds for new ones.'


def _then(context: Context, name: str, revision: str) -> tuple[Environment, Tree]:
    environment, then = Environment(checked_folder_name(name, 'environment'), context.path), context.at(revision)
    if not has(then, environment):
        raise BootstrapError(
            f'{environment.directory}: no such environment at {shown(revision)!a}',
            f'git log --oneline -- {environment.directory}',
        )
    return environment, then


def _with_newer_crds(path: str, now: str, then: str) -> str:
    """The earlier text, with the version of now where that is newer and brings CRDs."""
    old, new = _version(then), _version(now)
    if old is None or new is None or new <= old:
        return then
    with manifest.in_file(path):
        return manifest.put(then, _REVISION, manifest.get(now, _REVISION))


def _version(text: str | None) -> Version | None:
    """The version of an Application that brings CRDs; None for others."""
    source = manifest.get(text, SOURCE) if text else None
    if not isinstance(source, dict):
        return None
    helm = source.get('helm')
    if source.get('chart') and isinstance(helm, dict) and helm.get('skipCrds') is True:
        return None
    return parse_version(str(source.get('targetRevision')))


def _with_drained(path: str, now: str, then: str) -> str:
    """The earlier text, with the groups that it has not, drained."""
    past = _groups(path, then)
    with manifest.in_file(path):
        for at in [at for at in _groups(path, now) if at not in past]:
            # The default group stands there for the chart even where `worker` does not.
            values = manifest.get(now, at, {})
            then = drained(manifest.put(then, at, values, in_order=at != WORKER), at)
    return then


def _groups(path: str, text: str | None) -> dict[Path, str]:
    """The paths and names of the groups that the chart renders."""
    if text is None:
        return {}
    with manifest.in_file(path):
        worker, additional = manifest.get(text, WORKER, {}), manifest.get(text, GROUPS)
    found: dict[Path, str] = {}
    if not isinstance(worker, dict) or worker.get('disabled') is not True:
        found[WORKER] = str(worker.get('groupName', 'workergroup')) if isinstance(worker, dict) else 'workergroup'
    for name, values in additional.items() if isinstance(additional, dict) else ():
        if isinstance(values, dict) and values.get('disabled') is not True:
            found[(*GROUPS, name)] = str(name)
    return found
