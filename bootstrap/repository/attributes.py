"""Paths whose content git keeps in another form than the one seen: nothing is written there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from bootstrap.errors import BootstrapError
from bootstrap.repository import commands
from bootstrap.repository.config import Config
from bootstrap.repository.runner import Runner
from bootstrap.repository.source import CommitSource
from bootstrap.tree import Kind

# A macro that sets one of them has the word in its definition.
_WORDS = (b'filter', b'working-tree-encoding')


def refuse_filtered(run: Runner, config: Config, common_dir: Path, source: CommitSource, paths: Sequence[str]) -> None:
    """Raise for a path that has a filter (such as Git LFS) or a working tree encoding in this commit."""
    in_tree = [path for path in _attribute_files(paths) if _is_file(source, path)]
    texts = [source.read(path) for path in in_tree]
    texts += [
        file.read_bytes()
        for file in _attribute_files_outside(config, common_dir)
        if os.access(file, os.R_OK) and file.is_file()
    ]
    if not any(word in text for text in texts for word in _WORDS):
        return
    for path, attribute, value in _attributes(run, source, in_tree, paths):
        if value not in ('unspecified', 'unset'):
            raise BootstrapError(
                f'{path}: .gitattributes gives it {attribute}={value}, so what is committed is not what is seen',
                f'take it out: {path} -{attribute}',
            )


def _attribute_files(paths: Iterable[str]) -> list[str]:
    directories = {directory for path in paths for directory in PurePosixPath(path).parents}
    return sorted(str(directory / '.gitattributes') for directory in directories)


def _is_file(source: CommitSource, path: str) -> bool:
    entry = source.entry(path)
    return entry is not None and entry.kind is Kind.FILE


def _attribute_files_outside(config: Config, common_dir: Path) -> list[Path]:
    """The files of gitattributes(5); where the machine's stands depends on how git was built."""
    home = Path(os.environ.get('XDG_CONFIG_HOME') or Path('~/.config').expanduser())
    configured = config.get('core.attributesFile')
    of_user = Path(configured).expanduser() if configured else home / 'git' / 'attributes'
    return [common_dir / 'info' / 'attributes', of_user, Path('/etc/gitattributes')]


def _attributes(
    run: Runner, source: CommitSource, in_tree: Iterable[str], paths: Iterable[str]
) -> Iterable[tuple[str, str, str]]:
    """By way of an index of its own: `check-attr --source` is new in git 2.40."""
    entries = ((path, source.entry(path)) for path in in_tree)
    lines = (f'100644 {entry.oid.hex()}\t{path}\0' for path, entry in entries if entry is not None)
    with tempfile.TemporaryDirectory(prefix='raybootstrap-') as directory:
        variables = {'GIT_INDEX_FILE': str(Path(directory, 'index'))}
        run.output(
            'read .gitattributes', commands.FILL_INDEX, ''.join(lines).encode('utf-8', 'surrogateescape'), variables
        )
        asked = ''.join(f'{path}\0' for path in paths).encode('utf-8', 'surrogateescape')
        answer = run.output('read .gitattributes', commands.ATTRIBUTES, asked, variables)
    fields = answer.decode('utf-8', 'surrogateescape').split('\0')
    return zip(fields[::3], fields[1::3], fields[2::3], strict=False)
