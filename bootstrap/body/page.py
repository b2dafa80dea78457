"""The sections of a pull request's text, put together within a forge's limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from bootstrap import manifest, mermaid, parameters, picture
from bootstrap.body import effects, security
from bootstrap.body.markdown import block, code, command, sentence, table
from bootstrap.body.review import Review
from bootstrap.capacity import Amount
from bootstrap.notes import typed
from bootstrap.proposal import shown
from bootstrap.request import Table

BEGIN, END = '<!-- raybootstrap -->', '<!-- /raybootstrap -->'
# Of the table of changes; fewer where the page would not fit otherwise.
_MOST_ROWS = (200, 60, 20, 6)
# Of lists, and of the table of places.
_MOST_LINES = 60
_CUT_ROOM = 120


class Section(NamedTuple):
    """A part of the page; of those that do not fit, the ones with the highest number go first."""

    text: str
    spare: int = 0


def page(review: Review, limit: int = 60_000) -> str:
    """The text between our marks, marks included."""
    parts, sections = list(_parts(review)), list[Section]()
    for rows, level in [(_MOST_ROWS[0], level) for level in (10, 9, 8, 7)] + [(rows, 6) for rows in _MOST_ROWS]:
        made = [part if isinstance(part, Section) else part(rows) for part in parts]
        sections = [section for section in made if section.text and section.spare < level]
        if _length(sections) <= limit:
            break
    text = '\n\n'.join(section.text for section in sections)
    return f'{BEGIN}\n{_cut(text, limit - len(BEGIN) - len(END) - 2)}\n{END}'


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    text = text[: max(0, room - _CUT_ROOM)].rpartition('\n')[0]
    fence = ''
    for found in re.finditer(r'^(`{3,}|~{3,})', text, re.MULTILINE):
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence):
            fence = ''
    # What follows would stand inside of a fence that is open.
    end = f'\n{fence}' if len(fence) < _CUT_ROOM // 2 else ''
    return f'{text}{end}\n\nThe rest did not fit: see the diff.'


def replaced(body: str, new: str) -> str:
    """A pull request's text with what stands between our marks replaced; behind it, where there are none."""
    begin, end = body.find(BEGIN), body.rfind(END)
    if begin < 0 or end < begin:
        return f'{body.rstrip()}\n\n{new}'.lstrip()
    return body[:begin] + new + body[end + len(END) :]


def _length(sections: list[Section]) -> int:
    return sum(len(section.text) + 2 for section in sections) + len(BEGIN) + len(END)


_Part = Section | Callable[[int], Section]


def _parts(review: Review) -> Iterator[_Part]:
    """The sections, and those that depend on how many rows a table may have."""
    yield Section(review.why)
    yield Section(_listed('Let through', _allowed(review)))
    rows, more = _rows(review)
    yield partial(_table_of_changes, rows, more)
    for one in review.tables:
        yield partial(_table, one)
    yield Section(_where(review))
    yield Section(_capacity(review))
    yield Section(_listed('What happens on sync', list(effects.on_sync(review))))
    yield Section(
        '### Security\n\n' + ('\n'.join(f'- {line}' for line in security.lines(review)) or 'None of it changes.')
    )
    yield Section(_listed('To know', [sentence(note) for note in review.notes]), 6)
    found = [one for one in review.findings.new if one.rule not in {rule for rule, _ in review.allowed}]
    yield Section(_listed('Findings', list(effects.findings(found))))
    yield Section(_listed('Findings that were there before', list(effects.findings(list(review.findings.known)))), 7)
    yield Section(_listed('To undo it', list(effects.undo(review))), 6)
    yield Section(_picture(review), 9)
    yield Section(_command(review))
    yield Section(_afterwards(review))


def _listed(heading: str, lines: list[str]) -> str:
    shown = '\n'.join(f'- {line}' for line in lines[:_MOST_LINES])
    return f'### {heading}\n\n{shown}{_and_more(len(lines) - _MOST_LINES)}' if lines else ''


def _and_more(count: int) -> str:
    return f'\n\n… and {count} more.' if count > 0 else ''


def _allowed(review: Review) -> list[str]:
    places = {one.rule: f'{one.file}:{one.line}: {one.message}' for one, _ in review.findings.allowed}
    return [
        f'{rule}, because {code(reason, 1_000)}' + (f' ({sentence(places[rule])})' if rule in places else '')
        for rule, reason in review.allowed
    ]


