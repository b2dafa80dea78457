"""What rules across environments need of a scope's Applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bootstrap.layout import Environment
from bootstrap.manifest import Path, Position
from bootstrap.parameters import DESTINATION, SOURCE
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, sequence
from bootstrap.rules.scope import Facts, Scope

_PLACES: tuple[Path, ...] = (
    (),
    ('metadata', 'name'),
    DESTINATION,
    (*DESTINATION, 'namespace'),
    (*SOURCE, 'targetRevision'),
)


def facts(scope: Scope) -> list[Facts]:
    """The Facts of each Application of a scope, in the order of its files."""
    argocd = _argocd(scope)
    return [_facts(application, scope, argocd) for application in scope.applications]


def identities(found: Iterable[Facts]) -> set[tuple[object, ...]]:
    """What rules across environments compare: where none of it changes, they find what they found before."""
    return {
        (
            one.file,
            one.name,
            one.argocd,
            one.kubernetes_cluster,
            one.destination,
            one.destination_namespace,
            one.raycluster_name,
            one.role,
            one.renders_crds,
            one.watched_namespaces,
            one.version,
            one.running_version,
        )
        for one in found
    }


def _facts(application: Application, scope: Scope, argocd: str) -> Facts:
    environment = application.environment
    return Facts(
        file=application.file,
        environment=environment,
        role=application.role,
        name=application.name,
        argocd=application.namespace or argocd,
        kubernetes_cluster=scope.kubernetes_cluster,
        destination=tuple(sorted(application.destination.items())),
        destination_namespace=application.destination_namespace,
        raycluster_name=_raycluster_name(application),
        operator_is_external=_is_external(scope, environment),
        renders_crds=application.renders_crds,
        positions={path: _position(application, path) for path in _PLACES},
        watched_namespaces=_watched(application) if application.role is Role.OPERATOR else (),
        target_revision=application.target_revision,
        running_version=application.running_version if application.role is Role.OPERATOR else None,
        document_index=application.document.index,
    )


def _raycluster_name(application: Application) -> str:
    raycluster = RayCluster(application)
    return raycluster.name if application.role is Role.RAYCLUSTER and raycluster.name_is_known else ''


def _argocd(scope: Scope) -> str:
    """The namespace that an Application without one is applied to: where its root puts it."""
    roots = (root.destination_namespace for root in scope.of(Role.ROOT))
    return next(filter(None, roots), scope.settings.argocd_namespace or 'argocd')


def _is_external(scope: Scope, environment: Environment | None) -> bool:
    return environment is not None and scope.settings.operator_is_external(environment.name)


def _position(application: Application, path: Path) -> Position:
    return application.document.position(path)


def _watched(operator: Application) -> tuple[str, ...]:
    namespaces = _texts(operator.values.get('watchNamespace'))
    if not namespaces and operator.values.get('singleNamespaceInstall') is True:
        return tuple(filter(None, [operator.destination_namespace]))
    return namespaces


def _texts(value: Any) -> tuple[str, ...]:
    # The chart joins a list with commas, and leaves a text as it is.
    found = value.split(',') if isinstance(value, str) else sequence(value)
    return tuple(one.strip() for one in found if isinstance(one, str) and one.strip())
