"""Threat 23: what is installed for development is what was looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
LOCK = TOP / 'requirements-dev.txt'


def locked() -> dict[str, list[str]]:
    """Names and the lines of their hashes."""
    parts = re.split(r'^(?=[a-z0-9])', LOCK.read_text(), flags=re.MULTILINE)[1:]
    return {f'{part.split("==")[0]} {part.splitlines()[0]}': part.splitlines()[1:] for part in parts}


def requirements() -> set[str]:
    """The names that the project asks for, for use and for development."""
    text = (TOP / 'pyproject.toml').read_text()
    tables = re.findall(r'^(?:dependencies|dev) = \[\n(.*?)^\]', text, re.MULTILINE | re.DOTALL)
    assert len(tables) == 2
    return {
        re.sub('[-_.]+', '-', name).lower() for table in tables for name in re.findall(r'^  "([\w.-]+)', table, re.M)
    }


def test_everything_is_pinned_with_hashes() -> None:
    for name, hashes in locked().items():
        assert '==' in name, name
        assert hashes, name
        for line in hashes:
            assert re.fullmatch(r'    --hash=sha256:[0-9a-f]{64}( \\)?', line), (name, line)


def test_everything_that_is_asked_for_is_in_it() -> None:
    assert requirements() | {'hatchling', 'editables', 'pip-audit'} <= {name.split()[0] for name in locked()}


def test_no_address_stands_in_it() -> None:
    assert '://' not in LOCK.read_text()
    assert '--index' not in LOCK.read_text()


def test_git_python_is_one_without_known_holes() -> None:
    assert '"GitPython>=3.1.62"' in (TOP / 'pyproject.toml').read_text()


@pytest.mark.parametrize('workflow', sorted((TOP / '.github' / 'workflows').glob('*.yaml')), ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(workflow: Path) -> None:
    for used in re.findall(r'^[ -]*uses:\s*(\S+)', workflow.read_text(), re.MULTILINE):
        assert used.startswith('./') or re.search(r'@[0-9a-f]{40}$', used), used
