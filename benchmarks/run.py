"""Measures raybootstrap against its peers, and writes benchmarks/RESULTS.md.

pip install -r benchmarks/requirements.txt
python benchmarks/run.py            # everything, some 20 minutes
python benchmarks/run.py --quick    # small repositories and few runs
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import bench_add_group
import bench_growth
import bench_init
import bench_start
import bench_upgrade
import bench_validate
from fleets import World, world
from results import Section, page

SUBJECTS: dict[str, Callable[[World], Section]] = {
    'start': bench_start.start,
    'init': bench_init.scaffold,
    'add-group': bench_add_group.one_group,
    'validate': bench_validate.check,
    'upgrade': bench_upgrade.upgrade,
    'growth': bench_growth.growth,
    'completion': bench_start.completion,
}
RESULTS = Path(__file__).parent / 'RESULTS.md'
_NOTE = (
    'CPU is processor time (user and system) of a command and all its children: the median of runs that take turns '
    "with the peer's, after one that does not count. Ratios are run by run, their median first."
)


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--quick', action='store_true', help='1, 10 and 100 environments, 2 runs')
    parser.add_argument('--only', nargs='+', choices=list(SUBJECTS), metavar='SUBJECT', help=', '.join(SUBJECTS))
    parser.add_argument('--runs', type=int, help='counted runs of each command (default: 5)')
    parser.add_argument('--sizes', type=int, nargs='+', help='environments (default: 1 10 100 1000)')
    parser.add_argument('--output', type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    sizes = tuple(given.sizes or ((1, 10, 100) if given.quick else (1, 10, 100, 1000)))
    # Programs of this environment, such as copier, stand in for those of the machine.
    os.environ['PATH'] = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    os.environ['PYTHONPATH'] = str(Path(__file__).parent.parent)
    sections = []
    with world(given.runs or (2 if given.quick else 5), sizes) as made:
        for name in given.only or SUBJECTS:
            sys.stderr.write(f'{name} ...\n')
            sections.append(SUBJECTS[name](made))
    words = ' '.join(['python benchmarks/run.py', *arguments])
    given.output.write_text(page(sections, words, [_NOTE]))


if __name__ == '__main__':
    main(sys.argv[1:])
