"""What rules are about: an environment, its change, and what is kept of each to compare them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bootstrap import kuberay, manifest
from bootstrap.kuberay import Version
from bootstrap.layout import KUBERNETES_CLUSTER_LABEL, Environment
from bootstrap.manifest import Path
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Resource, Role, at
from bootstrap.settings import Settings


@dataclass(frozen=True)
class Scope:
    """What is checked together: the documents of one environment, or those of the files a user named."""

    resources: Sequence[Resource] = ()
    settings: Settings = field(default_factory=Settings)
    environment: Environment | None = None

    @cached_property
    def applications(self) -> list[Application]:
        return [resource for resource in self.resources if isinstance(resource, Application)]

    def of(self, role: Role) -> list[Application]:
        return [application for application in self.applications if application.role is role]

    @cached_property
    def rayclusters(self) -> list[RayCluster]:
        return [RayCluster(application) for application in self.of(Role.RAYCLUSTER)]

    @cached_property
    def projects(self) -> list[Resource]:
        return [resource for resource in self.resources if resource.kind == 'AppProject']

    @property
    def protected(self) -> bool:
        """Whether raybootstrap.yaml marks the environment `protected: true`: what the catalogue calls prod."""
        return self.environment is not None and self.settings.protected(self.environment.name)

    @property
    def ephemeral(self) -> bool:
        return self.environment is not None and self.settings.ephemeral(self.environment.name)

    @cached_property
    def kubernetes_cluster(self) -> str:
        """The label of the root (or of a RayCluster without a root); '' where there is none."""
        for application in self.applications:
            found = at(application.document.data, 'metadata', 'labels', KUBERNETES_CLUSTER_LABEL)
            if found:
                return str(found)
        return ''


@dataclass(frozen=True)
class Facts:
    """What rules across environments need of one Application: no document, so a thousand of them stay small."""

    file: str
    environment: Environment | None
    role: Role
    name: str
    argocd: str
    """Which Argo CD it is in, as far as the repository tells: the namespace it is applied to."""
    kubernetes_cluster: str
    """The label of its environment; '' where there is none."""
    destination: tuple[tuple[str, str], ...]
    destination_namespace: str
    raycluster_name: str
    """The computed name; '' where the manifest does not tell it, and for Applications of other roles."""
    operator_is_external: bool
    renders_crds: bool
    positions: dict[Path, manifest.Position]
    """Of the whole, metadata.name, spec.destination and its namespace, and spec.source.targetRevision."""
    watched_namespaces: tuple[str, ...] = ()
    """Those an operator looks at; () means all."""
    target_revision: str = ''
    running_version: Version | None = None
    """As of Application.running_version, for an operator."""
    document_index: int = 0

    @property
    def version(self) -> Version | None:
        """As of Application.version."""
        return kuberay.parse_version(self.target_revision)


@dataclass(frozen=True)
class ScopeChange:
    """One environment (or the files a user named) before and after a change; None where it is not there."""

    before: Scope | None
    after: Scope | None
    application_health: bool = False
    """Whether raybootstrap.yaml declares Argo CD's health check of Applications restored."""
