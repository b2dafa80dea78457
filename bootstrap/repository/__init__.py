"""The git shell: a repository's trees read lazily, its commits written as objects, its branches moved and pushed."""

from bootstrap.repository.config import Config
from bootstrap.repository.history import Commit, Head, Worktree
from bootstrap.repository.opening import check_branch_name, open_repository, start_repository
from bootstrap.repository.pushing import Pushed, PushResult, PushUpdate
from bootstrap.repository.references import Moved, RefUpdate
from bootstrap.repository.remotes import Remote, RemoteRefs
from bootstrap.repository.repository import UNFINISHED, Repository
from bootstrap.repository.source import CommitSource
from bootstrap.words import redact, sanitise, without_credentials

__all__ = [
    'UNFINISHED',
    'Commit',
    'CommitSource',
    'Config',
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
    'open_repository',
    'redact',
    'sanitise',
    'start_repository',
    'without_credentials',
]
