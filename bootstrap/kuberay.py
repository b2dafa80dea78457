"""KubeRay and Ray versions, and what each version of the ray-cluster chart reads."""

from __future__ import annotations

import re
from typing import NamedTuple

from bootstrap.errors import USAGE, BootstrapError


class Version(NamedTuple):
    """A released version of KubeRay or Ray."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f'{self.major}.{self.minor}.{self.patch}'


CHARTS = (Version(1, 4, 1), Version(1, 5, 1), Version(1, 6, 2), Version(1, 7, 0))

# autoscaler v2 counts live workers from here on (ray-project/ray#57539); before, a sync that resets
# `replicas` breaks its downscaling.
FIRST_RAY_WITH_SAFE_AUTOSCALER_V2 = Version(2, 51, 0)

# The keys that templates/raycluster-cluster.yaml of helm-chart/ray-cluster reads; the chart has no
# values.schema.json, so any other key is ignored without a word.
_TOP = frozenset(
    'image nameOverride fullnameOverride imagePullSecrets annotations common head worker '
    'additionalWorkerGroups service serviceAccount'.split()
)
_POD = frozenset(
    'affinity annotations args command containerEnv dnsConfig envFrom image initArgs initContainers labels '
    'lifecycle nodeSelector podSecurityContext ports priority priorityClassName rayStartParams resources '
    'restartPolicy securityContext serviceAccountName sidecarContainers tolerations '
    'topologySpreadConstraints volumeMounts volumes'.split()
)
_HEAD = _POD | {'autoscalerOptions', 'enableInTreeAutoscaling', 'headService', 'rayVersion'}
_GROUP = _POD | {'disabled', 'maxReplicas', 'minReplicas', 'numOfHosts', 'replicas'}
_SINCE_1_5 = frozenset({'gcsFaultTolerance'})
_SINCE_1_6 = frozenset({'runtimeClassName', 'resourceClaims'})


class Defaults(NamedTuple):
    """What values.yaml of a chart holds: the values of a manifest are merged into these.

    The default group `worker` has one replica and a minimum of one; it and the head request and limit one CPU.
    """

    image_tag: str
    head_memory: str
    worker_memory: str
    worker_max_replicas: int


_DEFAULTS = {
    Version(1, 4, 1): Defaults('2.46.0', '2G', '1G', 3),
    Version(1, 5, 1): Defaults('2.46.0', '2G', '1G', 3),
    Version(1, 6, 2): Defaults('2.52.0', '5Gi', '1Gi', 5),
    Version(1, 7, 0): Defaults('2.52.0', '5Gi', '1Gi', 5),
}

# From here on an additional group without resources is rendered with some (ray-project/kuberay#4511).
FIRST_CHART_WITH_DEFAULT_RESOURCES = Version(1, 6, 0)


def defaults(chart: Version) -> Defaults:
    """The defaults of a chart, those of the nearest known one where it is none."""
    return _DEFAULTS[nearest_chart(chart)]


_NUMBER = r'(0|[1-9][0-9]{0,8})'


def nearest_chart(version: Version) -> Version:
    """The known chart whose facts hold best: the newest that is not newer, else the oldest."""
    return max((chart for chart in CHARTS if chart <= version), default=CHARTS[0])


def top_keys(chart: Version) -> frozenset[str]:
    return _TOP | (_SINCE_1_5 if chart >= (1, 5, 0) else frozenset())


def head_keys(chart: Version) -> frozenset[str]:
    return _HEAD | (_SINCE_1_6 if chart >= (1, 6, 0) else frozenset())


def group_keys(chart: Version) -> frozenset[str]:
    return _GROUP | (_SINCE_1_6 if chart >= (1, 6, 0) else frozenset())


def parse_version(text: str) -> Version | None:
    """The version in '1.7.0' or 'v1.7.0'; None where it is anything else."""
    match = re.fullmatch(rf'v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}', text)
    return Version(*map(int, match.groups())) if match else None


def checked_kuberay_version(text: str) -> Version:
    """A KubeRay version a user asked for; usage error where it is none or older than the oldest known chart."""
    version = parse_version(text)
    if version is None or version < CHARTS[0]:
        raise BootstrapError(
            f'{text!a} is no KubeRay version that can be set up',
            f'give one from {CHARTS[0]} on, such as {CHARTS[-1]}',
            exit_code=USAGE,
        )
    return version


def checked_ray_version(text: str) -> Version:
    """A Ray version a user asked for; usage error where it is none."""
    version = parse_version(text)
    if version is None:
        raise BootstrapError(f'{text!a} is no Ray version', 'give one such as 2.52.0', exit_code=USAGE)
    return version


def ray_version_of(tag: str) -> Version | None:
    """The Ray version an image tag states ('2.52.0-py311-gpu'); None where it states none."""
    match = re.match(rf'{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?![\d.])', tag)
    return Version(*map(int, match.groups())) if match else None


def operator_version_of(tag: object) -> Version | None:
    """The KubeRay version that the tag of an operator's image states ('v1.7.0-acme'); None where it states none."""
    match = re.match(rf'v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?![\d.])', tag) if isinstance(tag, str) else None
    return Version(*map(int, match.groups())) if match else None


# spec.autoscalerOptions of the RayCluster CRD (ray-operator/config/crd/bases/ray.io_rayclusters.yaml).
_AUTOSCALER = frozenset(
    'env envFrom idleTimeoutSeconds image imagePullPolicy resources securityContext upscalingMode version '
    'volumeMounts'.split()
)


def autoscaler_keys(crds: Version) -> frozenset[str]:
    """The keys of autoscalerOptions that the CRD of this version knows."""
    return _AUTOSCALER | (frozenset({'args', 'command'}) if nearest_chart(crds) >= (1, 7, 0) else frozenset())
