"""The small parts that edits are made of, where an edit alone does not show them."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import manifest
from bootstrap.errors import BootstrapError
from bootstrap.manifest import MISSING, ManifestError, edits
from bootstrap.manifest.documents import Position
from bootstrap.manifest.lines import Splice, line_end, next_line, spliced
from bootstrap.manifest.paths import at, updated
from bootstrap.manifest.reconcile import Run, runs

BY_HAND = 'edit the file by hand'
few = st.lists(st.integers(0, 2), max_size=7)


@given(few, few)
def test_runs_leave_the_longest_common_part(old: list[int], new: list[int]) -> None:
    @cache
    def longest(i: int, j: int) -> int:
        if i == len(old) or j == len(new):
            return 0
        if old[i] == new[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    found = list(runs(old, new))
    ends = [(0, 0), *((run.old_end, run.new_end) for run in found)]
    begins = [*((run.old, run.new) for run in found), (len(old), len(new))]
    kept = [(old[i:k], new[j:m]) for (i, j), (k, m) in zip(ends, begins, strict=True)]
    assert all(one == other for one, other in kept)
    assert sum(len(one) for one, _ in kept) == longest(0, 0)
    assert all(run.old < run.old_end or run.new < run.new_end for run in found)


def test_runs_of_long_lists_leave_what_is_the_same_at_their_ends() -> None:
    long = list(range(600))
    assert list(runs(long, [-1, *long])) == [Run(0, 0, 0, 1)]
    assert list(runs(long, [*long, -1])) == [Run(600, 600, 600, 601)]
    assert list(runs(long, long[::-1])) == [Run(0, 600, 0, 600)]


def test_of_two_splices_at_one_place_the_first_stands_first() -> None:
    assert spliced('ab', [Splice(1, 1, 'z'), Splice(1, 1, 'y')]) == 'azyb'


def test_ends_of_lines() -> None:
    assert (line_end('\na', 0), next_line('\na', 0)) == (0, 1)
    assert line_end('a\r\n', 2) == 2


def test_positions() -> None:
    [document] = manifest.load('\na: x\n')
    assert document.position(('a',)) == Position(2, 1)
    assert document.value_position(('a',)) == Position(2, 4)


def test_what_is_not_there_has_no_style() -> None:
    [document] = manifest.load('a: "x"\n')
    assert (document.style(('a',)), document.source(('a',))) == ('"', '"x"')
    assert (document.style(('a', 'b')), document.source(('a', 'b'))) == (None, '')


def test_keys_that_are_equal_in_python_only() -> None:
    [document] = manifest.load('1: a\nb:\n  true: c\n')
    assert at(document.data, (1,)) == 'a'
    assert at(document.data, (True,)) is MISSING
    assert at(document.data, ('b', 1)) is MISSING


def test_nothing_has_a_name() -> None:
    assert repr(MISSING) == 'MISSING'


def test_without_what_is_not_there() -> None:
    assert updated({'a': 1}, ('b',), MISSING) == {'a': 1}


def test_a_comment_right_below_kept_line_breaks() -> None:
    assert list(manifest.comments('a: |+\n  #x\n# c\n')) == [(3, '# c')]


@pytest.mark.parametrize('half', [0xD800, 0xDC80, 0xDFFF])
def test_half_of_a_surrogate_pair_is_refused(half: int) -> None:
    with pytest.raises(BootstrapError) as caught:
        manifest.dump(chr(half))
    assert (caught.value.message, caught.value.hint) == (
        f"'\\u{half:x}' is half of a surrogate pair",
        'use valid Unicode text',
    )


def test_what_cannot_stand_in_a_manifest() -> None:
    with pytest.raises(TypeError, match='bytes cannot stand in a manifest'):
        manifest.dump({'a': b'x'})


@pytest.mark.parametrize(
    ('new', 'value', 'detail'),
    [
        ('a: [\n', 2, 'changing a would break the file: is not valid YAML: did not find expected node content'),
        ('a: 3\nb: 1\n', 2, 'a would not read back as what was asked for'),
        ('a: 2\nb: 3\n', 2, 'changing a would also change b'),
        ('a: |+\n  x\n\nb: 1\n', 'x\n', 'a would not read back as what was asked for'),
        ('b: 1\na: |+\n  x\n', 'x\n\n', 'a would not read back as what was asked for'),
    ],
)
def test_an_edit_that_went_wrong_is_refused(new: str, value: object, detail: str) -> None:
    before = 'a: 1\nb: 1\n'
    with pytest.raises(ManifestError) as caught:
        edits._checked(before, new, manifest.load(before)[0], ('a',), value)
    assert (caught.value.line, caught.value.detail, caught.value.hint) == (1, detail, BY_HAND)
