"""A new environment, against the scaffolders a team would take instead."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fleets import World
from measuring import RAYBOOTSTRAP, Command, alternating
from peers import templates
from results import PAIRED, Section, paired

_TEMPLATES: dict[str, Callable[[Path], Path]] = {'copier': templates.copier, 'cookiecutter': templates.cookiecutter}

_LIBRARIES = (sys.executable, '-c', 'import typer, git, yaml, rich.console')


def scaffold(world: World) -> Section:
    """A new environment on a branch of a local bare repository."""
    made = {name: templates_of(world.folder / name) for name, templates_of in _TEMPLATES.items()}
    plain = templates.plain(world.folder / 'plain')
    ways = {
        'copier and git': ('copier', f'copier copy --quiet --defaults --data env=prod {made["copier"]} .'),
        'cookiecutter and git': (
            'cookiecutter',
            f'mkdir -p environments && cookiecutter --no-input -o environments {made["cookiecutter"]} env=prod',
        ),
        'cp and git (no choice of anything)': ('cp', f'cp -R {plain}/. .'),
    }
    targets = {'copier and git': 0.35, 'cookiecutter and git': 0.5}
    own = _in_a_fresh_clone(world, [*RAYBOOTSTRAP, 'init', '--env', 'prod'])
    section = Section('`init`, pushed to a local bare repository', PAIRED)
    for name, (program, script) in ways.items():
        if shutil.which(program) is None:
            section.rows.append(['`init`', name, '', '', 'not installed', '', ''])
            continue
        whole = f'git switch -q -c prod && {script} && git add . && git commit -q -m prod && git push -q origin prod'
        peer = _in_a_fresh_clone(world, ['sh', '-c', whole])
        ours, theirs = alternating([own, peer], world.runs)
        section.rows.append(paired('`init`', name, ours, theirs, targets.get(name)))
        if name in targets:
            imports, theirs = alternating([Command(_LIBRARIES, world.folder), peer], world.runs)
            section.rows.append(paired('importing typer, GitPython, PyYAML and rich', name, imports, theirs, None))
    section.words.append(
        'All make the same five files; `init` alone checks them, and asks the remote for its branches.'
    )
    return section


def _in_a_fresh_clone(world: World, words: Sequence[str]) -> Command:
    link = world.folder / 'fresh'

    def prepare() -> None:
        link.unlink(missing_ok=True)
        link.symlink_to(world.clone_of_an_empty_remote())

    return Command(['sh', '-c', f'cd {link} && exec {shlex.join(words)}'], world.folder, prepare)
