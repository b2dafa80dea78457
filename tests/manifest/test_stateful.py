"""A text that lives through many edits: what holds after one holds after all of them."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from manifest_layouts import WORDS, mappings, scalars, seeds, values
from test_properties import data, is_flow, paths, stream

from bootstrap import manifest
from bootstrap.manifest import MISSING
from bootstrap.manifest.paths import at, same, updated

numbers = st.integers(0, 1000)
keys = st.sampled_from([*WORDS, 'new', 'A', 'zz'])
MARK = re.compile(r'# note \d+\.')


class Edits(RuleBasedStateMachine):
    """One text, the data that it should hold, and the notes that somebody put above keys."""

    @initialize(documents=st.lists(mappings, min_size=1, max_size=2), seed=seeds)
    def begin(self, documents: list[Any], seed: int) -> None:
        self.text, self.documents = stream(documents, seed)[0], documents
        # Below `|+`, a blank line that was between two keys becomes one of the value's.
        self.keeps = '|+' in self.text
        self.notes: dict[str, tuple[Any, ...]] = {}
        self.count = 0

    def existing(self, number: int, kind: Any = object) -> tuple[Any, ...] | None:
        found = [path for path in paths(self.documents) if len(path) > 1 and isinstance(at(self.documents, path), kind)]
        return found[number % len(found)] if found else None

    def become(self, text: str, documents: list[Any]) -> None:
        found = data(text)
        assert same(found, documents)
        assert text.startswith('\ufeff') == self.text.startswith('\ufeff')
        # A text of one line tells no line break.
        if '\r\n' in self.text:
            assert '\n' not in text.replace('\r\n', '')
        elif '\n' in self.text:
            assert '\r' not in text
        assert all(keeps_order(*both) for both in zip(self.documents, found, strict=True))
        self.text, self.documents = text, found
        self.keeps = self.keeps or '|+' in text

    def forget(self, path: tuple[Any, ...], *, itself: bool = True) -> None:
        """No longer look at the notes below a path: they go with what they stand at, or lists move them."""
        self.notes = {
            note: owner
            for note, owner in self.notes.items()
            if owner[: len(path)] != path or (owner == path and not itself)
        }

    @rule(number=numbers, value=scalars)
    def give_a_scalar_another_value(self, number: int, value: Any) -> None:
        path = self.existing(number, (str, int, float, bool, type(None)))
        if path is None:
            return
        comments = [found for _, found in manifest.comments(self.text)]
        self.become(manifest.put(self.text, path, value), updated(self.documents, path, value))
        assert [found for _, found in manifest.comments(self.text)] == comments
        assert manifest.put(self.text, path, value) == self.text

    @rule(number=numbers, value=values)
    def give_another_value(self, number: int, value: Any) -> None:
        path = self.existing(number)
        if path is None:
            return
        self.forget(path, itself=False)
        self.become(manifest.put(self.text, path, value), updated(self.documents, path, value))
        assert manifest.put(self.text, path, value) == self.text

    @rule(number=numbers, change=st.dictionaries(keys, values, max_size=3), gone=numbers)
    def give_a_mapping_other_keys(self, number: int, change: dict[str, Any], gone: int) -> None:
        path = self.existing(number, dict)
        if path is None or not at(self.documents, path):
            return
        old = at(self.documents, path)
        without = [*old][gone % len(old)]
        new = {key: value for key, value in old.items() if key != without} | change
        for key in {without, *change}:
            self.forget((*path, key), itself=key == without)
        if not new or not old.keys() & new.keys():
            self.forget(path, itself=False)
        self.become(manifest.put(self.text, path, new), updated(self.documents, path, new))

    @rule(number=numbers, key=keys, value=values, place=st.sampled_from(['', 'before', 'in_order']), sibling=numbers)
    def put_a_key_in_and_perhaps_take_it_out(self, number: int, key: str, value: Any, place: str, sibling: int) -> None:
        path = self.existing(number, dict)
        if path is None or key in at(self.documents, path):
            return
        siblings = at(self.documents, path)
        options: dict[str, Any] = {}
        if place == 'before' and siblings:
            options = {'before': [*siblings][sibling % len(siblings)]}
        elif place == 'in_order':
            options = {'in_order': True}
        new = manifest.put(self.text, (*path, key), value, **options)
        assert manifest.put(new, (*path, key), value, **options) == new
        if siblings and self.text.endswith('\n') == new.endswith('\n'):
            assert manifest.drop(new, (*path, key)) == self.text
        self.become(new, updated(self.documents, (*path, key), value))
        assert [*at(self.documents, path)] == _keys(siblings, key, options)

    @rule(number=numbers, value=values)
    def append_an_item(self, number: int, value: Any) -> None:
        path = self.existing(number, list)
        if path is None:
            return
        items = at(self.documents, path)
        is_in = any(same(item, value) for item in items)
        new = manifest.append(self.text, path, value)
        assert not is_in or new == self.text
        self.become(new, self.documents if is_in else updated(self.documents, path, [*items, value]))

    @rule(number=numbers, value=values, place=numbers, gone=numbers)
    def change_the_items_of_a_list(self, number: int, value: Any, place: int, gone: int) -> None:
        path = self.existing(number, list)
        if path is None:
            return
        items = [*at(self.documents, path)]
        items.insert(place % (len(items) + 1), value)
        del items[gone % len(items)]
        self.forget(path, itself=False)
        self.become(manifest.put(self.text, path, items), updated(self.documents, path, items))

    @precondition(lambda self: not self.keeps)
    @rule(number=numbers)
    def drop(self, number: int) -> None:
        path = self.existing(number)
        if path is None:
            return
        owner = path[:-1] if isinstance(path[-1], int) else path
        self.forget(owner, itself=owner == path)
        if len(at(self.documents, path[:-1])) == 1:
            self.forget(path[:-1], itself=False)
        self.become(manifest.drop(self.text, path), updated(self.documents, path, MISSING))
        assert manifest.drop(self.text, (*path[:-1], 'none')) == self.text

    @rule(number=numbers)
    def note_something(self, number: int) -> None:
        path = self.existing(number)
        if path is None or not isinstance(path[-1], str) or is_flow(self.text, path) or not self.begins_line(path):
            return
        self.count += 1
        note = f'# note {self.count}.'
        new = manifest.comment(self.text, path, note)
        assert manifest.comment(new, path, note) == new
        self.become(new, self.documents)
        self.notes[note] = path

    @rule(one=numbers, other=numbers, value=st.integers(0, 99), second=st.integers(0, 99))
    def change_two_in_either_order(self, one: int, other: int, value: int, second: int) -> None:
        path, way = self.existing(one, (str, int, float)), self.existing(other, (str, int, float))
        if path is None or way is None or path == way:
            return
        text = manifest.put(manifest.put(self.text, path, value), way, second)
        assert text == manifest.put(manifest.put(self.text, way, second), path, value)
        self.become(text, updated(updated(self.documents, path, value), way, second))

    @invariant()
    def notes_stand_above_what_they_are_about(self) -> None:
        lines = self.text.removeprefix('\ufeff').split('\n')
        for note, path in self.notes.items():
            event('looked at a note')
            line = manifest.load(self.text)[path[0]].position(path[1:]).line - 2
            above = []
            while line >= 0 and lines[line].lstrip(' \t').startswith('#'):
                above.append(lines[line].strip())
                line -= 1
            assert note in above, (note, path)
        found = MARK.findall(self.text)
        assert len(found) == len(set(found))

    def begins_line(self, path: tuple[Any, ...]) -> bool:
        position = manifest.load(self.text)[path[0]].position(path[1:])
        line = self.text.removeprefix('\ufeff').split('\n')[position.line - 1]
        return not line[: position.column - 1].strip()


def _keys(siblings: dict[str, Any], key: str, options: dict[str, Any]) -> list[str]:
    """The order in which a new key stands among others."""
    behind = [other for other in siblings if other > key] if 'in_order' in options else [options.get('before')]
    place = next((index for index, other in enumerate(siblings) if other in behind), len(siblings))
    return [*[*siblings][:place], key, *[*siblings][place:]]


def keeps_order(old: Any, new: Any) -> bool:
    """Whether the keys that stay in each mapping outside lists stand in the order that they had."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return True
    stays = [key for key in old if key in new]
    return stays == [key for key in new if key in old] and all(keeps_order(old[key], new[key]) for key in stays)


TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=[*HealthCheck]
)
