"""What PyYAML's SafeLoader makes of a scalar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

TAG = 'tag:yaml.org,2002:'

# What PyYAML's constructors raise, beside their own errors, on text that does not fit the tag: `2024-13-45`,
# `!!bool maybe`, `!!float ""`, `!!timestamp x`, an integer of more than 4,300 digits.
MISFITS = (yaml.YAMLError, ValueError, OverflowError, LookupError, AttributeError)

_CONSTRUCTOR = SafeConstructor()
_INTEGERS = frozenset('123456789')


def _constructed(name: str) -> Callable[[str], Any]:
    construct = SafeConstructor.yaml_constructors[TAG + name]
    return lambda value: construct(_CONSTRUCTOR, yaml.ScalarNode(TAG + name, value))


def _integer(value: str) -> int:
    if value[0] in _INTEGERS and value.isdigit():
        return int(value)
    number: int = _CONSTRUCT_INT(value)
    # 0x and a few thousand digits make a number that Python refuses to write.
    str(number)
    return number


def _refused(value: str) -> Any:
    raise ValueError(value)


_CONSTRUCT_INT = _constructed('int')
CONSTRUCTORS: dict[str, Callable[[str], Any]] = {
    TAG + name: _constructed(name) for name in ('null', 'bool', 'float', 'timestamp', 'binary', 'str')
}
CONSTRUCTORS[TAG + 'int'] = _integer

# PyYAML gives `=` and `<<` tags of their own, for which SafeLoader has no value.
_SPECIAL = {TAG + 'value': _refused, TAG + 'merge': _refused}

_RESOLVERS = {
    first: tuple(
        (pattern.match, {**CONSTRUCTORS, **_SPECIAL}[tag])
        for tag, pattern in resolvers
        if tag in CONSTRUCTORS | _SPECIAL
    )
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(value: str) -> Any:
    """The value of a scalar without quotes and tag. Raises one of `MISFITS`."""
    try:
        return SEEN[value]
    except KeyError:
        found = _resolved(value)
        if len(SEEN) < _MOST_SEEN and len(value) < _LONGEST_SEEN:
            SEEN[value] = found
        return found


# Keys and most values of manifests are the same few words; what scalars resolve to cannot be changed.
SEEN: dict[str, Any] = {}
_MOST_SEEN, _LONGEST_SEEN = 10_000, 50


def _resolved(value: str) -> Any:
    resolvers = _RESOLVERS.get(value[:1])
    if resolvers is not None:
        for matches, construct in resolvers:
            if matches(value):
                return construct(value)
    return value
