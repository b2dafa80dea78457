"""Profiles of raybootstrap.yaml: named sets of worker group options, in the spelling of the command line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bootstrap import manifest
from bootstrap.worker_group import Options

_COUNTS = {'min': 0, 'max': 0, 'replicas': 0, 'gpu': 0, 'num-hosts': 1}
_ASSIGNMENTS = (*('ray-resource', 'ray-start-param', 'node-selector', 'env-var', 'pod-label', 'pod-annotation'),)
_LISTS = (*_ASSIGNMENTS, 'toleration', 'env-from')
NAMES = tuple(one.name.replace('_', '-') for one in fields(Options))


def check(document: manifest.Document, profiles: Mapping[Any, Any]) -> None:
    """Refuses a profile or an option that is none, with its line; what an option's text means is read when used."""
    for name, profile in profiles.items():
        line = document.position(('profiles', name)).line
        if not isinstance(name, str) or not name.isprintable() or not name:
            raise manifest.ManifestError(line, 'profiles: a name is no text', 'quote it')
        if not isinstance(profile, dict):
            raise manifest.ManifestError(line, f'profiles.{name} is a mapping from options to values')
        for option, value in profile.items():
            line = document.position(('profiles', name, option)).line
            _check_option(line, f'profiles.{name}', option)
            _check_value(line, f'profiles.{name}.{option}', option, value)


def _check_option(line: int, place: str, option: Any) -> None:
    if option in NAMES:
        return
    near = difflib.get_close_matches(str(option), NAMES, 1)
    raise manifest.ManifestError(
        line,
        f'{place}: {option!a} is no option of a worker group',
        f'did you mean {near[0]}?' if near else f'known are {", ".join(NAMES)}',
    )


def _check_value(line: int, place: str, option: str, value: Any) -> None:
    if option in _COUNTS:
        if isinstance(value, bool) or not isinstance(value, int) or value < _COUNTS[option]:
            raise manifest.ManifestError(line, f'{place} is a number from {_COUNTS[option]} on')
    elif option in _LISTS:
        items = [value]
        if isinstance(value, dict) and option in _ASSIGNMENTS:
            items = [*value, *value.values()]
        elif isinstance(value, list):
            items = value
        if not all(map(_is_text, items)):
            what = 'a list of texts or a mapping of them' if option in _ASSIGNMENTS else 'a list of texts'
            raise manifest.ManifestError(line, f'{place} is {what}', 'quote them')
    elif not _is_text(value):
        raise manifest.ManifestError(line, f'{place} is a text', 'quote it')


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def given(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A checked profile as the command line would give the same options."""
    return {option.replace('-', '_'): _as_given(option, value) for option, value in profile.items()}


def _as_given(option: str, value: Any) -> Any:
    if option in _COUNTS:
        return value
    if option not in _LISTS:
        return str(value)
    if isinstance(value, dict):
        return [f'{key}={text}' for key, text in value.items()]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def over(profile: Mapping[str, Any], command_line: Mapping[str, Any]) -> dict[str, Any]:
    """Both as one: the command line's options win, those that may be given several times come after the profile's."""
    found = dict(command_line)
    for option, value in profile.items():
        mine = command_line.get(option)
        if isinstance(value, list):
            found[option] = [*value, *(mine or ())]
        elif mine is None:
            found[option] = value
    return found
