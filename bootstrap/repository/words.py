"""Git's own words, as the user reads them."""

from __future__ import annotations

import re

from bootstrap.errors import BootstrapError

_NO_RIGHT = r'permission to .* denied|returned error: 403|not allowed to push|write access|denied to|insufficient perm'
_HINTS = (
    (
        r'host key verification failed|remote host identification',
        'connect once by hand, and check the host key: ssh -T git@HOST',
    ),
    (
        r'could not read (username|password)|authentication failed|returned error: 401|permission denied \(',
        'give git credentials for this host: a credential helper, or an ssh key in the agent',
    ),
    (
        r'could not resolve host|connection (refused|timed out|reset)|network is unreachable|timed out',
        'check the network and the proxy, or work without the remote: --no-fetch --no-push',
    ),
    (
        r"transport '.*' not allowed",
        'only https, ssh, and where a remote uses them http and local paths, are allowed',
    ),
    (
        r'repository .* not found|does not appear to be a git repository|returned error: 404',
        "check the remote's URL: git remote -v",
    ),
    (r'exists; cannot create', 'choose another name with --branch, or another branch_prefix in raybootstrap.yaml'),
    (r'safe\.bareRepository', 'git config --global safe.bareRepository all, or run it in a clone with a work tree'),
    (r'bad config|bad (numeric|boolean) config', 'correct that line of the configuration by hand'),
    (
        r'gpg failed|cannot run .*(gpg|ssh-keygen)|load public key|signingkey',
        'check user.signingKey and gpg.format, or leave the signature out: --no-sign',
    ),
    (r'disallowed characters|empty ident name', 'git config --global user.name "Your Name"'),
    (r'would be overwritten by', 'commit them, stash them or move them away first'),
    (r'read-only file system|permission denied$', 'make the repository writable for this user'),
    (r'failed to push some refs', 'see what the pre-push hook or the server says to it, then run it again'),
    (r'no space left', 'free some space, then run it again'),
)


def push_failure(doing: str, stderr: str) -> BootstrapError:
    """As `failure`; a missing right to push has a way around it."""
    error = failure(doing, stderr)
    if re.search(_NO_RIGHT, stderr, re.IGNORECASE):
        return BootstrapError(error.message, 'fork the repository, and push there: --push-remote NAME')
    return error


def failure(doing: str, stderr: str) -> BootstrapError:
    """What the user reads when git could not do something; `stderr` is already sanitised."""
    words = '\n'.join(line for line in stderr.splitlines() if line.strip()) or 'git gave no reason'
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, words, re.IGNORECASE | re.MULTILINE)), '')
    return BootstrapError(f'cannot {doing}: {words}', hint)
