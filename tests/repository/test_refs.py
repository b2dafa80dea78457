from __future__ import annotations

import os
from pathlib import Path

import pytest
from git_world import git, opened, pretend_signed, save, script

from bootstrap.errors import OVERTAKEN, REFUSED, USAGE, BootstrapError
from bootstrap.repository import Moved, RefUpdate

BRANCH = 'refs/heads/raybootstrap/x'


def test_all_or_none(work: Path) -> None:
    first = git(work, 'rev-parse', 'HEAD').strip()
    second = save(work, {'a': 'a'})
    with opened(work) as repository:
        repository.update_refs([RefUpdate(BRANCH, first, ''), RefUpdate('refs/heads/other', first, '0' * 40)])
        assert repository.refs('refs/heads/') == {
            BRANCH: first,
            'refs/heads/main': second,
            'refs/heads/other': first,
        }
        with pytest.raises(Moved, match='raybootstrap/x: was moved') as caught:
            repository.update_refs([RefUpdate('refs/heads/other', second, first), RefUpdate(BRANCH, second, second)])
        assert caught.value.exit_code == OVERTAKEN
        with pytest.raises(Moved):
            repository.update_refs([RefUpdate(BRANCH, second, '')])
        with pytest.raises(Moved):
            repository.update_refs([RefUpdate('refs/heads/gone', second, first)])
        repository.update_refs([RefUpdate(BRANCH, second, first), RefUpdate('refs/heads/other', '', first)])
        assert repository.refs('refs/heads/raybootstrap/', 'refs/heads/other') == {BRANCH: second}
    assert 'raybootstrap: proposal' in git(work, 'reflog', 'show', 'raybootstrap/x')


@pytest.mark.parametrize('there', ['raybootstrap', 'raybootstrap/x/y'])
def test_a_name_in_the_way(work: Path, there: str) -> None:
    git(work, 'branch', there)
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match=f'cannot stand beside the branch {there}$') as caught:
            repository.update_refs([RefUpdate(BRANCH, str(repository.head.oid), '')])
        assert '--branch' in caught.value.hint
        assert caught.value.exit_code == REFUSED


def test_a_missing_commit(work: Path) -> None:
    with opened(work) as repository, pytest.raises(BootstrapError, match='cannot update the branch'):
        repository.update_refs([RefUpdate(BRANCH, '1' * 40, '')])


def test_a_symbolic_branch_is_not_followed(work: Path) -> None:
    git(work, 'symbolic-ref', BRANCH, 'refs/heads/main')
    first = git(work, 'rev-parse', 'HEAD').strip()
    with opened(work) as repository:
        oid = repository.write_commit(first, [], 'one\n', sign=None)
        repository.update_refs([RefUpdate(BRANCH, oid, first)])
        assert repository.symbolic_ref(BRANCH) is None
        assert repository.refs('refs/heads/main') == {'refs/heads/main': first}


def test_hooks_of_refs_are_not_run(work: Path, tmp_path: Path) -> None:
    script(work / '.git' / 'hooks' / 'reference-transaction', f'touch {tmp_path}/canary')
    with opened(work) as repository:
        repository.update_refs([RefUpdate(BRANCH, str(repository.head.oid), '')])
    assert not (tmp_path / 'canary').exists()


@pytest.mark.parametrize('name', ['raybootstrap/add-group-prod/gpu', 'a+b', 'feature/Ünïcode', '$(id)'])
def test_names_for_branches(work: Path, name: str) -> None:
    with opened(work) as repository:
        repository.check_branch_name(name)


@pytest.mark.parametrize(
    'name', ['', '-rf', '@{-1}', 'a b', 'a..b', 'x.lock', 'HEAD', 'a\nb', '/a', 'a/', '\x1b[1m', '@{u}']
)
def test_names_that_are_none(work: Path, name: str) -> None:
    git(work, 'checkout', '--quiet', '-b', 'other')
    git(work, 'checkout', '--quiet', 'main')
    with opened(work) as repository, pytest.raises(BootstrapError, match='is no name for a branch') as caught:
        repository.check_branch_name(name)
    assert caught.value.exit_code == USAGE


def test_history(work: Path) -> None:
    base = git(work, 'rev-parse', 'HEAD').strip()
    message = 'Add gpu\n\nWhy:\nbecause\n\nRaybootstrap-Command: add-group gpu\nRaybootstrap-Version: 1\nX: a\n b\n'
    one = save(work, {'a': 'a'}, message)
    git(work, 'checkout', '--quiet', '-b', 'side', base)
    side = save(work, {'b': 'b'}, 'side')
    git(work, 'checkout', '--quiet', 'main')
    git(work, 'merge', '--quiet', '--no-edit', 'side')
    tip = git(work, 'rev-parse', 'HEAD').strip()
    git(work, 'config', 'log.showSignature', 'true')
    git(work, 'config', 'color.ui', 'always')
    with opened(work) as repository:
        commits = repository.commits(base, tip)
        assert {commits[0].oid, commits[1].oid} == {one, side}
        assert commits[2].oid == tip
        assert commits[2].parents == (one, side)
        [commit] = repository.commits(base, one)
        assert commit.subject == 'Add gpu'
        assert commit.body.startswith('Why:\nbecause\n')
        assert commit.trailers == [
            ('Raybootstrap-Command', 'add-group gpu'),
            ('Raybootstrap-Version', '1'),
            ('X', 'a b'),
        ]
        assert commit.author == 'Ada <ada@example.com>'
        assert [found.subject for found in repository.commits(None, base)] == ['first']
        assert repository.commits(tip, base) == []
        assert repository.is_ancestor(base, tip)
        assert not repository.is_ancestor(one, side)
        assert repository.merge_base(one, side) == base
        assert repository.changed_paths(base, tip) == ['a', 'b']
        orphan = repository.write_commit(None, [], 'orphan\n', sign=None)
        assert repository.merge_base(one, orphan) is None
        with pytest.raises(BootstrapError, match='cannot compare the histories'):
            repository.is_ancestor(base, '1' * 40)


def test_signatures_are_not_checked_when_history_is_read(work: Path, tmp_path: Path) -> None:
    pretend_signed(work)
    git(work, 'config', 'log.showSignature', 'true')
    git(work, 'config', 'gpg.program', str(script(tmp_path / 'gpg', f'touch {tmp_path}/canary; echo "gpg: no" >&2')))
    with opened(work) as repository:
        assert [commit.subject for commit in repository.commits(None, 'HEAD')] == ['first']
    assert not (tmp_path / 'canary').exists()


@pytest.mark.skipif(os.geteuid() == 0, reason='nothing is read-only for root')
def test_a_repository_without_write_permission(work: Path) -> None:
    for path in [work / '.git', *(work / '.git').rglob('*')]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with opened(work) as repository, pytest.raises(BootstrapError, match='nothing was changed'), repository.lock():
        pass
    for path in [work / '.git', *(work / '.git').rglob('*')]:
        path.chmod(0o755)
