"""Manifests as the rules look at them: any type in any place is survived, and every value knows where it stands."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bootstrap import kuberay, manifest
from bootstrap.kuberay import Version
from bootstrap.layout import ENVIRONMENT_LABEL, KUBERNETES_CLUSTER_LABEL, Environment
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.settings import Settings


class Role(enum.Enum):
    """What an Application is to Ray."""

    ROOT = 'root'
    CRDS = 'CRDs'
    OPERATOR = 'operator'
    RAYCLUSTER = 'RayCluster'
    OTHER = 'other'


def mapping(value: Any) -> dict[Any, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def at(data: Any, *path: Any) -> Any:
    """What stands at a path; None where anything on the way is missing or of another type."""
    for key in path:
        if data.__class__ is dict and key.__class__ is not int:
            data = data.get(key)
        elif data.__class__ is list and key.__class__ is int and key < len(data):
            data = data[key]
        else:
            return None
    return data


@dataclass(frozen=True)
class Resource:
    """One document of a file: an Application, an AppProject or anything else."""

    file: str
    document: manifest.Document
    environment: Environment | None = None
    """The environment in whose folder the file stands, if any."""

    @property
    def data(self) -> dict[Any, Any]:
        return mapping(self.document.data)

    def at(self, *path: Any) -> Any:
        return at(self.document.data, *path)

    @property
    def kind(self) -> str:
        return str(self.data.get('kind'))

    @property
    def name(self) -> str:
        return str(self.at('metadata', 'name') or '')

    @property
    def namespace(self) -> str:
        """The namespace it is applied to: for an Application, Argo CD's."""
        return str(self.at('metadata', 'namespace') or '')

    def nearest(self, *path: Any) -> Path:
        """The path as far as it leads to something: where what is missing should stand."""
        data, found = self.document.data, 0
        for key in path:
            inside = key in data if isinstance(data, dict) else isinstance(data, list) and key in range(len(data))
            if not inside:
                break
            data, found = data[key], found + 1
        return path[:found]


@dataclass(frozen=True)
class Application(Resource):
    """An Argo CD Application."""

    @cached_property
    def source(self) -> dict[Any, Any]:
        return mapping(self.at(*SOURCE))

    @cached_property
    def sources(self) -> list[Any]:
        """spec.sources. Where there are any, Argo CD does not look at spec.source."""
        return sequence(self.at('spec', 'sources'))

    @cached_property
    def role(self) -> Role:
        """That of its one source; OTHER where there are several and KubeRay's is among them."""
        is_labelled = ENVIRONMENT_LABEL in mapping(self.at('metadata', 'labels'))
        if self.sources:
            return Role.ROOT if is_labelled and not self.roles_of_sources else Role.OTHER
        return Role.ROOT if is_labelled and not self.source.get('chart') else source_role(self.source)

    @cached_property
    def roles_of_sources(self) -> frozenset[Role]:
        """What several sources hold of KubeRay, which no rule looks into."""
        return frozenset(source_role(mapping(one)) for one in self.sources) - {Role.OTHER}

    @property
    def renders_crds(self) -> bool:
        """Whether KubeRay's CRDs come from it: by themselves, or along with the operator's chart."""
        if self.role is Role.OPERATOR:
            return at(self.source, 'helm', 'skipCrds') is not True
        return self.role is Role.CRDS

    @cached_property
    def sync_options(self) -> list[str]:
        """The texts in spec.syncPolicy.syncOptions, in their order."""
        return [option for option in sequence(self.at('spec', 'syncPolicy', 'syncOptions')) if isinstance(option, str)]

    def has_sync_option(self, option: str) -> bool:
        return option in self.sync_options

    def sync_option_path(self, option: str) -> Path:
        options = sequence(self.at('spec', 'syncPolicy', 'syncOptions'))
        path = ('spec', 'syncPolicy', 'syncOptions')
        return (*path, options.index(option)) if option in options else path

    @cached_property
    def automated(self) -> dict[Any, Any] | None:
        """spec.syncPolicy.automated; None where sync is manual."""
        found = self.at('spec', 'syncPolicy', 'automated')
        return found if isinstance(found, dict) and found.get('enabled') is not False else None

    @property
    def destination(self) -> dict[str, str]:
        """{'server': …} or {'name': …}, or both where the manifest has both."""
        found = mapping(self.at('spec', 'destination'))
        return {key: str(found[key]) for key in ('server', 'name') if found.get(key)}

    @property
    def destination_namespace(self) -> str:
        return str(self.at('spec', 'destination', 'namespace') or '')

    @property
    def target_revision(self) -> str:
        """The revision as it is written; '' where there is none."""
        found = self.source.get('targetRevision')
        return '' if found is None else str(found)

    @property
    def version(self) -> Version | None:
        """The KubeRay version that a pinned targetRevision names ('1.7.0', 'v1.7.0'); None for anything else."""
        return kuberay.parse_version(self.target_revision)

    @property
    def running_version(self) -> Version | None:
        """Of an operator: the version of its image, which its chart states unless a tag is given."""
        return kuberay.operator_version_of(at(self.values, 'image', 'tag')) or self.version

    @property
    def values(self) -> dict[Any, Any]:
        """spec.source.helm.valuesObject."""
        return mapping(self.at(*VALUES))


