"""raybootstrap fleet"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap import git_url
from bootstrap.cli.kinds import request_command
from bootstrap.plans import fleet as plans
from bootstrap.request import Request


def fleet(
    repo_url: Annotated[
        str | None,
        typer.Option(
            '--repo-url', metavar='URL', help="The repository, as Argo CD reads it. Default: the environments' own."
        ),
    ] = None,
) -> Request:
    """Make the root Applications of all environments, on many Kubernetes clusters, from one ApplicationSet.

    \b
    Example:
      raybootstrap fleet --repo-url https://git.example.com/acme/ray.git
    """
    return Request(
        'fleet',
        partial(plans.plan, repo_url=git_url.checked(repo_url) if repo_url is not None else None),
        lambda *_: 'Make root Applications from an ApplicationSet',
        repository_wide=True,
        notes=lambda _before, after, context: list(plans.notes(after, context)),
    )


command = request_command(fleet)
