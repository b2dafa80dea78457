"""What git may inherit from the caller's environment, and what it may not."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence

# `git rev-parse --local-env-vars` of git 2.31 to 2.47: a hook that calls this program sets them for another
# repository. GIT_CONFIG_PARAMETERS and GIT_CONFIG_COUNT are in that list too, but carry what the user gave by `git -c`.
_OF_ANOTHER_REPOSITORY = (
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
    'GIT_COMMON_DIR',
    'GIT_CONFIG',
    'GIT_DIR',
    'GIT_GRAFT_FILE',
    'GIT_IMPLICIT_WORK_TREE',
    'GIT_INDEX_FILE',
    'GIT_INTERNAL_SUPER_PREFIX',
    'GIT_NAMESPACE',
    'GIT_NO_REPLACE_OBJECTS',
    'GIT_OBJECT_DIRECTORY',
    'GIT_PREFIX',
    'GIT_REPLACE_REF_BASE',
    'GIT_SHALLOW_FILE',
    'GIT_WORK_TREE',
)

# A trace prints URLs with their passwords and HTTP headers with their tokens.
_TRACES = ('GIT_TRACE', 'GIT_CURL_VERBOSE')

ALWAYS: Mapping[str, str] = {
    # With refs/replace in force a commit could take an unrelated file back to what it was.
    'GIT_NO_REPLACE_OBJECTS': '1',
    'GIT_OPTIONAL_LOCKS': '0',
}

SAFE_PROTOCOLS = ('https', 'ssh')


def forget_other_repositories() -> None:
    """Drop from this process's environment what would lead git to another repository, or make it print secrets.

    GitPython hands the whole environment of the process to git and can only add to it.
    """
    for name in list(os.environ):
        if name in _OF_ANOTHER_REPOSITORY or name.startswith(_TRACES):
            del os.environ[name]


def on_terminal() -> bool:
    """Whether somebody is there to answer git's or ssh's question."""
    # Some CI systems give their jobs a terminal at which nobody sits.
    return not os.environ.get('CI') and all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)
    )


def configuration(settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Settings on top of those that the caller gave to git by the same variables.

    An argument `-c key=value` could be seen by everybody on the machine, and ends a key at its first `=`.
    """
    if not settings:
        return {}
    first = int(os.environ.get('GIT_CONFIG_COUNT') or 0)
    variables = {'GIT_CONFIG_COUNT': str(first + len(settings))}
    for number, (key, value) in enumerate(settings, first):
        variables |= {f'GIT_CONFIG_KEY_{number}': key, f'GIT_CONFIG_VALUE_{number}': value}
    return variables


def network_environment(protocols: Iterable[str], ssh_command: str | None) -> dict[str, str]:
    """For commands that may talk to a remote; `ssh_command` is what git's configuration names."""
    allowed = [*SAFE_PROTOCOLS, *protocols]
    if 'GIT_ALLOW_PROTOCOL' in os.environ:
        users = os.environ['GIT_ALLOW_PROTOCOL'].split(':')
        allowed = [protocol for protocol in allowed if protocol in users]
    environment = {'GIT_ALLOW_PROTOCOL': ':'.join(allowed)}
    if not on_terminal():
        environment['GIT_TERMINAL_PROMPT'] = '0'
        command = _ssh_command(ssh_command)
        if command is not None:
            environment['GIT_SSH_COMMAND'] = f'{command} -oBatchMode=yes'
    return environment


def _ssh_command(configured: str | None) -> str | None:
    """The command line git would use for ssh; None where it is not OpenSSH's, whose options are others."""
    program = os.environ.get('GIT_SSH')
    command = os.environ.get('GIT_SSH_COMMAND') or configured or (shlex.quote(program) if program else 'ssh')
    try:
        first = shlex.split(command)[0]
    except (ValueError, IndexError):
        return None
    return command if os.path.basename(first) in ('ssh', 'ssh.exe') else None  # noqa: PTH119
