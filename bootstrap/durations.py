"""Durations as kubectl takes them."""

from __future__ import annotations

import re

from bootstrap.errors import USAGE, BootstrapError

_DURATION = re.compile(r'(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?', re.ASCII)


def seconds(text: str, option: str) -> int:
    """The seconds of `90s`, `10m` or `1h30m`; a usage error where it is none of the kind."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise BootstrapError(f'{option} {text!a} is no duration', 'for example 90s, 10m or 1h30m', exit_code=USAGE)
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return (hours * 60 + minutes) * 60 + rest


def shown(duration: float) -> str:
    """A duration in the same form."""
    whole = int(duration)
    parts = ((whole // 3600, 'h'), (whole % 3600 // 60, 'm'), (whole % 60, 's'))
    return ''.join(f'{number}{unit}' for number, unit in parts if number) or '0s'
