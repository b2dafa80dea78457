"""Who the forge is told we are, and from where that is known."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from bootstrap.forges import ci
from bootstrap.forges.address import Forge, quoted
from bootstrap.forges.kinds import public_kind

Run = Callable[[Sequence[str], str, Mapping[str, str]], 'str | None']

# The first of each is the one to name in a hint.
_VARIABLES: Mapping[str, tuple[str, ...]] = {
    'github': ('GH_TOKEN', 'GITHUB_TOKEN'),
    'gitlab': ('GITLAB_TOKEN', 'GITLAB_ACCESS_TOKEN'),
    'gitea': ('GITEA_TOKEN',),
    'forgejo': ('FORGEJO_TOKEN',),
    'bitbucket': ('BITBUCKET_TOKEN', 'BITBUCKET_API_TOKEN', 'BITBUCKET_APP_PASSWORD'),
    'bitbucket-server': ('BITBUCKET_SERVER_TOKEN',),
    'azure': ('AZURE_DEVOPS_EXT_PAT', 'SYSTEM_ACCESSTOKEN'),
}
# gh's own variables for hosts that are not GitHub's.
_ENTERPRISE = ('GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN')
# A job's own token is for the forge that runs the job.
_OF_THE_JOB = {
    'github': 'GITHUB_TOKEN',
    'gitea': 'GITHUB_TOKEN',
    'forgejo': 'GITHUB_TOKEN',
    'azure': 'SYSTEM_ACCESSTOKEN',
}
_USERS = {'BITBUCKET_API_TOKEN': 'BITBUCKET_EMAIL', 'BITBUCKET_APP_PASSWORD': 'BITBUCKET_USERNAME'}
_SECONDS = 10
_SECONDS_WITH_SOMEBODY_THERE = 120


@dataclass(frozen=True)
class Token:
    """`source` says where it comes from; `user` is set where it is a password of that user."""

    secret: str = field(repr=False)
    source: str
    user: str = field(default='', repr=False)

    def headers(self, kind: str) -> dict[str, str]:
        """What authenticates a request."""
        if kind == 'azure' or (self.user and kind in ('gitea', 'forgejo', 'bitbucket', 'bitbucket-server')):
            pair = base64.b64encode(f'{self.user}:{self.secret}'.encode()).decode()
            return {'Authorization': f'Basic {pair}'}
        scheme = 'token' if kind in ('gitea', 'forgejo') else 'Bearer'
        return {'Authorization': f'{scheme} {self.secret}'}

    def hidden_in(self, text: str) -> str:
        """A text from elsewhere without this token."""
        pair = base64.b64encode(f'{self.user}:{self.secret}'.encode()).decode()
        for secret in (self.secret, pair, quote(self.secret, safe='')):
            text = text.replace(secret, '***')
        return text


def variable(forge: Forge) -> str:
    """The variable a user would set for this forge."""
    if forge.kind == 'github' and not _is_public(forge):
        return _ENTERPRISE[0]
    return _VARIABLES[forge.kind][0]


def run(arguments: Sequence[str], stdin: str, environ: Mapping[str, str]) -> str | None:
    """The standard output of a program that asks nobody; None where it fails."""
    attended = _attended()
    try:
        done = subprocess.run(
            list(arguments),
            input=stdin,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors='replace',
            timeout=_SECONDS_WITH_SOMEBODY_THERE if attended else _SECONDS,
            check=False,
            start_new_session=not attended,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None


def token_of(forge: Forge, *, environ: Mapping[str, str], run: Run = run) -> Token | None:
    """The token for a forge: of the environment, of gh or glab, of git; None where there is none for its host.

    Over plain http nothing is sent unless the user has named that address.
    """
    if urlsplit(forge.api).scheme != 'https' and not forge.named:
        return None
    return _of_environment(forge, environ) or _of_program(forge, environ, run) or _of_git(forge, environ, run)


def _of_environment(forge: Forge, environ: Mapping[str, str]) -> Token | None:
    for name in _names(forge, environ):
        secret = environ.get(name, '').strip()
        if secret and _is_one(secret):
            user = environ.get(_USERS.get(name, ''), '')
            if name not in _USERS or user:
                return Token(secret, name, user)
    return None


def _names(forge: Forge, environ: Mapping[str, str]) -> list[str]:
    """The variables whose tokens are meant for this forge's host."""
    server, job = ci.server(environ), _OF_THE_JOB.get(forge.kind, '')
    of_the_job = server is not None and server.kind == forge.kind and urlsplit(server.web).netloc == forge.host
    of_the_job = of_the_job and server is not None and (not server.api or server.api == forge.api or forge.named)
    usual = [name for name in _VARIABLES[forge.kind] if name != job]
    if forge.named or of_the_job:
        enterprise = _ENTERPRISE if forge.kind == 'github' and not _is_public(forge) else ()
        borrowed = forge.kind in ('gitea', 'forgejo') and not of_the_job
        return [*enterprise, *usual, *([job] if job and not borrowed else [])]
    if not _is_public(forge):
        return []
    # In a job of another server of this kind, the job's token is that server's.
    elsewhere = server is not None and server.kind in (forge.kind, 'gitea', 'forgejo')
    return [*usual, *([job] if job in _VARIABLES[forge.kind] and not elsewhere else [])]


