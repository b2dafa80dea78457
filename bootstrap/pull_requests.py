"""Opens a pushed branch for review: with a token through the forge, without one by the push itself, or by a link."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from bootstrap import body, forges
from bootstrap.base import Remotes
from bootstrap.body import Review
from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges import Draft, Forge, Head, Token
from bootstrap.outcome import Opened
from bootstrap.repository import PushResult, PushUpdate, Repository
from bootstrap.request import Publishing
from bootstrap.settings import Settings

_MOST_CHARACTERS = 60_000


@dataclass(frozen=True)
class Way:
    """How a proposal is opened: the forge of the base remote, who we are there, and where the branch is pushed to."""

    forge: Forge
    token: Token | None
    project: str = ''
    """The project of the push remote, where it is a fork."""

    def head(self, branch: str, commit: str = '') -> Head:
        return Head(branch, self.project, commit)


def way(there: Remotes, publishing: Publishing, settings: Settings) -> Way | None:
    """The way to a pull request; None where none is wanted, or the remote belongs to no known forge."""
    if there.base is None or there.push is None or not publishing.push or publishing.direct or publishing.pr is False:
        return None
    url = there.base.url
    told = {'kind': publishing.forge, 'settings_kind': settings.forge}
    kind = forges.kind_of(url, **told, environ=os.environ, probe=True, api_url=publishing.forge_url)
    if kind is None:
        return None
    forge = forges.forge(url, kind, api_url=publishing.forge_url, environ=os.environ)
    project = ''
    if there.push.push_url not in (there.base.url, there.base.push_url):
        theirs = forges.forge(there.push.push_url, kind, api_url=publishing.forge_url, environ=os.environ)
        project = theirs.project if theirs.project.casefold() != forge.project.casefold() else ''
    # Git looks at no repository's configuration where GIT_DIR is none.
    environ = {**os.environ, 'GIT_DIR': str(there.credentials_of or os.devnull)}
    return Way(forge, forges.token_of(forge, environ=environ), project)


def check(there: Remotes, publishing: Publishing, kind: str | None) -> None:
    """A usage error where a forge that is known without asking cannot be the remote's; before anything is written."""
    if there.base is None or there.push is None or kind is None or not publishing.push or publishing.pr is False:
        return
    for url in (there.base.url, there.push.push_url):
        forges.forge(url, kind, api_url=publishing.forge_url, environ=os.environ)


def is_merged(found: Way | None, branch: str, tip: str) -> bool:
    """Whether the forge says that a pull request of this very commit was merged."""
    if found is None or found.token is None:
        return False
    api = forges.api(found.forge, found.token)
    return forges.of(found.forge.kind).merged(api, found.head(branch, tip))


def is_queued(found: Way | None, branch: str) -> bool:
    """Whether the forge says that an open pull request waits in a queue, or for its checks, to be merged by itself."""
    if found is None or found.token is None:
        return False
    functions, api = forges.of(found.forge.kind), forges.api(found.forge, found.token)
    there = functions.find(api, found.head(branch))
    if there is None or there.auto_merge:
        return there is not None
    # GitHub tells of its merge queue only where it lists pull requests.
    return any(one.number == there.number and one.auto_merge for one in functions.open_ones(api))


def unknown_forge(publishing: Publishing, there: Remotes) -> BootstrapError | None:
    """The error for a pull request that was asked for and cannot be opened: nobody knows which forge this is."""
    if publishing.pr is not True:
        return None
    where = there.base.url if there.base else 'a repository without a remote'
    return BootstrapError(
        f'which forge is {where}? The branch is there, its pull request is not',
        'say --forge github, gitlab, gitea, forgejo, bitbucket, bitbucket-server or azure',
        exit_code=NO_PULL_REQUEST,
    )


def draft(
    found: Way, review: Review, branch: str, tip: str, publishing: Publishing, settings: Settings, taken: int = 0
) -> Draft:
    """The pull request to be: title and text within the forge's limits, of which others have taken some characters."""
    functions = forges.of(found.forge.kind)
    return Draft(
        title=(publishing.title or review.title)[: functions.TITLE_LIMIT],
        body=body.page(review, min(functions.BODY_LIMIT, _MOST_CHARACTERS) - taken),
        head=found.head(branch, tip),
        base=review.base,
        draft=publishing.draft,
        reviewers=tuple(publishing.reviewer) or settings.reviewers,
        labels=tuple(publishing.label) or settings.labels,
    )


def pushed(
    repository: Repository, url: str, update: PushUpdate, found: Way | None, wanted: Callable[[int], Draft] | None
) -> tuple[PushResult, Opened | None]:
    """Push a branch; without a token, so that the forge opens the pull request itself where it can."""
    if found is None or wanted is None or found.token is not None:
        return repository.push(url, [update]), None
    if found.forge.kind in ('gitea', 'forgejo') and (review := forges.review(found.forge, wanted(0))):
        result = repository.push_for_review(url, update.new, review.ref, review.options)
        if 'same with old commit' in str(result):
            # What Gitea answers where the pull request has this commit already.
            return PushResult({}, ''), Opened(words=('The pull request is there already (refs/for/).',))
        return result, _told(found, result.words, 'the push made a pull request (refs/for/)')
    options = forges.push_options(found.forge, wanted(0))
    if not options:
        return repository.push(url, [update]), None
    try:
        result = repository.push(url, [update], options)
    except BootstrapError as error:
        if 'push options' not in error.message:
            raise
        return repository.push(url, [update]), None
    return result, _told(found, result.words, 'the push made a merge request (push options)')


def _told(found: Way, words: str, how: str) -> Opened:
    """What the server's words say about the pull request it made."""
    places = re.findall(rf'{re.escape(found.forge.web)}/[!-~]+', words)
    pages = [place for place in places if re.search(r'/(merge_requests|pulls|pull)/\d+$', place)]
    if not pages:
        return Opened(words=(f'{how}, as the remote was asked; it did not say where.',))
    number = int(pages[-1].rpartition('/')[2])
    return Opened(url=pages[-1], number=number, state='open', words=(f'Without a token, {how}.',))


def opened(found: Way, draft_beside: Callable[[int], Draft], publishing: Publishing) -> Opened:
    """The pull request of a pushed branch: the open one with its text brought up to date, else a new one.

    `draft_beside` makes it so that it fits beside that many characters.
    """
    wanted = draft_beside(0)
    if found.token is None:
        link = forges.compare_url(found.forge, wanted.base, wanted.head.branch, found.project)
        if publishing.pr is True:
            raise BootstrapError(
                f'without a token no pull request can be opened: {link}',
                f'set {forges.token.variable(found.forge)}, then run it again',
                exit_code=NO_PULL_REQUEST,
            )
        return Opened(compare_url=link, words=('Without a token, open the pull request with the link.',))
    functions, api = forges.of(found.forge.kind), forges.api(found.forge, found.token)
    there = functions.find(api, wanted.head)
    if there is None:
        made = functions.create(api, wanted)
        return Opened(made.url, made.number, made.state, words=made.warnings)
    before = there.body.replace('\r\n', '\n')
    text = body.replaced(before, wanted.body)
    if (taken := len(text) - len(wanted.body)) and len(text) > functions.BODY_LIMIT:
        text = body.replaced(before, draft_beside(taken).body)
    if text.strip() != before.strip():
        there = functions.update(api, there, publishing.title, text)
    return Opened(there.url, there.number, there.state, words=there.warnings)
