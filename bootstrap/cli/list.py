"""raybootstrap list"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bootstrap import console, inventory, progress, skew
from bootstrap.capacity import Amount, Capacity
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.following import Following
from bootstrap.inventory import EnvironmentRow, GroupRow, RayClusterRow
from bootstrap.reading import Reading, reading
from bootstrap.rules import check
from bootstrap.skew import VersionRow
from bootstrap.table import print_table

_SEVERITIES = {'error': 'red', 'warning': 'yellow'}


def list_(
    what: Annotated[
        str, typer.Argument(metavar='WHAT', help='environments, rayclusters, groups, versions or rules.')
    ] = 'environments',
    rev: Annotated[
        str | None, typer.Option('--rev', metavar='REV', help='A revision. Default: the files as they are on disk.')
    ] = None,
    *,
    shared: Shared,
) -> None:
    """List environments, rayclusters, groups (with what they may come to), versions or rules.

    \b
    Example:
      raybootstrap list groups
    """
    output = checked_output(shared)
    if what not in _LISTINGS:
        raise BootstrapError(f'{what!a} cannot be listed', ', '.join(_LISTINGS), exit_code=USAGE)
    rows_of, show, data_of = _LISTINGS[what]
    with progress.shown(quiet=shared.quiet) as following, reading(shared.directory, shared.path, rev) as found:
        rows = rows_of(found, following)
    if output == 'json':
        console.print_json({'schema': console.SCHEMA, 'command': 'list', 'result': 'unchanged', **data_of(what, rows)})
    elif rows:
        show(rows)
    elif not shared.quiet:
        console.err().print(console.text(f'There are no {what}{found.left_out}.'))


def _rows(of_tree: Callable[..., list[Any]]) -> Callable[[Reading, Following], list[Any]]:
    return lambda found, following: of_tree(found.tree, found.settings, found.path, following)


def _show_environments(rows: list[EnvironmentRow]) -> None:
    headers = ('ENVIRONMENT', 'KUBERNETES CLUSTER', 'OPERATOR', '>RAYCLUSTERS', 'FOLLOWS', 'SYNC')
    cells = [
        (row.environment, row.kubernetes_cluster, row.operator, str(row.rayclusters), row.follows or '-', row.sync)
        for row in rows
    ]
    if not any(row.protected for row in rows):
        print_table(headers, cells)
        return
    marks = ['yes' if row.protected else '-' for row in rows]
    print_table((*headers, 'PROTECTED'), [(*line, mark) for line, mark in zip(cells, marks, strict=True)])


def _show_rayclusters(rows: list[RayClusterRow]) -> None:
    named = any(row.name for row in rows)
    headers = ('ENVIRONMENT', *(['NAME'] if named else []), 'RAYCLUSTER', 'NAMESPACE', 'RAY', 'CHART', 'AUTOSCALER')
    print_table(
        (*headers, '>GROUPS'),
        [
            (
                row.environment,
                *(_or_dash(row.name) if named else ()),
                *_or_dash(row.raycluster, row.namespace, row.ray, row.chart, row.autoscaler),
                str(row.groups),
            )
            for row in rows
        ],
    )


def _show_groups(rows: list[GroupRow]) -> None:
    several = len({(row.environment, row.raycluster) for row in rows}) > len({row.environment for row in rows})
    headers = ('ENVIRONMENT', *(['RAYCLUSTER'] if several else []), 'GROUP', '>PODS', '>CPU', '>MEMORY', '>GPU')
    lines: list[tuple[str, ...]] = []
    styles = []
    environments = _by_environment(rows)
    for environment, own in environments.items():
        for row in own:
            names = (row.raycluster, row.group) if several else (row.group,)
            lines.append((row.environment, *names, *_ranges(row.capacity, limited=row.limited)))
        lines.append((environment, *([''] if several else []), 'total', *_ranges(inventory.total(own))))
        styles += [*('' for _ in own), 'bold']
    if len(environments) > 1:
        lines.append(('all', *([''] if several else []), 'total', *_ranges(inventory.total(rows))))
        styles.append('bold')
    print_table(headers, lines, styles)
    for row in rows:
        if not row.limited:
            place = f'{row.environment}: {row.group}'
            console.err().print(console.text(f'{place} has no maxReplicas, so the chart sets no limit (RB403).'))


def _by_environment(rows: list[GroupRow]) -> dict[str, list[GroupRow]]:
    found: dict[str, list[GroupRow]] = {}
    for row in rows:
        found.setdefault(row.environment, []).append(row)
    return found


def _ranges(found: Capacity, *, limited: bool = True) -> list[str]:
    pairs = zip(*(_amounts(amount) for amount in found), strict=True)
    if not limited:
        return [f'{least}..no limit' for least, _ in pairs]
    return [least if least == most else f'{least}..{most}' for least, most in pairs]


def _amounts(amount: Amount) -> list[str]:
    return [str(value) for value in amount.as_data().values()]


def _show_versions(rows: list[VersionRow]) -> None:
    several = len(rows) > len({row.environment for row in rows})
    headers = ('ENVIRONMENT', *(['RAYCLUSTER'] if several else []), 'CRDS', 'OPERATOR', 'CHART', 'RAY', 'IMAGE', 'SKEW')
    print_table(
        headers,
        [
            (
                row.environment,
                *([row.raycluster] if several else []),
                *_or_dash(row.crds, row.operator, row.chart, row.ray, row.image.rpartition('/')[2]),
                'yes' if row.skew else '-',
            )
            for row in rows
        ],
        ['yellow' if row.skew else '' for row in rows],
    )
    for row in rows:
        for words in row.skew:
            console.out().print(console.text(f'{row.environment}: {words}.'))


def _show_rules(rows: list[dict[str, str]]) -> None:
    styles = [_SEVERITIES.get(row['severity'], '') for row in rows]
    print_table(('RULE', 'SEVERITY', 'WHAT IT FINDS'), [(r['rule'], r['severity'], r['title']) for r in rows], styles)


def _or_dash(*words: str) -> tuple[str, ...]:
    return tuple(word or '-' for word in words)


def _rules(_: Reading, __: Following) -> list[dict[str, str]]:
    return [
        {'rule': rule.id, 'severity': rule.severity.value, 'subject': rule.subject.value, 'title': rule.title}
        for rule in check.catalogue().values()
    ]


def _as_they_are(what: str, rows: list[Any]) -> dict[str, Any]:
    return {what: [row if isinstance(row, dict) else asdict(row) for row in rows]}


def _groups_data(what: str, rows: list[GroupRow]) -> dict[str, Any]:
    of_each = {environment: inventory.total(own) for environment, own in _by_environment(rows).items()}
    listed = [
        {'environment': row.environment, 'raycluster': row.raycluster, 'group': row.group}
        | {'pod': row.pod.as_data(), **_capacity_data(row.capacity), 'limited': row.limited}
        for row in rows
    ]
    totals = {one: _capacity_data(found) for one, found in of_each.items()}
    return {what: listed, 'capacity': {'environments': totals, 'all': _capacity_data(inventory.total(rows))}}


def _capacity_data(found: Capacity) -> dict[str, Any]:
    return {'minimum': found.minimum.as_data(), 'maximum': found.maximum.as_data()}


_Rows = Callable[[Reading, Following], list[Any]]
_LISTINGS: dict[str, tuple[_Rows, Callable[[Any], None], Callable[..., dict[str, Any]]]] = {
    'environments': (_rows(inventory.environments), _show_environments, _as_they_are),
    'rayclusters': (_rows(inventory.rayclusters), _show_rayclusters, _as_they_are),
    'groups': (_rows(inventory.groups), _show_groups, _groups_data),
    'versions': (_rows(skew.versions), _show_versions, _as_they_are),
    'rules': (_rules, _show_rules, _as_they_are),
}


command = reading_command(list_)
