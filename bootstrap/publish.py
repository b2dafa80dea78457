"""Pushes a proposal's branch and opens it for review."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial

from bootstrap import pull_requests, reviewing, settings
from bootstrap.base import Base, Remotes
from bootstrap.context import Context
from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges import Draft
from bootstrap.outcome import Outcome
from bootstrap.placing import Placement
from bootstrap.repository import PushResult, PushUpdate, Repository, without_credentials
from bootstrap.request import Publishing


class OvertakenError(Exception):
    """Somebody else pushed the branch first; `commit` is ours, which nobody has seen."""

    def __init__(self, commit: str) -> None:
        super().__init__(commit)
        self.commit = commit


class PullRequestWay:
    """The way to a pull request, looked for once and only when it is needed: it may ask the network."""

    def __init__(self, there: Remotes, publishing: Publishing, found: settings.Settings) -> None:
        self._find = partial(pull_requests.way, there, publishing, found)

    @cached_property
    def found(self) -> pull_requests.Way | None:
        return self._find()

    def is_queued(self, branch: str) -> bool:
        """Whether the branch's pull request is to be merged without anybody's further doing."""
        return pull_requests.is_queued(self.found, branch)

    def is_merged(self, branch: str, tip: str) -> bool:
        return pull_requests.is_merged(self.found, branch, tip)


def published(
    repository: Repository,
    publishing: Publishing,
    there: Remotes,
    base: Base,
    placement: Placement,
    context: Context,
    outcome: Outcome,
    way: PullRequestWay,
) -> Outcome:
    """The outcome with what became of the branch and its pull request; the lock is not held here."""
    tip = str(outcome.commit)
    if there.push is None or not publishing.push:
        return outcome
    url = there.push.push_url
    said = []
    if there.push_refs is not None and not there.push_refs.heads and base.oid and not publishing.direct:
        # A forge makes the first branch it sees the default one.
        _checked(repository.push(url, [PushUpdate(base.branch, base.oid, '')]), base.oid)
        said = [f'{without_credentials(url)} had no branch yet, so {base.branch} was pushed first.']
    found = way.found

    opened = None
    wanted = partial(_wanted, repository, publishing, base, context, outcome, found) if found else None
    if placement.pushed != tip:
        update = PushUpdate(placement.branch, tip, placement.pushed or '')
        result, opened = pull_requests.pushed(repository, url, update, found, wanted)
        _checked(result, tip)
    outcome = replace(outcome, pushed_to=without_credentials(url), notes=[*outcome.notes, *said])
    if found is None or wanted is None:
        if refusal := pull_requests.unknown_forge(publishing, there):
            raise refusal
        return outcome
    try:
        return replace(outcome, opened=opened or pull_requests.opened(found, wanted, publishing))
    except BootstrapError as error:
        raise _without_pull_request(error, outcome.branch) from None


def _wanted(
    repository: Repository,
    publishing: Publishing,
    base: Base,
    context: Context,
    outcome: Outcome,
    found: pull_requests.Way,
    taken: int,
) -> Draft:
    tip = str(outcome.commit)
    review = reviewing.review(repository, base, tip, context, outcome, publishing.message)
    return pull_requests.draft(found, review, outcome.branch, tip, publishing, context.settings, taken)


def _without_pull_request(error: BootstrapError, branch: str) -> BootstrapError:
    if error.exit_code != NO_PULL_REQUEST:
        return error
    message = f'{branch} is pushed, its pull request is not up to date: {error.message}'
    return BootstrapError(message, error.hint, exit_code=NO_PULL_REQUEST)


def _checked(result: PushResult, commit: str) -> None:
    if refusal := result.refusal():
        raise refusal
    if result.overtaken:
        raise OvertakenError(commit)
