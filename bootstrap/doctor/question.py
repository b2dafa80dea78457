"""What the doctor is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bootstrap.request import Publishing

# The checks of a chain run one after the other, the chains side by side.
CHAINS = {
    'git': ('git', 'identity', 'signing'),
    'remote': ('remote', 'push'),
    'forge': ('forge', 'token'),
    'kubernetes': ('kubectl', 'context', 'Argo CD', 'sync options', 'health checks', 'operator'),
    'helm': ('helm',),
}


@dataclass(frozen=True)
class Question:
    """The options of the command; `attended` says that somebody is there whom git could ask."""

    directory: str
    path: str | None = None
    environment: str | None = None
    context: str | None = None
    remote: str | None = None
    push_remote: str | None = None
    forge: str | None = None
    forge_url: str | None = None
    attended: bool = False

    @property
    def folder(self) -> Path:
        return Path(self.directory)

    @property
    def publishing(self) -> Publishing:
        return Publishing(remote=self.remote, push_remote=self.push_remote, forge=self.forge, forge_url=self.forge_url)
