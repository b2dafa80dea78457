"""A repository with the example environment prod, merged, and an API server on which all of it runs well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import live_world
from api_server import ApiServer, serving
from live_world import Object, find
from world import commit, git


@dataclass(frozen=True)
class Place:
    """`tip` is main's commit, which the root has synced."""

    api: ApiServer
    folder: Path
    tip: str

    def find(self, kind: str, name: str) -> Object:
        return find(self.api.objects, kind, name)

    def application(self, name: str = 'prod-raycluster') -> Object:
        return self.find('Application', name)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that is to find the API server."""
        return {**os.environ, 'KUBECONFIG': str(self.api.kubeconfig)}


@contextmanager
def running(folder: Path) -> Iterator[Place]:
    """In an empty folder; the server's kubeconfig stands beside it."""
    git(folder, 'init', '--quiet', '--initial-branch=main')
    tip = commit(folder, live_world.files())
    with serving(folder.parent) as api:
        api.add(*live_world.all_well(tip))
        yield Place(api, folder, tip)
