"""Every step killed, every error injected, every race run: `python tests/faults/sweep.py`.

Results are appended to a file as they come, so an interrupted sweep goes on where it was; at the end, and with
`--table`, they are printed as the table of docs/reliability.md.
"""

from __future__ import annotations

import argparse
import compileall
import concurrent.futures
import hashlib
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fault_cases import Case
from fault_races import RACES, Counts
from fault_table import table
from fault_tracer import PACKAGE, Strike, tracer
from fault_world import SCENARIOS

Record = dict[str, Any]
_ERRORS = ('ENOSPC', 'EIO', 'EROFS')
_cases: dict[str, Case] = {}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--results', type=Path, default=Path(tempfile.gettempdir(), 'raybootstrap-faults.jsonl'))
    parser.add_argument('--work', type=Path, default=Path(tempfile.gettempdir()), help='where repositories are made')
    parser.add_argument('--jobs', type=int, default=multiprocessing.cpu_count())
    parser.add_argument('--every', type=int, default=1, metavar='N', help='only every Nth step')
    parser.add_argument('--only', choices=['kills', 'errors', 'races'], help='a part of it')
    parser.add_argument('--table', action='store_true', help='only print what was found so far')
    given = parser.parse_args(arguments)
    if not given.table:
        _sweep(given)
    records = _records(given.results)
    sys.stdout.write(table(records))
    return 1 if any(record['problems'] for record in records) else 0


def _sweep(given: argparse.Namespace) -> None:
    if tracer() is None and given.only != 'races':
        sys.exit('the tracer needs Linux on x86-64, a C compiler (cc) and the right to trace a process')
    done = {record['key'] for record in _records(given.results)}
    # The struck runs write no bytecode, which would be more steps; without any they would compile each module anew.
    compileall.compile_dir(PACKAGE / 'bootstrap', quiet=2)
    code = _code()
    with given.results.open('a') as results, tempfile.TemporaryDirectory(dir=given.work) as work:
        for record in _found(given, Path(work), done):
            results.write(json.dumps({**record, 'code': code}) + '\n')
            results.flush()
            if record['problems']:
                sys.stderr.write(f'{record["key"]}: {record["problems"]}\n')


def _found(given: argparse.Namespace, work: Path, done: set[str]) -> Iterator[Record]:
    if given.only != 'races':
        with concurrent.futures.ProcessPoolExecutor(given.jobs) as pool:
            plans = pool.map(_strikes, SCENARIOS, [work] * len(SCENARIOS))
            wanted = [
                (name, strike)
                for name, strikes in zip(SCENARIOS, plans, strict=True)
                for strike in strikes[:: given.every]
                if given.only in (None, 'kills' if strike.kills else 'errors') and _key(name, strike) not in done
            ]
            # Spread over the scenarios, so that a part of it tells of them all.
            wanted.sort(key=lambda one: hashlib.sha256(_key(*one).encode()).digest())
            yield from pool.map(_struck, *zip(*wanted, strict=True), [work] * len(wanted)) if wanted else ()
    for name, race in RACES.items():
        if given.only in (None, 'races') and name not in done:
            yield _raced(name, race(work / 'race'))


def _strikes(name: str, work: Path) -> list[Strike]:
    case = _case(name, work)
    strikes = []
    for counted in ('files', 'git'):
        for number in range(1, len(case.steps(counted)) + 1):
            strikes += [Strike(counted, how, number) for how in ('tree', 'parent')]
            if counted == 'files':
                strikes += [Strike(counted, how, number, error) for how in ('once', 'onwards') for error in _ERRORS]
    return strikes


def _struck(name: str, strike: Strike, work: Path) -> Record:
    result = _case(name, work).struck(strike)
    return {
        'key': _key(name, strike),
        'kind': 'kill' if strike.kills else 'error',
        'scenario': name,
        'strike': strike._asdict(),
        'at': result.at,
        'problems': result.problems,
    }


def _raced(name: str, counts: Counts) -> Record:
    return {'key': name, 'kind': 'race', 'counts': counts.counts, 'problems': counts.problems}


def _key(name: str, strike: Strike) -> str:
    return f'{name}: {strike.how} {strike.error} at {strike.counted} {strike.number}'


def _case(name: str, work: Path) -> Case:
    # A world for each process: what another one builds may be half there.
    if name not in _cases:
        place = Path(tempfile.mkdtemp(prefix='world-', dir=work))
        _cases[name] = Case(SCENARIOS[name], place)
    return _cases[name]


def _records(results: Path) -> list[Record]:
    """What was found with the code as it is now."""
    code = _code()
    if not results.exists():
        return []
    found: list[Record] = [json.loads(line) for line in results.read_text().splitlines()]
    return [record for record in found if record['code'] == code]


def _code() -> str:
    files = sorted((PACKAGE / 'bootstrap').rglob('*.py'))
    return hashlib.sha256(b''.join(file.read_bytes() for file in files)).hexdigest()[:12]


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
