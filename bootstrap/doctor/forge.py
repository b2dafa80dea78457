"""The forge: which one the remote is, and what the token may do there."""

from __future__ import annotations

import os
from collections.abc import Iterator

from bootstrap import forges, git_url
from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.git import opened
from bootstrap.doctor.question import Question
from bootstrap.forges import Forge, Token, access, refusals
from bootstrap.forges.http import Api
from bootstrap.forges.token import variable
from bootstrap.reading import reading
from bootstrap.repository import Remote, without_credentials

_READ_SECONDS = 10


def verdicts(question: Question) -> Iterator[Verdict]:
    remotes = _remotes(question)
    if remotes is None:
        return
    base, push = remotes
    with reading(question.folder, question.path) as found:
        told = {'kind': question.forge, 'settings_kind': found.settings.forge}
    kind = forges.kind_of(base.url, **told, environ=os.environ, probe=True, api_url=question.forge_url)
    if kind is None:
        yield _unknown(base)
        return
    forge = forges.forge(base.url, kind, api_url=question.forge_url, environ=os.environ)
    yield Verdict('forge', Mark.OK, f'{kind} at {forge.api}, {forge.project}')
    fork = push.push_url not in (base.url, base.push_url)
    token = forges.token_of(forge, environ=os.environ)
    yield _token(forge, token, fork=fork) if token else _without_token(forge)


def _remotes(question: Question) -> tuple[Remote, Remote] | None:
    repository = opened(question)
    if repository is None:
        return None
    with repository:
        base = repository.base_remote(question.remote)
        push = repository.push_remote(question.push_remote, base)
    return (base, push) if base and push else None


def _unknown(base: Remote) -> Verdict:
    url = git_url.parse(base.url)
    if url is None or not url.host:
        return Verdict('forge', Mark.SKIPPED, f'{without_credentials(base.url)} is no forge')
    mend = f'say --forge {", ".join(forges.KINDS)}, or forge: in raybootstrap.yaml'
    return Verdict('forge', Mark.WARN, f'which one {url.host} is, is not known', mend)


def _without_token(forge: Forge) -> Verdict:
    if forge.api.startswith('http:') and not forge.named:
        mend = f'if it is meant: --forge-url {forge.api}'
        return Verdict('token', Mark.WARN, f'none is sent to {forge.host} over plain http', mend)
    found = f'none for {forge.host}: the push, or a link, opens the pull request'
    return Verdict('token', Mark.WARN, found, f'set {variable(forge)}; {refusals.needed(forge)}')


def _token(forge: Forge, token: Token, *, fork: bool) -> Verdict:
    found = access.of(Api(forge, token, read_seconds=_READ_SECONDS), fork=fork)
    words = f'from {token.source}: {token.hidden_in(found.words)}'
    if found.lacks:
        return Verdict('token', Mark.FAIL, f'{words}, without {found.lacks}', refusals.needed(forge))
    if found.ends:
        return Verdict('token', Mark.WARN, f'{words}; it ends on {found.ends}', f'make a new one, as {variable(forge)}')
    return Verdict('token', Mark.OK, words)
