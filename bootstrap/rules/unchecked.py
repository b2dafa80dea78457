"""RB100, beside files that cannot be read: what stands where no rule of the catalogue looks."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap import kuberay
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE
from bootstrap.rules.resource import Application, Role, mapping
from bootstrap.rules.rule import Problem, Rule, Severity, Subject
from bootstrap.rules.scope import Scope

_SOURCES: Path = ('spec', 'sources')
_NAMES = {
    Role.CRDS: 'the CRDs',
    Role.OPERATOR: 'the kuberay-operator chart',
    Role.RAYCLUSTER: 'the ray-cluster chart',
}
_OTHER_VALUES = ('values', 'valueFiles', 'parameters', 'fileParameters')


def unchecked(scope: Scope) -> Iterator[Problem]:
    """No rule of the catalogue looks into a file that is no YAML, and neither can Argo CD: it renders nothing of the
    folder the file stands in, and keeps what it had; no comment of the file itself can waive that. A warning: the
    rules know one source an Application, not several. Information: values in another place than `valuesObject`, and
    a version of the chart that is not known here, for which the nearest known one is taken.
    """
    for application in scope.applications:
        yield from _several_sources(application)
        if application.role in (Role.OPERATOR, Role.RAYCLUSTER):
            yield from _other_values(application)
    yield from _unknown_charts(scope)


RULE = Rule(
    'RB100',
    Severity.ERROR,
    Subject.SCOPE,
    'what cannot be checked',
    'write files as YAML in UTF-8, without duplicate keys, of at most 1 MiB; and one source with its values in '
    'valuesObject',
    'yaml.org, specification 1.2.2; argo-cd docs, multiple sources',
    unchecked,
)


def _several_sources(application: Application) -> Iterator[Problem]:
    names = [name for role, name in _NAMES.items() if role in application.roles_of_sources]
    if names:
        message = f'several sources: the rules do not look into {" and ".join(names)} here'
        yield Problem(application, _SOURCES, message, Severity.WARNING)


def _other_values(application: Application) -> Iterator[Problem]:
    helm = mapping(application.source.get('helm'))
    # Argo CD takes `values` only where there is no `valuesObject`.
    found = [key for key in _OTHER_VALUES if helm.get(key) and not (key == 'values' and 'valuesObject' in helm)]
    if found:
        message = f'values in {" and ".join(found)} are not checked: the rules look at valuesObject'
        yield Problem(application, (*SOURCE, 'helm', found[0]), message, Severity.INFO)


def _unknown_charts(scope: Scope) -> Iterator[Problem]:
    unknown = {one.chart: one.application for one in reversed(scope.rayclusters) if one.chart not in kuberay.CHARTS}
    for chart, application in unknown.items():
        message = f'chart {chart} is not known here: checked as {kuberay.nearest_chart(chart)}'
        yield Problem(application, (*SOURCE, 'targetRevision'), message, Severity.INFO)
