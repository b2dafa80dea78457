"""What an admin applies of an environment, because Argo CD does not: health checks, its projects, its root."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from bootstrap import apply_order, health_checks, manifest, parameters
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment
from bootstrap.rules.resource import Resource
from bootstrap.settings import Settings
from bootstrap.tree import Tree

Object = dict[str, Any]

APPLICATIONS = 'applications.argoproj.io'
# Plural and group, as kubectl takes them.
_KINDS = {'AppProject': 'appprojects.argoproj.io', 'Application': APPLICATIONS}
_CONFIG_MAPS = 'configmaps'
# What the API server and Argo CD write, and what a client-side apply leaves behind.
_NOT_OURS = ('managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp')
_LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'


class Document(NamedTuple):
    """One document as it stands in Git; `text` has no `---` of its own."""

    path: str
    kind: str
    name: str
    text: str
    data: Object

    @property
    def is_health_checks(self) -> bool:
        return self.kind == _CONFIG_MAPS

    @property
    def title(self) -> str:
        return f'{str(self.data.get("kind")).lower()} {self.name}'


@dataclass(frozen=True)
class Step:
    """A document, and the object as it is (None: not there) and as it is once the document is applied."""

    document: Document
    before: Object | None
    after: Object

    @property
    def result(self) -> str:
        """In kubectl's words."""
        if self.before is None:
            return 'created'
        return 'unchanged' if self.shown()[0] == self.shown()[1] else 'configured'

    def shown(self) -> tuple[str | None, str]:
        """Both as text, without what is not ours; of argocd-cm only the entries that are applied or change."""
        if self.before is None:
            return None, self.document.text
        before, after = _own(self.before), _own(self.after)
        if self.document.is_health_checks:
            keys = set(self.document.data['data']) | {
                key for key in {*_data(before), *_data(after)} if _data(before).get(key) != _data(after).get(key)
            }
            before, after = ({**one, 'data': _only(_data(one), keys)} for one in (before, after))
        return manifest.dump(before), manifest.dump(after)


def namespace(tree: Tree, settings: Settings, environment: Environment) -> str:
    """The namespace of the environment's Argo CD."""
    return parameters.get(tree, environment, parameters.ARGOCD_NAMESPACE) or settings.argocd_namespace or 'argocd'


def documents(tree: Tree, settings: Settings, environment: Environment, *, health: bool) -> list[Document]:
    """In the order to apply them: a project is there before its Application, and health before what waits for it."""
    argocd = namespace(tree, settings, environment)
    found = [_of_health_checks(tree, environment, argocd)] if health else []
    for part in apply_order.parts(tree, settings, environment):
        if part.resource.file in (environment.projects, environment.root):
            found.append(_document(part.resource, part.text, argocd))
    if not found:
        raise BootstrapError(
            f'{environment.directory}: has no projects.yaml and no root.yaml, so there is nothing to apply',
            f'raybootstrap init --env {environment.name} --root, if it is to have a root of its own',
        )
    return found


def keeping(document: Document, before: Object, after: Object) -> Document:
    """The document with the entries of argocd-cm that applying it would take away."""
    gone = {key: value for key, value in _data(before).items() if key not in _data(after)}
    if not gone:
        return document
    data = {**document.data, 'data': {**document.data['data'], **gone}}
    return document._replace(text=manifest.dump(data), data=data)


def differing_entries(document: Document, live: Object | None) -> Iterator[str]:
    """The lines of a diff from the entries that are in argocd-cm to others that the document has for them."""
    there = _data(live or {})
    for key, value in document.data['data'].items():
        if key in there and there[key] != value:
            lines = (str(there[key]).splitlines(), value.splitlines())
            yield from difflib.unified_diff(*lines, f'argocd-cm: {key}', f'{document.path}: {key}', lineterm='')


def _of_health_checks(tree: Tree, environment: Environment, argocd: str) -> Document:
    text = health_checks.document(tree, environment.path, argocd)
    path, name = health_checks.file(environment.path), health_checks.CONFIG_MAP
    return Document(path, _CONFIG_MAPS, name, text, manifest.load(text)[0].data)


def _document(resource: Resource, text: str, argocd: str) -> Document:
    with manifest.in_file(resource.file):
        kind = _KINDS.get(resource.kind)
        line = resource.document.line
        if kind is None or not str(resource.at('apiVersion')).startswith('argoproj.io/'):
            raise manifest.ManifestError(
                line, f'{resource.kind} {resource.name} is none of {", ".join(_KINDS)}', 'apply it by hand, or move it'
            )
        if resource.namespace != argocd:
            raise manifest.ManifestError(
                line, f'{resource.name} is not in the namespace of its Argo CD, {argocd}', f'namespace: {argocd}'
            )
    return Document(resource.file, kind, resource.name, text, resource.data)


def _own(live: Object) -> Object:
    own = {key: value for key, value in copy.deepcopy(live).items() if key != 'status'}
    metadata = own.get('metadata') or {}
    annotations = {key: value for key, value in (metadata.get('annotations') or {}).items() if key != _LAST_APPLIED}
    kept = {key: value for key, value in metadata.items() if key not in (*_NOT_OURS, 'annotations')}
    return {**own, 'metadata': {**kept, **({'annotations': annotations} if annotations else {})}}


def _data(config_map: Object) -> dict[str, Any]:
    return config_map.get('data') or {}


def _only(data: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in keys}
