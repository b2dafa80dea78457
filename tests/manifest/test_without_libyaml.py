"""PyYAML without libyaml gives the same edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import test_drop_append_comment
import test_put
import yaml

from bootstrap import manifest
from bootstrap.manifest import documents, parse


@pytest.fixture(autouse=True)
def _pure_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    documents.stream.cache_clear()
    monkeypatch.setattr(parse, 'LOADER', yaml.SafeLoader)
    yield
    documents.stream.cache_clear()


PUTS = [*test_put.SCALARS, *test_put.BLOCKS, *test_put.KEYS, *test_put.COLLECTIONS]


# PyYAML's own scanner takes no tab before a comment, though YAML does.
@pytest.mark.parametrize(
    ('before', 'path', 'value', 'after'), [pytest.param(*case[1:], id=case[0]) for case in PUTS if '\t#' not in case[1]]
)
def test_put_is_the_same(before: str, path: manifest.Path, value: Any, after: str) -> None:
    assert manifest.put(before, path, value) == after


@pytest.mark.parametrize(
    ('before', 'path', 'after'), [pytest.param(*case[1:], id=case[0]) for case in test_drop_append_comment.DROPS]
)
def test_drop_is_the_same(before: str, path: manifest.Path, after: str) -> None:
    assert manifest.drop(before, path) == after


@pytest.mark.parametrize('text', ['[' * 200_000, 'a: 1\nb: "\x07"\n', 'a: "x\n', 'a: 2024-13-45\n', 'a: b: c\n'])
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(manifest.ManifestError):
        manifest.load(text)
