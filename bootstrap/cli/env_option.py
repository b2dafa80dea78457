"""`--env`, as commands take it."""

from __future__ import annotations

from typing import Annotated

import typer

Environments = Annotated[
    list[str] | None, typer.Option('--env', metavar='ENV', help='The environment; give several for one proposal.')
]
OneEnvironment = Annotated[
    str | None, typer.Option('--env', metavar='ENV', help='The environment. Default: the only one.')
]
AllOrOneEnvironment = Annotated[
    str | None, typer.Option('--env', metavar='ENV', help='The environment. Default: all of them.')
]