def _is_public(forge: Forge) -> bool:
    return urlsplit(forge.web).scheme == 'https' and public_kind(forge.host) == forge.kind


def _of_program(forge: Forge, environ: Mapping[str, str], run: Run) -> Token | None:
    """The token that gh or glab keeps for this host; they would give the environment's for any, so it is hidden."""
    commands = {
        'github': ('gh', 'auth', 'token', '--hostname', forge.host),
        'gitlab': ('glab', 'config', 'get', 'token', '--host', forge.host),
    }
    command = commands.get(forge.kind)
    if command is None or shutil.which(command[0], path=environ.get('PATH')) is None:
        return None
    hidden = (*_VARIABLES['github'], *_ENTERPRISE, *_VARIABLES['gitlab'], 'OAUTH_TOKEN', 'GH_HOST', 'GITLAB_HOST')
    kept = {name: value for name, value in environ.items() if name not in hidden and name != 'GH_DEBUG'}
    secret = (run(command, '', kept) or '').strip()
    return Token(secret, command[0]) if secret and _is_one(secret) else None


def _of_git(forge: Forge, environ: Mapping[str, str], run: Run) -> Token | None:
    web = urlsplit(forge.web)
    path = '/'.join(filter(None, (web.path.strip('/'), quoted(forge.project))))
    question = f'protocol={web.scheme}\nhost={web.netloc}\npath={path}\n\n'
    output = run(('git', *_without_prompts(), 'credential', 'fill'), question, _quiet(environ)) or ''
    said = dict(re.findall(r'^(\w+)=(.*)$', output, re.MULTILINE))
    secret, user = said.get('password', ''), said.get('username', '')
    if not secret or not _is_one(secret) or said.get('host', web.netloc) != web.netloc:
        return None
    # Bitbucket's name for an access token, which is no user's.
    return Token(secret, 'git credential', '' if user == 'x-token-auth' else user)


def _without_prompts() -> tuple[str, ...]:
    return () if _attended() else ('-c', 'core.askPass=', '-c', 'credential.interactive=false')


def _quiet(environ: Mapping[str, str]) -> dict[str, str]:
    """For git, which off a terminal must ask nobody in no way."""
    kept = {name: value for name, value in environ.items() if not name.startswith(('GIT_TRACE', 'GIT_CURL_VERBOSE'))}
    kept['GIT_TERMINAL_PROMPT'] = '0'
    if not _attended():
        kept |= {'GIT_ASKPASS': '', 'SSH_ASKPASS': '', 'GCM_INTERACTIVE': 'never'}
    return kept


def _attended() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and not os.environ.get('CI')


def _is_one(secret: str) -> bool:
    """Whether it can stand in a header."""
    return re.fullmatch(r'[!-~]{1,8192}', secret) is not None
