"""The remotes: whether they answer, and whether they let us push."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.git import opened
from bootstrap.doctor.question import Question
from bootstrap.errors import BootstrapError
from bootstrap.reading import reading
from bootstrap.repository import Remote, RemoteRefs, Repository, without_credentials

_ASKS = re.compile(r'terminal prompts disabled|could not read (username|password)', re.IGNORECASE)


def verdicts(question: Question) -> Iterator[Verdict]:
    repository = opened(question)
    if repository is None:
        return
    with repository:
        base = repository.base_remote(question.remote)
        push = repository.push_remote(question.push_remote, base)
        if base is None or push is None:
            mend = 'git remote add origin URL; without one, proposals stay local branches'
            yield Verdict('remote', Mark.WARN, 'there is none', mend)
            return
        try:
            refs = repository.remote_refs(base)
            yield Verdict('remote', Mark.OK, f'{_named(base.name, base.url)}, {_described(refs)}')
            yield _push(repository, push, refs if push.push_url in (base.url, base.push_url) else None, refs, question)
        except BootstrapError as error:
            if not (question.attended and _ASKS.search(error.message)):
                raise
            found = f'{_named(base.name, base.url)} asks for a name and a password each time'
            yield Verdict('remote', Mark.WARN, found, 'a credential helper keeps them: git help credentials')


def _push(
    repository: Repository, remote: Remote, there: RemoteRefs | None, base: RemoteRefs, question: Question
) -> Verdict:
    """Asked with a commit that the base remote has, so that nothing is made for it."""
    tip = base.heads.get(base.default_branch or '') or next(iter(base.heads.values()), None) or repository.head.oid
    if tip is None:
        return Verdict('push', Mark.SKIPPED, 'there is no commit yet')
    taken = (there or repository.remote_refs(remote.push_url)).heads
    branch = _free_branch(taken, _prefix(question))
    result = repository.push_dry_run(remote.push_url, tip, branch)
    if refusal := result.refusal():
        raise refusal
    where = _named(remote.name, remote.push_url)
    return Verdict('push', Mark.OK, f'{where} takes branches, as far as a dry run tells (no hook was asked)')


def _prefix(question: Question) -> str:
    with reading(question.folder, question.path) as found:
        return found.settings.branch_prefix


def _free_branch(taken: dict[str, str], prefix: str) -> str:
    number = 1
    while (name := f'{prefix}doctor{number}') in taken or any(one.startswith(f'{name}/') for one in taken):
        number += 1
    return name


def _named(name: str, url: str) -> str:
    return f'{name} ({without_credentials(url)})'


def _described(refs: RemoteRefs) -> str:
    count = len(refs.heads)
    default = f', base {refs.default_branch}' if refs.default_branch in refs.heads else ''
    return f'{count} branch{"" if count == 1 else "es"}{default}'
