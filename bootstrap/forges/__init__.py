"""Pull requests: which forge a remote is, who we are there, and one module with the same functions for each forge.

The modules of the forges, and with them the HTTP client, are imported when `of` is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bootstrap.forges.address import KINDS, Forge, forge
from bootstrap.forges.kinds import kind_of
from bootstrap.forges.pull_request import Draft, Head, PullRequest
from bootstrap.forges.token import Token, token_of
from bootstrap.forges.without_token import Review, compare_url, push_options, review

if TYPE_CHECKING:
    from bootstrap.forges.http import Api

__all__ = [
    'KINDS',
    'Draft',
    'Forge',
    'Functions',
    'Head',
    'PullRequest',
    'Review',
    'Token',
    'api',
    'compare_url',
    'forge',
    'kind_of',
    'of',
    'push_options',
    'review',
    'token_of',
]


class Functions(Protocol):
    """What each forge's module has. The limits count characters."""

    TITLE_LIMIT: int
    BODY_LIMIT: int

    def find(self, api: Api, head: Head) -> PullRequest | None: ...
    def create(self, api: Api, draft: Draft) -> PullRequest: ...
    def update(self, api: Api, pull_request: PullRequest, title: str | None, body: str) -> PullRequest: ...
    def close(self, api: Api, pull_request: PullRequest) -> None: ...
    def open_ones(self, api: Api) -> list[PullRequest]: ...
    def merged(self, api: Api, head: Head) -> bool: ...


def of(kind: str) -> Functions:
    """The module of a kind of forge."""
    from bootstrap.forges import azure, bitbucket, bitbucket_server, gitea, github, gitlab

    modules: dict[str, Functions] = {
        'github': github,
        'gitlab': gitlab,
        'gitea': gitea,
        'forgejo': gitea,
        'bitbucket': bitbucket,
        'bitbucket-server': bitbucket_server,
        'azure': azure,
    }
    return modules[kind]


def api(forge: Forge, token: Token) -> Api:
    """A forge's API, for one proposal: its requests together take no more than two minutes."""
    from bootstrap.forges.http import Api

    return Api(forge, token)
