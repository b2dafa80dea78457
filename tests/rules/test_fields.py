"""The table of fields against the CRD of Argo CD."""

import json
from pathlib import Path
from typing import Any

import pytest

from bootstrap.rules.fields import APPLICATION, Fields, unknown

SCHEMA = Path(__file__).parents[3] / 'shared/schemas/argocd-application-v1alpha1.json'
_OF_KUBERNETES = ('metadata', 'status', 'operation')


@pytest.mark.skipif(not SCHEMA.exists(), reason='the schema is not here')
def test_the_table_is_that_of_the_crd() -> None:
    schema = json.loads(SCHEMA.read_text())
    assert set(APPLICATION) == set(schema['properties'])
    for name in set(APPLICATION) - set(_OF_KUBERNETES):
        assert _table(APPLICATION[name]) == _properties(schema['properties'][name]), name


def _table(fields: Fields | None) -> Any:
    return fields and {name: _table(below) for name, below in fields.items()}


def _properties(schema: dict[str, Any]) -> Any:
    schema = schema.get('items', schema)
    return (
        {name: _properties(below) for name, below in schema['properties'].items()} if 'properties' in schema else None
    )


def test_items_of_lists_are_looked_into() -> None:
    data = {'spec': {'sources': [{'helm': {'parameters': [{'nane': 1}]}}, 1, [{'a': 1}]]}}
    (found,) = unknown(data)
    assert found[0] == ('spec', 'sources', 0, 'helm', 'parameters', 0, 'nane')
    assert 'name' in found[1]


def test_free_maps_hold_any_key() -> None:
    kustomize = {'commonAnnotations': {'a': 1}, 'commonLabels': {'b': {'c': 1}}, 'patches': [{'options': {'d': True}}]}
    helm = {'valuesObject': {'e': {'f': 1}}}
    managed = {'managedNamespaceMetadata': {'labels': {'g': 'h'}}}
    data = {'spec': {'source': {'kustomize': kustomize, 'helm': helm}, 'syncPolicy': managed}, 'status': {'i': 1}}
    assert list(unknown(data)) == []


@pytest.mark.parametrize('key', [1, None, True, 1.5, ''])
def test_a_key_of_any_type_is_unknown(key: object) -> None:
    assert [path for path, _ in unknown({'spec': {key: 1}})] == [('spec', key)]
