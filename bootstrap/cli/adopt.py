"""raybootstrap adopt"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bootstrap import git_url, handover
from bootstrap.adoption import Given
from bootstrap.cli.env_option import OneEnvironment
from bootstrap.cli.kinds import request_command
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import checked_folder_name
from bootstrap.manifest.parse import MAX_BYTES
from bootstrap.plans import adopt as plans
from bootstrap.request import Request, Step
from bootstrap.rules import check
from bootstrap.tree import Tree


def read(text: str) -> Given:
    """A file, or `-` for what comes on stdin."""
    try:
        if text == '-':
            return Given('stdin', sys.stdin.buffer.read(MAX_BYTES + 1).decode())
        with Path(text).open('rb') as file:
            return Given(text, file.read(MAX_BYTES + 1).decode(), _place(Path(text)))
    except (OSError, ValueError) as error:
        reason = getattr(error, 'strerror', None) or 'not UTF-8'
        raise BootstrapError(f'{text!a}: cannot be read ({reason})', exit_code=USAGE) from None


def _place(path: Path) -> str:
    """Where a file stands in the work tree around it; '' where there is none."""
    path = path.resolve()
    top = next((folder for folder in path.parents if (folder / '.git').exists()), None)
    return path.relative_to(top).as_posix() if top else ''


def adopt(
    files: Annotated[
        list[Any],
        typer.Argument(metavar='FILE...', parser=read, help='Manifests, of one or more documents; - is stdin.'),
    ],
    env: OneEnvironment = None,
    repo_url: Annotated[
        str | None,
        typer.Option(
            '--repo-url', metavar='URL', help="The repository, as Argo CD reads it. Default: the remote's URL."
        ),
    ] = None,
    fix: Annotated[
        str | None,
        typer.Option(
            '--fix', metavar='none|all|RULE,...', help='In a second commit: names, projects, and fixes of these rules.'
        ),
    ] = None,
    keep_names: Annotated[
        bool, typer.Option('--keep-names', help='Leave the names of Applications as they are.')
    ] = False,
) -> Request:
    """Take hand-written manifests into the layout: Applications of KubeRay's charts, or bare RayClusters.

    The first commit has the same objects under the same names; a second one, with --fix, mends them.

    \b
    Example:
      raybootstrap adopt ray-argocd-all.yaml --env prod --fix all
    """
    name = checked_folder_name(env, 'environment') if env is not None else None
    url = git_url.checked(repo_url) if repo_url is not None else None
    given: list[Given] = list(dict.fromkeys(files))
    rules = _rules(fix)
    second = partial(plans.fix, name=name, given=given, rules=rules, keep_names=keep_names)
    return Request(
        'adopt',
        partial(plans.plan, name=name, given=given, repo_url=url),
        lambda _path, _before, names: f'Adopt {_listed(given)} into {", ".join(names)}',
        environments=(name,) if name is not None else (),
        steps=() if rules == frozenset() else (Step('Mend what was adopted', second),),
        adopts=True,
        notes=partial(_notes, name, given),
    )


def _notes(name: str | None, given: Sequence[Given], before: Tree, after: Tree, context: Context) -> list[str]:
    return list(handover.notes(before, after, plans.chosen(after, context, name), given))


def _rules(fix: str | None) -> frozenset[str] | None:
    """The rules to mend; None: all."""
    if fix in (None, 'none'):
        return frozenset()
    if fix == 'all':
        return None
    rules = frozenset(one.strip().upper() for one in str(fix).split(',') if one.strip())
    unknown = sorted(rules - check.catalogue().keys())
    if unknown or not rules:
        shown = unknown[0] if unknown else fix
        raise BootstrapError(f'--fix {shown!a}: no such rule', 'none, all, or rules such as RB104', exit_code=USAGE)
    return rules


def _listed(given: Sequence[Given]) -> str:
    names = [Path(one.name).name for one in given]
    if len(names) > 3 or not all(name.isprintable() for name in names):
        return f'{len(names)} files'
    return ' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)


command = request_command(adopt)
