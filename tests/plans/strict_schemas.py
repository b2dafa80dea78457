"""The custom resources' schemas, with every field refused that they do not name."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

_FOLDER = Path(__file__).parents[3] / 'shared' / 'schemas'
_FILES = {'Application': 'argocd-application-v1alpha1.json', 'AppProject': 'argocd-appproject-v1alpha1.json'}

needed = pytest.mark.skipif(not _FOLDER.is_dir(), reason='the schemas are not here')


def problems(text: str) -> list[str]:
    """What a strict API server would say of the Argo CD objects in a text."""
    found = []
    for document in yaml.safe_load_all(text):
        for error in validator(_FILES[document['kind']]).iter_errors(document):
            found.append(f'{document["metadata"]["name"]}: {error.json_path}: {error.message}')
    return found


def group_problems(spec: dict[str, Any], kuberay_version: str) -> list[str]:
    """What it would say of a RayCluster's specification."""
    checks = validator(f'kuberay-{kuberay_version}-raycluster-v1.json')
    raycluster = {'apiVersion': 'ray.io/v1', 'kind': 'RayCluster', 'metadata': {'name': 'x'}, 'spec': spec}
    return [f'{error.json_path}: {error.message}' for error in checks.iter_errors(raycluster)]


@lru_cache
def validator(name: str) -> Any:
    return Draft202012Validator(strict(json.loads((_FOLDER / name).read_text())))


def strict(schema: Any) -> Any:
    """The schema, with unknown fields refused wherever it names any and does not keep the rest."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _below(key, value) for key, value in schema.items()}
    if schema.get('x-kubernetes-int-or-string'):
        found.pop('type', None)
    keeps = schema.get('x-kubernetes-preserve-unknown-fields') or 'additionalProperties' in schema
    if isinstance(schema.get('properties'), dict) and not keeps:
        found['additionalProperties'] = False
    return found


def _below(key: str, value: Any) -> Any:
    if key == 'properties':
        # An object's metadata is the API server's own.
        return {name: strict(one) for name, one in value.items()}
    # Alternatives repeat some of the fields only.
    return value if key in ('anyOf', 'oneOf', 'allOf', 'not', 'enum', 'default', 'required') else strict(value)