@dataclass(frozen=True)
class Group:
    """A worker group: `path` leads to its values in the document."""

    name: str
    path: Path
    values: dict[Any, Any]
    is_worker: bool = False
    """Whether it is the chart's default group, `worker`, whose values merge with the chart's defaults."""

    @property
    def enabled(self) -> bool:
        return self.values.get('disabled') is not True


@dataclass(frozen=True)
class RayCluster:
    """An Application of the ray-cluster chart, with the chart's view of its values."""

    application: Application

    @property
    def values(self) -> dict[Any, Any]:
        return self.application.values

    @cached_property
    def head(self) -> dict[Any, Any]:
        return mapping(self.values.get('head'))

    @cached_property
    def chart(self) -> Version:
        """The pinned version of the chart; the newest known one where none is pinned."""
        return self.application.version or kuberay.CHARTS[-1]

    @cached_property
    def autoscaling(self) -> bool:
        return self.head.get('enableInTreeAutoscaling') is True

    @cached_property
    def worker(self) -> Group:
        """The chart's default group, also where `worker` is not there or disabled."""
        values = mapping(self.values.get('worker'))
        return Group(str(values.get('groupName') or 'workergroup'), (*VALUES, 'worker'), values, is_worker=True)

    @cached_property
    def additional(self) -> list[Group]:
        """additionalWorkerGroups in the file's order, disabled ones too; those that are no mappings are left out."""
        groups = mapping(self.values.get('additionalWorkerGroups'))
        path = (*VALUES, 'additionalWorkerGroups')
        return [Group(str(name), (*path, name), values) for name, values in groups.items() if isinstance(values, dict)]

    @cached_property
    def groups(self) -> list[Group]:
        """The groups that the chart renders: `worker` (unless disabled), then the enabled additional ones."""
        return [group for group in (self.worker, *self.additional) if group.enabled]

    @cached_property
    def written_groups(self) -> list[Group]:
        """The groups that stand in the manifest, disabled ones too; without a `worker` key the additional ones."""
        return [*([self.worker] if 'worker' in self.values else []), *self.additional]

    @cached_property
    def head_group(self) -> Group:
        """The head group, whose values merge with the chart's defaults as those of `worker` do."""
        return Group('headgroup', (*VALUES, 'head'), self.head)

    @cached_property
    def pod_groups(self) -> list[Group]:
        """All that the chart renders pods for: the head group, then `groups`."""
        return [self.head_group, *self.groups]

    @cached_property
    def has_other_values(self) -> bool:
        """Whether values come from elsewhere too, so that what is missing in valuesObject may stand there."""
        helm = mapping(self.application.source.get('helm'))
        if any(helm.get(key) for key in ('valueFiles', 'parameters', 'fileParameters')):
            return True
        # Argo CD takes `values` only where there is no `valuesObject`.
        return 'valuesObject' not in helm and bool(helm.get('values'))

    @cached_property
    def release_name(self) -> str:
        """helm.releaseName, for which Argo CD takes the Application's name."""
        return str(self.application.at(*SOURCE, 'helm', 'releaseName') or self.application.name)

    @cached_property
    def name(self) -> str:
        """The RayCluster's name as templates/_helpers.tpl of the chart computes it."""
        if override := self.values.get('fullnameOverride'):
            return str(override)[:63].rstrip('-')
        part = str(self.values.get('nameOverride') or 'kuberay')
        full = self.release_name if part in self.release_name else f'{self.release_name}-{part}'
        return full[:63].rstrip('-')

    @property
    def name_is_known(self) -> bool:
        """Whether the name depends on nothing that values from elsewhere may say."""
        return not self.has_other_values or bool(self.values.get('fullnameOverride'))

    @cached_property
    def ray_version(self) -> Version | None:
        """head.rayVersion, else what the head image's tag states; None where neither tells."""
        stated = self.head.get('rayVersion')
        version = kuberay.parse_version(stated) if isinstance(stated, str) else None
        return version or self.head_image_version

    @cached_property
    def head_image_version(self) -> Version | None:
        image = mapping(self.head.get('image')) or mapping(self.values.get('image'))
        return kuberay.ray_version_of(str(image.get('tag') or ''))


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


def resources(file: str, text: str, environment: Environment | None = None) -> Iterator[Resource]:
    """The documents of a file. Raises manifest.ManifestError where the text is no YAML that can be read."""
    for document in manifest.load(text):
        data = document.data
        if isinstance(data, dict) and data.get('kind') == 'Application' and _is_argo(data.get('apiVersion')):
            yield Application(file, document, environment)
        else:
            yield Resource(file, document, environment)


def source_role(source: dict[Any, Any]) -> Role:
    """What an Application of this source is to Ray."""
    chart, path = str(source.get('chart') or ''), str(source.get('path') or '').rstrip('/')
    if chart == 'ray-cluster' or path.endswith('helm-chart/ray-cluster'):
        return Role.RAYCLUSTER
    if chart == 'kuberay-operator' or path.endswith('helm-chart/kuberay-operator'):
        return Role.OPERATOR
    is_crds = path.endswith(('ray-operator/config/crd', 'kuberay-operator/crds'))
    return Role.CRDS if is_crds else Role.OTHER


def _is_argo(api_version: Any) -> bool:
    return isinstance(api_version, str) and api_version.startswith('argoproj.io/')
