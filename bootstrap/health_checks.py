"""The health checks that Argo CD does not ship, as entries of its argocd-cm (operator-manual/health.md)."""

from __future__ import annotations

import posixpath

from bootstrap import manifest, parameters, skeletons
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.layout import environments
from bootstrap.settings import FILE as SETTINGS
from bootstrap.settings import Settings
from bootstrap.tree import Tree

CONFIG_MAP = 'argocd-cm'
_ENTRY = 'resource.customizations.health.'
_NAMESPACE = ('metadata', 'namespace')


def file(path: str) -> str:
    return posixpath.join(path, 'argocd/health-checks.yaml')


def put(tree: Tree, context: Context, namespace: str | None) -> Tree:
    """The tree with the file; one that stands there gets the entries it has not, and the namespace where it is asked.

    `namespace` is that of Argo CD; None: as in the environments, or the skeleton.
    """
    path = file(context.path)
    skeleton = skeletons.read('argocd/health-checks.yaml')
    text = tree.get(path)
    with manifest.in_file(path):
        if text is None:
            namespace = namespace or _argocd_namespace(tree, context)
            return tree.put(path, manifest.put(skeleton, _NAMESPACE, namespace) if namespace else skeleton)
        there = _entries(text)
        for key, value in _entries(skeleton).items():
            text = text if key in there else manifest.put(text, ('data', key), value)
        return tree.put(path, manifest.put(text, _NAMESPACE, namespace) if namespace else text)


def document(tree: Tree, path: str, namespace: str) -> str:
    """The ConfigMap to merge into the argocd-cm of this namespace: the entries of the file and nothing else."""
    name = file(path)
    text = tree.get(name)
    if text is None:
        raise BootstrapError(f'{name}: no such file', 'raybootstrap init --health-checks, and merge what it proposes')
    with manifest.in_file(name):
        entries = _entries(text)
    metadata = {'name': CONFIG_MAP, 'namespace': namespace}
    return manifest.dump({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': metadata, 'data': entries})


def notes(settings: Settings) -> list[str]:
    """What an admin has to do once the file is merged."""
    merge = 'An admin merges the health checks into argocd-cm, once: raybootstrap apply-root --health-checks.'
    return [merge] if settings.application_health else [merge, f'Then {declare(settings)}.']


def declare(settings: Settings) -> str:
    """What remains to be said in the settings; '' where it stands there."""
    if settings.application_health:
        return ''
    return f'set argocd.application_health: true in {SETTINGS}, so that rules know that sync waves wait'


def _entries(text: str) -> dict[str, str]:
    """The entries of the file; refused where it would set more of Argo CD than health checks."""
    documents = manifest.load(text)
    data = documents[0].data if len(documents) == 1 else None
    metadata = data.get('metadata') if isinstance(data, dict) else None
    name = metadata.get('name') if isinstance(metadata, dict) else None
    if not isinstance(data, dict) or (data.get('kind'), name) != ('ConfigMap', CONFIG_MAP):
        line = documents[0].line if documents else 1
        raise manifest.ManifestError(
            line, f'is no ConfigMap {CONFIG_MAP}', 'move it out of the way, or choose another place with --path'
        )
    entries = data.get('data')
    if not isinstance(entries, dict) or not entries:
        raise manifest.ManifestError(documents[0].line, 'has no data', f'give it entries {_ENTRY}<group>_<kind>')
    for key, value in entries.items():
        if not str(key).startswith(_ENTRY) or not isinstance(value, str):
            line = documents[0].position(('data', key)).line
            hint = f'only {_ENTRY}<group>_<kind> is merged from here'
            raise manifest.ManifestError(line, f'{key} is no health check in Lua', hint)
    return entries


def _argocd_namespace(tree: Tree, context: Context) -> str | None:
    found = (parameters.get(tree, one, parameters.ARGOCD_NAMESPACE) for one in environments(tree, context.path))
    return next((one for one in found if one), context.settings.argocd_namespace)
