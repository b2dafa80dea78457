"""Remotes, their branches, and names that are in the way."""

from __future__ import annotations

from git_world import git, script
from strange_world import Make, Place, Refusal, Shape


def no_remote(place: Place) -> None:
    place.git('remote', 'remove', 'origin')


def remote_without_url(place: Place) -> None:
    place.git('remote', 'remove', 'origin')
    place.configure('remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*', 'remote.origin.prune=true')


def fork(place: Place) -> None:
    """`origin` is the user's fork, `upstream` the base; pushes go to the fork."""
    git(place.top, 'clone', '--quiet', '--bare', str(place.remote), 'fork.git')
    place.git('remote', 'rename', 'origin', 'upstream')
    place.git('remote', 'add', 'origin', str(place.top / 'fork.git'))
    place.configure('remote.pushDefault=origin')


def push_url(place: Place) -> None:
    git(place.top, 'clone', '--quiet', '--bare', str(place.remote), 'fork.git')
    place.configure(f'remote.origin.pushurl={place.top / "fork.git"}', 'remote.origin.url=/nowhere/second.git')


def unnamed(place: Place) -> None:
    place.git('remote', 'rename', 'origin', 'one')
    place.git('remote', 'add', 'two', str(place.remote))


def gone(place: Place) -> None:
    place.remote.rename(place.top / 'away.git')


def default_branch(name: str) -> Make:
    def make(place: Place) -> None:
        for repository in (place.remote, place.work):
            git(repository, 'branch', '--move', 'main', name)
            git(repository, 'symbolic-ref', 'HEAD', f'refs/heads/{name}')

    return make


def default_branch_missing(place: Place) -> None:
    """The remote's HEAD names a branch that it has not."""
    git(place.remote, 'symbolic-ref', 'HEAD', 'refs/heads/gone')


def remote_detached(place: Place) -> None:
    git(place.remote, 'update-ref', '--no-deref', 'HEAD', 'main')


def behind(place: Place) -> None:
    place.pushed({'other.txt': 'two\n'})
    place.git('reset', '--quiet', '--hard', 'HEAD~1')
    place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')


def unrelated(place: Place) -> None:
    place.git('checkout', '--quiet', '--orphan', 'other')
    place.git('commit', '--quiet', '--message', 'unrelated')


def same_names(place: Place) -> None:
    """A tag and a folder are called like the branches."""
    place.git('branch', 'origin')
    place.git('tag', 'main', 'HEAD~1')
    place.git('tag', 'raybootstrap/init-stage')
    place.git('update-ref', 'refs/tags/HEAD', 'refs/heads/main~1')
    place.git('update-ref', 'refs/main', 'HEAD~1')
    (place.work / 'main').mkdir()


def many_refs(place: Place) -> None:
    """Refs of other programs, and a symbolic branch."""
    place.git('update-ref', 'refs/changes/01/1/1', 'HEAD')
    place.git('notes', 'add', '--message', 'note')
    place.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main')
    git(place.remote, 'update-ref', 'refs/pull/1/head', 'main')


def in_the_way(*names: str, where: str = 'work') -> Make:
    def make(place: Place) -> None:
        for name in names:
            git(place.top / where if where == 'work' else place.remote, 'branch', name, 'main')

    return make


def foreign_commits(place: Place) -> None:
    for name in ('init-stage', 'add-group-prod/large', 'set-group-prod/small'):
        place.git('switch', '--quiet', '--create', f'raybootstrap/{name}', 'main')
        place.git('commit', '--quiet', '--allow-empty', '--message', 'mine')
    place.git('switch', '--quiet', 'main')


def instead_of(place: Place) -> None:
    place.git('remote', 'set-url', 'origin', 'work:remote.git')
    with place.home_configuration.open('a') as file:
        file.write(f'[url "{place.top}/"]\n\tinsteadOf = work:\n')


def push_instead_of(place: Place) -> None:
    place.git('remote', 'set-url', 'origin', f'file://{place.remote}')
    with place.home_configuration.open('a') as file:
        file.write(f'[url "{place.top}/"]\n\tpushInsteadOf = file://{place.top}/\n')


def alternate_refs(place: Place) -> None:
    git(place.remote, 'config', 'receive.denyDeletes', 'true')
    git(place.remote, 'config', 'receive.denyNonFastForwards', 'true')
    git(place.remote, 'config', 'transfer.hideRefs', 'refs/pull')
    script(place.remote / 'hooks' / 'post-receive', 'echo "visit https://example.com/\\033[31mnew"')


BESIDE = Refusal('cannot stand beside the branch raybootstrap', '--branch')
FOREIGN = Refusal('is there already, with another change: mine', '--branch')
SEVERAL = Refusal(r'several remotes \(one, two\)', '--remote one', code=2)
GONE = Refusal('does not appear to be a git repository', 'git remote -v')

SHAPES = [
    Shape('no remote', no_remote),
    Shape('remote without a URL', remote_without_url),
    Shape('fork, remote.pushDefault', fork),
    Shape('several URLs and a pushurl', push_url),
    Shape('several remotes, none usual', unnamed, writes=SEVERAL, proposals=SEVERAL),
    Shape('several remotes, one named', unnamed, options=('--remote', 'two')),
    Shape('remote gone', gone, writes=GONE, proposals=GONE),
    Shape('default branch with slashes, in Unicode', default_branch('release/größe/日本')),
    Shape('default branch with signs', default_branch("a'$(id);&%#b")),
    Shape('default branch like a commit', default_branch('deadbeef')),
    Shape("remote's HEAD to a missing branch", default_branch_missing),
    Shape("remote's HEAD detached", remote_detached),
    Shape('behind the remote', behind),
    Shape('on an unrelated branch', unrelated),
    Shape('tags and folders like branches', same_names),
    Shape('refs of other programs', many_refs),
    Shape('a branch raybootstrap', in_the_way('raybootstrap'), writes=BESIDE),
    Shape(
        'branches below the proposals',
        in_the_way(
            *(f'raybootstrap/{name}/x' for name in ('init-stage', 'add-group-prod/large', 'set-group-prod/small'))
        ),
        writes=BESIDE,
    ),
    Shape("branches of the user's like proposals", foreign_commits, writes=FOREIGN),
    Shape('insteadOf', instead_of),
    Shape('pushInsteadOf', push_instead_of),
    Shape('a strict server that talks', alternate_refs),
]
