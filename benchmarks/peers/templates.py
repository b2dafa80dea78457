"""The five files that `init` makes, as templates of copier and of cookiecutter with the name open."""

from __future__ import annotations

from pathlib import Path

from generate import PROTOTYPE, files_of_one


def copier(folder: Path) -> Path:
    """A template for `copier copy --data env=NAME`."""
    folder.mkdir()
    (folder / 'copier.yml').write_text('env:\n  type: str\n')
    for path, text in files_of_one(0).items():
        target = folder / (path.replace(PROTOTYPE, '{{ env }}') + '.jinja')
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(PROTOTYPE, '{{ env }}'))
    return folder


def cookiecutter(folder: Path) -> Path:
    """A template for `cookiecutter --no-input FOLDER env=NAME`, which wants a folder around everything."""
    folder.mkdir()
    (folder / 'cookiecutter.json').write_text('{"env": "prod"}\n')
    for path, text in files_of_one(0).items():
        inside = path.removeprefix('environments/').replace(PROTOTYPE, '{{ cookiecutter.env }}')
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(PROTOTYPE, '{{ cookiecutter.env }}'))
    return folder


def plain(folder: Path) -> Path:
    """The files as they are, for the environment prod."""
    for path, text in files_of_one(0).items():
        target = folder / path.replace(PROTOTYPE, 'prod')
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(PROTOTYPE, 'prod'))
    return folder
