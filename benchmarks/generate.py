"""A git repository of many environments, as `init` and `add-group` make them: what the benchmarks run on.

python benchmarks/generate.py 1000 /tmp/fleet --kuberay-version 1.5.1
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from bootstrap.choices import Choices
from bootstrap.context import Context
from bootstrap.kuberay import checked_kuberay_version
from bootstrap.plans import add_group, init
from bootstrap.tree import Files, Tree, changes
from bootstrap.worker_group import Options

REMOTE = 'https://git.example.com/acme/ray.git'
PROTOTYPE = 'prototype'
_AUTHOR = 'Benchmark <benchmark@example.com> 1700000000 +0000'


def generate(
    environments: int, directory: Path, *, groups: int = 20, kuberay_version: str | None = None, checkout: bool = True
) -> list[str]:
    """A repository with one commit on `main`, in a directory that is not there yet; the names of its environments.

    Each has CRDs and operator of its own and so many worker groups. Without `checkout` there is no work tree.
    """
    names = [f'env{number:0{max(4, len(str(environments - 1)))}d}' for number in range(environments)]
    prototype = files_of_one(groups, kuberay_version)
    _git('init', '--quiet', '--initial-branch=main', str(directory))
    for key, value in {'user.name': 'Benchmark', 'user.email': 'benchmark@example.com', 'gc.auto': '0'}.items():
        _git('-C', str(directory), 'config', key, value)
    with tempfile.TemporaryFile() as stream:
        stream.writelines(_commit(names, prototype))
        stream.seek(0)
        _git('-C', str(directory), 'fast-import', '--quiet', '--done', stdin=stream)
    if checkout:
        _git('-C', str(directory), 'reset', '--quiet', '--hard', 'main')
    return names


def files_of_one(groups: int, kuberay_version: str | None = None) -> dict[str, str]:
    """The files of an environment that is called `PROTOTYPE`."""
    version = None if kuberay_version is None else checked_kuberay_version(kuberay_version)
    context = Context(remote_url=REMOTE)
    empty = Tree(Files({}))
    tree = init.plan(empty, context, [PROTOTYPE], init.Options(choices=Choices(kuberay_version=version)))
    for number in range(groups):
        group = Options(max=5, cpu='4', memory='8Gi')
        tree = add_group.plan(tree, context, [PROTOTYPE], f'group{number:02d}', group)
    return {change.path: change.after for change in changes(empty, tree) if change.after is not None}


def _commit(names: list[str], prototype: Mapping[str, str]) -> Iterator[bytes]:
    """The stream of git fast-import for one commit with all environments."""
    yield f'commit refs/heads/main\ncommitter {_AUTHOR}\ndata 7\nA fleet\n'.encode()
    for name in names:
        for path, text in prototype.items():
            content = text.replace(PROTOTYPE, name).encode()
            yield f'M 100644 inline {path.replace(PROTOTYPE, name)}\ndata {len(content)}\n'.encode()
            yield content + b'\n'
    yield b'done\n'


def _git(*arguments: str, stdin: IO[bytes] | None = None) -> None:
    subprocess.run(['git', *arguments], check=True, stdin=stdin)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('environments', type=int)
    parser.add_argument('directory', type=Path)
    parser.add_argument('--groups', type=int, default=20, help='worker groups of each (default: 20)')
    parser.add_argument('--kuberay-version', help='default: the newest')
    given = parser.parse_args()
    generate(given.environments, given.directory, groups=given.groups, kuberay_version=given.kuberay_version)


if __name__ == '__main__':
    main()
