from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from git_world import FILE, git, new, new_repository, opened, save, script, user_state

from bootstrap.errors import OVERTAKEN, BootstrapError
from bootstrap.repository import Head, RefUpdate, Worktree, open_repository, start_repository, starting
from bootstrap.tree import Tree, changes


def test_no_repository(tmp_path: Path) -> None:
    assert open_repository(tmp_path, writes=True) is None


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match='no such directory'):
        open_repository(tmp_path / 'missing', writes=False)


def test_from_a_subdirectory(work: Path) -> None:
    with opened(work / 'environments' / 'dev') as repository:
        assert repository.root == work
        assert repository.git_dir == repository.common_dir == work / '.git'
        assert repository.head == Head('main', git(work, 'rev-parse', 'HEAD').strip())


def test_the_directory_counts_not_what_a_hook_left_in_the_environment(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_repository(tmp_path / 'other')
    monkeypatch.setenv('GIT_DIR', str(other / '.git'))
    monkeypatch.setenv('GIT_INDEX_FILE', str(other / 'index'))
    monkeypatch.setenv('GIT_TRACE', '1')
    with opened(work) as repository:
        assert repository.root == work
    assert 'GIT_DIR' not in os.environ


def test_detached(work: Path) -> None:
    oid = git(work, 'rev-parse', 'HEAD').strip()
    git(work, 'checkout', '--quiet', '--detach')
    with opened(work) as repository:
        assert repository.head == Head(None, oid)


def test_unborn(tmp_path: Path) -> None:
    directory = new_repository(tmp_path / 'new')
    with opened(directory) as repository:
        assert repository.head == Head('main', None)
        assert repository.is_empty_folder()
        assert repository.index_is_empty()
        (directory / 'file').touch()
        assert not repository.is_empty_folder()
        git(directory, 'add', 'file')
        assert not repository.index_is_empty()


def test_bare(work: Path, tmp_path: Path) -> None:
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'bare.git')
    with opened(tmp_path / 'bare.git') as repository:
        assert repository.root is None
        assert not repository.is_empty_folder()
        oid = repository.write_commit(repository.head.oid, [new()], 'one\n', sign=None)
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', oid, '')])
        assert git(tmp_path / 'bare.git', 'show', f'raybootstrap/x:{FILE}') == 'a: 1\n'


def test_linked_worktree(work: Path, tmp_path: Path) -> None:
    git(work, 'worktree', 'add', '--quiet', '-b', 'side', str(tmp_path / 'side'))
    before = user_state(work), user_state(tmp_path / 'side')
    with opened(tmp_path / 'side') as repository:
        assert repository.root == tmp_path / 'side'
        assert repository.common_dir == work / '.git'
        assert repository.head.branch == 'side'
        assert repository.worktrees() == [Worktree(work, 'main'), Worktree(tmp_path / 'side', 'side')]
        with repository.lock():
            oid = repository.write_commit(repository.head.oid, [new()], 'one\n', sign=None)
            repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', oid, '')])
    assert (user_state(work), user_state(tmp_path / 'side')) == before


def test_worktrees_of_an_older_git(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(work, 'worktree', 'add', '--quiet', '--detach', str(tmp_path / 'side'))
    real = git(work, '--exec-path').strip() + '/git'
    script(tmp_path / 'bin' / 'git', f'case "$*" in *--porcelain\\ -z) exit 129;; esac\nexec {real} "$@"')
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}:{os.environ["PATH"]}')
    with opened(work) as repository:
        assert repository.worktrees() == [Worktree(work, 'main'), Worktree(tmp_path / 'side', None)]


@pytest.mark.parametrize(
    ('mark', 'operation'),
    [
        ('MERGE_HEAD', 'merge'),
        ('rebase-merge', 'rebase'),
        ('CHERRY_PICK_HEAD', 'cherry-pick'),
        ('BISECT_LOG', 'bisect'),
    ],
)
def test_operation(work: Path, mark: str, operation: str) -> None:
    with opened(work) as repository:
        assert repository.operation() is None
        (work / '.git' / mark).touch()
        assert repository.operation() == operation


def test_a_local_commit_takes_few_processes(work: Path, git_log: Callable[[], list[str]]) -> None:
    with opened(work) as repository, repository.lock():
        repository.worktrees()
        repository.refs('refs/heads/')
        tree = Tree(repository.source(repository.head.oid))
        repository.check_branch_name('raybootstrap/x')
        after = tree.put(FILE, 'a: 1\n')
        oid = repository.write_commit(repository.head.oid, changes(tree, after), 'one\n', sign=None)
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', oid, '')])
    # GitPython starts `git version` when it is imported, which another test may have caused.
    assert len([line for line in git_log() if line != 'version']) == 10


