"""A RayCluster's head group as the operator and the autoscaler see it."""

from __future__ import annotations

from typing import Any, NamedTuple

from bootstrap import kuberay, manifest
from bootstrap.kuberay import Version
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import image
from bootstrap.rules.resource import Role, mapping, sequence
from bootstrap.rules.rule import Fix
from bootstrap.rules.scope import Scope

HEAD: Path = (*VALUES, 'head')
OPTIONS: Path = (*HEAD, 'autoscalerOptions')
V2_SWITCH = 'RAY_enable_autoscaler_v2'

_LISTS: tuple[Path, ...] = ((*VALUES, 'common', 'containerEnv'), (*HEAD, 'containerEnv'))


class Variable(NamedTuple):
    """An environment variable of the head; `path` leads to its item."""

    path: Path
    name: str
    value: Any


def options(raycluster: RayCluster) -> dict[Any, Any]:
    """head.autoscalerOptions."""
    return mapping(raycluster.head.get('autoscalerOptions'))


def variables(raycluster: RayCluster, name: str) -> list[Variable]:
    """The head's environment variables of this name, in the order in which the chart joins the two lists."""
    return [
        Variable((*path, index), name, item.get('value'))
        for path in _LISTS
        for index, item in enumerate(sequence(raycluster.application.at(*path)))
        if isinstance(item, dict) and item.get('name') == name
    ]


def switches_v2_on(variable: Variable) -> bool:
    value = variable.value
    return value in ('1', 'true') if isinstance(value, str) else value is True or (type(value) is int and value == 1)


def without_items(raycluster: RayCluster, path: Path, name: str) -> Fix:
    """A fix that drops the items of this name from a list of environment variables."""
    place = (raycluster.application.document.index, *path)

    def fix(text: str) -> str:
        found = sequence(manifest.get(text, place))
        for index in reversed([index for index, item in enumerate(found) if mapping(item).get('name') == name]):
            text = manifest.drop(text, (*place, index))
        return text

    return fix


def operator_version(raycluster: RayCluster, scope: Scope) -> Version:
    """The version of the operator that stands beside the RayCluster; where none does, that of the chart."""
    found = [application.version for application in scope.of(Role.OPERATOR)]
    return max(filter(None, found), default=raycluster.chart)


def crds_version(raycluster: RayCluster, scope: Scope) -> Version:
    """The version of the CRDs that stand beside the RayCluster; where none do, that of the operator."""
    found = [application.version for application in scope.of(Role.CRDS)]
    return max(filter(None, found), default=operator_version(raycluster, scope))


def head_image_version(raycluster: RayCluster) -> Version | None:
    """The Ray version that the tag of the head's image states, also where it is the chart's default."""
    found = image(raycluster.head_group, raycluster)
    return None if found is None or not found.tag else kuberay.ray_version_of(found.tag)


def running_ray_version(raycluster: RayCluster) -> Version | None:
    """The Ray version that the head's image runs; where its tag does not tell, what head.rayVersion states."""
    return head_image_version(raycluster) or raycluster.ray_version


def autoscaler_image_version(raycluster: RayCluster) -> Version | None:
    """The Ray version that the tag of autoscalerOptions.image states."""
    found = options(raycluster).get('image')
    return kuberay.ray_version_of(found.rpartition(':')[2]) if isinstance(found, str) and '@' not in found else None
