"""Manifests as the rules look at them: any type in any place is survived, and every value knows where it stands."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bootstrap import kuberay, manifest
from bootstrap.kuberay import Version
from bootstrap.layout import ENVIRONMENT_LABEL, Environment
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES


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
