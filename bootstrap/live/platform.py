"""KubeRay's operator and CRDs as they are found on a Kubernetes cluster, against Git."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bootstrap import kuberay
from bootstrap.kuberay import Version
from bootstrap.live.applications import Problem, unknown
from bootstrap.live.expected import ExpectedApplication
from bootstrap.live.observed import CRDS, DEPLOYMENTS, RAYCLUSTERS, Object, Observed, Unknown, place_of
from bootstrap.rules.resource import at, mapping, sequence

# The first version of KubeRay whose RayCluster has a field of this name in its spec; the newest first.
_FIELDS = (('networkPolicy', '1.7'), ('upgradeStrategy', '1.6'), ('authOptions', '1.5'), ('managedBy', '1.4'))


@dataclass(frozen=True)
class PlatformRow:
    """`running` is the version found, '' where it cannot be told; of CRDs only its major and minor number."""

    part: str
    running: str = ''
    wanted: str = ''
    problems: tuple[Problem, ...] = ()


def operator_row(wanted: ExpectedApplication, observed: Observed) -> PlatformRow:
    """The operator's Deployment."""
    place = place_of(wanted.spec)
    found = observed.objects(DEPLOYMENTS, place)
    if isinstance(found, Unknown):
        return PlatformRow(wanted.part, '', wanted.version, (unknown(wanted.part, found),))
    deployment = next(filter(_is_operator, found), None)
    if deployment is None:
        # That it is not there yet is what its Application says.
        return PlatformRow(wanted.part, '', wanted.version)
    running = _version_of(deployment)
    name, look = at(deployment, 'metadata', 'name'), f'kubectl --namespace {place.namespace} get deployment'
    problems = []
    if not at(deployment, 'status', 'availableReplicas'):
        why = f'the Deployment {name} has no pod available: no RayCluster is looked after'
        problems.append(Problem(wanted.part, why, f'{look} {name}'))
    if running and wanted.version and str(running) != wanted.version:
        why = f'the operator runs KubeRay {running}, Git says {wanted.version}'
        problems.append(Problem(wanted.part, why, f'argocd app get {wanted.name}'))
    return PlatformRow(wanted.part, str(running or ''), wanted.version, tuple(problems))


def crds_row(wanted: ExpectedApplication, observed: Observed) -> PlatformRow:
    """The CRD of RayClusters, which states no version: its fields tell from which one it is."""
    found = observed.object(CRDS, place_of(wanted.spec), RAYCLUSTERS)
    if isinstance(found, Unknown):
        return PlatformRow(wanted.part, '', wanted.version, (unknown(wanted.part, found),))
    if found is None:
        problem = Problem(wanted.part, f'the CRD {RAYCLUSTERS} is not installed', f'argocd app get {wanted.name}')
        return PlatformRow(wanted.part, 'none', wanted.version, (problem,))
    running, version = _crd_version(found), kuberay.parse_version(wanted.version)
    if version is None or not running or running == f'{version.major}.{version.minor}':
        return PlatformRow(wanted.part, running, wanted.version)
    problem = Problem(
        wanted.part, f'the CRDs are those of KubeRay {running}, Git says {version}', f'argocd app get {wanted.name}'
    )
    return PlatformRow(wanted.part, running, wanted.version, (problem,))


def _is_operator(deployment: Object) -> bool:
    label = at(deployment, 'metadata', 'labels', 'app.kubernetes.io/name')
    return 'kuberay-operator' in (label, at(deployment, 'metadata', 'name'))


def _version_of(deployment: Object) -> Version | None:
    image = str(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image') or '')
    return kuberay.operator_version_of(image.partition('@')[0].rpartition(':')[2])


def _crd_version(crd: Object) -> str:
    versions = map(mapping, sequence(at(crd, 'spec', 'versions')))
    schema: Any = next((one.get('schema') for one in versions if one.get('name') == 'v1'), None)
    fields = mapping(at(schema, 'openAPIV3Schema', 'properties', 'spec', 'properties'))
    return next((version for field, version in _FIELDS if field in fields), '')
