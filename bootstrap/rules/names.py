"""RB407 to RB410, RB425, RB426, RB432: names of RayClusters, releases and worker groups."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from bootstrap import manifest
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import shown
from bootstrap.rules.resource import Application, at
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_RELEASE: Path = (*SOURCE, 'helm', 'releaseName')
_HELPERS = 'helm-chart/ray-cluster templates/_helpers.tpl'
_LONGEST_NAME = 53
_LONGEST_POD_PREFIX = 50

# A label value of Kubernetes, of characters that can stand in the name of a pod too.
_GROUP_NAME = re.compile(r'[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?')
_DNS_1035 = re.compile(r'[a-z]([a-z0-9-]*[a-z0-9])?')
# helm pkg/chartutil/validate_name.go
_HELM_RELEASE = re.compile(r'[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*')


@rule(
    'RB407',
    Severity.ERROR,
    Subject.GROUP,
    'group name that is not safe everywhere',
    mend='use lowercase letters, digits and hyphens, with a letter first',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml; kuberay common/pod.go, labelPod',
)
def unsafe_group_name(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The name of a group becomes `groupName` without quotes, the label `ray.io/group` and a part of its pods' names.
    A name that YAML reads as a number or a boolean is rejected by the CRD; one that is no label leaves the group
    without pods; uppercase letters are lowered, so that two groups may get the same names for their pods.
    """
    path, name = _name(group)
    if not isinstance(name, str) or _is_no_text(name):
        message, severity = f'groupName: {_bare(name)} is no text to YAML, so the CRD rejects it', Severity.ERROR
    elif not _GROUP_NAME.fullmatch(name):
        message, severity = f'no pod can carry the label ray.io/group={_bare(name)}', Severity.ERROR
    elif name == 'headgroup':
        message, severity = 'headgroup is the name that KubeRay gives the head group', Severity.ERROR
    elif not _DNS_1035.fullmatch(name) and not (name == 'smallGroup' and not group.is_worker):
        message, severity = f'the name {name} is changed in the names of pods and services', Severity.WARNING
    else:
        return
    yield Problem(raycluster.application, path, message, severity)


def _name(group: Group) -> tuple[Path, Any]:
    """Where the name stands, and as what; the chart's default name where none stands."""
    if not group.is_worker:
        return group.path, group.path[-1]
    if 'groupName' in group.values:
        return (*group.path, 'groupName'), group.values['groupName']
    return group.path, group.name


def _bare(name: Any) -> str:
    return name[:64] if isinstance(name, str) else shown(name)


@functools.lru_cache(maxsize=4096)
def _is_no_text(name: str) -> bool:
    """Whether a YAML 1.1 or 1.2 reader takes the name for something else than text."""
    return bool(_GROUP_NAME.fullmatch(name) or name in ('', '~')) and manifest.dump(name).rstrip('\n') != name


