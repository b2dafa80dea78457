"""RB401, RB411, RB412, RB427, RB429, RB431: values that the ray-cluster chart does not read, or fails on."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from bootstrap import kuberay
from bootstrap.image import Image
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import shown
from bootstrap.rules.resource import mapping
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_TEMPLATE = 'helm-chart/ray-cluster templates/raycluster-cluster.yaml'
_GROUPS: Path = (*VALUES, 'additionalWorkerGroups')
_NEWEST = kuberay.CHARTS[-1]
_OF_ALL = kuberay.top_keys(_NEWEST)
_OF_HEAD = kuberay.head_keys(_NEWEST)
_OF_GROUPS = kuberay.group_keys(_NEWEST)
_OF_WORKER = _OF_GROUPS | {'groupName'}
_OF_AUTOSCALER = ('idleTimeoutSeconds', 'upscalingMode')
# Fields of the RayCluster that no chart up to 1.7.0 has a value for.
_NOT_IN_THE_CHART = frozenset(
    'authOptions enableIngress headServiceAnnotations historyServerOptions idleTimeoutSeconds ingressOptions '
    'managedBy networkPolicy scaleStrategy suspend tlsOptions upgradeStrategy'.split()
)


@rule(
    'RB401',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'value that the chart does not read',
    mend='correct the name, or move it to where the chart reads it',
    source=f'{_TEMPLATE} (there is no values.schema.json)',
)
def unknown_value(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart has no schema for its values: one that its templates do not read, or that stands one level too high,
    is dropped without a word. Argo CD shows Synced, and the RayCluster runs without the setting.
    """
    places = [
        (VALUES, raycluster.values, _OF_ALL),
        ((*VALUES, 'head'), raycluster.head, _OF_HEAD),
        *((one.path, one.values, _OF_WORKER if one.is_worker else _OF_GROUPS) for one in raycluster.written_groups),
    ]
    for path, values, known in places:
        for key in values:
            if key not in known:
                hint = _hint(key, path, known)
                ending = f': {hint}' if hint else ''
                yield Problem(raycluster.application, (*path, key), f'the chart ignores {_name(key)}{ending}')


def _name(key: Any) -> str:
    return key[:63] if isinstance(key, str) else shown(key)


def _hint(key: Any, path: Path, known: frozenset[str]) -> str:
    name, in_head = _name(key), path == (*VALUES, 'head')
    if in_head and name in _OF_AUTOSCALER:
        return 'it belongs under head.autoscalerOptions'
    if name == 'idleTimeoutSeconds':
        return 'the chart cannot set it for a group; the one in head.autoscalerOptions holds for all'
    if name in _NOT_IN_THE_CHART:
        return 'the chart has no value for this field of a RayCluster'
    if name == 'groupName' and not in_head and path != VALUES:
        return 'the name of the group is its key'
    if name in _OF_HEAD - _OF_GROUPS:
        return 'it belongs under head'
    if name in _OF_GROUPS - _OF_HEAD:
        return 'it belongs under worker or a group of additionalWorkerGroups'
    if path == VALUES and name in _OF_HEAD:
        return 'it belongs under head or a worker group'
    near = difflib.get_close_matches(name, known, 1)
    return f'did you mean {near[0]}?' if near else ''


