"""The pictures show what a terminal shows today."""

from __future__ import annotations

import re

import pictures


def words(svg: str) -> list[str]:
    """What a picture says: how rich draws it is another version's business."""
    return re.findall(r'>([^<>]+)</text>', svg)


def test_the_pictures_are_what_the_commands_show() -> None:
    for name, svg in pictures.made().items():
        assert words((pictures.PICTURES / f'{name}.svg').read_text()) == words(svg), (
            'run: python tests/docs/pictures.py'
        )


def test_the_pictures_load_nothing_from_elsewhere() -> None:
    for picture in pictures.PICTURES.glob('*.svg'):
        addresses = re.findall(r'(?:href|url|src)\s*[=(]\s*["\']?(https?:[^"\')]+)', picture.read_text())
        assert not addresses, picture.name
