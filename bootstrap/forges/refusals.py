"""What a forge's refusal means, and what to do about it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges.address import Forge
from bootstrap.forges.token import Token, variable
from bootstrap.words import sanitise

_SCOPES = {
    'github': "scope 'repo' (classic), or 'Pull requests: write' and 'Contents: read' (fine-grained)",
    'gitlab': "scope 'api' and at least the Developer role",
    'gitea': "scopes 'write:repository' and 'write:issue'",
    'forgejo': "scopes 'write:repository' and 'write:issue'",
    'bitbucket': "scopes 'read:repository:bitbucket', 'read:pullrequest:bitbucket' and 'write:pullrequest:bitbucket'",
    'bitbucket-server': "the permission 'Repository write'",
    'azure': "scope 'Code (read & write)'",
}
_PAUSED = (403, 429)


def of(forge: Forge, token: Token, status: int, headers: Mapping[str, str], said: str) -> BootstrapError | None:
    """The error for an answer's status; None where it is none. `said` is fit to be shown."""
    quoted = f': {said}' if said else ''
    needs = f'{needed(forge)}, then run it again to resume'
    # Azure DevOps shows who is nobody its page for signing in.
    if status == 401 or (forge.kind == 'azure' and status in (203, 302)):
        return _refusal(f'{forge.host} does not take the token from {token.source} ({status}){quoted}', needs)
    if status == 403:
        return _refusal(f'the token from {token.source} may not do this on {forge.host} (403){quoted}', needs)
    if status == 404:
        missing = f'{forge.host} has no {sanitise(forge.project)} that the token from {token.source} can see (404)'
        return _refusal(missing + quoted, needs)
    if 300 <= status < 400:
        return _redirected(forge, headers)
    if status >= 400:
        return _refusal(f'{forge.host} refuses ({status}){quoted}', 'mend that, then run it again to resume')
    return None


def needed(forge: Forge) -> str:
    """What a token must be able to do, and where to put one that can."""
    return f'it needs {_SCOPES[forge.kind]}; set another one as {variable(forge)}'


def seconds_to_wait(status: int, headers: Mapping[str, str]) -> float | None:
    """How long to wait before the same request; None where waiting would not help."""
    if status not in _PAUSED:
        return None
    after = headers.get('retry-after', '')
    if re.fullmatch(r'\d{1,9}', after):
        return float(after)
    if after and (moment := _moment(after)) is not None:
        return max(0.0, moment - time.time())
    # GitHub names the end of an hour's quota in seconds since 1970.
    if headers.get('x-ratelimit-remaining') == '0' and re.fullmatch(r'\d{1,12}', headers.get('x-ratelimit-reset', '')):
        return max(0.0, float(headers['x-ratelimit-reset']) - time.time())
    return 5.0 if status == 429 else None


def too_many(forge: Forge, seconds: float) -> BootstrapError:
    return _refusal(
        f'{forge.host} has had too many requests', f'run it again in {max(1, round(seconds))} seconds to resume'
    )


def words(data: Any) -> str:
    """What a forge says in its answer about an error, in whatever shape it says it."""
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return '; '.join(filter(None, map(words, data[:5])))
    if isinstance(data, dict):
        keys = ('message', 'error_description', 'error', 'errors', 'detail', 'context')
        found = list(dict.fromkeys(words(data[key]) for key in keys if key in data))
        return '; '.join(filter(None, found))
    return ''


def says_exists(said: str) -> bool:
    return re.search(r'already exist|already been opened|already open', said, re.IGNORECASE) is not None


def _redirected(forge: Forge, headers: Mapping[str, str]) -> BootstrapError:
    try:
        target = sanitise(urlsplit(headers.get('location', '')).netloc.rpartition('@')[2])[:100]
    except ValueError:
        target = ''
    return _refusal(
        f'{forge.host} redirects to {target or "another place"}, where no token is sent',
        "if the repository has moved, change the remote's URL; else name the API with --forge-url",
    )


def _moment(text: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _refusal(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint, exit_code=NO_PULL_REQUEST)
