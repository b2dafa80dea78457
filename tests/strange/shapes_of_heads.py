"""Where HEAD is and what git is in the middle of; locks that another git left."""

from __future__ import annotations

from git_world import git, new_repository, save
from strange_world import Place, Refusal, Shape, dirty


def detached(place: Place) -> None:
    place.git('checkout', '--quiet', '--detach')


def detached_without_remote(place: Place) -> None:
    place.git('remote', 'remove', 'origin')
    place.git('checkout', '--quiet', '--detach')


def detached_among_branches(place: Place) -> None:
    detached_without_remote(place)
    place.git('branch', '--move', 'main', 'left')
    place.git('branch', 'right')


def missing_branch(place: Place) -> None:
    place.git('symbolic-ref', 'HEAD', 'refs/heads/gone')


def missing_branch_without_remote(place: Place) -> None:
    place.git('remote', 'remove', 'origin')
    missing_branch(place)


def unborn(place: Place) -> None:
    """A new repository that has not fetched from its remote yet."""
    place.moved_to(new_repository(place.top / 'new'))
    place.git('remote', 'add', 'origin', str(place.remote))


def outside_of_branches(place: Place) -> None:
    place.git('update-ref', 'refs/odd/head', 'HEAD')
    place.git('symbolic-ref', 'HEAD', 'refs/odd/head')


def two_sides(place: Place) -> None:
    """A branch side that conflicts with main."""
    place.git('branch', 'side')
    save(place.work, {'other.txt': 'main\n'})
    place.git('switch', '--quiet', 'side')
    save(place.work, {'other.txt': 'side\n'})


def merging(place: Place) -> None:
    two_sides(place)
    assert 'CONFLICT' in git(place.work, 'merge', 'main', check=False)


def rebasing(place: Place) -> None:
    two_sides(place)
    assert 'CONFLICT' in git(place.work, 'rebase', 'main', check=False)


def picking(place: Place) -> None:
    two_sides(place)
    assert 'CONFLICT' in git(place.work, 'cherry-pick', 'main', check=False)


def bisecting(place: Place) -> None:
    for number in range(3):
        save(place.work, {'other.txt': f'{number}\n'})
    place.git('bisect', 'start', 'HEAD', 'HEAD~3')


def on_a_review_branch(place: Place) -> None:
    place.git('switch', '--quiet', '--create', 'raybootstrap/other')


def checked_out_elsewhere(place: Place) -> None:
    for branch in ('init-stage', 'add-group-prod/large', 'set-group-prod/small'):
        place.git('worktree', 'add', '--quiet', '-b', f'raybootstrap/{branch}', str(place.top / branch), 'main')


def in_a_linked_worktree(place: Place) -> None:
    place.git('worktree', 'add', '--quiet', '-b', 'side', str(place.top / 'side'))
    dirty(place.work)
    place.moved_to(place.top / 'side')


def with_a_lost_worktree(place: Place) -> None:
    place.git('worktree', 'add', '--quiet', '-b', 'side', str(place.top / 'side'))
    (place.top / 'side').rename(place.top / 'moved')


def locked(place: Place) -> None:
    dirty(place.work)
    for name in ('index', 'HEAD', 'config', 'packed-refs', 'shallow', 'refs/heads/main'):
        (place.work / '.git' / f'{name}.lock').touch()


ELSEWHERE = Refusal('is checked out in', 'run it there, or use --branch NAME')

SHAPES = [
    Shape('nothing strange', lambda place: None),
    Shape('detached HEAD', detached),
    Shape('detached HEAD without remote', detached_without_remote),
    Shape(
        'detached HEAD among several branches',
        detached_among_branches,
        writes=Refusal('which branch is the base', '--base', code=2),
        proposals=Refusal('which branch is the base', '--base', code=2),
    ),
    Shape('HEAD to a missing branch', missing_branch),
    Shape('HEAD to a missing branch, base named', missing_branch_without_remote, options=('--base', 'main')),
    Shape('unborn, with a remote', unborn, groups=''),
    Shape('HEAD outside of branches', outside_of_branches),
    Shape('merge', merging),
    Shape('rebase', rebasing),
    Shape('cherry-pick', picking),
    Shape('bisect', bisecting),
    Shape('on a review branch', on_a_review_branch),
    Shape('proposals checked out in other worktrees', checked_out_elsewhere, writes=ELSEWHERE),
    Shape('linked worktree', in_a_linked_worktree),
    Shape('linked worktree that was moved away', with_a_lost_worktree),
    Shape('locks of another git', locked, dirty=False),
]
