"""The examples are what the commands in their README make."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / 'environments'


def commands(readme: Path) -> str:
    return '\n'.join(re.findall(r'^```sh\n(.*?)^```$', readme.read_text(), re.MULTILINE | re.DOTALL))


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in sorted(directory.rglob('*')) if path.is_file() and path.name != 'README.md')
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_the_examples_are_what_their_commands_make(folder: Path) -> None:
    path = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    subprocess.run(
        ['sh', '-euc', commands(EXAMPLES / 'README.md')], cwd=folder, env={**os.environ, 'PATH': path}, check=True
    )
    assert contents(folder / 'environments') == contents(EXAMPLES)
