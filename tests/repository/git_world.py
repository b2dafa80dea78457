"""Real repositories for the tests, made and looked at with the git program alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bootstrap.repository import Repository, open_repository
from bootstrap.tree import Change

FILE = 'environments/dev/raycluster.yaml'


def git(directory: Path, *arguments: str, check: bool = True) -> str:
    """What git prints; standard error too where it fails."""
    done = subprocess.run(['git', '-C', str(directory), *arguments], capture_output=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode('utf-8', 'surrogateescape') + ('' if check else done.stderr.decode())


def new_repository(directory: Path, *options: str) -> Path:
    directory.mkdir(parents=True)
    git(directory, 'init', '--quiet', '--initial-branch=main', *options)
    return directory


def save(directory: Path, files: dict[str, str | bytes], message: str = 'change') -> str:
    """Commit these files; the commit's id."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    git(directory, 'add', '--all')
    git(directory, 'commit', '--quiet', '--allow-empty', '--message', message)
    return git(directory, 'rev-parse', 'HEAD').strip()


def fill_index(directory: Path, *entries: str) -> None:
    """Put entries into the index (`<mode> <id>TAB<path>`) that no checkout would put there."""
    lines = ''.join(f'{entry}\n' for entry in entries).encode('utf-8', 'surrogateescape')
    subprocess.run(['git', '-C', str(directory), 'update-index', '--add', '--index-info'], input=lines, check=True)


def opened(directory: Path, *, writes: bool = True) -> Repository:
    repository = open_repository(directory, writes=writes)
    assert repository is not None
    return repository


def new(path: str = FILE, text: str = 'a: 1\n') -> Change:
    return Change(path, None, text)


def pretend_signed(directory: Path) -> None:
    """Give HEAD a signature, so that who checks it runs a program."""
    head, _, message = git(directory, 'cat-file', 'commit', 'HEAD').partition('\n\n')
    signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----'
    (directory / 'commit').write_text(f'{head}\n{signature}\n\n{message}')
    oid = git(directory, 'hash-object', '-w', '-t', 'commit', str(directory / 'commit')).strip()
    (directory / 'commit').unlink()
    git(directory, 'update-ref', 'refs/heads/main', oid)


def user_state(directory: Path) -> dict[str, str | bytes]:
    """All that is the user's: the files, the index byte by byte, HEAD, the stash and every ref but our branches."""
    git_dir = Path(git(directory, 'rev-parse', '--path-format=absolute', '--git-dir').strip())
    files = {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob('*'))
        if path.is_file() and '.git' not in path.relative_to(directory).parts
    }
    refs = git(directory, 'for-each-ref', '--exclude=refs/heads/raybootstrap/', check=False)
    if 'unknown option' in refs:
        refs = '\n'.join(line for line in git(directory, 'for-each-ref').splitlines() if 'raybootstrap/' not in line)
    index = git_dir / 'index'
    return {
        **files,
        'index': index.read_bytes() if index.exists() else b'',
        'HEAD': (git_dir / 'HEAD').read_bytes(),
        'refs': refs,
        'status': git(directory, '--no-optional-locks', 'status', '--porcelain=v2', '--untracked-files=all'),
        'stash': git(directory, 'stash', 'list'),
    }


def assert_sound(directory: Path) -> None:
    words = git(directory, 'fsck', '--strict', '--full', check=False)
    assert not [line for line in words.splitlines() if not line.startswith(('dangling', 'notice:'))]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\n{text}\n')
    path.chmod(0o755)
    return path


def put_first_on_path(directory: Path) -> str:
    return f'{directory}{os.pathsep}{os.environ["PATH"]}'
