"""`--context`, as the commands that look into Kubernetes have it."""

from __future__ import annotations

from typing import Annotated

import typer

Context = Annotated[
    str | None,
    typer.Option(
        '--context',
        metavar='CTX',
        envvar='RAYBOOTSTRAP_CONTEXT',
        help="The kubeconfig's context of Argo CD. Default: the current one.",
    ),
]
