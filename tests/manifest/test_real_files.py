"""Manifests as people write them: the Ray guide's, and some of public repositories."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bootstrap import manifest
from bootstrap.manifest import MISSING, where
from bootstrap.manifest.paths import at, same, updated

SHARED = Path(__file__).parents[3] / 'shared'
FILES = sorted([*SHARED.glob('guide/*.yaml'), *SHARED.glob('corpus/*.y*ml')])
GUIDE = SHARED / 'guide' / 'ray-argocd-all.yaml'

pytestmark = pytest.mark.skipif(not FILES, reason='no manifests to read')


def text_of(path: Path) -> str:
    with path.open(encoding='utf-8', newline='') as file:
        return file.read()


def texts() -> Iterator[Any]:
    for path in FILES:
        text = text_of(path)
        try:
            manifest.load(text)
        except manifest.ManifestError:
            continue
        yield pytest.param(text, id=path.name)


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from paths(value, (*path, key))


def data(text: str) -> list[Any]:
    return [document.data for document in manifest.load(text)]


def removed(before: str, after: str) -> list[str]:
    return [line[2:] for line in difflib.ndiff(before.split('\n'), after.split('\n')) if line.startswith('- ')]


@pytest.mark.parametrize('text', list(texts()))
def test_read_as_pyyaml_does(text: str) -> None:
    assert same(data(text), [found for found in yaml.safe_load_all(text) if found is not None])


@pytest.mark.parametrize('text', list(texts()))
def test_every_value_can_be_changed_in_its_own_line(text: str) -> None:
    documents = data(text)
    for path in paths(documents):
        if len(path) < 2 or isinstance(at(documents, path), (dict, list)) or '\n' in str(at(documents, path)):
            continue
        new = manifest.put(text, path, 'changed: it')
        assert same(data(new), updated(documents, path, 'changed: it'))
        assert len(removed(text, new)) == 1
        assert len(new.split('\n')) == len(text.split('\n'))


@pytest.mark.parametrize('text', list(texts()))
def test_every_key_can_be_dropped_and_the_rest_stays(text: str) -> None:
    documents = data(text)
    for path in paths(documents):
        if len(path) < 2:
            continue
        new = manifest.drop(text, path)
        assert same(data(new), updated(documents, path, MISSING))
        assert len(new) < len(text)


@pytest.mark.parametrize('text', list(texts()))
def test_every_mapping_and_list_takes_more_and_gives_it_back(text: str) -> None:
    documents = data(text)
    for path in paths(documents):
        there = at(documents, path)
        if not path or not there or not isinstance(there, (dict, list)):
            continue
        if isinstance(there, dict):
            new = manifest.put(text, (*path, 'zz new'), {'a': [1, 'two']})
            assert manifest.drop(new, (*path, 'zz new')) == text
        else:
            new = manifest.append(text, path, {'a': [1, 'two']})
            assert manifest.drop(new, (*path, len(there))) == text
        if '{' not in text and '[' not in text:
            assert removed(text, new) == []


@pytest.mark.skipif(not GUIDE.exists(), reason='no guide')
def test_a_worker_group_in_the_guide() -> None:
    text = text_of(GUIDE)
    groups = (
        where(**{'metadata.name': 'raycluster'}),
        'spec',
        'source',
        'helm',
        'valuesObject',
        'additionalWorkerGroups',
    )
    names = list(manifest.get(text, groups))
    group = {'replicas': 1, 'rayStartParams': {'resources': '"\'{\\"gpu\\": 1}\'"'}, 'tolerations': [{'key': 'gpu'}]}
    new = manifest.put(text, (*groups, 'aaa'), group, in_order=True)
    assert list(manifest.get(new, groups)) == ['aaa', *names]
    assert removed(text, new) == []
    assert manifest.drop(new, (*groups, 'aaa')) == text
    assert [field.path for field in manifest.fields(text, new)] == [
        'Application/raycluster: spec.source.helm.valuesObject.additionalWorkerGroups.aaa'
    ]
