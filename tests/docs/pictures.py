"""The pictures of the README: what a terminal shows when the commands run, as SVG.

`python tests/docs/pictures.py` makes them anew.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
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
STATUS = 'raybootstrap status'


def made() -> dict[str, str]:
    """Every picture by its name, as it looks today."""
    found = {name: _terminal(command, _in_a_clone(before, command)) for name, (before, command) in TERMINALS.items()}
    return {**found, 'graph': _printed(*GRAPH), 'status': _terminal(STATUS, _beside_a_cluster(STATUS))}


def _terminal(command: str, shown: str) -> str:
    """A terminal window with the command and what it shows there."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f'$ {command}'))
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title=' '.join(command.split()[:2]), unique_id='raybootstrap')
    # The picture has to look the same where nothing is loaded from elsewhere.
    return re.sub(r'@font-face \{.*?\}\s*', '', svg, flags=re.DOTALL)


def _in_a_clone(before: str, command: str) -> str:
    with transcripts.world() as (folder, environment):
        return _shown(before, command, folder, environment)


def _beside_a_cluster(command: str) -> str:
    """What a command shows where Argo CD and KubeRay run the example environment prod, all but two things well."""
    import live_world
    from api_server import serving

    with transcripts.world() as (folder, environment):
        for name, text in live_world.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        done = subprocess.run(
            ['bash', '-ec', 'git init --quiet && git add . && git commit --quiet --message prod && git rev-parse HEAD'],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        with serving(folder.parent) as api:
            well = live_world.all_well(done.stdout.strip())
            old = live_world.pod('cpu', 0, 'docker.io/rayproject/ray:2.51.0')
            api.add(*(one for one in well if one['metadata']['name'] != old['metadata']['name']), old)
            api.add(
                live_world.event('FailedToCreateWorkerPod', 'pods "l4" is forbidden: exceeded quota: gpus', count=7)
            )
            return _shown('', command, folder, environment)


def _shown(before: str, command: str, folder: Path, environment: dict[str, str]) -> str:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        ['bash', '-c', f'{before}stty cols {COLUMNS} rows 60; {command}\n'],
        cwd=folder,
        env={**environment, 'TERM': 'xterm-256color', 'COLORTERM': '', 'COLUMNS': str(COLUMNS), 'CI': ''},
        stdin=child,
        stdout=child,
    )
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
    sys.path += [str(transcripts.TOP / 'tests' / name) for name in ('cli', 'kubernetes')]
    PICTURES.mkdir(exist_ok=True)
    for name, svg in made().items():
        Path(PICTURES / f'{name}.svg').write_text(svg)


if __name__ == '__main__':
    main()
