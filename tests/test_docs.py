"""What is generated, and what a reader is told to type, is true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


def pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location('generate', TOP / 'docs' / 'generate.py')
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: page() for name, page in module.PAGES.items()}


@pytest.mark.parametrize('name', ['commands.md', 'rules.md'])
def test_generated_pages_have_not_drifted(name: str) -> None:
    assert (TOP / 'docs' / name).read_text() == pages()[name], 'run: python docs/generate.py'


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in [TOP / 'README.md', *(TOP / 'docs').glob('*.md'), TOP / 'environments' / 'README.md']:
        for target in re.findall(r'\]\(([^)#:]+)\)', page.read_text()):
            assert (page.parent / target).exists(), f'{page.name}: {target}'


def test_the_two_commands_of_the_readme_are_one_line_each() -> None:
    blocks = re.findall(r'^```sh\n(.*?)^```$', (TOP / 'README.md').read_text(), re.MULTILINE | re.DOTALL)
    assert [block.count('\n') for block in blocks[:2]] == [1, 1]
