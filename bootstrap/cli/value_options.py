"""--set and --unset: any value of the ray-cluster chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.value_edits import Edits
from bootstrap.value_paths import parse_assignment, parse_path

SET = Annotated[list[str] | None, typer.Option('--set', metavar='PATH=VALUE', help='Put a value; it is read as YAML.')]
UNSET = Annotated[list[str] | None, typer.Option('--unset', metavar='PATH', help='Take a value out.')]


def edits_of(given: Sequence[str] | None, unset: Sequence[str] | None) -> Edits:
    """Both in their plain form; a usage error where one is none, or they contradict each other."""
    edits = Edits(
        tuple(parse_assignment(text, '--set') for text in given or ()),
        tuple(parse_path(text, '--unset') for text in unset or ()),
    )
    paths = [path for path, _ in edits.set] + list(edits.unset)
    for number, path in enumerate(paths):
        for other in paths[number + 1 :]:
            if path[: len(other)] == other or other[: len(path)] == path:
                raise BootstrapError(
                    'two of --set and --unset are about the same value', 'give each value once', exit_code=USAGE
                )
    return edits