def test_no_git(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(BootstrapError, match='git is not installed or not on the PATH'):
        open_repository(work, writes=False)


def test_an_old_git(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    echo = (
        'for last; do :; done\ncase "$*" in *version) echo git version 2.30.2;; *) echo --path-format=absolute;; esac'
    )
    script(tmp_path / 'bin' / 'git', echo)
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}:{os.environ["PATH"]}')
    with pytest.raises(BootstrapError, match=r'git version 2\.30\.2 is too old'):
        open_repository(work, writes=False)


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can give a directory away')
def test_a_repository_of_somebody_else(work: Path) -> None:
    for path in (work, work / '.git'):
        os.chown(path, 12345, 12345)
    with pytest.raises(BootstrapError, match='dubious ownership') as caught:
        open_repository(work, writes=True)
    assert caught.value.hint == f'git config --global --add safe.directory {work}'


def test_an_unknown_extension(work: Path) -> None:
    git(work, 'config', 'core.repositoryFormatVersion', '1')
    git(work, 'config', 'extensions.refStorage', 'reftable-of-tomorrow')
    with pytest.raises(BootstrapError, match=r'(?i)refstorage') as caught:
        open_repository(work, writes=True)
    assert 'newer git' in caught.value.hint


def test_inside_of_dot_git(work: Path) -> None:
    with pytest.raises(BootstrapError, match=r'inside of a \.git directory'):
        open_repository(work / '.git', writes=True)


def test_a_bare_repository_that_came_with_the_content(work: Path) -> None:
    git(work, 'init', '--quiet', '--bare', 'planted')
    with pytest.raises(BootstrapError, match='is a bare repository inside of'):
        open_repository(work / 'planted', writes=False)
    git(work / 'planted', 'config', 'core.bare', 'false')
    git(work / 'planted', 'config', 'core.worktree', str(work))
    with pytest.raises(BootstrapError, match='is a bare repository inside of'):
        open_repository(work / 'planted', writes=False)


def test_a_bare_repository_beside_its_worktrees(work: Path, tmp_path: Path) -> None:
    project = tmp_path / 'project'
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'project/.bare')
    (project / '.git').write_text('gitdir: ./.bare\n')
    with opened(project) as repository:
        assert repository.root is None
    with opened(project / '.bare') as repository:
        assert repository.git_dir == project / '.bare'


def test_start(tmp_path: Path, home: Path) -> None:
    with (home / '.gitconfig').open('a') as file:
        file.write('[init]\n\tdefaultBranch = trunk\n')
    directory = tmp_path / 'new'
    directory.mkdir()
    with start_repository(directory) as repository:
        assert repository.head == Head('trunk', None)
        base = repository.write_commit(None, [], 'base\n', sign=None)
        repository.update_refs([RefUpdate('refs/heads/trunk', base, '')])
        assert repository.head == Head('trunk', base)
        assert not repository.source(base).entries('')
    assert sorted(path.name for path in directory.iterdir()) == ['.git']
    assert git(directory, 'status', '--porcelain') == ''


def test_start_again_after_an_interruption(tmp_path: Path) -> None:
    unfinished = tmp_path / '.git-raybootstrap' / 'new' / '.git'
    unfinished.mkdir(parents=True)
    (unfinished / 'config.lock').touch()
    with start_repository(tmp_path) as repository:
        assert repository.head == Head('main' if repository.head.branch == 'main' else 'master', None)
        assert repository.is_empty_folder()
    assert [path.name for path in tmp_path.iterdir()] == ['.git']


def test_start_where_something_is(tmp_path: Path) -> None:
    (tmp_path / 'notes.txt').touch()
    with pytest.raises(BootstrapError, match='is not empty') as caught, start_repository(tmp_path):
        pass
    assert caught.value.hint.endswith(f'git init {tmp_path}')
    assert [path.name for path in tmp_path.iterdir()] == ['notes.txt']


def test_start_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match='refused'), start_repository(tmp_path):
        raise BootstrapError('refused')
    assert not list(tmp_path.iterdir())


def test_a_start_that_was_killed_while_it_took_its_place(tmp_path: Path) -> None:
    complete = new_repository(tmp_path / '.git-raybootstrap' / 'complete')
    oid = save(complete, {'README.md': 'hello\n', 'environments/dev/root.yaml': 'kind: Application\n'})
    (complete / 'README.md').rename(tmp_path / 'README.md')
    assert open_repository(tmp_path, writes=False) is None
    with opened(tmp_path) as repository:
        assert repository.head == Head('main', oid)
    assert {path.name for path in tmp_path.iterdir()} == {'.git', 'README.md', 'environments'}
    assert git(tmp_path, 'status', '--porcelain') == ''


def test_a_start_that_something_came_in_the_way_of(tmp_path: Path) -> None:
    save(new_repository(tmp_path / '.git-raybootstrap' / 'complete'), {'README.md': 'hello\n'})
    (tmp_path / 'README.md').write_text('mine\n')
    with pytest.raises(BootstrapError, match=r'README\.md: is in the way') as caught:
        open_repository(tmp_path, writes=True)
    assert caught.value.hint == 'move it, then run it again'
    assert (tmp_path / 'README.md').read_text() == 'mine\n'


def test_a_start_that_another_run_overtook(tmp_path: Path) -> None:
    new_repository(tmp_path / '.git-raybootstrap' / 'complete')
    new_repository(tmp_path / 'other')
    (tmp_path / 'other' / '.git').rename(tmp_path / '.git')
    with pytest.raises(BootstrapError, match='another run made a repository here') as caught:
        starting.finished(tmp_path)
    assert caught.value.exit_code == OVERTAKEN


def test_sources_are_the_same_for_the_same_commit(work: Path) -> None:
    oid = save(work, {FILE: 'a: 1\n'})
    with opened(work) as repository:
        assert repository.source(oid) is repository.source(oid)
