"""What a writing command says when it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bootstrap import comparison, console, manifest
from bootstrap.capacity import Amount, Capacity
from bootstrap.console import text
from bootstrap.notes import typed
from bootstrap.proposal import shown
from bootstrap.tree import Change

if TYPE_CHECKING:
    from rich.console import Console

    from bootstrap.outcome import Outcome, Part

_MOST_FILES = 50
_MOST_OF_A_RULE = 20


def show(outcome: Outcome, *, dry_run: bool, quiet: bool, verbose: bool) -> None:
    """The summary, the diff, where the change is and what to do next."""
    out = console.out()
    if outcome.result == 'unchanged':
        where = f'{outcome.branch} holds it already' if outcome.commit else f'{outcome.base} is as asked'
        out.print(text(f'Nothing to do: {where}.'))
        if outcome.pushed_to and outcome.commit and not quiet:
            out.print(text(f'{outcome.branch} is on {outcome.pushed_to}.'))
            _print_opened(out, outcome)
        return
    if quiet:
        if not dry_run:
            out.print(text(outcome.opened.url or outcome.branch))
        return
    out.print(text(outcome.title, 'bold'))
    out.print()
    for number, part in enumerate(outcome.parts):
        if number:
            out.print()
            out.print(text(part.title, 'bold'))
            out.print()
        _print_part(out, part, whole=dry_run or verbose, most=len(part.changes) if verbose else _MOST_FILES)
        if not verbose and len(part.changes) > _MOST_FILES:
            out.print()
            out.print(text(f'… and {len(part.changes) - _MOST_FILES} more files: {_where_all_is(outcome)}'))
    _print_findings(out, outcome, most=None if verbose else _MOST_OF_A_RULE)
    if lines := list(_closing(outcome, dry_run)):
        out.print()
        for line in lines:
            out.print(text(line))
    _print_opened(out, outcome)


def _print_part(out: Console, part: Part, *, whole: bool, most: int) -> None:
    """The first files: field by field, then as a diff; what is new or gone only where the `whole` is asked for."""
    for change in part.changes[:most]:
        _print_change(change)
    for change in part.changes[:most]:
        if whole or None not in (change.before, change.after):
            out.print()
            console.print_diff(out, console.diff(change.before, change.after, change.path))


def _where_all_is(outcome: Outcome) -> str:
    if outcome.commit is None:
        return '-v shows them all'
    return f'git show {outcome.commit}' if len(outcome.parts) == 1 else f'git diff {outcome.base}...{outcome.commit}'


def _print_opened(out: Console, outcome: Outcome) -> None:
    """What became of the pull request; its address is the last line, for scripts to read."""
    for line in outcome.opened.words:
        out.print(text(line))
    address = outcome.opened.url or outcome.opened.compare_url
    if address:
        out.print(text(address))


def _print_change(change: Change) -> None:
    out = console.out()
    if change.before is None or change.after is None:
        verb, body = ('new', change.after) if change.before is None else ('removed', change.before)
        out.print(text(f'  {change.path}') + text(f'  {verb}, {(body or "").count(chr(10))} lines', 'dim'))
        return
    out.print(text(f'  {change.path}'))
    for field in comparison.fields(change) or ():
        out.print(text(f'    {field.path}: ') + text(shown(field), 'bold'))


def _print_findings(out: Console, outcome: Outcome, *, most: int | None) -> None:
    """Of each rule the first, and how many more."""
    findings = outcome.findings
    found = [
        *((one, f' (let through: {reason})') for one, reason in findings.allowed),
        *((one, '') for one in findings.new),
        *((one, ' (as before)') for one in findings.known),
    ]
    if found:
        out.print()
    seen: Counter[tuple[str, str]] = Counter()
    for one, remark in found:
        seen[one.rule, remark] += 1
        if most is None or seen[one.rule, remark] <= most:
            out.print(text(f'{console.placed(one)}{remark}'))
    for (rule, remark), count in seen.items():
        if most is not None and count > most:
            out.print(text(f'… and {count - most} more of {rule}{remark}'))


def _closing(outcome: Outcome, dry_run: bool) -> Iterator[str]:
    if line := capacity_line(*outcome.capacity):
        yield line
    yield from outcome.notes
    if dry_run:
        yield f'A dry run: nothing was written. It would go to {outcome.branch}, from {outcome.base}.'
        return
    if outcome.started:
        yield f'A new repository, with the base branch {outcome.base}.'
    place = f', pushed to {outcome.pushed_to}' if outcome.pushed_to else ''
    out = ', checked out' if outcome.checked_out else ''
    yield f'Branch {outcome.branch}{out}{place}.'
    steps = next_steps(outcome)
    yield from (['Next:', *(f'  {step}' for step in steps)] if steps else [])


def capacity_line(before: Capacity, after: Capacity) -> str:
    """Workers at minimum and maximum, before and after; '' where nothing of it changes."""
    if before == after:
        return ''
    was = [
        f' (was {_amount(old)})' if old not in (new, Amount()) else '' for old, new in zip(before, after, strict=True)
    ]
    return f'Workers: at most {_amount(after.maximum)}{was[1]}; at least {_amount(after.minimum)}{was[0]}.'


def _amount(amount: Amount) -> str:
    data = amount.as_data()
    accelerators = f', {data["gpu"]} GPU/TPU' if amount.accelerators else ''
    return f'{amount.pods} pod{"" if amount.pods == 1 else "s"}, {data["cpu"]} CPU, {data["memory"]}{accelerators}'


def next_steps(outcome: Outcome) -> list[str]:
    """What to type or do next, in order."""
    if outcome.branch == outcome.base:
        return _after_the_merge(outcome)
    if outcome.pushed_to:
        verb = 'have the pull request' if outcome.opened.url else f'open a pull request from {outcome.branch} to'
        steps = [f'{verb} reviewed, and merge it' if outcome.opened.url else f'{verb} {outcome.base}, and merge it']
    else:
        steps = [
            f'git diff {outcome.base}...{outcome.branch}',
            f'git switch {outcome.base} && git merge {outcome.branch}',
        ]
    return steps + _after_the_merge(outcome)


def _after_the_merge(outcome: Outcome) -> list[str]:
    steps = []
    for environment in outcome.new_environments:
        if _paths(outcome) & {environment.projects, environment.root}:
            steps.append(f'{typed("apply-root", environment)}   # once, after the merge, as an admin of Argo CD')
    return steps


def _paths(outcome: Outcome) -> set[str]:
    return {change.path for change in outcome.changes}


def as_data(outcome: Outcome, command: str) -> dict[str, Any]:
    """The JSON document of a writing command."""
    (before, after), opened = outcome.capacity, outcome.opened
    return {
        'schema': console.SCHEMA,
        'command': command,
        'result': outcome.result,
        'base': outcome.base,
        'branch': outcome.branch,
        'commit': outcome.commit,
        'pull_request': {'url': opened.url, 'number': opened.number, 'state': opened.state} if opened.state else None,
        'compare_url': opened.compare_url,
        'changes': [
            {'path': change.path, 'field': field.path, 'before': _plain(field.before), 'after': _plain(field.after)}
            for change in outcome.changes
            for field in _fields(change)
        ],
        'findings': [
            *({**console.finding_data(one), 'allowed': reason} for one, reason in outcome.findings.allowed),
            *(console.finding_data(one) for one in outcome.findings.new),
            *({**console.finding_data(one), 'before': True} for one in outcome.findings.known),
        ],
        'capacity': {
            'before': {'minimum': before.minimum.as_data(), 'maximum': before.maximum.as_data()},
            'after': {'minimum': after.minimum.as_data(), 'maximum': after.maximum.as_data()},
        },
        'notes': list(outcome.notes),
        'next': next_steps(outcome) if outcome.result == 'changed' else [],
    }


def _fields(change: Change) -> list[manifest.Field]:
    fields = comparison.fields(change)
    return [manifest.Field('', change.before, change.after)] if fields is None else fields


def _plain(value: Any) -> Any:
    return None if value is manifest.MISSING else value
