"""A RayCluster's Application: its file, its worker groups, its autoscaler."""

from __future__ import annotations

from bootstrap import manifest
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.group_values import Values
from bootstrap.kuberay import CHARTS, Version, parse_version
from bootstrap.layout import Environment, checked_folder_name
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.tree import Tree

GROUPS: Path = (*VALUES, 'additionalWorkerGroups')
WORKER: Path = (*VALUES, 'worker')


def file(tree: Tree, environment: Environment, name: str) -> str:
    """The file of one of the environment's RayClusters; NotHereError where it has none of that name."""
    path = environment.raycluster(checked_folder_name(name, 'RayCluster') if name else '')
    if path not in tree:
        known = [file.rpartition('/')[2] for file in environment.rayclusters(tree)]
        hint = f'it has {", ".join(known)}' if known else ''
        raise NotHereError(f'{path}: no such RayCluster in {environment.name}', hint)
    with manifest.in_file(path):
        _refuse_other_sources(tree[path])
    return path


def _refuse_other_sources(text: str) -> None:
    if manifest.get(text, ('spec', 'sources')):
        raise manifest.ManifestError(
            line(text, ('spec', 'sources')),
            'has several sources, and only the values of one spec.source are edited',
            'change it by hand, or give it one spec.source, with its values in valuesObject',
        )
    source = manifest.get(text, SOURCE)
    name = (source.get('chart') or source.get('path')) if isinstance(source, dict) else None
    if manifest.get(text, ('kind',)) != 'Application' or not str(name).endswith('ray-cluster'):
        raise manifest.ManifestError(
            line(text, SOURCE),
            'is no Application of the ray-cluster chart',
            'worker groups are values of that chart, in spec.source.helm.valuesObject',
        )
    if not isinstance(manifest.get(text, VALUES, {}), dict):
        raise manifest.ManifestError(line(text, VALUES), 'valuesObject is no mapping')
    for other in ('values', 'valueFiles', 'parameters', 'fileParameters'):
        if manifest.get(text, (*SOURCE, 'helm', other)):
            raise manifest.ManifestError(
                line(text, (*SOURCE, 'helm', other)),
                f'keeps values in spec.source.helm.{other}',
                'move them to valuesObject, where every value can be reviewed on its own',
            )


def group(text: str, name: str) -> Values:
    """The values of a worker group, the chart's default `worker` included; NotHereError where there is none."""
    found = manifest.get(text, (*GROUPS, name))
    if found is None and manifest.get(text, (*WORKER, 'groupName')) == name:
        found = manifest.get(text, WORKER)
    if not isinstance(found, dict):
        raise NotHereError(f'there is no worker group {name}', 'raybootstrap list groups')
    return found


def group_place(text: str, name: str) -> Path:
    """Where a worker group stands, the chart's default `worker` included; NotHereError where there is none."""
    groups = manifest.get(text, GROUPS, {})
    worker = manifest.get(text, WORKER, {})
    for path, found in ((GROUPS, groups), (WORKER, worker)):
        if found is not None and not isinstance(found, dict):
            raise manifest.ManifestError(line(text, path), f'{path[-1]} is no mapping')
    place: Path | None = (*GROUPS, name) if name in (groups or {}) else None
    # Without `worker.groupName` the chart names its default group so.
    if place is None and str((worker or {}).get('groupName') or 'workergroup') == name:
        place = WORKER
    if place is None:
        raise NotHereError(f'there is no worker group {name}', 'raybootstrap list groups')
    if not isinstance(manifest.get(text, place, {}), dict):
        raise manifest.ManifestError(line(text, place), f'the worker group {name} is no mapping of values')
    return place


def has_group(text: str, name: str) -> bool:
    """Whether an additional worker group of this name stands there."""
    return manifest.get(text, (*GROUPS, name)) is not None


def with_group(text: str, environment: Environment, name: str, values: Values) -> str:
    """The text with an additional worker group; refused where another of that name stands."""
    groups = manifest.get(text, GROUPS)
    if groups is not None and not isinstance(groups, dict):
        raise manifest.ManifestError(line(text, GROUPS), 'additionalWorkerGroups is no mapping from name to group')
    worker = manifest.get(text, WORKER, {})
    if worker is not None and not isinstance(worker, dict):
        raise manifest.ManifestError(line(text, WORKER), 'worker is no mapping')
    # Without `worker.groupName` the chart names its default group so.
    default = worker or {}
    if default.get('disabled') is not True and str(default.get('groupName', 'workergroup')).lower() == name:
        raise _other_values(environment, name, line(text, WORKER))
    present = (groups or {}).get(name)
    if present is not None and present != values:
        raise _other_values(environment, name, line(text, (*GROUPS, name)))
    if present is not None:
        return text
    return manifest.put(text, (*GROUPS, name), values, in_order=True)


def _other_values(environment: Environment, name: str, at: int) -> BootstrapError:
    return manifest.ManifestError(
        at,
        f'there is a worker group {name} with other values',
        f'raybootstrap set-group {name} --env {environment.name} changes it',
    )


def autoscaling(text: str) -> bool:
    """Whether Ray's autoscaler runs, and so owns `replicas`."""
    return manifest.get(text, (*VALUES, 'head', 'enableInTreeAutoscaling')) is True


def chart_version(text: str) -> Version:
    """The version of the chart an Application pins; the newest known one where it pins none."""
    return parse_version(str(manifest.get(text, (*SOURCE, 'targetRevision'), ''))) or CHARTS[-1]


def line(text: str, path: manifest.Path) -> int:
    """The line of a field of an Application, or of what would hold it."""
    documents = manifest.load(text)
    return documents[0].position(path).line if documents else 1
