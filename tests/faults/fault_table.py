"""Results as the table of docs/reliability.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

Record = dict[str, Any]

# A column for each kind of problem, with the kinds that count in it.
_WRONG = {
    'user bytes changed': ('user',),
    'half done': ('half done',),
    'false successes': ('false success',),
    '`git fsck --strict`': ('fsck',),
    'tracebacks': ('traceback',),
    'left behind': ('left',),
}
_HEAD = ('what', 'runs', *_WRONG, 're-runs at the same tree')


def table(records: Sequence[Record]) -> str:
    """Markdown: a line for each scenario and kind of strike, one for each race, and where it was measured."""
    lines = [_row(_HEAD), _row(['---'] * len(_HEAD))]
    for what, kind in (('kills', 'kill'), ('injected errors', 'error')):
        struck = [record for record in records if record['kind'] == kind and record['at']]
        for scenario in dict.fromkeys(record['scenario'] for record in struck):
            lines.append(_struck(f'{what}: {scenario}', [one for one in struck if one['scenario'] == scenario]))
        lines.append(_struck(f'**{what}**', struck))
    return '\n'.join([*lines, '', *_races(records), '', _machine(), ''])


def _struck(what: str, records: Sequence[Record]) -> str:
    def with_kind(*kinds: str) -> int:
        return sum(any(kind in kinds for kind, _ in record['problems']) for record in records)

    reached = len(records) - with_kind('re-run', 'tree')
    return _row([what, len(records), *(with_kind(*kinds) for kinds in _WRONG.values()), f'{reached} of {len(records)}'])


def _races(records: Iterable[Record]) -> list[str]:
    lines = []
    for record in records:
        if record['kind'] == 'race':
            counts = ', '.join(f'{count} {what}' for what, count in record['counts'].items())
            lines.append(f'- {record["key"]}: {counts}; {len(record["problems"])} wrong')
    return lines


def _row(cells: Iterable[object]) -> str:
    return f'| {" | ".join(str(cell) for cell in cells)} |'


def _machine() -> str:
    git = subprocess.run(['git', '--version'], capture_output=True, text=True, check=True).stdout.strip()
    system = f'{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores'
    return f'{git}, Python {platform.python_version()}, {system}'
