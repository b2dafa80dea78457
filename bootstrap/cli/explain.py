"""raybootstrap explain"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated

import typer

from bootstrap import console, validation
from bootstrap.cli.shared import Shared, checked_output, reading_command
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.rules import check
from bootstrap.rules.rule import Problem, Rule, Severity, Subject


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
    if found is _UNREADABLE:
        return
    out.print()
    out.print(console.text(f'To keep it in one place: # raybootstrap: ignore {found.id} because …'))


def _cannot_be_read() -> Iterator[Problem]:
    """No rule of the catalogue can look at such a file, and neither can Argo CD: it renders nothing of the folder the
    file stands in, and keeps what it had. Select and ignore know this id; no comment of the file itself can waive it.
    """
    return iter(())


_UNREADABLE = Rule(
    validation.UNREADABLE,
    Severity.ERROR,
    Subject.SCOPE,
    'a file that cannot be read',
    'write it as YAML in UTF-8, without duplicate keys, of at most 1 MiB',
    'yaml.org, specification 1.2.2',
    _cannot_be_read,
)


def _rule(text: str) -> Rule:
    rules = {**check.catalogue(), validation.UNREADABLE: _UNREADABLE}
    wanted = text.strip().upper()
    if wanted not in rules:
        near = difflib.get_close_matches(wanted, rules, 1)
        hint = f'did you mean {near[0]}?' if near else 'raybootstrap list rules'
        raise BootstrapError(f'{text!a}: no such rule', hint, exit_code=USAGE)
    return rules[wanted]


command = reading_command(explain)
