"""raybootstrap fix"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap.cli.env_option import Environments
from bootstrap.cli.kinds import request_command
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import checked_folder_name
from bootstrap.plans.fix import Fixing
from bootstrap.request import Request, Step
from bootstrap.rules import check


def fix(
    env: Environments = None,
    select: Annotated[
        list[str] | None, typer.Option('--select', metavar='RULE', help='Only these rules. Default: all that can.')
    ] = None,
) -> Request:
    """Mend what rules find, where there is a mechanical way: one commit for each rule.

    \b
    Example:
      raybootstrap fix --env prod --select RB402
    """
    names = tuple(dict.fromkeys(checked_folder_name(name, 'environment') for name in env or ()))
    rules = check.catalogue()
    wanted = [one for text in select or () for one in text.upper().split(',') if one] or list(rules)
    for rule in wanted:
        if rule not in rules:
            raise BootstrapError(f'--select {rule!a}: no such rule', 'raybootstrap list rules', exit_code=USAGE)
    fixing = Fixing(names)
    return Request(
        'fix',
        lambda tree, _context: tree,
        lambda _path, _before, _names: f'Mend {", ".join(wanted) if select else "what rules found"}',
        environments=names,
        steps=tuple(
            Step(f'Mend {rule}: {rules[rule].title}', partial(fixing.plan, rule=rule)) for rule in sorted(set(wanted))
        ),
    )


command = request_command(fix)
