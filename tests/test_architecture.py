"""Imports point one way: cli, propose, shell and rules, plans, core."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / 'bootstrap'
# Outside of the core and the rules: what touches git, the terminal or the command line.
SHELL = {'words', 'table', 'forges', 'repository', 'console', 'reading', 'helm', 'kubernetes', 'forward', 'summary'}
SHELL |= {'asking', 'contexts', 'live_table', 'observing', 'progress', 'termination'}
ROAD = {
    'propose',
    'placing',
    'base',
    'branches',
    'checkout',
    'publish',
    'pull_requests',
    'rehearsal',
    'reviewing',
    'replaying',
    'proposals',
    'applying',
    'surroundings',
    'dashboard',
    'doctor',
    'merged',
    'waiting',
}
FORBIDDEN_TO_CORE = {'git', 'typer', 'rich', 'os', 'subprocess', 'socket', 'urllib.request', 'http'}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PACKAGE / folder).rglob('*.py'))


def imports(module: Path) -> set[str]:
    """Every module that a module imports, inside of functions too; not those for type checkers only."""
    tree = ast.parse(module.read_text())
    for_types = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and isinstance(test.test, ast.Name) and test.test.id == 'TYPE_CHECKING'
        for node in ast.walk(test)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f'{node.module}.{alias.name}' for alias in node.names} | {str(node.module)}
    return found


def core() -> list[Path]:
    top = [path for path in PACKAGE.glob('*.py') if path.stem not in SHELL | ROAD | {'__main__', '__init__', 'propose'}]
    return [*top, *modules('manifest', 'plans', 'rules', 'reports', 'live')]


@pytest.mark.parametrize('module', core(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_core_touches_nothing_outside(module: Path) -> None:
    found = imports(module)
    assert not found & FORBIDDEN_TO_CORE
    roots = {name.split('.')[1] for name in found if name.startswith('bootstrap.')}
    assert not roots & (SHELL | ROAD | {'cli'})


def test_plans_do_not_import_each_other() -> None:
    for module in modules('plans'):
        assert not {name for name in imports(module) if name.startswith('bootstrap.plans')}, module


def test_the_git_shell_knows_only_trees_and_errors() -> None:
    for module in modules('repository'):
        own = {name.split('.')[1] for name in imports(module) if name.startswith('bootstrap.')}
        assert own <= {'repository', 'tree', 'errors', 'words'}, module


def test_only_the_command_line_knows_typer() -> None:
    for module in sorted(PACKAGE.rglob('*.py')):
        if 'cli' not in module.parts:
            assert not {name for name in imports(module) if name.split('.')[0] in ('typer', 'click')}, module


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, '-c', f'{code}\nimport sys; print(*sys.modules)'], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_top_help_loads_no_command() -> None:
    loaded = loaded_after("from bootstrap.cli.app import run; run(['--help'])")
    assert not {name for name in loaded if name.split('.')[0] in ('git', 'yaml', 'rich', 'pydantic')}
    assert 'bootstrap.cli.init' not in loaded


def test_the_version_needs_no_typer() -> None:
    assert 'typer' not in loaded_after(
        "import sys; sys.argv = ['x', '--version']; from bootstrap.cli import main; main()"
    )
