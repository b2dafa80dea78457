"""RB601 and RB602: versions of KubeRay's CRDs, operator and chart that meet on one Kubernetes cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from bootstrap import manifest
from bootstrap.kuberay import Version
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE
from bootstrap.rules.kubernetes_clusters import place_of
from bootstrap.rules.resource import Role
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Facts

_REVISION: Path = (*SOURCE, 'targetRevision')


@dataclass(frozen=True)
class _Raised:
    """A fix that equals another of the same effect, so that a finding made twice is one."""

    index: int
    revision: str

    def __call__(self, text: str) -> str:
        return manifest.put(text, (self.index, *_REVISION), self.revision)


class _Operators:
    """Operators by environment and by Kubernetes cluster."""

    def __init__(self, facts: list[Facts]) -> None:
        self._of_environment: dict[Hashable, list[Facts]] = defaultdict(list)
        self._of_place: dict[Hashable, list[Facts]] = defaultdict(list)
        for one in facts:
            if one.role is Role.OPERATOR:
                self._of_environment[one.environment].append(one)
                self._of_place[place_of(one)].append(one)

    def beside(self, one: Facts) -> list[Facts]:
        """Those of its own environment; where it has none, those of its Kubernetes cluster."""
        own = self._of_environment.get(one.environment)
        place = place_of(one)
        return own or (self._of_place.get(place, []) if place else [])


@rule(
    'RB601',
    Severity.ERROR,
    Subject.REPOSITORY,
    'an operator newer than its CRDs',
    mend='raise the CRDs to the version of the operator',
    source='kuberay#2084',
)
def operator_ahead_of_crds(facts: list[Facts]) -> Iterator[Problem]:
    """The API server drops the fields that an older CRD does not know. The operator then finds its own RayClusters
    changed, and has deleted all worker pods over it. CRDs come first, then the operator, then the chart.
    """
    operators = _Operators(facts)
    for crds in facts:
        if crds.role is not Role.CRDS or crds.version is None:
            continue
        known = [(one.running_version, one) for one in operators.beside(crds)]
        newer = [(running, one) for running, one in known if running and running > crds.version]
        if newer:
            running, operator = max(newer, key=lambda found: found[0])
            who = _named(operator, crds)
            message = f'the operator {who} {running} works on CRDs {crds.version} and may delete worker pods'
            yield Problem(crds, _REVISION, message, fix=_raising(crds, operator, running))


@rule(
    'RB602',
    Severity.WARNING,
    Subject.REPOSITORY,
    'a ray-cluster chart of another version than the operator',
    mend='give the chart, the operator and the CRDs one version',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml v1.4.1 to v1.7.0',
)
def chart_is_not_the_operators(facts: list[Facts]) -> Iterator[Problem]:
    """Each chart is made and tested for the operator of its version. A newer chart is the worse direction: it can
    render what the operator does not know. An older one ignores values that the operator could serve.
    """
    operators = _Operators(facts)
    for one in facts:
        chart = one.version if one.role is Role.RAYCLUSTER else None
        for operator in _watching(operators.beside(one), one) if chart else ():
            if chart is None or operator.version is None or chart == operator.version:
                continue
            means = 'may render what the operator does not know' if chart > operator.version else 'ignores newer values'
            message = f'the chart {chart} {means}: the operator {_named(operator, one)} is {operator.version}'
            yield Problem(one, _REVISION, message)


def _watching(operators: list[Facts], raycluster: Facts) -> list[Facts]:
    """The operators that look at a RayCluster's namespace; all, where none does."""
    namespace = raycluster.destination_namespace
    found = [one for one in operators if not one.watched_namespaces or namespace in one.watched_namespaces]
    return found or operators


def _named(operator: Facts, beside: Facts) -> str:
    is_here = operator.environment == beside.environment
    return operator.name if is_here else f'{operator.name} ({operator.file})'


def _raising(crds: Facts, operator: Facts, version: Version) -> Fix | None:
    """Raises the CRDs; an operator of another environment may be what is to be changed."""
    mark = 'v' if crds.target_revision.startswith('v') else ''
    is_here = operator.environment == crds.environment
    return _Raised(crds.document_index, f'{mark}{version}') if is_here else None
