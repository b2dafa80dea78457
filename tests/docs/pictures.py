"""The pictures of the README: what a terminal shows when the commands run, as SVG.

`python tests/docs/pictures.py` makes them anew.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
from pathlib import Path

import transcripts
from rich.console import Console
from rich.text import Text

PICTURES = transcripts.TOP / 'docs' / 'pictures'
COLUMNS = 100

_BEFORE = """{
git clone https://git.example.com/acme/ray.git && cd ray
raybootstrap init --env dev --env prod --shares dev
git switch main && git merge raybootstrap/init-dev+prod && git push
} > /dev/null 2>&1
"""
_GPU = """raybootstrap add-group l4 --env prod --gpu 1 --cpu 8 --memory 32Gi --max 16 \\
    --node-selector cloud.google.com/gke-accelerator=nvidia-l4 --toleration nvidia.com/gpu:NoSchedule"""
_MERGED = f'{{ {_GPU}; git merge raybootstrap/add-group-prod/l4; }} > /dev/null 2>&1\n'

# By picture: what is run before it, and the command it shows.
TERMINALS = {
    'add-group': (_BEFORE, f'{_GPU} --dry-run'),
    'list-groups': (_BEFORE + _MERGED, 'raybootstrap list groups'),
}
GRAPH = (_BEFORE + _MERGED, 'raybootstrap graph -o svg')


def made() -> dict[str, str]:
    """Every picture by its name, as it looks today."""
    found = {name: _terminal(*scene) for name, scene in TERMINALS.items()}
    return {**found, 'graph': _printed(*GRAPH)}


def _terminal(before: str, command: str) -> str:
    """A terminal window with the command and what it shows there."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f'$ {command}'))
    console.print(Text.from_ansi(_shown(before, command)))
    svg = console.export_svg(title=' '.join(command.split()[:2]), unique_id='raybootstrap')
    # The picture has to look the same where nothing is loaded from elsewhere.
    return re.sub(r'@font-face \{.*?\}\s*', '', svg, flags=re.DOTALL)


def _shown(before: str, command: str) -> str:
    with transcripts.world() as (folder, environment):
        script = f'{before}stty cols {COLUMNS} rows 60; {command}\n'
        parent, child = pty.openpty()
        environment = {**environment, 'TERM': 'xterm-256color', 'COLORTERM': '', 'COLUMNS': str(COLUMNS)}
        process = subprocess.Popen(['bash', '-c', script], cwd=folder, env=environment, stdin=child, stdout=child)
        os.close(child)
        shown = _all_of(parent)
        assert process.wait() == 0
    return shown.replace('\r\n', '\n').rstrip()


def _all_of(terminal: int) -> str:
    found = b''
    while True:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:
            # Linux answers the read of a terminal that nobody writes to any more with EIO.
            piece = b''
        if not piece:
            os.close(terminal)
            return found.decode()
        found += piece


def _printed(before: str, command: str) -> str:
    with transcripts.world() as (folder, environment):
        done = subprocess.run(
            ['bash', '-c', before + command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for name, svg in made().items():
        Path(PICTURES / f'{name}.svg').write_text(svg)


if __name__ == '__main__':
    main()
