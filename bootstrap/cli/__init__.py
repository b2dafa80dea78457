"""Options in, exit codes out."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The `raybootstrap` command."""
    _open_closed_streams()
    if sys.argv[1:] == ['--version']:
        from bootstrap import __version__

        sys.stdout.write(f'raybootstrap {__version__}\n')
        return
    from bootstrap.cli.app import run

    sys.exit(run(sys.argv[1:]))


def _open_closed_streams() -> None:
    """In place of those that the caller closed, which Python has as None, and whose numbers the next files would get.

    What is printed would then go into a file of the repository's; git does the same (`sanitize_stdfds` in setup.c).
    """
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        while os.open(os.devnull, os.O_RDWR) < 2:
            pass
        sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
        sys.stdout = sys.stdout or open(1, 'w', closefd=False)  # noqa: SIM115
        sys.stderr = sys.stderr or open(2, 'w', closefd=False)  # noqa: SIM115
        for number in range(3):
            os.set_inheritable(number, True)
