"""Git's configuration, as one `git config --list` gave it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bootstrap.errors import BootstrapError

_OF_THE_REPOSITORY = ('local', 'worktree')

# Keys whose value git hands to a shell, as far as the commands in `commands` can come to use them.
_NAMES_A_PROGRAM = re.compile(
    r'core\.(sshcommand|gitproxy|askpass|alternaterefscommand)|gpg\.(.*\.)?(program|defaultkeycommand)'
    r'|diff\.(.*\.)?(external|command|textconv)|filter\..*\.(clean|smudge|process)'
)
_CREDENTIAL_HELPER = re.compile(r'credential\.(.*\.)?helper')
_HARMLESS = {
    'core.alternaterefscommand': 'true',
    'core.sshcommand': 'ssh',
}


class Entry(NamedTuple):
    """One line of configuration; a key without a value means true."""

    scope: str
    key: str
    value: str | None


class Config:
    """All scopes, weakest first, as git reads them. Keys are found whatever the case of section and variable."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._values: dict[str, list[str | None]] = {}
        for entry in self.entries:
            self._values.setdefault(entry.key, []).append(entry.value)

    @classmethod
    def parsed(cls, output: bytes) -> Config:
        """From `git config --list --show-scope -z`."""
        fields = output.decode('utf-8', 'surrogateescape').split('\0')[:-1]
        return cls(_entry(scope, text) for scope, text in zip(fields[::2], fields[1::2], strict=True))

    def get(self, key: str) -> str | None:
        values = self.get_all(key)
        return values[-1] if values else None

    def get_all(self, key: str) -> list[str]:
        return ['true' if value is None else value for value in self._values.get(_normal(key), [])]

    def subsections(self, section: str) -> list[str]:
        """The names between a section and its variables, in the order they first appear."""
        prefix = f'{section}.'
        names = (key[len(prefix) :].rpartition('.') for key in self._values if key.startswith(prefix))
        return list(dict.fromkeys(name for name, dot, _ in names if dot))

    def without_repository(self) -> Config:
        """Only what the user, the machine and the command line set."""
        return Config(entry for entry in self.entries if entry.scope not in _OF_THE_REPOSITORY)

    def disarming(self) -> list[tuple[str, str]]:
        """Keys and values under which no program that the repository's own configuration names is run."""
        named = {entry.key for entry in self.entries if entry.scope in _OF_THE_REPOSITORY}
        trusted = self.without_repository()
        settings = []
        for key in sorted(key for key in named if _NAMES_A_PROGRAM.fullmatch(key)):
            settings.append((key, trusted.get(key) or _HARMLESS.get(key, '')))
        if any(_CREDENTIAL_HELPER.fullmatch(key) for key in named):
            # An empty helper clears all helpers before it, those of other URLs too (gitcredentials(7)).
            helpers = (entry for entry in trusted.entries if _CREDENTIAL_HELPER.fullmatch(entry.key))
            settings += [('credential.helper', ''), *((entry.key, entry.value or '') for entry in helpers)]
        return settings

    def merging_as_text(self) -> list[tuple[str, str]]:
        """Keys and values under which no merge driver is run: a forge, which merges in the end, runs none either."""
        drivers = dict.fromkeys(entry.key for entry in self.entries if re.fullmatch(r'merge\..*\.driver', entry.key))
        return [(key, 'git merge-file %A %O %B') for key in drivers]

    def lazy_fetch_runs_a_program(self) -> bool:
        """Whether fetching a missing object of a partial clone would run what the repository names.

        Of several `remote.<name>.uploadpack` git takes the first, so the setting cannot be overridden.
        """
        keys = [entry.key for entry in self.entries if entry.scope in _OF_THE_REPOSITORY]
        is_partial = any(re.fullmatch(r'remote\..*\.promisor|extensions\.partialclone', key) for key in keys)
        return is_partial and any(re.fullmatch(r'remote\..*\.(uploadpack|vcs)', key) for key in keys)

    def bool(self, key: str) -> bool:
        """False where the key is not set."""
        text = (self.get(key) or 'false').lower()
        if text in ('true', 'yes', 'on'):
            return True
        if text in ('false', 'no', 'off'):
            return False
        if re.fullmatch(r'[+-]?\d+[kmg]?', text):
            return int(text.rstrip('kmg')) != 0
        raise BootstrapError(
            f'git configuration: {key} is {text!r}, not true or false', f'git config --global {key} false'
        )


def _entry(scope: str, text: str) -> Entry:
    key, newline, value = text.partition('\n')
    return Entry(scope, key, value if newline else None)


def _normal(key: str) -> str:
    section, dot, rest = key.partition('.')
    subsection, inner, variable = rest.rpartition('.')
    return f'{section.lower()}{dot}{subsection}{inner}{variable.lower()}'
