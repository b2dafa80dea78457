"""How much of the repository is here, and where and how git keeps it."""

from __future__ import annotations

import os

from git_world import git, new_repository, save
from strange_world import Make, Place, Refusal, Shape


def sparse(*options: str) -> Make:
    def make(place: Place) -> None:
        # Files whose times are not those in the index would be left where they are.
        place.git('status')
        place.git('sparse-checkout', 'set', *options, 'app' if '--no-cone' not in options else '/app/')

    return make


def cloned(place: Place, *options: str) -> None:
    git(place.remote, 'config', 'uploadpack.allowFilter', 'true')
    git(place.top, 'clone', '--quiet', *options, f'file://{place.remote}', 'clone')
    place.moved_to(place.top / 'clone')


def shallow(place: Place) -> None:
    place.pushed({'other.txt': 'two\n'})
    cloned(place, '--depth=1')


def without_blobs(place: Place) -> None:
    cloned(place, '--filter=blob:none')


def without_checkout(place: Place) -> None:
    cloned(place, '--filter=tree:0', '--no-checkout')


def promisor_gone(place: Place) -> None:
    cloned(place, '--filter=blob:none', '--no-checkout')
    place.remote.rename(place.top / 'away.git')


def bare(place: Place) -> None:
    git(place.top, 'clone', '--quiet', '--bare', str(place.remote), 'bare.git')
    place.moved_to(place.top / 'bare.git')


def bare_when_only_explicit_ones_are_safe(place: Place) -> None:
    bare(place)
    with place.home_configuration.open('a') as file:
        file.write('[safe]\n\tbareRepository = explicit\n')


def worktree_of_a_bare_repository(place: Place) -> None:
    bare(place)
    place.git('worktree', 'add', '--quiet', '-b', 'side', str(place.top / 'side'))
    place.moved_to(place.top / 'side')


def mirror(place: Place) -> None:
    git(place.top, 'clone', '--quiet', '--mirror', str(place.remote), 'mirror.git')
    place.moved_to(place.top / 'mirror.git')


def sha256(place: Place) -> None:
    git(place.top, 'init', '--quiet', '--bare', '--object-format=sha256', '--initial-branch=main', 'new.git')
    work = new_repository(place.top / 'new', '--object-format=sha256')
    for name in ('environments', 'app', 'README.md'):
        (place.work / name).rename(work / name)
    save(work, {})
    git(work, 'remote', 'add', 'origin', str(place.top / 'new.git'))
    git(work, 'push', '--quiet', 'origin', 'main')
    place.moved_to(work)


def separate_git_directory(place: Place) -> None:
    place.git('init', '--quiet', f'--separate-git-dir={place.top / "elsewhere.git"}')


def other_work_tree(place: Place) -> None:
    """`core.worktree`: the files are not beside the git directory."""
    files = place.top / 'files'
    files.mkdir()
    for path in place.work.iterdir():
        if path.name != '.git':
            path.rename(files / path.name)
    place.configure(f'core.worktree={files}')


def linked_git_directory(place: Place) -> None:
    (place.work / '.git').rename(place.top / 'linked.git')
    (place.work / '.git').symlink_to('../linked.git')


def through_a_link(place: Place) -> None:
    (place.top / 'link').symlink_to('work')
    place.directory = place.top / 'link' / 'app'


def inside_of_dot_git(place: Place) -> None:
    place.directory = place.work / '.git' / 'refs'


