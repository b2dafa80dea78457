"""Every git command this program runs, and nothing else: their fixed shapes.

What users or repositories name goes in as an object id, as standard input, or behind `--` or `--end-of-options`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Command(NamedTuple):
    """The arguments behind `git`, and what the command may do."""

    arguments: tuple[str, ...]
    network: bool = False
    """It may talk to a remote."""
    hooks: bool = False
    """Git sees where the user's hooks stand; otherwise it runs none."""
    locked: bool = False
    """It writes refs: should this process die, its child keeps the repository's lock until it is done."""
    asks: bool = False
    """It may ask the user for a passphrase, so it gets more time."""


VERSION = Command(('version',))
INIT = Command(('init', '--quiet'))

# An older git (< 2.31) echoes --path-format as it stands.
LOCATE = Command(
    (
        *('rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'),
        *('--show-object-format', '--is-bare-repository', '--show-toplevel'),
    )
)
CONFIG = Command(('config', '--list', '--show-scope', '-z'), hooks=True)
INDEX = Command(('ls-files', '-z', '--cached'))
# `worktree list -z` is new in git 2.36.
WORKTREES = Command(('worktree', 'list', '--porcelain', '-z'))
WORKTREES_BY_LINE = Command(('worktree', 'list', '--porcelain'))

# Reading an object of a partial clone may fetch it.
OBJECTS = Command(('-c', 'core.warnAmbiguousRefs=false', 'cat-file', '--batch'), network=True)

# Small packs are better unpacked, as fetch does it (fetch.unpackLimit).
UNPACK = Command(('unpack-objects', '-q'))
KEEP_PACK = Command(('index-pack', '--stdin'))
UPDATE_REFS = Command(('update-ref', '--no-deref', '-m', 'raybootstrap: proposal', '--stdin', '-z'), locked=True)

FILL_INDEX = Command(('update-index', '--add', '-z', '--index-info'))
ATTRIBUTES = Command(('check-attr', '--cached', '-z', '--stdin', 'filter', 'working-tree-encoding'))


def symbolic_ref(name: str) -> Command:
    return Command(('symbolic-ref', '--quiet', '--', name))


def refs(patterns: Sequence[str]) -> Command:
    return Command(('for-each-ref', '--format=%(objectname) %(refname)', '--', *patterns))


def branch_name(name: str) -> Command:
    return Command(('check-ref-format', '--branch', name))


COMMIT_FIELDS = 7


def commits(base: str | None, tip: str, limit: int) -> Command:
    # trailer.separators may leave the colon out.
    own = ('-c', 'log.showSignature=false', '-c', 'trailer.separators=:')
    trailers = '%(trailers:only=true,unfold=true,separator=%x1e,key_value_separator=%x1f)'
    return Command(
        (
            *(*own, 'log', '-z', '--topo-order', '--no-color', '--encoding=UTF-8'),
            f'--format=%H%x00%P%x00%an%x00%ae%x00%s%x00%b%x00{trailers}',
            *(f'--max-count={limit}', '--end-of-options', tip),
            *([f'^{base}'] if base else []),
        ),
        network=True,
    )


def is_ancestor(ancestor: str, descendant: str) -> Command:
    return Command(('merge-base', '--is-ancestor', ancestor, descendant), network=True)


def merge_base(one: str, other: str) -> Command:
    return Command(('merge-base', one, other), network=True)


def merged_tree(one: str, other: str) -> Command:
    """Needs git 2.38. Exit status 0: without conflicts; the tree's id is the first line."""
    return Command(('merge-tree', '--write-tree', '--no-messages', one, other), network=True)


def commit(tree: str, parent: str | None, *, sign: bool) -> Command:
    return Command(
        (
            *('-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', '-S' if sign else '--no-gpg-sign'),
            *(('-p', parent) if parent else ()),
            *('-F', '-', tree),
        ),
        asks=sign,
    )


def fast_forward(oid: str) -> Command:
    """An ignored file in the way is not overwritten, unlike with `git merge`'s defaults; nothing is stashed."""
    options = ('--ff-only', '--commit', '--no-squash', '--no-autostash', '--no-stat', '--no-overwrite-ignore')
    quiet = ('--quiet', '--no-progress', '--no-verify-signatures')
    return Command(
        ('-c', 'gc.auto=0', '-c', 'maintenance.auto=false', 'merge', *options, *quiet, oid), network=True, locked=True
    )


def switch(branch: str) -> Command:
    options = ('--quiet', '--no-guess', '--no-progress', '--no-recurse-submodules', '--no-overwrite-ignore')
    return Command(('switch', *options, '--end-of-options', branch), network=True, locked=True)


# The configuration could name another program under a remote that is called like the URL.
_UPLOAD_PACK = ('--upload-pack=git-upload-pack',)


def remote_refs(url: str) -> Command:
    return Command(('ls-remote', '--symref', *_UPLOAD_PACK, '--', url, 'HEAD', 'refs/heads/*'), network=True)


def fetch(url: str, branches: Sequence[str]) -> Command:
    """Objects only: no tracking ref, no FETCH_HEAD, no tags, no maintenance in the background."""
    options = ('--no-write-fetch-head', '--no-tags', '--no-auto-maintenance', '--no-recurse-submodules', '--quiet')
    sources = (f'refs/heads/{branch}' for branch in branches)
    return Command(
        ('-c', 'fetch.writeCommitGraph=false', 'fetch', *options, *_UPLOAD_PACK, '--end-of-options', url, *sources),
        network=True,
    )


def push_dry_run(url: str, oid: str, branch: str) -> Command:
    """Asks the remote whether it lets us push; nothing is sent, and no hook is run on either side."""
    only = ('--receive-pack=git-receive-pack', '--no-follow-tags', '--recurse-submodules=no', '--no-progress')
    refspec = f'{oid}:refs/heads/{branch}'
    return Command(('push', '--dry-run', '--no-verify', '--porcelain', *only, '--', url, refspec), network=True)


def push(url: str, leases: Sequence[str], refspecs: Sequence[str], options: Sequence[str]) -> Command:
    """By URL, so that no tracking ref is written, and only what is named."""
    only = ('--receive-pack=git-receive-pack', '--no-follow-tags', '--recurse-submodules=no', '--no-progress')
    leased = (f'--force-with-lease={lease}' for lease in leases)
    told = (f'--push-option={option}' for option in options)
    return Command(('push', '--porcelain', *only, *leased, *told, '--', url, *refspecs), network=True, hooks=True)
