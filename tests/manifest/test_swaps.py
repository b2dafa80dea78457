"""What is taken for the swap of one scalar is one: read afresh, the whole text has that value there and no other."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from manifest_layouts import Layout, mappings, seeds

from bootstrap import manifest
from bootstrap.manifest.nodes import start, stop
from bootstrap.manifest.parse import LOADER
from bootstrap.manifest.paths import same, updated
from bootstrap.manifest.swaps import is_swap

shown = st.one_of(
    st.text(alphabet='ab1 :#-?\'"{}[],&*!|>%@`~.<=\t\n\u2028é', max_size=6),
    st.sampled_from(
        ['a: b', 'a #b', '---', '...', '- a', '? a', '%a', "'a", '"a\\', '&a b', '!!str 1', '<<', 'a:', '1:30']
    ),
)


def read_afresh(text: str) -> list[Any]:
    return [found for found in yaml.load_all(text.removeprefix('\ufeff'), LOADER) if found is not None]


def scalars(node: Any, path: tuple[Any, ...] = ()) -> Any:
    keys = [key.data for key in node.keys] if hasattr(node, 'keys') else range(len(getattr(node, 'values', ())))
    if not hasattr(node, 'values'):
        yield path, node
    for key, value in zip(keys, getattr(node, 'values', ()), strict=True):
        yield from scalars(value, (*path, key))


@given(mappings, seeds, shown, st.data())
@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_swap_changes_one_value_and_nothing_else(
    of: dict[Any, Any], seed: int, word: str, choice: st.DataObject
) -> None:
    text = Layout(seed).stream([of]).removeprefix('\ufeff')
    [document] = manifest.load(text)
    found = list(scalars(document.root.node))
    assume(found)
    path, node = choice.draw(st.sampled_from(found))
    new = text[: start(node)] + word + text[stop(text, node) :]
    try:
        value = yaml.load(word, LOADER)
    except (yaml.YAMLError, ValueError):
        value = word
    for asked in (value, word):
        if is_swap(text, new, document, path, asked):
            assert same(read_afresh(new), [updated(document.data, path, asked)])


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ('a: v1 # c\n', 'a: v2 # c\n'),
        ('a:\n  - x: "1"\r\n', 'a:\n  - x: "2"\r\n'),
        ("- 'x'", '- y'),
        ('a: ~\nb: 1\n', 'a: true\nb: 1\n'),
    ],
)
def test_a_word_for_a_word_is_a_swap(before: str, after: str) -> None:
    assert swapped(before, after)


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        pytest.param('a: v1\n', 'a: [v2]\n', id='a list'),
        pytest.param('a: v1\n', 'a: v2 # b\n', id='a comment'),
        pytest.param('a: v1\n', 'a: |\n', id='a block scalar'),
        pytest.param('a: v1\n', 'a: >\n', id='a folded scalar'),
        pytest.param('a: v1\n', 'a: ---\n', id='the mark of a document'),
        pytest.param('a: v1\n', 'a: &b v2\n', id='an anchor'),
        pytest.param('a: &b v1\n', 'a: v2\n', id='an anchor before'),
        pytest.param('a: v1\nb: &c 1\nd: *c\n', 'a: v2\nb: &c 1\nd: *c\n', id='aliases elsewhere'),
        pytest.param('a: v1\nb: 1\n', 'a: v2\nb: 2\n', id='a change below'),
        pytest.param('b: 1\na: v1\n', 'b: 2\na: v2\n', id='a change above'),
        pytest.param('a: v1\n', 'a:\n', id='nothing'),
        pytest.param('a: v1\n', 'a: # b\n', id='only a comment'),
        pytest.param('a:\n', 'a: v2\n', id='nothing before'),
        pytest.param('a: {b: v1}\n', 'a: {b: v2}\n', id='flow style'),
        pytest.param('a: v1\n  v1\n', 'a: v2\n', id='two lines'),
        pytest.param('--- v1\n', '--- v2\n', id='the whole document'),
        pytest.param('a: "v1"\t# c\n', 'a: v2\t# c\n', id='a tab before a comment'),
        pytest.param('a: [\n  v1\n]\n', 'a: [\n  v2\n]\n', id='a line of flow style'),
    ],
)
def test_whatever_else_is_read_again(before: str, after: str) -> None:
    assert not swapped(before, after)


def swapped(before: str, after: str) -> bool:
    """Whether it is a swap at any path that differs."""
    [old], [new] = manifest.load(before), manifest.load(after)
    return any(
        is_swap(before, after, old, path, node.data)
        for path, node in scalars(new.root.node)
        if any(path == other for other, _ in scalars(old.root.node))
    )


def test_a_text_that_would_be_too_large_is_read_again() -> None:
    before = 'a: v1\nb: ' + 'x' * ((1 << 20) - 20) + '\n'
    after = before.replace('v1', 'v2' * 20)
    assert not is_swap(before, after, manifest.load(before)[0], ('a',), 'v2' * 20)
