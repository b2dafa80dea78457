"""Glob patterns as Argo CD reads them (github.com/gobwas/glob)."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(
    r'\\(?P<escaped>.)|(?P<any>\*+)|(?P<one>\?)|\[(?P<set>!?[^\]]+)\]|(?P<brace>[{},])|(?P<text>.)', re.S
)


def matches(pattern: str, text: str, separator: str = '') -> bool:
    """Whether the whole text matches; `*` stops at the separator, `**` does not. A broken pattern matches nothing."""
    if pattern in ('*', text):
        return True
    compiled = _compiled(pattern, separator)
    return compiled is not None and compiled.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str, separator: str) -> re.Pattern[str] | None:
    within = f'[^{re.escape(separator)}]' if separator else '.'
    depth, parts = 0, []
    for token in _TOKEN.finditer(pattern):
        brace = token['brace']
        depth += {'{': 1, '}': -1}.get(brace, 0)
        if token['any']:
            parts.append('.*' if len(token['any']) > 1 else f'{within}*')
        elif token['one']:
            parts.append(within)
        elif token['set']:
            negated = token['set'].startswith('!')
            parts.append(f'[{"^" if negated else ""}{_set(token["set"].removeprefix("!"))}]')
        elif brace and (depth or brace == '}'):
            parts.append({'{': '(?:', '}': ')', ',': '|'}[brace])
        else:
            parts.append(re.escape(token['escaped'] or token[0]))
    try:
        return re.compile(''.join(parts), re.S) if depth == 0 else None
    except re.error:
        return None


def _set(characters: str) -> str:
    return re.sub(r'[\\\[\]^&~|]', r'\\\g<0>', characters)
