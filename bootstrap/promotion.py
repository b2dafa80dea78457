"""What differs between two environments, and what of it goes from one to the other."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bootstrap import manifest, parameters, raycluster
from bootstrap.kuberay import parse_version
from bootstrap.layout import Environment
from bootstrap.manifest import MISSING, Path
from bootstrap.manifest.paths import display, same
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.raycluster import GROUPS
from bootstrap.tree import Tree

KINDS = ('versions', 'image', 'groups', 'values')
PROMOTED, KEPT, SOURCE_ONLY = 'promoted', 'kept', 'only there'

_REVISION: Path = (*SOURCE, 'targetRevision')
_SIZES = {'replicas', 'minReplicas', 'maxReplicas', 'numOfHosts', 'resources'}
_OWN = {
    ('fullnameOverride',): 'a name',
    ('nameOverride',): 'a name',
    ('worker', 'groupName'): 'a name',
    ('watchNamespace',): 'a namespace',
    ('singleNamespaceInstall',): 'a namespace',
    # Two RayClusters with one Redis and one storage namespace read each other's state.
    ('gcsFaultTolerance',): 'a destination',
}


@dataclass(frozen=True)
class Asked:
    """What of the differences is asked for; empty: all."""

    only: Sequence[str] = ()
    groups: Sequence[str] = ()
    fields: Sequence[Sequence[str]] = ()
    """Lists of patterns, each of which a field has to pass; `!` takes out again."""

    def has(self, kind: str, path: Path, group: str | None) -> bool:
        if (self.only and kind not in self.only) or (self.groups and group not in self.groups):
            return False
        return all(_passes(patterns, path) for patterns in self.fields if patterns)


class Difference(NamedTuple):
    """A field that differs; `file` is the target's, values are MISSING where there is none."""

    file: str
    path: Path
    source: Any
    target: Any
    verdict: str
    why: str = ''

    @property
    def shown(self) -> str:
        return display(_below_values(self.path))


def names_of(path: Path) -> list[str]:
    """A field as patterns may name it: from the document's top, or from the chart's values; with what it is in."""
    below = _below_values(path)
    tops = [(path, 0)] if below == path else [(path, len(VALUES)), (below, 0)]
    return [display(full[:end]) for full, start in tops for end in range(start + 1, len(full) + 1)]


def differences(tree: Tree, source: Environment, target: Environment, asked: Asked) -> Iterator[Difference]:
    """Every difference that is no mere name of the environment, and what becomes of it."""
    yield from _versions(tree, source, target, asked)
    theirs = [*source.rayclusters(tree), *(one for one in (source.operator, source.crds) if one in tree)]
    for path in theirs:
        other = target.directory + path.removeprefix(source.directory)
        if other not in tree:
            yield Difference(other, (), 'a file', MISSING, SOURCE_ONLY, 'promote does not add files')
        elif path != source.crds:
            if path != source.operator:
                _refuse_what_cannot_be_read(tree, (source, path), (target, other))
            with manifest.in_file(other):
                compared = _Compared(other, source.name, target.name, asked)
                yield from compared.values((), _values(tree, path), _values(tree, other))
    for path in target.rayclusters(tree):
        if source.directory + path.removeprefix(target.directory) not in tree:
            yield Difference(path, (), MISSING, 'a file', KEPT, f'not in {source.name}')


def _refuse_what_cannot_be_read(tree: Tree, *places: tuple[Environment, str]) -> None:
    for environment, path in places:
        name = path.rpartition('/raycluster')[2].removesuffix('.yaml').removeprefix('-')
        raycluster.file(tree, environment, name)


def _values(tree: Tree, path: str) -> dict[Any, Any]:
    with manifest.in_file(path):
        found = manifest.get(tree[path], VALUES)
        return found if isinstance(found, dict) else {}


def _versions(tree: Tree, source: Environment, target: Environment, asked: Asked) -> Iterator[Difference]:
    theirs = {place.file: place.value for place in parameters.places(tree, source, parameters.KUBERAY_VERSION)}
    leading = next(iter(theirs.values()), None)
    for place in parameters.places(tree, target, parameters.KUBERAY_VERSION):
        file = source.directory + place.file.removeprefix(target.directory)
        if file not in theirs and place.file in target.rayclusters(tree):
            continue
        there = theirs.get(file, leading)
        new, old = parse_version(str(there)), parse_version(str(place.value))
        if new is None or old is None:
            if str(there) != str(place.value):
                yield Difference(place.file, _REVISION, there, place.value, KEPT, 'no version')
        elif new != old:
            value = parameters.KUBERAY_VERSION.form(str(new), manifest.get(tree[place.file], SOURCE))
            is_asked = asked.has('versions', _REVISION, None)
            why = '' if is_asked else _NOT_ASKED
            yield Difference(place.file, _REVISION, value, place.value, PROMOTED if is_asked else KEPT, why)


