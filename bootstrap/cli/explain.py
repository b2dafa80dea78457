"""raybootstrap explain"""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from bootstrap import console
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.rules import check, unchecked
from bootstrap.rules.rule import Rule


def explain(
    rule: Annotated[str, typer.Argument(metavar='RULE', help='The id of a rule, such as RB302.')],
    *,
    shared: Shared,
) -> None:
    """Say what a rule finds, why it matters, how to mend it, and where the knowledge is from.

    \b
    Example:
      raybootstrap explain RB302
    """
    output = checked_output(shared)
    found = _rule(rule)
    if output == 'json':
        data = {'rule': found.id, 'severity': found.severity.value, 'title': found.title, 'why': found.why}
        more = {'mend': found.mend, 'source': found.source}
        console.print_json({'schema': console.SCHEMA, 'command': 'explain', 'result': 'unchanged', **data, **more})
        return
    out = console.out()
    out.print(console.text(f'{found.id} {found.severity.value}: {found.title}', 'bold'))
    for words in (found.why, f'To mend it: {found.mend}.', f'Known from: {found.source}.'):
        out.print()
        out.print(console.text(words))
    out.print()
    out.print(console.text(f'To keep it in one place: # raybootstrap: ignore {found.id} because …'))


def _rule(text: str) -> Rule:
    rules = {**check.catalogue(), unchecked.RULE.id: unchecked.RULE}
    wanted = text.strip().upper()
    if wanted not in rules:
        near = difflib.get_close_matches(wanted, rules, 1)
        hint = f'did you mean {near[0]}?' if near else 'raybootstrap list rules'
        raise BootstrapError(f'{text!a}: no such rule', hint, exit_code=USAGE)
    return rules[wanted]


command = reading_command(explain)