def _rows(review: Review) -> tuple[list[list[str]], int]:
    """The first rows of the table of changes, and how many files are behind them."""
    rows: list[list[str]] = []
    for number, change in enumerate(review.changes):
        if len(rows) > _MOST_ROWS[0]:
            return rows, len(review.changes) - number
        if change.before is None or change.after is None:
            rows.append([code(change.path), '', '', 'new' if change.before is None else 'removed'])
            continue
        fields = manifest.fields(change.before, change.after) if change.path.endswith(('.yaml', '.yml')) else []
        if not fields:
            rows.append([code(change.path), '', '', 'text'])
        for field in fields:
            rows.append([code(change.path), code(field.path), _before(field), _after(field)])
    return rows, 0


def _table_of_changes(rows: list[list[str]], more: int, most: int) -> Section:
    left = [f'{len(rows) - most} more'] if len(rows) > most else []
    left += [f'{more} more files'] if more else []
    behind = f'\n\n… and {", and ".join(left)}.' if left else ''
    return Section('### What changes\n\n' + table(['file', 'field', 'before', 'after'], rows[:most]) + behind)


def _table(one: Table, most: int) -> Section:
    rows = [[code(cell) if cell else '' for cell in row] for row in one.rows[:most]]
    more = f'\n\n… and {len(one.rows) - most} more.' if len(one.rows) > most else ''
    return Section(f'### {one.heading}\n\n{table(one.head, rows)}{more}' if rows else '', 8)


def _before(field: manifest.Field) -> str:
    if field.before is manifest.MISSING:
        return ''
    return 'present' if isinstance(field.before, (dict, list)) else code(field.before)


def _after(field: manifest.Field) -> str:
    if field.after is manifest.MISSING:
        return 'removed'
    return shown(field) if isinstance(field.after, (dict, list)) and field.before is manifest.MISSING else _value(field)


def _value(field: manifest.Field) -> str:
    return 'changed' if isinstance(field.after, (dict, list)) else code(field.after)


def _where(review: Review) -> str:
    rows = list(islice(effects.places(review), _MOST_LINES))
    more = len(review.environments) - _MOST_LINES if len(rows) == _MOST_LINES else 0
    head = ['environment', "Argo CD's namespace", 'Kubernetes cluster', 'namespace']
    return '### Where it goes\n\n' + table(head, rows) + _and_more(more) if rows else ''


def _capacity(review: Review) -> str:
    before, after = review.capacity
    if before == after:
        return ''
    rows = [
        ['at least', *_amounts(before.minimum, after.minimum)],
        ['at most', *_amounts(before.maximum, after.maximum)],
    ]
    return '### Workers\n\n' + table(['', 'pods', 'CPU', 'memory', 'GPU/TPU'], rows)


def _amounts(old: Amount, new: Amount) -> list[str]:
    was, now = old.as_data(), new.as_data()
    return [
        f'{now[key]}' if was[key] == now[key] else f'{was[key]} → {now[key]}'
        for key in ('pods', 'cpu', 'memory', 'gpu')
    ]


def _picture(review: Review) -> str:
    if not review.new_environments:
        return ''
    roots = [picture.of_environment(review.after, review.context.settings, one) for one in review.new_environments]
    return '### The app of apps\n\n' + block(mermaid.flowchart(roots), 'mermaid')


def _command(review: Review) -> str:
    return '### Made by\n\n' + block('\n'.join(f'raybootstrap {line}' for line in review.commands), 'sh')


def _afterwards(review: Review) -> str:
    lines = []
    for url in dict.fromkeys(parameters.get(review.after, one, parameters.REPO_URL) for one in review.new_environments):
        if isinstance(url, str):
            lines.append(f'Argo CD needs read access to exactly this URL: {command(f"argocd repo add {url}")}')
    for environment in review.new_environments:
        if environment.projects in review.after or environment.root in review.after:
            lines.append(f'Once, as an admin of Argo CD: {command(typed("apply-root", environment))}')
    if lines:
        lines.append(f'Protect {code(review.base)}, and let the owners of the environment approve what changes it.')
    numbered = (f'{number}. {line}' for number, line in enumerate(lines, 1))
    return '### After merging\n\n' + '\n'.join(numbered) if lines else ''
