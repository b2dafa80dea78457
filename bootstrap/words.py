"""Words from outside, made fit to be shown: without secrets, without characters that steer a terminal."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import Any

_USERINFO = re.compile(r'([a-z][a-z0-9+.-]{0,20})://([^\s/@\'"]+(?:@[^\s/@\'"]+)*)@', re.IGNORECASE)
_QUERY_SECRET = re.compile(
    r'([?&;][^=&\s]{0,40}(?:token|secret|passw|pwd|api_?key|signature|sig|auth|credential)[^=&\s]{0,40}=)[^&\s\'"]+',
    re.IGNORECASE,
)
_HEADER = re.compile(r'((?:authorization|private-token|cookie)\s*:\s*).+', re.IGNORECASE)
# The prefixes with which GitHub and GitLab mark their tokens, so that scanners find them.
# What steers a terminal may stand right before one, and the last letter of `\x1b[31m` then looks like a part of it.
_TOKEN = re.compile(r'(?:\b|(?<=[\d;[][A-Za-z]))(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|gl[a-z]{2,6}-[\w-]{16,})')
_SECRET_VARIABLE = re.compile(r'TOKEN|SECRET|PASSW|API_?KEY', re.IGNORECASE)
_HIDDEN = '***'
_MOST_CHARACTERS = 1 << 16
_SHORTEST_SECRET = 8


def redact(text: str) -> str:
    """Text without the secrets that URLs, headers and the environment's tokens put into it."""
    text = _USERINFO.sub(lambda found: f'{found[1]}://{_user(found[1], found[2], _HIDDEN)}', text)
    text = _TOKEN.sub(_HIDDEN, _HEADER.sub(rf'\1{_HIDDEN}', _QUERY_SECRET.sub(rf'\1{_HIDDEN}', text)))
    if len(text) < _SHORTEST_SECRET:
        return text
    for name, value in os.environ.items():
        if _SHORTEST_SECRET <= len(value) <= len(text) and _SECRET_VARIABLE.search(name):
            text = text.replace(value, _HIDDEN)
    return text


def sanitise(text: str) -> str:
    """Redacted text whose control, direction and stray characters are shown as escapes; lines and tabs stay."""
    text = redact(text)[-_MOST_CHARACTERS:]
    if text.isprintable():
        return text
    # Some control characters end a word, as a space does: in the midst of a secret they hide the rest of it.
    return redact(''.join(map(_shown, text)))


def sanitised(data: Any) -> Any:
    """Data for JSON with all its texts sanitised."""
    if isinstance(data, dict):
        return {key: sanitised(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [sanitised(value) for value in data]
    return sanitise(data) if isinstance(data, str) else data


def without_credentials(url: str) -> str:
    """A URL without password, token or query secret; an ssh user's name stays, for it is part of the address."""
    url = _USERINFO.sub(lambda found: f'{found[1]}://{_user(found[1], found[2], "")}', url)
    bare, _, query = url.partition('?')
    kept = [part for part in query.split('&') if part and not _QUERY_SECRET.match(f'?{part}')]
    return bare + ('?' + '&'.join(kept) if kept else '')


def _user(scheme: str, userinfo: str, hidden: str) -> str:
    user, colon, _ = userinfo.partition(':')
    if 'ssh' in scheme.lower():
        return f'{user}:{hidden}@' if colon and hidden else f'{user}@'
    return f'{hidden}@' if hidden else ''


def _shown(character: str) -> str:
    if character in '\n\t' or character.isprintable():
        return character
    # Cc: C0 and C1, Cf: direction and zero width, Cs: bytes that are not UTF-8, Zl and Zp: line ends of Unicode.
    if unicodedata.category(character) in ('Cc', 'Cf', 'Cs', 'Zl', 'Zp'):
        return character.encode('unicode_escape').decode('ascii')
    return character
