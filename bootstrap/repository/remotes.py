"""Which remotes a repository has, which of them is base and which is pushed to."""

from __future__ import annotations

import re
from typing import NamedTuple

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.repository.config import Config


class Remote(NamedTuple):
    """A configured remote. Its URLs are as configured: git applies `insteadOf` once, when it is given them."""

    name: str
    url: str
    push_url: str


class RemoteRefs(NamedTuple):
    """The branches of a remote, by object id, and the one its HEAD names."""

    default_branch: str | None
    heads: dict[str, str]


def remotes(config: Config) -> list[Remote]:
    found = []
    for name in config.subsections('remote'):
        urls = config.get_all(f'remote.{name}.url')
        if urls:
            push_urls = config.get_all(f'remote.{name}.pushurl')
            found.append(Remote(name, urls[0], (push_urls or urls)[0]))
    return found


def base_remote(config: Config, name: str | None) -> Remote | None:
    """The one named, else gh's base, else `upstream`, else `origin`, else the only one; None where there is none."""
    known = {remote.name: remote for remote in remotes(config)}
    if name is not None:
        return _named(known, name, '--remote')
    marked = [remote for remote in known if config.get(f'remote.{remote}.gh-resolved') == 'base']
    for candidate in (*marked, 'upstream', 'origin'):
        if candidate in known:
            return known[candidate]
    if len(known) > 1:
        raise BootstrapError(
            f'several remotes ({", ".join(known)}), and none is origin or upstream',
            f'say which: --remote {next(iter(known))}',
            exit_code=USAGE,
        )
    return next(iter(known.values()), None)


def push_remote(config: Config, name: str | None, base: Remote | None) -> Remote | None:
    """The one named, else git's `remote.pushDefault`, else the base remote."""
    known = {remote.name: remote for remote in remotes(config)}
    if name is not None:
        return _named(known, name, '--push-remote')
    return known.get(config.get('remote.pushDefault') or '') or base


def protocols(config: Config, *urls: str) -> tuple[str, ...]:
    """What git must be allowed besides https and ssh: http and local paths, where the user's remotes are such."""
    of_remotes = [url for remote in remotes(config) for url in (remote.url, remote.push_url)]
    schemes = {_scheme(url) for url in (*urls, *of_remotes, *config.subsections('url'))}
    return tuple(sorted(schemes & {'file', 'http'}))


def spelled_as_url(url: str) -> str:
    """The URL in a form that git does not take for the name of a remote, nor for an option."""
    return url if '/' in url or ':' in url else f'./{url}'


def parsed_refs(output: bytes) -> RemoteRefs:
    """From `git ls-remote --symref`. Names of any shape may come from there; only what is a branch is kept."""
    default, heads = None, {}
    for line in output.decode('utf-8', 'surrogateescape').split('\n'):
        value, _, ref = line.partition('\t')
        if ref == 'HEAD' and value.startswith('ref: refs/heads/'):
            default = value.removeprefix('ref: refs/heads/')
        elif ref.startswith('refs/heads/') and re.fullmatch(r'[0-9a-f]{40,64}', value):
            heads[ref.removeprefix('refs/heads/')] = value
    return RemoteRefs(default, heads)


def _named(known: dict[str, Remote], name: str, option: str) -> Remote:
    if name not in known:
        raise BootstrapError(
            f'{option} {name}: no such remote',
            f'there is: {", ".join(known)}' if known else 'git remote add NAME URL',
            exit_code=USAGE,
        )
    return known[name]


def _scheme(url: str) -> str:
    scheme, separator, _ = url.partition('://')
    if separator:
        return scheme.lower()
    # `host:path` is ssh, unless a slash comes before the colon (git-fetch(1), GIT URLS).
    return 'ssh' if re.match(r'[^/]*:', url) else 'file'
