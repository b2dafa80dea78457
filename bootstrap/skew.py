"""Which versions an environment runs, and where they do not belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bootstrap import inventory, kuberay, layout
from bootstrap.following import Following, unwatched
from bootstrap.kuberay import Version
from bootstrap.layout import Environment
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Role
from bootstrap.rules.scope import Scope
from bootstrap.settings import Settings
from bootstrap.tree import Tree


@dataclass(frozen=True)
class VersionRow:
    """Versions as they are written; `operator_of` is the environment that has CRDs and operator, '' for none."""

    environment: str
    raycluster: str
    operator_of: str
    crds: str
    operator: str
    chart: str
    ray: str
    image: str
    skew: tuple[str, ...]


class _Platform(NamedTuple):
    """The revisions of CRDs and operator on a Kubernetes cluster, '' where there are none."""

    crds: str = ''
    operator: str = ''
    running: Version | None = None
    """The version of the operator's image."""


def versions(tree: Tree, settings: Settings, path: str, following: Following = unwatched) -> list[VersionRow]:
    """A row for each RayCluster, or one for an environment that has none."""
    owners = inventory.owners(tree, path)
    platforms = _platforms(tree, settings, path)
    rows: list[VersionRow] = []
    for environment, found in inventory.scopes(tree, settings, path, following):
        label = layout.kubernetes_cluster(tree, environment)
        rows += _versions(environment, found, owners.get(label), platforms.get(label, _Platform()))
    return rows


def _platforms(tree: Tree, settings: Settings, path: str) -> dict[str, _Platform]:
    """By the labels of Kubernetes clusters: what is on them, from whichever environments."""
    # Not the scopes: a thousand of them are half a gigabyte.
    found: dict[str, _Platform] = {}
    for environment in layout.environments(tree, path):
        if layout.owns_kubernetes_cluster(tree, environment):
            label = layout.kubernetes_cluster(tree, environment)
            here, there = _platform(inventory.scope(tree, settings, environment)), found.get(label, _Platform())
            operator = there if there.operator else here
            found[label] = _Platform(there.crds or here.crds, operator.operator, operator.running)
    return found


def _platform(found: Scope) -> _Platform:
    crds = next(iter(found.of(Role.CRDS)), None)
    operator = next(iter(found.of(Role.OPERATOR)), None)
    if crds is None and operator is not None and operator.renders_crds:
        crds = operator
    return _Platform(
        crds.target_revision if crds else '',
        operator.target_revision if operator else '',
        operator.running_version if operator else None,
    )


def _versions(
    environment: Environment, found: Scope, owner: Environment | None, platform: _Platform
) -> Iterator[VersionRow]:
    for raycluster in found.rayclusters or (None,):
        yield VersionRow(
            environment.name,
            raycluster.name if raycluster else '',
            owner.name if owner else '',
            platform.crds,
            platform.operator,
            raycluster.application.target_revision if raycluster else '',
            inventory.ray_version(raycluster) if raycluster else '',
            inventory.head_image(raycluster) if raycluster else '',
            tuple(_skew(platform, raycluster)),
        )


def _skew(platform: _Platform, raycluster: RayCluster | None) -> Iterator[str]:
    below = kuberay.parse_version(platform.crds)
    middle = kuberay.parse_version(platform.operator)
    above = raycluster.application.version if raycluster else None
    if below and platform.running and below != platform.running:
        order = 'older' if below < platform.running else 'newer'
        yield f'the CRDs ({below}) are {order} than the operator ({platform.running})'
    if middle and above and above != middle:
        order = 'newer' if above > middle else 'older'
        yield f'the chart ({above}) is {order} than the operator ({middle})'
    if raycluster is None:
        return
    stated = kuberay.parse_version(inventory.ray_version(raycluster))
    image = raycluster.head_image_version
    if stated and image and stated != image:
        yield f'rayVersion ({stated}) is not what the image holds ({image})'