@dataclass(frozen=True)
class _Compared:
    file: str
    source: str
    target: str
    asked: Asked

    def values(self, at: Path, theirs: Any, ours: Any) -> Iterator[Difference]:
        """The differences at a path below the chart's values."""
        if same(theirs, ours):
            return
        if isinstance(theirs, dict) and not self._is_whole(at, theirs, ours):
            mine = ours if isinstance(ours, dict) else {}
            for key, value in theirs.items():
                yield from self.values((*at, key), value, mine.get(key, MISSING))
            for key in [key for key in mine if key not in theirs]:
                yield self._difference((*at, key), MISSING, mine[key], KEPT, f'not in {self.source}')
            return
        if ours is not MISSING and same(self._renamed(theirs), ours):
            return
        why = self._why_own((*at,), theirs, ours)
        if why:
            yield self._difference(at, theirs, ours, SOURCE_ONLY if ours is MISSING else KEPT, why)
        else:
            yield self._difference(at, theirs, ours, PROMOTED, '')

    def _is_whole(self, at: Path, theirs: dict[Any, Any], ours: Any) -> bool:
        """Whether a mapping goes as one: a new worker group, or what is new and holds nothing of the target's own."""
        if isinstance(ours, dict):
            return False
        if ours is not MISSING or not theirs or is_group(at):
            return True
        return at not in ((), GROUPS[-1:]) and not any(self._is_own_below(at, key) for key in paths(theirs))

    def _is_own_below(self, at: Path, below: Path) -> bool:
        return bool(_own((*at, *below)))

    def _why_own(self, at: Path, theirs: Any, ours: Any) -> str:
        whole_group = is_group(at) and ours is MISSING
        if not whole_group and (why := _own(at)):
            return why
        if at[-1:] == ('disabled',) and theirs is True and len(at) > 1:
            return 'a group that vanishes leaves its pods behind: remove-group drains it first'
        if not whole_group and names(theirs, self.source):
            return f'it names {self.source}'
        group = str(at[1]) if at[:1] == GROUPS[-1:] and len(at) > 1 else None
        return '' if self.asked.has(_kind(at), (*VALUES, *at), group) else _NOT_ASKED

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(_word(self.source), self.target, value)
        if isinstance(value, list):
            return [self._renamed(one) for one in value]
        return {key: self._renamed(one) for key, one in value.items()} if isinstance(value, dict) else value

    def _difference(self, at: Path, theirs: Any, ours: Any, verdict: str, why: str) -> Difference:
        return Difference(self.file, (*VALUES, *at), theirs, ours, verdict, why)


_NOT_ASKED = 'not asked for'


def is_group(below: Path) -> bool:
    """Whether a path below the chart's values leads to an additional worker group."""
    return len(below) == 2 and below[:1] == GROUPS[-1:]


def names(value: Any, environment: str) -> bool:
    """Whether an environment's name stands in a text, as a word, or anywhere below."""
    if isinstance(value, str):
        return re.search(_word(environment), value) is not None
    if isinstance(value, dict):
        return any(names(one, environment) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(names(one, environment) for one in value)


def _word(name: str) -> str:
    return rf'(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])'


def _own(below: Path) -> str:
    for path, why in _OWN.items():
        if below[: len(path)] == path:
            return why
    keys = below[2:] if below[:1] == GROUPS[-1:] else below
    return 'a size' if _SIZES.intersection(map(str, keys)) and 'rayStartParams' not in keys else ''


def _kind(below: Path) -> str:
    if is_group(below):
        return 'groups'
    if 'image' in below or below == ('head', 'rayVersion'):
        return 'image'
    return 'groups' if below[:1] in (GROUPS[-1:], ('worker',)) else 'values'


def paths(data: Any) -> Iterator[Path]:
    for key, value in data.items() if isinstance(data, dict) else ():
        yield (key,)
        yield from ((key, *path) for path in paths(value))


def _below_values(path: Path) -> Path:
    return path[len(VALUES) :] if path[: len(VALUES)] == VALUES and len(path) > len(VALUES) else path


def _passes(patterns: Sequence[str], path: Path) -> bool:
    wanted = [one for one in patterns if not one.startswith('!')]
    taken_out = [one[1:] for one in patterns if one.startswith('!')]
    return (not wanted or matches(wanted, path)) and not matches(taken_out, path)


def matches(patterns: Sequence[str], path: Path) -> bool:
    return any(fnmatch.fnmatchcase(name, one) for one in patterns for name in names_of(path))
