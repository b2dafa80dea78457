"""Options in, exit codes out."""

from __future__ import annotations

import sys


def main() -> None:
    """The `raybootstrap` command."""
    if sys.argv[1:] == ['--version']:
        from bootstrap import __version__

        sys.stdout.write(f'raybootstrap {__version__}\n')
        return
    if sys.argv[1:2] == ['__complete']:
        from bootstrap.cli import completing

        sys.exit(completing.run(sys.argv[2:]))
    from bootstrap.cli.app import run

    sys.exit(run(sys.argv[1:]))
