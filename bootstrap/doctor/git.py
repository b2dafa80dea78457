"""git: its version, who commits, and whether commits can be signed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator

from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.question import Question
from bootstrap.errors import BootstrapError
from bootstrap.repository import Config, Repository, git_version, open_repository
from bootstrap.repository.identity import given

_OLDEST = (2, 31)
_SECONDS = 10
# Of gpg and ssh-keygen that would have to ask for a passphrase.
_LOCKED = re.compile(
    r'passphrase|pinentry|inappropriate ioctl|operation cancell?ed|timed? ?out|cannot open.*tty|agent refused',
    re.IGNORECASE,
)
_UNLOCK = 'unlock the key in its agent (gpg --clearsign, ssh-add), then run it again'


def opened(question: Question) -> Repository | None:
    """The repository as a command that writes sees it; None where the directory is in none."""
    # Opening for writing puts in place what an interrupted start left complete, and a check changes nothing.
    found = open_repository(question.folder, writes=False)
    if found is None:
        return None
    found.close()
    return open_repository(question.folder, writes=True)


def verdicts(question: Question) -> Iterator[Verdict]:
    version = git_version(question.folder)
    numbers = re.search(r'(\d+)\.(\d+)', version)
    if numbers and (int(numbers[1]), int(numbers[2])) < _OLDEST:
        raise BootstrapError(f'{version} is too old', 'install git 2.31 or newer')
    repository = opened(question)
    if repository is None:
        yield Verdict('git', Mark.OK, f'{version}; {question.directory} is in no repository')
        return
    with repository:
        yield Verdict('git', Mark.OK, f'{version} in {repository.root or repository.git_dir}')
        repository.identity()
        name, address = given(repository.config, os.environ, 'author')
        yield Verdict('identity', Mark.OK, f'{name} <{address}>')
        yield _signing(repository)


def _signing(repository: Repository) -> Verdict:
    if not repository.config.bool('commit.gpgSign'):
        return Verdict('signing', Mark.OK, 'off (commit.gpgSign)')
    kind = repository.config.get('gpg.format') or 'openpgp'
    try:
        repository.try_signing()
    except BootstrapError as error:
        return _unsigned(repository.config, kind, error)
    return Verdict('signing', Mark.OK, f'a test commit was signed ({kind}) and thrown away')


def _unsigned(config: Config, kind: str, error: BootstrapError) -> Verdict:
    there = _key_is_there(config) if kind == 'openpgp' else None
    if _LOCKED.search(error.message) or there:
        found = f'not known: the {kind} key cannot be used without asking for its passphrase'
        return Verdict('signing', Mark.WARN, found, _UNLOCK)
    words = error.message if there is None else f'there is no secret key {config.get("user.signingKey") or "of yours"}'
    return Verdict('signing', Mark.FAIL, words, 'git config user.signingKey KEY, or commit.gpgSign false')


def _key_is_there(config: Config) -> bool:
    """Whether gpg has the secret key: git before 2.41 does not pass on why gpg failed."""
    program = config.get('gpg.openpgp.program') or config.get('gpg.program') or 'gpg'
    name, address = given(config, os.environ, 'committer')
    key = config.get('user.signingKey') or f'{name} <{address}>'
    # The program may be a command line, which git gives to a shell.
    line = [*shlex.split(program), '--batch', '--with-colons', '--list-secret-keys', '--', key]
    try:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
