"""What holds for every edit of every text, in whatever layout."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from manifest_layouts import Layout, mappings, seeds, values

from bootstrap import manifest
from bootstrap.manifest import MISSING
from bootstrap.manifest.paths import at, same, updated

many = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
streams = st.lists(mappings, min_size=1, max_size=3)


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from paths(value, (*path, key))


def stream(documents: list[Any], seed: int) -> tuple[str, random.Random]:
    text = Layout(seed).stream(documents)
    assert same(data(text), documents)
    return text, random.Random(seed)


def data(text: str) -> list[Any]:
    return [document.data for document in manifest.load(text)]


def lines(text: str) -> list[str]:
    return text.removesuffix('\r\n').removesuffix('\n').split('\n')


def changed(before: str, after: str) -> tuple[int, list[str], list[str]]:
    """How many lines are the same above, and the lines in which two texts differ."""
    old, new = lines(before.removeprefix('\ufeff')), lines(after.removeprefix('\ufeff'))
    above = 0
    while above < min(len(old), len(new)) and old[above].rstrip('\r') == new[above].rstrip('\r'):
        above += 1
    below = 0
    while below < min(len(old), len(new)) - above and old[-1 - below].rstrip('\r') == new[-1 - below].rstrip('\r'):
        below += 1
    return above, old[above : len(old) - below], new[above : len(new) - below]


def extent(text: str, documents: list[Any], path: tuple[Any, ...]) -> tuple[int, int]:
    """The lines, from 0, between the key before and the key behind it, or its own where it shares them."""
    document = manifest.load(text)[path[0]]
    known = list(paths(documents[path[0]]))
    below = [other for other in known[known.index(path[1:]) :] if other[: len(path) - 1] != path[1:]]
    following = next((other for other in below if isinstance(other[-1], str)), None)
    flow = is_flow(text, path)
    while path and not isinstance(path[-1], str):
        path = path[:-1]
    first = document.position(path[1:]).line - 1
    last = document.position(following).line - 1 if following and not flow else len(lines(text))
    return first, last


def is_flow(text: str, path: tuple[Any, ...]) -> bool:
    """Whether a collection on the way stands on one line."""
    document, bare = manifest.load(text)[path[0]], text.removeprefix('\ufeff').split('\n')
    for end in range(1, len(path)):
        position = document.value_position(path[1:end])
        if end > 1 and bare[position.line - 1][position.column - 1] in '{[':
            return True
    return False


@many
@given(streams, seeds, values)
def test_put_changes_what_it_is_asked_for_and_nothing_else(documents: list[Any], seed: int, value: Any) -> None:
    text, chance = stream(documents, seed)
    path = chance.choice([path for path in paths(documents) if len(path) > 1])
    new = manifest.put(text, path, value)
    assert same(data(new), updated(documents, path, value))
    assert manifest.put(new, path, value) == new
    above, old, _ = changed(text, new)
    if old:
        first, last = extent(text, documents, path)
        assert first <= above
        assert above + len(old) <= last
    assert new.startswith('\ufeff') == text.startswith('\ufeff')
    assert not ('\r\n' in text and '\n' in new.replace('\r\n', ''))


@many
@given(
    streams, seeds, values, st.sampled_from(['new key', 'on', 'A', 'zz']), st.sampled_from(['', 'before', 'in_order'])
)
def test_a_new_key_adds_lines_and_dropping_it_takes_them_back(
    documents: list[Any], seed: int, value: Any, key: str, place: str
) -> None:
    text, chance = stream(documents, seed)
    parent = chance.choice([path for path in paths(documents) if path and isinstance(at(documents, path), dict)])
    siblings = at(documents, parent)
    assume(key not in siblings)
    options: dict[str, Any] = {'before': {'before': chance.choice([*siblings, 'none'])}, 'in_order': {'in_order': True}}
    new = manifest.put(text, (*parent, key), value, **options.get(place, {}))
    assert same(data(new), updated(documents, (*parent, key), value))
    if siblings and text.endswith('\n') == new.endswith('\n'):
        assert manifest.drop(new, (*parent, key)) == text
    if siblings and not place and not is_flow(text, (*parent, key)):
        assert changed(text, new)[1] == []


@many
@given(streams, seeds, values)
def test_an_appended_item_adds_lines_and_dropping_it_takes_them_back(
    documents: list[Any], seed: int, value: Any
) -> None:
    text, chance = stream(documents, seed)
    lists = [path for path in paths(documents) if path and isinstance(at(documents, path), list)]
    assume(lists)
    path = chance.choice(lists)
    items = at(documents, path)
    new = manifest.append(text, path, value)
    if any(same(item, value) for item in items):
        assert new == text
        return
    assert same(data(new), updated(documents, path, [*items, value]))
    assert manifest.append(new, path, value) == new
    if items and text.endswith('\n') == new.endswith('\n'):
        assert manifest.drop(new, (*path, len(items))) == text


@many
@given(streams, seeds)
def test_drop_takes_lines_out_and_adds_none(documents: list[Any], seed: int) -> None:
    text, chance = stream(documents, seed)
    assume('|+' not in text)  # it would take the blank lines that come to stand below it
    path = chance.choice([path for path in paths(documents) if len(path) > 1])
    new = manifest.drop(text, path)
    assert same(data(new), updated(documents, path, MISSING))
    assert manifest.drop(text, (*path[:-1], 'none')) == text
    siblings = at(documents, path[:-1])
    first_item = isinstance(at(documents, path[:-2]), list) and path[-1] == next(iter(siblings), None)
    if len(siblings) > 1 and not is_flow(text, path) and not first_item and path[-1] != 0:
        assert changed(text, new)[2] == []


@many
@given(streams, seeds, mappings)
def test_a_document_becomes_another(documents: list[Any], seed: int, other: Any) -> None:
    text, chance = stream(documents, seed)
    assume('|+' not in text)
    number = chance.randrange(len(documents))
    new = manifest.put(text, (number,), other)
    assert same(data(new), updated(documents, (number,), other))
    assert manifest.put(new, (number,), other) == new


@many
@given(streams, seeds, seeds)
def test_layout_is_no_difference(documents: list[Any], one: int, other: int) -> None:
    text = stream(documents, one)[0]
    assert manifest.fields(text, stream(documents, other)[0]) == []
    assert manifest.put(text, (0,), documents[0]) == text


@many
@given(values)
def test_dumped_data_are_the_same(value: Any) -> None:
    text = manifest.dump(value)
    assert same([document.data for document in manifest.load(text)], [] if value is None else [value])
    assert text.endswith('\n')


@many
@given(streams, seeds, st.sampled_from(['why', '# why: {x', 'one\ntwo']))
def test_a_comment_is_no_change(documents: list[Any], seed: int, comment: str) -> None:
    text, chance = stream(documents, seed)
    path = chance.choice([path for path in paths(documents) if len(path) > 1])
    assume(not is_flow(text, path))
    new = manifest.comment(text, path, comment)
    assert same(data(new), documents)
    assert manifest.comment(new, path, comment) == new
    assert changed(text, new)[1] == []
    found = [text for _, text in manifest.comments(new)]
    assert len(found) - len(list(manifest.comments(text))) in (0, len(comment.split('\n')))
