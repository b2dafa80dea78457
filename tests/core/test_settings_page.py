"""docs/settings.md and settings.py say the same; promotion and mirrors are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bootstrap import settings
from bootstrap.errors import BootstrapError
from bootstrap.tree import Files, Tree

PAGE = (Path(__file__).parents[2] / 'docs' / 'settings.md').read_text()
ROWS = [tuple(cell.strip() for cell in line.split('|')[1:-1]) for line in PAGE.splitlines() if line.startswith('| `')]
TYPES = {str: 'text', list: 'list', dict: 'mapping', bool: 'true or false'}


def load(text: str) -> settings.Settings:
    return settings.load(Tree(Files({settings.FILE: text})))


def test_the_table_has_every_key_with_its_type() -> None:
    shown = {re.sub(r'<\w+>', '*', row[0].strip('`')): row[1] for row in ROWS}
    known = {'.'.join(path): TYPES[kind] for path, kind in settings._TYPES.items()}
    assert {key: kind for key, kind in shown.items() if not key.startswith('profiles.')} == {
        key: kind for key, kind in known.items() if not key.startswith('profiles.')
    }
    listed = {'.'.join((*parent, key)) for parent, keys in settings._KEYS.items() for key in keys}
    assert {key for key in listed if not key.startswith('profiles.')} <= shown.keys()


def test_the_table_has_every_choice() -> None:
    words = {re.sub(r'<\w+>', '*', row[0].strip('`')): ' '.join(row) for row in ROWS}
    for path, choices in settings._CHOICES.items():
        assert all(f'`{choice}`' in words['.'.join(path)] for choice in choices), path


def test_the_examples_of_the_page_can_be_read() -> None:
    blocks = re.findall(r'```yaml\n(.*?)```', PAGE, re.DOTALL)
    promotion, mirrors = (load(block) for block in blocks)
    assert promotion.promotion_order == ('dev', 'staging', 'prod')
    assert promotion.promotion_fields[0] == '*'
    assert mirrors.mirrors['docker.io'] == 'registry.corp.example/hub'


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('promotion:\n  ordr: [a]\n', 'raybootstrap.yaml:2: unknown setting promotion.ordr'),
        ('promotion: {order: a}\n', 'promotion.order is a list'),
        ('promotion:\n  order:\n  - a\n  - 1\n', r'raybootstrap.yaml:4: promotion.order\[1\] is no text'),
        ('promotion: {order: [a, a]}\n', 'promotion.order has a twice'),
        ('promotion: {fields: [{}]}\n', r'promotion.fields\[0\] is no text'),
        ('mirrors: {docker.io: 1}\n', 'mirrors.docker.io is a text'),
        ('mirrors: {1: a}\n', 'mirrors.1: the name is no text'),
        ('mirrors: {docker.io: docker.io/x}\n', 'is a part of what it mirrors'),
        ('mirrors: [a]\n', 'mirrors is a mapping'),
    ],
)
def test_what_is_wrong_has_its_line(text: str, message: str) -> None:
    with pytest.raises(BootstrapError, match=message):
        load(text)
