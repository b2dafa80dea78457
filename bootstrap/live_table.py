"""The state of environments as a reader sees it: a table of one screen, and below it what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bootstrap import console
from bootstrap.live.applications import ApplicationRow
from bootstrap.live.environments import EnvironmentState
from bootstrap.live.platform import PlatformRow
from bootstrap.live.rayclusters import GroupRow, RayClusterRow
from bootstrap.live.revisions import short
from bootstrap.rules.resource import Role
from bootstrap.table import folded, print_table

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

_HEADERS = ('PART', 'SYNC', 'HEALTH', 'RUNS', 'GIT', 'NOTE')
_GOOD, _WAITING, _BAD = '', 'yellow', 'red'


class Line(NamedTuple):
    """A row: its environment, the cells below the headers, and its style."""

    environment: str
    cells: tuple[str, ...]
    style: str


def lines(states: Sequence[EnvironmentState]) -> list[Line]:
    """The rows of all environments, in the order in which they come up."""
    return [Line(state.name, cells, style) for state in states for cells, style in _rows(state)]


def show(states: Sequence[EnvironmentState]) -> None:
    """Print the table and what is wrong."""
    out = console.out()
    if heading := _heading(states):
        out.print(heading)
    if out.is_terminal:
        out.print(_drawn(states, out.width), soft_wrap=False)
    else:
        print_table(*_table(states))
    for line in _below(states):
        # A terminal breaks the lines by itself, so that a command in them can be copied.
        out.print(line)


def screen(states: Sequence[EnvironmentState], width: int) -> Group:
    """The same as one thing that can be drawn again and again."""
    from rich.console import Group

    heading, below = _heading(states), _below(states)
    for line in below:
        line.no_wrap, line.overflow = False, 'fold'
    return Group(*([heading] if heading else []), _drawn(states, width), *below)


def _drawn(states: Sequence[EnvironmentState], width: int) -> Table:
    headers, cells, styles = _table(states)
    table = folded(headers, cells, styles)
    most = [max(console.text(cell).cell_len for cell in column) + 2 for column in zip(headers, *cells, strict=True)]
    # Where the other columns fit, only the notes are folded.
    if sum(most[:-1]) + len(headers[-1]) <= width:
        for column in table.columns[:-1]:
            column.no_wrap = True
    return table


def _below(states: Sequence[EnvironmentState]) -> list[Text]:
    found = [console.text(words, style) for words, style in problems(states)]
    return [console.text(''), *found] if found else []


def problems(states: Sequence[EnvironmentState]) -> Iterator[tuple[str, str]]:
    """What is wrong, each with the next step below it, and their styles."""
    for state in states:
        for problem in state.problems:
            yield f'{state.name} {problem.part}: {problem.message}', 'bold'
            if problem.hint:
                yield f'  next: {problem.hint}', ''


def changes(before: Sequence[EnvironmentState], after: Sequence[EnvironmentState]) -> Iterator[str]:
    """What is new since the look before, a line each."""
    known = {*_as_lines(before), *(words for words, _ in problems(before))}
    yield from (line for line in _as_lines(after) if line not in known)
    yield from (words for words, _ in problems(after) if words not in known)


def _as_lines(states: Sequence[EnvironmentState]) -> list[str]:
    return [f'{line.environment} {" ".join(" ".join(line.cells).split())}' for line in lines(states)]


def _heading(states: Sequence[EnvironmentState]) -> Text | None:
    if len(states) != 1:
        return None
    branch = f'{states[0].branch} at ' if states[0].branch else ''
    return console.text(f'{states[0].name}: Git is {branch}{short(states[0].revision)}')


def _table(states: Sequence[EnvironmentState]) -> tuple[tuple[str, ...], list[tuple[str, ...]], list[str]]:
    found = lines(states)
    styles = [line.style for line in found]
    if len(states) == 1:
        return _HEADERS, [line.cells for line in found], styles
    return ('ENVIRONMENT', *_HEADERS), [(line.environment, *line.cells) for line in found], styles


def _rows(state: EnvironmentState) -> Iterator[tuple[tuple[str, ...], str]]:
    by_application: dict[str, list[RayClusterRow]] = {}
    for row in state.rayclusters:
        by_application.setdefault(row.application, []).append(row)
    elsewhere = [('operator', '', '', '-', '-', _owner(state.elsewhere))] if state.elsewhere else []
    for application in state.applications:
        if elsewhere and application.role is not Role.ROOT:
            yield elsewhere.pop(), _GOOD
        platform = {Role.CRDS: state.crds, Role.OPERATOR: state.operator}.get(application.role)
        yield _application(application, platform)
        for raycluster in by_application.get(application.name, ()):
            yield _raycluster(raycluster)
            yield from (_group(group, raycluster) for group in raycluster.groups)


def _owner(name: str) -> str:
    return name if name == 'external' else f'that of {name}'


def _application(row: ApplicationRow, platform: PlatformRow | None) -> tuple[tuple[str, ...], str]:
    runs = short(row.revision)
    if platform and platform.running and (row.role is Role.OPERATOR or platform.problems):
        runs = platform.running
    notes = [f'sync {row.operation}'] if row.operation not in ('', 'Succeeded') else []
    if notes and row.retries:
        notes = [f'{notes[0]} ({row.retries})']
    if row.sync == 'Synced' and not row.is_current:
        notes.append('old verdict')
    cells = (row.part, row.sync, row.health or '-', runs or '-', short(row.wanted) or '-', ', '.join(notes))
    if (
        row.health in ('Degraded', 'Missing')
        or row.operation in ('Failed', 'Error')
        or row.conditions
        or not row.health
    ):
        return cells, _BAD
    is_well = row.sync == 'Synced' and row.is_current and row.health == 'Healthy'
    return cells, _GOOD if is_well else _WAITING


def _raycluster(row: RayClusterRow) -> tuple[tuple[str, ...], str]:
    style = {'Healthy': _GOOD, 'Progressing': _WAITING, 'Suspended': _WAITING}.get(row.health, _BAD)
    versions = '+'.join(row.versions) or '-'
    style = style or (_WAITING if row.wanted and versions not in ('-', row.wanted) else _GOOD)
    note = 'spec ignored' if row.health == 'Invalid' else ''
    return (f' {row.name}', '', row.health, versions, row.wanted or '-', note), style


def _group(row: GroupRow, raycluster: RayClusterRow) -> tuple[tuple[str, ...], str]:
    least, most = row.minimum, 'no limit' if row.maximum is None else row.maximum
    is_there = raycluster.versions or row.ready is not None
    ready = '-' if row.ready is None else f'{row.ready}/{row.desired} ready'
    notes = [f'autoscaled from {row.autoscaled_from}'] if row.autoscaled_from is not None else []
    notes += [f'{len(row.other_image)} other image'] if row.other_image else []
    runs, git = str(row.desired) if is_there else '-', f'{least}..{most}' if most != least else str(least)
    cells = (f'  {row.name}', '', ready, runs, git if row.in_git else 'none', ', '.join(notes))
    if not row.in_git or row.other_image or (row.ready is not None and row.ready < row.minimum):
        return cells, _WAITING
    return cells, _GOOD
