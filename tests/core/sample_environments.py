"""The repository's own examples as a tree in memory."""

from __future__ import annotations

from pathlib import Path

from bootstrap.tree import Files, Tree

TOP = Path(__file__).parents[2]


def example(*names: str, **replaced: tuple[str, str]) -> Tree:
    """The environments named; `replaced` maps the stem of a prod file to a text and what stands for it."""
    files = {}
    for name in names:
        for path in sorted((TOP / 'environments' / name).rglob('*.yaml')):
            text = path.read_text()
            old, new = replaced.get(path.stem.replace('-', '_'), ('', ''))
            assert old in text
            files[path.relative_to(TOP).as_posix()] = text.replace(old, new) if old else text
    return Tree(Files(files))