def superproject(place: Place) -> None:
    git(place.work, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', str(place.remote), 'sub')
    place.pushed({})
    place.configure('submodule.recurse=true', 'push.recurseSubmodules=on-demand', 'fetch.recurseSubmodules=true')


def submodule(place: Place) -> None:
    superproject(place)
    place.moved_to(place.work / 'sub')


def alternates(place: Place) -> None:
    git(place.top, 'clone', '--quiet', '--reference', str(place.work), str(place.remote), 'clone')
    place.moved_to(place.top / 'clone')


def alternate_gone(place: Place) -> None:
    git(place.top, 'clone', '--quiet', '--shared', str(place.remote), 'clone')
    place.moved_to(place.top / 'clone')
    place.remote.rename(place.top / 'away.git')


def replaced(place: Place) -> None:
    """HEAD is replaced by a commit in which other.txt is another: a proposal must not bring that."""
    head = place.git('rev-parse', 'HEAD').strip()
    other = save(place.work, {'other.txt': 'replaced\n'})
    place.git('reset', '--quiet', '--hard', head)
    place.git('replace', head, other)


def grafted(place: Place) -> None:
    head = place.git('rev-parse', 'HEAD').strip()
    (place.work / '.git' / 'info' / 'grafts').write_text(f'{head}\n')


def packed(place: Place) -> None:
    place.git('pack-refs', '--all')
    place.git('gc', '--quiet')


def reftable(place: Place) -> None:
    with (place.work / '.git' / 'config').open('a') as file:
        file.write('[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\trefStorage = reftable\n')


def given_away(place: Place) -> None:
    for path in (place.work, place.work / '.git'):
        os.chown(path, 12345, 12345)


def broken_configuration(place: Place) -> None:
    with (place.work / '.git' / 'config').open('a') as file:
        file.write('[broken\n')


NEWER = Refusal(r'cannot open the repository: .*extension.*\s*refstorage', 'newer git')
FOREIGN = Refusal('dubious ownership', 'git config --global --add safe.directory')
EXPLICIT = Refusal(r'cannot use bare repository .* \(safe.bareRepository is .explicit.\)', 'safe.bareRepository all')
INSIDE = Refusal(r'inside of a \.git directory', 'top')
UNREACHABLE = Refusal('away|does not appear|could not fetch|not found')

SHAPES = [
    Shape('sparse checkout, cone', sparse('--cone'), groups=''),
    Shape('sparse checkout, patterns', sparse('--no-cone'), groups=''),
    Shape('sparse index', sparse('--cone', '--sparse-index'), groups=''),
    Shape('shallow', shallow),
    Shape('partial, no blobs', without_blobs),
    Shape('partial, no trees, nothing checked out', without_checkout, groups='', dirty=False),
    Shape(
        'partial, promisor gone',
        promisor_gone,
        writes=UNREACHABLE,
        proposals=UNREACHABLE,
        groups='',
        dirty=False,
    ),
    Shape(
        'partial, promisor gone, no fetch',
        promisor_gone,
        writes=UNREACHABLE,
        groups='',
        dirty=False,
        options=('--no-fetch', '--no-push'),
    ),
    Shape('bare', bare, dirty=False),
    Shape('worktree of a bare repository', worktree_of_a_bare_repository),
    Shape(
        'bare, but only explicit ones are safe',
        bare_when_only_explicit_ones_are_safe,
        writes=EXPLICIT,
        reads=EXPLICIT,
        proposals=EXPLICIT,
        dirty=False,
    ),
    Shape('mirror', mirror, dirty=False),
    Shape('SHA-256', sha256),
    Shape('.git is a file', separate_git_directory),
    Shape('.git is a link', linked_git_directory),
    Shape('core.worktree', other_work_tree, dirty=False),
    Shape('by way of a link, from a folder', through_a_link),
    Shape('inside of .git', inside_of_dot_git, writes=INSIDE, proposals=INSIDE),
    Shape('with a submodule', superproject),
    Shape('in a submodule', submodule),
    Shape('alternates', alternates),
    Shape('alternates that are gone', alternate_gone, writes=UNREACHABLE, proposals=UNREACHABLE, dirty=False),
    Shape('refs/replace', replaced),
    Shape('grafts', grafted),
    Shape('packed refs', packed),
    Shape('reftable', reftable, writes=NEWER, proposals=NEWER, dirty=False),
    Shape(
        'of another owner',
        given_away,
        writes=FOREIGN,
        proposals=FOREIGN,
        dirty=False,
        skip='' if os.geteuid() == 0 else 'only root can give a directory away',
    ),
    Shape(
        'broken configuration',
        broken_configuration,
        writes=Refusal('bad config line', 'correct that line'),
        proposals=Refusal('bad config line', 'correct that line'),
        dirty=False,
    ),
]
