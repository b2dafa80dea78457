"""The git shell: a repository's trees read lazily, its commits written as objects, its branches moved and pushed."""

from bootstrap.repository.config import Config
from bootstrap.repository.differing import DiffersTooMuchError
from bootstrap.repository.history import Commit, Head, Worktree
from bootstrap.repository.opening import check_branch_name, git_version, open_repository, start_repository
from bootstrap.repository.pushing import Pushed, PushResult, PushUpdate
from bootstrap.repository.references import Moved, RefUpdate, refuse_beside
from bootstrap.repository.remotes import Remote, RemoteRefs
from bootstrap.repository.repository import Repository
from bootstrap.repository.source import CommitSource
from bootstrap.repository.starting import UNFINISHED
from bootstrap.words import redact, sanitise, without_credentials

__all__ = [
    'UNFINISHED',
    'Commit',
    'CommitSource',
    'Config',
    'DiffersTooMuchError',
    'Head',
    'Moved',
    'PushResult',
    'PushUpdate',
    'Pushed',
    'RefUpdate',
    'Remote',
    'RemoteRefs',
    'Repository',
    'Worktree',
    'check_branch_name',
    'git_version',
    'open_repository',
    'redact',
    'refuse_beside',
    'sanitise',
    'start_repository',
    'without_credentials',
]
