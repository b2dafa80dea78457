from __future__ import annotations

import ast
from pathlib import Path

import bootstrap

FORGES = Path(bootstrap.__file__).parent / 'forges'


def test_forges_know_only_addresses_words_and_errors() -> None:
    for module in FORGES.glob('*.py'):
        nodes = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.ImportFrom)]
        names = [str(node.module) for node in nodes if str(node.module).startswith('bootstrap')]
        names += [f'bootstrap.{alias.name}' for node in nodes if node.module == 'bootstrap' for alias in node.names]
        known = {'bootstrap', 'bootstrap.__version__', 'bootstrap.errors', 'bootstrap.git_url', 'bootstrap.words'}
        assert {name for name in names if not name.startswith('bootstrap.forges')} <= known, module


def test_only_one_module_knows_the_client() -> None:
    assert [path.name for path in FORGES.glob('*.py') if 'import urllib3' in path.read_text()] == ['http.py']
