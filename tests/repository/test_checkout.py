from __future__ import annotations

from pathlib import Path

import pytest
from git_world import FILE, assert_sound, git, new, new_repository, opened, save, script, user_state

from bootstrap.errors import BootstrapError
from bootstrap.repository import Head, Moved, RefUpdate, Repository


def ahead(repository: Repository) -> str:
    """A commit on top of HEAD that adds a file and changes another."""
    change = new('README.md', 'from the tool\n')
    return repository.write_commit(repository.head.oid, [new(), change], 'one\n', sign=None)


def test_forward_with_the_users_other_changes_kept(work: Path) -> None:
    (work / 'environments/dev/root.yaml').write_text('changed\n')
    (work / 'staged').write_text('x\n')
    git(work, 'add', 'staged')
    with opened(work) as repository:
        oid = ahead(repository)
        repository.fast_forward(oid)
        assert repository.head.oid == oid
    assert (work / FILE).read_text() == 'a: 1\n'
    assert git(work, 'status', '--porcelain') == ' M environments/dev/root.yaml\nA  staged\n'
    assert_sound(work)


@pytest.mark.parametrize('kind', ['changed', 'staged', 'untracked', 'ignored'])
def test_forward_is_refused_where_something_is_in_the_way(work: Path, kind: str) -> None:
    path = FILE if kind in ('untracked', 'ignored') else 'README.md'
    (work / path).write_text('mine\n')
    if kind == 'staged':
        git(work, 'add', path)
    if kind == 'ignored':
        (work / '.git' / 'info').mkdir(exist_ok=True)
        (work / '.git' / 'info' / 'exclude').write_text('raycluster.yaml\n')
    before = user_state(work)
    with opened(work) as repository, pytest.raises(BootstrapError, match=path):
        repository.fast_forward(ahead(repository))
    assert user_state(work) == before


def test_forward_is_no_merge(work: Path) -> None:
    with opened(work) as repository:
        oid = ahead(repository)
        save(work, {'theirs': 'x'})
        before = user_state(work)
        with pytest.raises(Moved, match='main: has commits of its own'):
            repository.fast_forward(oid)
    assert user_state(work) == before


def test_forward_without_the_hooks_and_settings_of_a_merge(work: Path, tmp_path: Path) -> None:
    script(work / '.git' / 'hooks' / 'post-merge', f'touch {tmp_path}/canary')
    git(work, 'config', 'branch.main.mergeOptions', '--no-ff --squash')
    git(work, 'config', 'merge.autoStash', 'true')
    with opened(work) as repository:
        oid = ahead(repository)
        repository.fast_forward(oid)
    assert git(work, 'rev-parse', 'main').strip() == oid
    assert not (tmp_path / 'canary').exists()


def test_forward_from_nothing(tmp_path: Path) -> None:
    work = new_repository(tmp_path / 'new')
    (work / FILE).parent.mkdir(parents=True)
    (work / FILE).write_text('mine\n')
    with opened(work) as repository:
        oid = ahead(repository)
        with pytest.raises(BootstrapError, match=FILE):
            repository.fast_forward(oid)
        assert (work / FILE).read_text() == 'mine\n'
        (work / FILE).unlink()
        repository.fast_forward(oid)
        assert repository.head == Head('main', oid)
    assert git(work, 'status', '--porcelain') == ''


def test_switch(work: Path, tmp_path: Path) -> None:
    script(work / '.git' / 'hooks' / 'post-checkout', f'touch {tmp_path}/canary')
    with opened(work) as repository:
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', ahead(repository), '')])
        repository.switch('raybootstrap/x')
        assert repository.head.branch == 'raybootstrap/x'
        with pytest.raises(BootstrapError, match='cannot switch to nowhere'):
            repository.switch('nowhere')
    assert (work / FILE).exists()
    assert not (tmp_path / 'canary').exists()


@pytest.mark.parametrize('action', ['switch', 'fast_forward'])
def test_not_in_the_middle_of_something(work: Path, action: str) -> None:
    (work / '.git' / 'MERGE_HEAD').write_text(git(work, 'rev-parse', 'HEAD'))
    with opened(work) as repository, pytest.raises(BootstrapError, match='a merge is in progress') as caught:
        getattr(repository, action)('main')
    assert caught.value.hint == 'finish it first: see git status'
