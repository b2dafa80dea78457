from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.errors import BootstrapError
from bootstrap.tree import Change, Files, Kind, Tree, changes, differ


@dataclass(frozen=True)
class Stored:
    """A source with more than files: paths and what they are, or their bytes."""

    paths: Mapping[str, Kind | bytes] = field(default_factory=dict)

    def entries(self, directory: str) -> Mapping[str, Kind]:
        found: dict[str, Kind] = {}
        prefix = f'{directory}/' if directory else ''
        for path, what in self.paths.items():
            if path.startswith(prefix):
                name, slash, _ = path.removeprefix(prefix).partition('/')
                found[name] = Kind.DIRECTORY if slash else what if isinstance(what, Kind) else Kind.FILE
        return found

    def read(self, path: str) -> bytes:
        content = self.paths[path]
        assert isinstance(content, bytes)
        return content


TREE = Tree(Files({'a/b': '1', 'a/c/d': '2', 'e': '3'}))


def test_reading() -> None:
    assert TREE['a/b'] == '1'
    assert TREE.get('a') is None
    assert TREE.get('a/x') is None
    assert 'a/c/d' in TREE
    assert 'a/c' not in TREE
    assert dict(TREE.entries('a')) == {'b': Kind.FILE, 'c': Kind.DIRECTORY}
    assert dict(TREE.entries('nowhere')) == {}
    assert list(TREE.files('')) == ['a/b', 'a/c/d', 'e']
    with pytest.raises(KeyError):
        TREE['x']


def test_edits_leave_the_tree_as_it_was() -> None:
    after = TREE.put('a/new/x', '4').drop('e').put('a/b', '5')
    assert list(after.files('')) == ['a/b', 'a/c/d', 'a/new/x']
    assert list(TREE.files('')) == ['a/b', 'a/c/d', 'e']
    assert 'e' not in after
    assert after.get('e') is None
    assert changes(TREE, after) == [Change('a/b', '1', '5'), Change('a/new/x', None, '4'), Change('e', '3', None)]
    assert changes(TREE, after.put('e', '3').put('a/b', '1').drop('a/new/x')) == []


def test_a_directory_without_files_is_nothing() -> None:
    after = TREE.drop('a/c/d')
    assert dict(after.entries('a')) == {'b': Kind.FILE}
    assert dict(after.entries('a/c')) == {}
    assert dict(after.drop('a/b').entries('')) == {'e': Kind.FILE}
    assert after.put('a/c', 'a file now')['a/c'] == 'a file now'
    assert dict(after.put('a/c/x', '').drop('a/c/x').entries('a')) == {'b': Kind.FILE}


def test_changes_are_of_one_source() -> None:
    with pytest.raises(ValueError, match='different sources'):
        changes(TREE, Tree(Files()))


PATHS = st.sampled_from(['a', 'b/c', 'b/d', 'e/f/g'])


@given(st.dictionaries(PATHS, st.text()), st.lists(st.tuples(PATHS, st.none() | st.text())))
def test_changes_are_the_difference(files: dict[str, str], edits: list[tuple[str, str | None]]) -> None:
    before = Tree(Files(files))
    after, expected = before, dict(files)
    for path, text in edits:
        after = after.drop(path) if text is None else after.put(path, text)
        expected.pop(path, None)
        if text is not None:
            expected[path] = text
    assert {path: after[path] for path in after.files('')} == expected
    replayed = dict(files)
    for change in changes(before, after):
        assert replayed.pop(change.path, None) == change.before
        if change.after is not None:
            replayed[change.path] = change.after
    assert replayed == expected


@pytest.mark.parametrize('kind', [Kind.LINK, Kind.SUBMODULE])
def test_never_through_a_link(kind: Kind) -> None:
    for path, place in (('x/y', 'x/y'), ('x', 'x/y/z'), ('x/y', 'x/y/z/w')):
        tree = Tree(Stored({path: kind}))
        for use in (tree.get, tree.__contains__, lambda place, tree=tree: tree.put(place, 'text')):
            with pytest.raises(BootstrapError, match=rf'^{path}: is {kind.value} where a') as caught:
                use(place)
            assert '--path' in caught.value.hint


def test_a_file_in_the_way_of_a_directory_and_the_other_way_round() -> None:
    tree = Tree(Stored({'x': b'', 'd/e': b''}))
    with pytest.raises(BootstrapError, match='x: is a file where a directory belongs'):
        tree.put('x/y', '')
    with pytest.raises(BootstrapError, match='d: is a directory where a file belongs'):
        tree.put('d', '')


@pytest.mark.parametrize(
    ('stored', 'path'),
    [
        ('environments/Prod/root.yaml', 'environments/prod/root.yaml'),
        ('Environments/x', 'environments/y'),
        ('environments/prod/ROOT.yaml', 'environments/prod/root.yaml'),
        ('deploy/e\u0301/x', 'deploy/\u00e9/x'),
    ],
)
def test_names_that_differ_only_in_case(stored: str, path: str) -> None:
    for tree in (Tree(Files({stored: ''})), Tree(Files()).put(stored, '')):
        with pytest.raises(BootstrapError, match='only in case or Unicode form'):
            tree.put(path, '')


def test_what_is_not_utf8() -> None:
    with pytest.raises(BootstrapError, match='x: is not UTF-8'):
        Tree(Stored({'x': b'\xff'})).get('x')


@given(st.dictionaries(st.sampled_from(['a/b', 'a/c/d', 'e', 'f', 'a/g/h']), st.sampled_from(['1', 'x'])))
def test_many_files_are_put_as_one_by_one(texts: dict[str, str]) -> None:
    one_by_one = TREE
    for path, text in texts.items():
        one_by_one = one_by_one.put(path, text)
    at_once = TREE.put_all(texts)
    assert at_once.edits == one_by_one.edits
    for directory in ('', 'a', 'a/c', 'a/g'):
        assert dict(at_once.entries(directory)) == dict(one_by_one.entries(directory))
    assert changes(TREE, at_once) == changes(TREE, one_by_one)
    assert differ(TREE, at_once) == bool(changes(TREE, at_once))


def test_of_many_files_each_is_looked_at() -> None:
    with pytest.raises(BootstrapError, match='a: is a directory where a file belongs'):
        TREE.put_all({'e': '4', 'a': ''})
    with pytest.raises(BootstrapError, match='only in case or Unicode form'):
        TREE.put_all({'new/x': '', 'new/X': ''})
