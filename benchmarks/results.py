"""What was measured, as Markdown."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import Ratio, Sample, median, ratio

_PEERS = ('PyYAML', 'GitPython', 'typer', 'copier', 'cookiecutter', 'ruamel.yaml', 'yamllint')


@dataclass
class Section:
    """One subject: `head` and rows of plain text, and sentences below them."""

    title: str
    head: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


PAIRED = ('what', 'against', 'CPU', "peer's CPU", 'ratio (least to most)', 'target', '')


def paired(
    what: str, against: str, ours: Sequence[Sample], theirs: Sequence[Sample], target: float | None
) -> list[str]:
    """A row of a section with the head `PAIRED`."""
    found = ratio(ours, theirs)
    return [what, against, seconds(median(ours)), seconds(median(theirs)), shown(found), *judged(found.median, target)]


def judged(value: float, target: float | None, unit: str = '') -> list[str]:
    """The target and whether it is met."""
    if target is None:
        return ['', '']
    return [f'≤ {target:g}{unit}', 'met' if value <= target else '**missed**']


def shown(found: Ratio) -> str:
    return f'{found.median:.2f} ({found.least:.2f} to {found.most:.2f})'


def seconds(sample: Sample) -> str:
    return f'{sample.cpu * 1000:.0f} ms' if sample.cpu < 1 else f'{sample.cpu:.2f} s'


def page(sections: Iterable[Section], command: str, notes: Iterable[str]) -> str:
    """The whole of RESULTS.md."""
    lines = ['# Results', '', f'Made by `{command}`. {" ".join(notes)}', '']
    for section in sections:
        lines += [f'## {section.title}', '', _row(section.head), _row(['---'] * len(section.head))]
        lines += [_row(row) for row in section.rows]
        lines += ['', *(line for words in section.words for line in (words, ''))]
    return '\n'.join([*lines, '## Machine and versions', '', *_machine(), ''])


def _row(cells: Iterable[str]) -> str:
    return '| ' + ' | '.join(cell.replace('|', '\\|') for cell in cells) + ' |'


def _machine() -> list[str]:
    processor = next(
        (line.partition(':')[2].strip() for line in _read('/proc/cpuinfo') if line.startswith('model name')),
        platform.processor(),
    )
    memory = next((line.split()[1] for line in _read('/proc/meminfo') if line.startswith('MemTotal')), None)
    today = datetime.datetime.now(datetime.timezone.utc)
    git = subprocess.run(['git', '--version'], capture_output=True, text=True, check=True).stdout.split()[2]
    return [
        f'- {processor or platform.machine()}, {os.cpu_count()} processors'
        + (f', {int(memory) / (1 << 20):.0f} GiB' if memory else ''),
        f'- {platform.system()} {platform.release().partition("-")[0]}, {today:%Y-%m-%d}',
        f'- Python {platform.python_version()}, git {git}, {_libyaml()}',
        f'- {", ".join(f"{name} {_version(name)}" for name in _PEERS)}',
    ]


def _read(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _libyaml() -> str:
    code = 'import yaml; print("with" if yaml.__with_libyaml__ else "without")'
    found = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout.strip()
    return f'PyYAML {found} libyaml'


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return 'not installed'
