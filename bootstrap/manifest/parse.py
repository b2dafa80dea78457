"""One pass over the parser's events: limits first, then nodes and their data together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from yaml.reader import Reader

from bootstrap.manifest import scalars
from bootstrap.manifest.nodes import MERGE_KEY, Alias, Collection, Mapping, Node, Scalar, Sequence, start
from bootstrap.manifest.refusal import ManifestError, line_of, refuse

LOADER: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)

BOM = '\ufeff'
MAX_BYTES = 1 << 20
MAX_DEPTH = 64
_TOO_DEEP = f'is nested deeper than {MAX_DEPTH} levels'
MAX_ALIASES = 100
MAX_MERGE_DEPTH = 4
MAX_NODES = 100_000
MAX_DOCUMENTS = 1_000

# A plain `=` is a string where a key stands (PyYAML's `flatten_mapping`).
_SPECIAL_KEYS = {'<<': MERGE_KEY, '=': '='}
_UNFINISHED = Scalar(ScalarEvent(None, None, (True, False), ''), None)


class Root(NamedTuple):
    """One document: the offset of its `---` (or of its content), its root, and the aliases in it."""

    begin: int
    explicit: bool
    node: Node
    aliases: tuple[Alias, ...]


def roots(text: str) -> list[Root]:
    """The documents of a text, the empty ones too. Refuses what is no YAML, too large, or not plain data."""
    if len(text) > MAX_BYTES or len(text.encode(errors='replace')) > MAX_BYTES:
        raise ManifestError(1, 'is larger than 1 MiB', 'split the file')
    try:
        return _Builder(text).roots()
    except yaml.reader.ReaderError:
        raise _unreadable(text) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        # PyYAML 6.0.4 and newer look far ahead of the events, and have a bound of their own.
        if 'nesting depth' in (error.problem or ''):
            raise refuse(text, offset, _TOO_DEEP) from None
        detail = f'is not valid YAML: {error.problem or error.context}'
        raise refuse(text, offset, detail, 'mend it, and commit it') from None
    except UnicodeEncodeError as error:
        raise refuse(text, error.start, 'holds half of a surrogate pair', 'save the file as UTF-8') from None


def _unreadable(text: str) -> ManifestError:
    # What libyaml's reader refuses in a text, PyYAML's expression finds, for every character there is.
    found = next(Reader.NON_PRINTABLE.finditer(text))
    detail = f'holds the character {found.group()!a}, which YAML does not allow'
    return refuse(text, found.start(), detail, 'remove it')


_SEEN = scalars.SEEN


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.take: Callable[[], Any] = LOADER(text).get_event
        self.depth = 0
        self.count = 0
        self.anchors: dict[str, tuple[Node, int]]
        self.aliases: list[Alias]

    def roots(self) -> list[Root]:
        found: list[Root] = []
        self.take()
        while not isinstance(event := self.take(), StreamEndEvent):
            if len(found) >= MAX_DOCUMENTS:
                raise self.refusal(event, f'holds more than {MAX_DOCUMENTS:,} documents', 'split the file')
            self.anchors, self.aliases = {}, []
            node = self.node(self.take())
            found.append(Root(event.start_mark.index, event.explicit, node, tuple(self.aliases)))
            self.take()
        return found

    def node(self, event: Any) -> Node:
        kind = event.__class__
        if kind is AliasEvent:
            return self.alias(event)
        if event.anchor is not None:
            return self.anchored(event)
        return self.scalar(event) if kind is ScalarEvent else self.collection(event)

    def scalar(self, event: Any) -> Scalar:
        try:
            if event.implicit[0]:
                value = event.value
                return Scalar(event, _SEEN[value] if value in _SEEN else scalars.plain(value))
            if event.tag is None:
                return Scalar(event, event.value)
            construct = scalars.CONSTRUCTORS.get(event.tag) or self.refuse_tag(event)
            return Scalar(event, construct(event.value))
        except scalars.MISFITS:
            raise self.refusal(
                event, f"'{_short(event.value)}' is not a value YAML can hold", 'put it in quotes'
            ) from None

    def collection(self, event: Any) -> Collection:
        if self.depth >= MAX_DEPTH:
            raise self.refusal(event, _TOO_DEEP)
        is_mapping = event.__class__ is MappingStartEvent
        if event.tag not in (None, '!', scalars.TAG + ('map' if is_mapping else 'seq')):
            self.refuse_tag(event)
        self.depth += 1
        node = self.mapping(event) if is_mapping else self.sequence(event)
        self.depth -= 1
        self.count += len(node.values) * (1 + is_mapping)
        if self.count > MAX_NODES:
            raise self.refusal(event, f'holds more than {MAX_NODES:,} values')
        return node

    def sequence(self, event: Any) -> Sequence:
        node = Sequence(event)
        take, build, values, data = self.take, self.node, node.values, node.data
        while (event := take()).__class__ is not SequenceEndEvent:
            value = build(event)
            values.append(value)
            data.append(value.data)
        node.end = event
        return node

    def mapping(self, event: Any) -> Mapping:
        node = Mapping(event)
        take, scalar, keys, values, data = self.take, self.scalar, node.keys, node.values, node.data
        merge = None
        while (event := take()).__class__ is not MappingEndEvent:
            # Nearly all keys and most values are plain scalars: three calls less for each is a tenth of reading.
            is_plain = event.__class__ is ScalarEvent and event.anchor is None and event.value not in _SPECIAL_KEYS
            key = scalar(event) if is_plain else self.key(event)
            event = take()
            is_plain = event.__class__ is ScalarEvent and event.anchor is None
            value = scalar(event) if is_plain else self.node(event)
            if key.data is MERGE_KEY:
                if merge is not None:
                    self.refuse_duplicate(node, MERGE_KEY, key)
                merge = value
            elif key.data in data:
                self.refuse_duplicate(node, key.data, key)
            else:
                data[key.data] = value.data
            keys.append(key)
            values.append(value)
        node.end = event
        if merge is not None:
            self.merge(node, merge)
        return node

    def key(self, event: Any) -> Scalar | Alias:
        if event.__class__ is ScalarEvent and event.anchor is None:
            if event.value in _SPECIAL_KEYS and event.implicit[0]:
                return Scalar(event, _SPECIAL_KEYS[event.value])
            return self.scalar(event)
        node = self.node(event)
        if isinstance(node, Scalar) or (isinstance(node, Alias) and isinstance(node.target, Scalar)):
            return node
        raise self.refusal(event, 'a key must be a single value, not a mapping or list')

    def merge(self, node: Mapping, merge: Node) -> None:
        found = merge.target if isinstance(merge, Alias) else merge
        items = found.values if isinstance(found, Sequence) else [found]
        for item in items:
            source = item.target if isinstance(item, Alias) else item
            if not isinstance(source, Mapping):
                raise self.refusal(item.event, '`<<` merges mappings only')
            node.merged.append(source)
        node.depth = 1 + max((source.depth for source in node.merged), default=0)
        if node.depth > MAX_MERGE_DEPTH:
            raise self.refusal(merge.event, f'`<<` merges are nested deeper than {MAX_MERGE_DEPTH} levels')
        own = dict(node.data)
        node.data.clear()
        for source in reversed(node.merged):
            node.data.update(source.data)
        node.data.update(own)
        self.count += len(node.data)

    def anchored(self, event: Any) -> Node:
        name = event.anchor
        if name in self.anchors:
            raise self.refusal(event, f'the anchor &{name} is defined twice')
        self.anchors[name] = (_UNFINISHED, 0)
        before = self.count
        node = self.scalar(event) if event.__class__ is ScalarEvent else self.collection(event)
        self.anchors[name] = (node, self.count - before)
        return node

    def alias(self, event: Any) -> Alias:
        target, count = self.anchors.get(event.anchor, (None, 0))
        if target is None:
            raise self.refusal(event, f'the alias *{event.anchor} has no anchor above it')
        if target is _UNFINISHED:
            raise self.refusal(event, f'the alias *{event.anchor} stands inside its own anchor')
        self.count += count
        if self.count > MAX_NODES:
            raise self.refusal(event, f'its aliases stand for more than {MAX_NODES:,} values')
        if len(self.aliases) >= MAX_ALIASES:
            raise self.refusal(event, f'uses more than {MAX_ALIASES} aliases')
        node = Alias(event, target)
        self.aliases.append(node)
        return node

    def refuse_tag(self, event: Any) -> NoReturn:
        tag = event.tag.replace(scalars.TAG, '!!')
        raise self.refusal(event, f'the tag {_short(tag)} is not supported here', 'remove the tag')

    def refuse_duplicate(self, node: Mapping, name: object, key: Scalar | Alias) -> NoReturn:
        first = next(other for other in node.keys if other.data == name)
        line = line_of(self.text, start(first))
        raise self.refusal(
            key.event, f'the key {_short(str(name))} stands here and on line {line}', 'remove one of the two'
        )

    def refusal(self, event: Any, detail: str, hint: str = '') -> ManifestError:
        return refuse(self.text, event.start_mark.index, detail, hint)


def _short(value: str) -> str:
    return ascii(value if len(value) <= 40 else value[:40] + '...')[1:-1]
