"""A reader of another make, for YAML 1.2, finds in an edited text what was asked for."""

# ruff: noqa: E501 -- a row of a table is read on one line.

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_layouts import TEXTS, WORDS
from yaml_edit import YamlFile

from bootstrap import manifest
from bootstrap.manifest.paths import same

BEFORE = """\
# top
spec:
    list:
    - name: one  # 1
    -   name: two
    flow: {a: "x", b: [1, 2]}
    text: |
        # no comment
        x
    # end

last: 'x'
"""

BORDERLINE = [
    'on', 'No', 'y', 'N', 'TRUE', '~', 'null', 'NULL', '', '1_000', '0x1F', '0o17', '017', '08', '1e3', '1E+3', '.5', '-.5', '1.',
    '1:30', '190:20:30.15', '0b11', '+1', '-0', '.inf', '-.INF', '.NaN', '2001-01-01', '2001-12-14t21:59:43.10-05:00', '=', '<<',
    '1.5.1', 'v1', '-', '--', '- a', '?', '? a', ':', ': a', 'a:', 'a: b', 'a #b', '#a', 'a#b', '&a', '*a', '!a', '|', '>', '%a', '@a',
    '`a', '{a', '[a', 'a]', 'a,b', "it's", '"a"', ' a', 'a ', '\t', '---', '--- a', '...', 'a\nb', 'a\n', '\na', 'a\n\n', 'a\r\nb', '\x00',
    '\x07', '\x1b[0m', '\x7f', '\x85', '\xa0', '\u2028', '\ufeff', '\ufffe', '😀', 'ключ', '٣', '"\'{"gpu": 1}\'"', '{"gpu": 1}', 'C:\\x', '-1', '1-2',
    'http://x:80/#a', '0.', '0x', '_1', '1__', '+', '.', '..', 'e3', '12e', '1e', '!!str', '<', '>-', '|+', '- ', 'nan', 'inf', 'Infinity',
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(BORDERLINE + TEXTS), st.text(alphabet='abeox0123456789._:-+ #\n', max_size=6), st.text(max_size=6)
)
texts = texts.filter(lambda text: not any(0xD800 <= ord(character) <= 0xDFFF for character in text))
numbers = st.one_of(
    st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()
)
values = st.recursive(
    texts | numbers,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | texts.filter(lambda t: len(t) < 9), inner, max_size=3)
    ),
    max_leaves=5,
)
PATHS: list[manifest.Path] = [
    ('new',), ('last',), ('spec', 'new'), ('spec', 'flow', 'new'), ('spec', 'flow', 'a'), ('spec', 'list', 0, 'new'), ('spec', 'list', 1),
    ('spec', 'text'), ('spec', 'flow'), ('spec', 'list'),
]  # fmt: skip


def second(text: str) -> list[Any]:
    return [document.to_python() for document in YamlFile.parse(text)]


def test_they_agree_before() -> None:
    assert same(second(BEFORE), [manifest.load(BEFORE)[0].data])


def test_borderline_texts_are_texts_to_both() -> None:
    for text in BORDERLINE:
        for path in PATHS:
            new = manifest.put(BEFORE, path, text)
            assert manifest.get(new, path) == text
            assert same(second(new), [manifest.load(new)[0].data]), new


@settings(max_examples=400, deadline=None, database=None)
@given(st.sampled_from(PATHS), values)
def test_they_agree_on_every_edit(path: manifest.Path, value: Any) -> None:
    new = manifest.put(BEFORE, path, value)
    assert same(second(new), [manifest.load(new)[0].data])
