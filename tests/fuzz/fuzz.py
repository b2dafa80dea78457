"""Fuzzing with libFuzzer: python tests/fuzz/fuzz.py editor -max_total_time=600. See README.md."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parent
HARNESSES = {'editor': 'editing', 'rules': 'ruling', 'texts': 'parsing'}


def main(arguments: list[str]) -> None:
    """Run a harness until its time is up, or until it finds something, which libFuzzer then writes to a file."""
    import atheris

    name, *options = arguments
    sys.path[:0] = [str(FOLDER), str(FOLDER.parent / 'manifest'), str(FOLDER.parents[1])]
    with atheris.instrument_imports(include=['bootstrap']):
        harness = __import__(HARNESSES[name])
    corpus = [option for option in options if not option.startswith('-')] or [str(FOLDER / 'corpus' / name)]
    flags = [option for option in options if option.startswith('-')]
    atheris.Setup([sys.argv[0], *flags, *corpus], harness.one)
    atheris.Fuzz()


if __name__ == '__main__':
    main(sys.argv[1:])
