"""The sections of a pull request's text, put together within a forge's limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bootstrap import manifest, mermaid, parameters, picture
from bootstrap.body import effects, security
from bootstrap.body.markdown import block, code, command, sentence, table
from bootstrap.body.review import Review
from bootstrap.capacity import Amount
from bootstrap.proposal import shown
from bootstrap.request import Table

BEGIN, END = '<!-- raybootstrap -->', '<!-- /raybootstrap -->'
# Of the table of changes; fewer where the page would not fit otherwise.
_MOST_ROWS = (200, 60, 20, 6)
_CUT_ROOM = 120


class Section(NamedTuple):
    """A part of the page; of those that do not fit, the ones with the highest number go first."""

    text: str
    spare: int = 0


def page(review: Review, limit: int = 60_000) -> str:
    """The text between our marks, marks included."""
    sections: list[Section] = []
    for rows, level in [(_MOST_ROWS[0], level) for level in (10, 9, 8, 7)] + [(rows, 6) for rows in _MOST_ROWS]:
        sections = [section for section in _sections(review, rows) if section.text and section.spare < level]
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


def _sections(review: Review, rows: int) -> Iterator[Section]:
    yield Section(review.why)
    yield Section(_listed('Let through', _allowed(review)))
    yield Section(_changed(review, rows))
    for one in review.tables:
        yield Section(_told(one, rows), 8)
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
    return f'### {heading}\n\n' + '\n'.join(f'- {line}' for line in lines) if lines else ''


def _allowed(review: Review) -> list[str]:
    places = {one.rule: f'{one.file}:{one.line}: {one.message}' for one, _ in review.findings.allowed}
    return [
        f'{rule}, because {code(reason, 1_000)}' + (f' ({sentence(places[rule])})' if rule in places else '')
        for rule, reason in review.allowed
    ]


def _changed(review: Review, most: int) -> str:
    rows = []
    for change in review.changes:
        if change.before is None or change.after is None:
            rows.append([code(change.path), '', '', 'new' if change.before is None else 'removed'])
            continue
        fields = manifest.fields(change.before, change.after) if change.path.endswith(('.yaml', '.yml')) else []
        if not fields:
            rows.append([code(change.path), '', '', 'text'])
        for field in fields:
            rows.append([code(change.path), code(field.path), _before(field), _after(field)])
    more = f'\n\n… and {len(rows) - most} more.' if len(rows) > most else ''
    return '### What changes\n\n' + table(['file', 'field', 'before', 'after'], rows[:most]) + more


def _told(one: Table, most: int) -> str:
    rows = [[code(cell) if cell else '' for cell in row] for row in one.rows[:most]]
    more = f'\n\n… and {len(one.rows) - most} more.' if len(one.rows) > most else ''
    return f'### {one.heading}\n\n{table(one.head, rows)}{more}' if rows else ''


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
    rows = list(effects.places(review))
    head = ['environment', "Argo CD's namespace", 'Kubernetes cluster', 'namespace']
    return '### Where it goes\n\n' + table(head, rows) if rows else ''


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
        files = [path for path in (environment.projects, environment.root) if path in review.after]
        if files:
            apply = f'kubectl apply --server-side {" ".join(f"-f {path}" for path in files)}'
            lines.append(f'Once, as an admin of Argo CD: {command(apply)}')
    if lines:
        lines.append(f'Protect {code(review.base)}, and let the owners of the environment approve what changes it.')
    numbered = (f'{number}. {line}' for number, line in enumerate(lines, 1))
    return '### After merging\n\n' + '\n'.join(numbered) if lines else ''
