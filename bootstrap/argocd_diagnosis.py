"""What the objects of an Argo CD and a KubeRay operator tell about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bootstrap import kuberay
from bootstrap.diagnosis import Mark, Verdict
from bootstrap.rules import sync
from bootstrap.rules.resource import Application, Role, at, mapping, sequence
from bootstrap.rules.rule import RULES
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings

# The label that all ways to install Argo CD set: manifests, chart and operator.
PART_OF = 'app.kubernetes.io/part-of=argocd'
_COMPONENT = 'app.kubernetes.io/component'
_VERSION_LABEL = 'app.kubernetes.io/version'
_COMPONENTS = ('application-controller', 'server')
_VERSION = re.compile(r'v?(\d{1,4}\.\d{1,4}(\.\d{1,4})?([-+.]\w[\w.]*)?)', re.ASCII)

CONFIG_MAP = 'argocd-cm'
_HEALTH = 'resource.customizations.health.'
_OF_APPLICATIONS, _OF_RAYCLUSTERS = f'{_HEALTH}argoproj.io_Application', f'{_HEALTH}ray.io_RayCluster'
# Until 1.9 all customizations stood in one text, which is still read (argo-cd docs, resource health).
_ALL = 'resource.customizations'


def version_of(workload: dict[str, Any], name: str = '') -> str | None:
    """The version that a Deployment or StatefulSet runs: its image's tag, else its label; None where neither tells."""
    containers = sequence(at(workload, 'spec', 'template', 'spec', 'containers'))
    found = [str(mapping(one).get('image') or '') for one in containers if not name or mapping(one).get('name') == name]
    for image in found:
        tag = image.partition('@')[0].rpartition('/')[2].partition(':')[2]
        if match := _VERSION.fullmatch(tag):
            return match[1]
    label = _VERSION.fullmatch(str(at(workload, 'metadata', 'labels', _VERSION_LABEL) or ''))
    return label[1] if label else None


def argocd(workloads: Iterable[dict[str, Any]], settings: Settings, place: str) -> tuple[Verdict, str | None]:
    """The verdict on an Argo CD, and its version where that is known."""
    by_component = {str(at(one, 'metadata', 'labels', _COMPONENT)): one for one in workloads}
    there = {name: version_of(by_component[name]) for name in _COMPONENTS if name in by_component}
    if not there:
        mend = 'name its context with --context, its namespace as argocd.namespace in raybootstrap.yaml'
        return Verdict('Argo CD', Mark.FAIL, f'there is none in {place}', mend), None
    versions = list(dict.fromkeys(filter(None, there.values())))
    if not versions:
        found = f'in {place}, but its images do not tell its version'
        return Verdict('Argo CD', Mark.WARN, found, 'raybootstrap.yaml: argocd.version'), None
    if len(versions) > 1:
        found = f'{place}: {" and ".join(f"{name} {version}" for name, version in there.items())}'
        return Verdict('Argo CD', Mark.WARN, found, 'finish the upgrade of Argo CD'), versions[0]
    declared = settings.argocd_version
    if declared and _minor(declared) != _minor(versions[0]):
        found = f'{versions[0]} in {place}, but raybootstrap.yaml says {declared}'
        mend = f"argocd.version: '{_minor(versions[0])}' in raybootstrap.yaml"
        return Verdict('Argo CD', Mark.WARN, found, mend), versions[0]
    return Verdict('Argo CD', Mark.OK, f'{versions[0]} in {place}'), versions[0]


def ignored_options(scopes: Iterable[Scope], version: str) -> Verdict:
    """What of the manifests an Argo CD of this version passes over without a word: rule RB210."""
    rule = RULES['RB210']
    messages: dict[str, list[str]] = {}
    count = 0
    for scope in scopes:
        known = replace(scope, settings=replace(scope.settings, argocd_version=version))
        for application in (one for one in known.applications if one.role is not Role.OTHER):
            count += 1
            for problem in sync.too_new_option(application, known):
                messages.setdefault(problem.message, []).append(application.name)
    if not messages:
        return Verdict('sync options', Mark.OK, f'Argo CD {version} knows those of all {count} Applications')
    found = '; '.join(f'{message} ({_some(names)})' for message, names in messages.items())
    return Verdict('sync options', Mark.WARN, found, f'{rule.mend} (raybootstrap explain {rule.id})')


def health_checks(config_map: dict[str, Any] | None, settings: Settings) -> Verdict:
    """Whether the health checks that waves and `wait` go by are installed, as raybootstrap.yaml says."""
    data = mapping(at(config_map, 'data'))
    together = str(data.get(_ALL) or '')
    of_applications = _OF_APPLICATIONS in data or 'argoproj.io/Application:' in together
    of_rayclusters = _OF_RAYCLUSTERS in data or 'ray.io/RayCluster:' in together
    check = 'health checks'
    if settings.application_health and not of_applications:
        found = f'raybootstrap.yaml says that Applications have one, but {CONFIG_MAP} has none'
        return Verdict(check, Mark.FAIL, found, 'raybootstrap apply-root --health-checks')
    missing = [
        kind for kind, there in (('Applications', of_applications), ('RayClusters', of_rayclusters)) if not there
    ]
    if missing:
        found = f'none of {" and ".join(missing)} in {CONFIG_MAP}: sync waves do not wait for what is not ready'
        return Verdict(check, Mark.WARN, found, 'raybootstrap apply-root --health-checks')
    if not settings.application_health:
        found = f'in {CONFIG_MAP}, which raybootstrap.yaml does not say'
        return Verdict(check, Mark.WARN, found, 'argocd.application_health: true in raybootstrap.yaml')
    return Verdict(check, Mark.OK, 'of Applications and RayClusters')


def operator(workloads: Iterable[dict[str, Any]], application: Application | None, place: str) -> Verdict:
    """The KubeRay operator that runs, against the one in Git; `application` None: somebody else's."""
    check = 'operator'
    found = list(workloads)
    if not found:
        mend = 'raybootstrap status' if application else 'install the KubeRay operator, or ask who owns it'
        return Verdict(check, Mark.WARN, f'no KubeRay operator in {place}', mend)
    running = version_of(found[0], 'kuberay-operator') or version_of(found[0])
    wanted = application.running_version if application else None
    if running is None:
        return Verdict(check, Mark.WARN, f'in {place}, but its image does not tell its version', 'raybootstrap status')
    if wanted is not None and kuberay.parse_version(running) != wanted:
        return Verdict(check, Mark.WARN, f'KubeRay {running} in {place}, in Git {wanted}', 'raybootstrap status')
    return Verdict(check, Mark.OK, f'KubeRay {running} in {place}{", as in Git" if wanted else ""}')


def _minor(version: str) -> str:
    return '.'.join(version.removeprefix('v').split('.')[:2])


def _some(names: list[str]) -> str:
    shown = sorted(set(names))
    return ', '.join(shown[:3]) + (f' and {len(shown) - 3} more' if len(shown) > 3 else '')