@rule(
    'RB411',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'image of a group without repository or tag',
    mend='give the group both image.repository and image.tag, or no image',
    source=_TEMPLATE,
)
def incomplete_image(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """A group's image replaces the common one as a whole, and the chart joins its repository and tag without looking:
    a missing half renders as `:2.52.0` or `rayproject/ray:`, which no node can pull. A plain text fails the template,
    and with it the sync of the whole Application.
    """
    application = raycluster.application
    for group in raycluster.pod_groups:
        image, path = group.values.get('image'), (*group.path, 'image')
        if image and not isinstance(image, dict):
            halves = _halves(image)
            fix = fixes.put(application, path, halves._asdict()) if halves else None
            yield Problem(application, path, f'image {shown(image)} is no mapping: the template fails', fix=fix)
        elif image and not raycluster.has_other_values:
            missing = [half for half in ('repository', 'tag') if not image.get(half)]
            if missing:
                rendered = ':'.join('' if half in missing else _name(image[half]) for half in ('repository', 'tag'))
                message = f'{" and ".join(missing)} missing: the image renders as "{rendered}", which no node can pull'
                yield Problem(application, path, message)


def _halves(image: Any) -> Image | None:
    repository, _, tag = image.rpartition(':') if isinstance(image, str) else ('', '', '')
    return Image(repository, tag) if repository and tag and '/' not in tag and '@' not in repository else None


@rule(
    'RB412',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'value of a type that the chart fails on',
    mend='write a mapping (of group names to groups, for additionalWorkerGroups), or leave the key out',
    source=_TEMPLATE,
)
def wrong_type(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart takes additionalWorkerGroups as a mapping: a list renders groups named 0, 1, …, which the CRD rejects.
    A null takes the chart's own default away, and the templates then fail on nothing: no manifest is rendered, and
    Argo CD keeps what it had.
    """
    application, values = raycluster.application, raycluster.values
    for key in ('head', 'worker', 'common', 'service'):
        if key in values and not isinstance(values[key], dict):
            yield Problem(application, (*VALUES, key), f'{key} is {shown(values[key])}: the template fails')
    if 'containerEnv' in raycluster.head and not isinstance(raycluster.head['containerEnv'], list):
        message = f'head.containerEnv is {shown(raycluster.head["containerEnv"])}: the template fails'
        yield Problem(application, (*VALUES, 'head', 'containerEnv'), message)
    groups = values.get('additionalWorkerGroups')
    if groups and isinstance(groups, list):
        yield Problem(application, _GROUPS, 'a list renders groupName: 0, which the CRD rejects')
    elif groups is not None and not isinstance(groups, (dict, list)):
        yield Problem(application, _GROUPS, f'additionalWorkerGroups is {shown(groups)}: the template fails')
    for name, group in mapping(groups).items():
        # A null takes the chart's own smallGroup away.
        if not isinstance(group, dict) and not (name == 'smallGroup' and group is None):
            message = f'the group {_name(name)} is {shown(group)}: the template fails'
            yield Problem(application, (*_GROUPS, name), message)


@rule(
    'RB427',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'default group of the chart left on',
    mend='write the worker group under worker, or set worker.disabled: true',
    source='helm-chart/ray-cluster values.yaml',
)
def default_group(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Without a `worker` key the chart renders a group of its own, `workergroup`, of at least one pod. Whoever lists
    only additionalWorkerGroups gets it on top, and pays for it.
    """
    if not raycluster.has_other_values and raycluster.values.get('worker', {}) == {}:
        most = kuberay.defaults(raycluster.chart).worker_max_replicas
        message = f'the chart adds its own group workergroup of 1 to {most} pods'
        path = (*VALUES, 'worker') if 'worker' in raycluster.values else VALUES
        yield Problem(raycluster.application, path, message)


@rule(
    'RB429',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'switch that is no boolean',
    mend='write true or false without quotes',
    source=_TEMPLATE,
)
def not_a_boolean(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """To a template every text but the empty one is true: `disabled: "false"` takes the group out of the RayCluster,
    `gcsFaultTolerance.enabled: "false"` turns fault tolerance on.
    """
    switches: list[tuple[Path, dict[Any, Any], str]] = [
        ((*VALUES, 'head'), raycluster.head, 'enableInTreeAutoscaling'),
        ((*VALUES, 'gcsFaultTolerance'), mapping(raycluster.values.get('gcsFaultTolerance')), 'enabled'),
        *((group.path, group.values, 'disabled') for group in raycluster.written_groups),
    ]
    for parent, values, key in switches:
        path, value = (*parent, key), values.get(key)
        if value is not None and not isinstance(value, bool):
            what = 'counts as true' if value else 'counts as false'
            message = f'{key}: {shown(value)} is no boolean and {what}'
            meant = {'true': True, 'false': False}.get(value.lower()) if isinstance(value, str) else None
            fix = None if meant is None else fixes.put(raycluster.application, path, meant)
            yield Problem(raycluster.application, path, message, fix=fix)


@rule(
    'RB431',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'one parameter in both rayStartParams and initArgs',
    mend='keep it in rayStartParams',
    source=_TEMPLATE,
)
def parameter_twice(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """initArgs is the older name of rayStartParams, and the chart renders both into one mapping: a parameter in both
    is a key that stands twice, which Argo CD refuses to parse or silently takes the last of.
    """
    for group in raycluster.pod_groups:
        yield from _twice(group, raycluster)


def _twice(group: Group, raycluster: RayCluster) -> Iterator[Problem]:
    params = mapping(group.values.get('rayStartParams'))
    for name, value in mapping(group.values.get('initArgs')).items():
        if name in params:
            path = (*group.path, 'initArgs', name)
            fix = fixes.drop(raycluster.application, path) if shown(params[name]) == shown(value) else None
            message = f'{_name(name)} stands in rayStartParams too and renders as a duplicate key'
            yield Problem(raycluster.application, path, message, fix=fix)