@rule(
    'RB408',
    Severity.ERROR,
    Subject.GROUP,
    'group with the name of the default group',
    mend='rename the new group; the chart calls its default group workergroup unless worker.groupName says otherwise',
    source='ray autoscaling_config.py; kuberay common/pod.go, labelPod',
)
def duplicate_group(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Nobody rejects two groups of one name. The autoscaler keeps one of them, and both give their pods the same
    label, so each counts the other's pods as its own and they delete one another.
    """
    worker = raycluster.worker
    is_unknown = raycluster.has_other_values and not worker.values
    if group.is_worker or not worker.enabled or is_unknown:
        return
    if group.name == worker.name:
        message = f'worker has the name {_bare(group.name)} too: both groups claim the same pods'
        yield Problem(raycluster.application, group.path, message)
    elif group.name.lower() == worker.name.lower():
        message = f'pods of {_bare(group.name)} and of {_bare(worker.name)} get names that begin alike'
        yield Problem(raycluster.application, group.path, message, Severity.WARNING)


@rule(
    'RB409',
    Severity.INFO,
    Subject.GROUP,
    'group name cut off in the names of pods',
    mend='use a shorter name for the group or the RayCluster',
    source='kuberay utils.PodName',
)
def long_pod_name(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The names of pods begin with the first 50 characters of `<RayCluster>-<group>`: what is behind cannot be told
    from a list of pods.
    """
    length = len(raycluster.name) + 1 + len(group.name)
    if length > _LONGEST_POD_PREFIX:
        message = f'names of pods keep {_LONGEST_POD_PREFIX} of the {length} characters of RayCluster and group'
        yield Problem(raycluster.application, _name(group)[0], message)


@rule(
    'RB410',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'smallGroup is disabled by default',
    mend='set disabled: false in it, or give the group another name',
    source='helm-chart/ray-cluster values.yaml',
)
def inherits_disabled(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart's own values hold a group `smallGroup` with `disabled: true`, and Helm merges yours into it: without
    an explicit `disabled: false` the group is never created.
    """
    path = (*VALUES, 'additionalWorkerGroups', 'smallGroup')
    group = at(raycluster.values, 'additionalWorkerGroups', 'smallGroup')
    if isinstance(group, dict) and 'disabled' not in group and not raycluster.has_other_values:
        fix = fixes.put(raycluster.application, (*path, 'disabled'), False)
        message = "smallGroup inherits disabled: true from the chart's values and is not created"
        yield Problem(raycluster.application, path, message, fix=fix)


@rule(
    'RB425',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'helm.releaseName missing',
    mend='set helm.releaseName to the name that is in use now',
    source='argo-cd docs, user-guide/helm; ' + _HELPERS,
)
def without_release_name(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Without it Argo CD takes the Application's name, and the chart makes the RayCluster's name of it. Renaming the
    Application then makes a new RayCluster and deletes the old one with all that runs on it.
    """
    application, helm = raycluster.application, raycluster.application.source.get('helm')
    if application.at(*_RELEASE) or raycluster.values.get('fullnameOverride') or not application.name:
        return
    fix = fixes.put(application, _RELEASE, application.name) if helm is None or isinstance(helm, dict) else None
    place = (*SOURCE, 'helm') if 'helm' in application.source else SOURCE
    message = f'renaming the Application renames the RayCluster {raycluster.name[:64]}'
    yield Problem(application, place, message, fix=fix)


@rule(
    'RB426',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'RayCluster name that the operator rejects',
    mend='use at most 53 lowercase letters, digits and hyphens, with a letter first (-kuberay is added to releaseName)',
    source='kuberay validation.go, ValidateRayClusterMetadata; ' + _HELPERS,
)
def wrong_cluster_name(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The operator validates the name of a RayCluster only when it sees it: it then emits one event and creates no
    pods, while Argo CD shows Synced. The chart cuts names at 63 characters, the operator takes 53.
    """
    application = raycluster.application
    for key in ('fullnameOverride', 'nameOverride'):
        value = raycluster.values.get(key)
        if value and not isinstance(value, str):
            message = f'{key}: {shown(value)} is no text: the template fails'
            yield Problem(application, (*VALUES, key), message)
            return
    name = raycluster.name
    if not raycluster.release_name or not raycluster.name_is_known:
        return
    if len(name) <= _LONGEST_NAME and _DNS_1035.fullmatch(name):
        return
    path = (*VALUES, 'fullnameOverride') if raycluster.values.get('fullnameOverride') else _release_path(application)
    what = f'has {len(name)} characters, of which 53 may be' if len(name) > _LONGEST_NAME else 'is no DNS label'
    yield Problem(application, path, f'the name {name} {what}: the operator creates no pods')


@rule(
    'RB432',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'release name that Helm refuses',
    mend='use at most 53 lowercase letters, digits and hyphens',
    source='helm pkg/chartutil/validate_name.go',
)
def wrong_release_name(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Helm checks the name of the release, which is the Application's where helm.releaseName is missing, even if
    fullnameOverride names the RayCluster: it renders nothing, and the sync fails.
    """
    application = raycluster.application
    path = _release_path(application)
    value, name = application.at(*path), raycluster.release_name
    if not value:
        return
    if not isinstance(value, str):
        yield Problem(application, path, f'the release name {shown(value)} is no text, which the API server rejects')
    elif len(name) > _LONGEST_NAME:
        message = f'the release name has {len(name)} characters, of which Helm takes {_LONGEST_NAME}'
        yield Problem(application, path, message)
    elif not _HELM_RELEASE.fullmatch(name):
        yield Problem(application, path, f'Helm refuses the release name {name}')


def _release_path(application: Application) -> Path:
    return _RELEASE if application.at(*_RELEASE) else ('metadata', 'name')
