"""The fields of an Application, as the CRD of Argo CD 3.5 knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bootstrap.manifest import Path

Fields = Mapping[str, 'Fields | None']
"""A mapping's fields, or those of each item where a list stands; None: anything may stand below."""


def _fields(names: str = '', **nested: Fields) -> Fields:
    return {**dict.fromkeys(names.split()), **nested}


_PAIR = _fields('name value')
_VARIABLE = _fields('code name value')
_DIRECTORY = _fields(
    'disableExtensionFilter exclude include recurse',
    jsonnet=_fields('libs', extVars=_VARIABLE, tlas=_VARIABLE),
)
_HELM = _fields(
    'apiVersions ignoreMissingValueFiles kubeVersion namespace passCredentials releaseName skipCrds '
    'skipSchemaValidation skipTests valueFiles values valuesObject version',
    fileParameters=_fields('name path'),
    parameters=_fields('forceString name value'),
)
_TARGET = _fields('annotationSelector group kind labelSelector name namespace version')
_KUSTOMIZE = _fields(
    'apiVersions commonAnnotations commonAnnotationsEnvsubst commonLabels components forceCommonAnnotations '
    'forceCommonLabels ignoreMissingComponents images kubeVersion labelIncludeTemplates labelWithoutSelector '
    'namePrefix nameSuffix namespace version',
    patches=_fields('options patch path', target=_TARGET),
    replicas=_fields('count name'),
)
_PLUGIN = _fields('name', env=_PAIR, parameters=_fields('array map name string'))
_DRY_SOURCE = _fields(
    'path repoURL targetRevision', directory=_DIRECTORY, helm=_HELM, kustomize=_KUSTOMIZE, plugin=_PLUGIN
)
_SOURCE = {**_DRY_SOURCE, **_fields('chart name ref tagPrefix')}
_RETRY = _fields('limit refresh', backoff=_fields('duration factor maxDuration'))
SPEC = _fields(
    'project revisionHistoryLimit',
    destination=_fields('name namespace server'),
    ignoreDifferences=_fields('group jqPathExpressions jsonPointers kind managedFieldsManagers name namespace'),
    info=_PAIR,
    source=_SOURCE,
    sources=_SOURCE,
    sourceHydrator=_fields(
        drySource=_DRY_SOURCE,
        hydrateTo=_fields('targetBranch'),
        syncSource=_fields('path repoURL targetBranch'),
    ),
    syncPolicy=_fields(
        'syncOptions',
        automated=_fields('allowEmpty enabled prune selfHeal'),
        managedNamespaceMetadata=_fields('annotations labels'),
        retry=_RETRY,
    ),
)
# k8s.io/apimachinery/pkg/apis/meta/v1 ObjectMeta
_METADATA = _fields(
    'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation '
    'labels managedFields name namespace ownerReferences resourceVersion selfLink uid'
)
APPLICATION = _fields('apiVersion kind operation status', metadata=_METADATA, spec=SPEC)


def unknown(data: Any, fields: Fields = APPLICATION, path: Path = ()) -> Iterator[tuple[Path, Fields]]:
    """The paths of the fields that are not known, each with those that could stand there instead."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            if isinstance(item, dict):
                yield from unknown(item, fields, (*path, index))
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in fields:
                yield (*path, key), fields
            elif (below := fields[key]) is not None:
                yield from unknown(value, below, (*path, key))
