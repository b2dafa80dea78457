from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from git_world import FILE, assert_sound, fill_index, git, new, new_repository, opened, save, script, user_state

from bootstrap.errors import BootstrapError
from bootstrap.repository import RefUpdate, Repository
from bootstrap.tree import Change

BRANCH = 'refs/heads/raybootstrap/x'


def committed(repository: Repository, *changes: Change, message: str = 'one\n') -> str:
    oid = repository.write_commit(repository.head.oid, changes, message, sign=None)
    now = repository.refs(BRANCH).get(BRANCH, '')
    repository.update_refs([RefUpdate(BRANCH, oid, now)])
    return oid


def dirty(work: Path) -> None:
    """A user in the middle of everything: stashed, staged, changed, untracked."""
    (work / 'README.md').write_text('stashed\n')
    git(work, 'stash', '--quiet')
    (work / 'staged').write_text('staged\n')
    git(work, 'add', 'staged')
    (work / 'staged').write_text('staged and changed\n')
    (work / 'README.md').write_text('changed\n')
    (work / FILE).write_text('untracked, where the commit has a file\n')


def test_the_checkout_stays_as_it_is(work: Path) -> None:
    dirty(work)
    before = user_state(work)
    with opened(work) as repository, repository.lock():
        oid = committed(repository, new(), Change('environments/dev/root.yaml', 'kind: Application\n', None))
    assert user_state(work) == before
    assert git(work, 'diff-tree', '-r', '--name-status', 'HEAD', oid) == f'A\t{FILE}\nD\tenvironments/dev/root.yaml\n'
    assert git(work, 'log', '-1', '--format=%an <%ae> %s', oid) == 'Ada <ada@example.com> one\n'
    assert_sound(work)


def test_a_lock_on_the_users_index_is_no_obstacle(work: Path) -> None:
    (work / '.git' / 'index.lock').touch()
    with opened(work) as repository:
        committed(repository, new())
    assert (work / '.git' / 'index.lock').exists()


def test_nothing_else_changes(work: Path) -> None:
    script(work / 'run.sh', 'true')
    (work / 'link').symlink_to('README.md')
    save(work, {'environments-old/x': 'x\n', 'environments.md': 'x\n', 'environments/run.yaml': 'a: 1\n'})
    (work / 'environments' / 'run.yaml').chmod(0o755)
    save(work, {})
    with opened(work) as repository:
        oid = committed(repository, Change('environments/run.yaml', 'a: 1\n', 'a: 2\n'), new('environments/é/x.yaml'))
    changed = git(
        work, '-c', 'core.quotePath=false', 'diff-tree', '-r', '--raw', '--abbrev=4', 'HEAD', oid
    ).splitlines()
    assert [(line.split()[:2], line.split('\t')[1]) for line in changed] == [
        ([':100755', '100755'], 'environments/run.yaml'),
        ([':000000', '100644'], 'environments/é/x.yaml'),
    ]
    assert_sound(work)


def test_a_directory_without_files_is_gone(work: Path) -> None:
    with opened(work) as repository:
        oid = committed(repository, Change('environments/dev/root.yaml', 'kind: Application\n', None))
    assert git(work, 'ls-tree', '--name-only', oid) == 'README.md\n'


def test_the_last_file(work: Path) -> None:
    files = ('README.md', 'environments/dev/root.yaml')
    with opened(work) as repository:
        oid = committed(repository, *(Change(path, '', None) for path in files))
    assert git(work, 'ls-tree', oid) == ''
    assert_sound(work)


def test_the_first_commit(tmp_path: Path) -> None:
    work = new_repository(tmp_path / 'work')
    with opened(work) as repository:
        base = repository.write_commit(None, [], 'base\n', sign=None)
        oid = repository.write_commit(base, [new()], 'one\n', sign=None)
        repository.update_refs([RefUpdate('refs/heads/main', base, ''), RefUpdate(BRANCH, oid, '')])
        assert repository.changed_paths(None, oid) == [FILE]
    assert git(work, 'ls-tree', '-r', '--name-only', 'raybootstrap/x') == f'{FILE}\n'
    assert_sound(work)


def test_sha256(tmp_path: Path) -> None:
    work = new_repository(tmp_path / 'work', '--object-format=sha256')
    save(work, {'README.md': 'hello\n'})
    with opened(work) as repository:
        oid = committed(repository, new())
        repository.write_commit(oid, [new(f'many/{number}.yaml') for number in range(150)], 'many\n', sign=None)
        assert repository.changed_paths(None, oid) == ['README.md', FILE]
    assert_sound(work)


def test_line_ends_are_written_as_planned(work: Path) -> None:
    git(work, 'config', 'core.autocrlf', 'true')
    (work / '.git' / 'info').mkdir(exist_ok=True)
    (work / '.git' / 'info' / 'attributes').write_text('*.yaml text eol=crlf\n')
    with opened(work) as repository:
        oid = committed(repository, new(text='a: 1\r\nb: 2\n'))
        assert repository.source(oid).read(FILE) == b'a: 1\r\nb: 2\n'


def test_many_files(work: Path) -> None:
    environments = [f'environments/e{number}/{name}.yaml' for number in range(1000) for name in 'abc']
    with opened(work) as repository:
        oid = committed(repository, *(new(path, f'path: {path}\n' * 20) for path in environments))
        assert set(repository.changed_paths(repository.head.oid, oid)) == set(environments)
    assert_sound(work)


@pytest.mark.parametrize(
    ('entry', 'words'),
    [
        ('120000 {blob}\tenvironments/dev', 'environments/dev: is a symbolic link where a directory belongs'),
        ('160000 {commit}\tenvironments/dev', 'environments/dev: is a submodule where a directory belongs'),
        ('100644 {blob}\tenvironments', 'environments: is a file where a directory belongs'),
        ('120000 {blob}\tenvironments/dev/root.yaml', 'root.yaml: is a symbolic link where a file belongs'),
        ('160000 {commit}\tenvironments/dev/root.yaml', 'root.yaml: is a submodule where a file belongs'),
        ('100644 {blob}\tenvironments/dev/root.yaml/x', 'root.yaml: is a directory where a file belongs'),
    ],
)
def test_never_through_a_link(work: Path, entry: str, words: str) -> None:
    git(work, 'rm', '--quiet', '-r', 'environments')
    commit = git(work, 'rev-parse', 'HEAD').strip()
    blob = git(work, 'rev-parse', 'HEAD:README.md').strip()
    fill_index(work, entry.format(blob=blob, commit=commit))
    git(work, 'commit', '--quiet', '--message', 'odd')
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match=words):
            committed(repository, Change('environments/dev/root.yaml', None, 'a: 1\n'))
        assert repository.refs(BRANCH) == {}


@pytest.mark.parametrize(
    'path',
    ['.git/config', 'a/../b', './a', '/etc/x', 'a//b', '.GIT/x', 'git~1/x', '.git /x', '.g\u200cit/x', 'a\\b', 'a\nb'],
)
def test_paths_that_are_none(work: Path, path: str) -> None:
    with opened(work) as repository, pytest.raises(BootstrapError, match='is no path for a file'):
        committed(repository, new(path))


def test_in_a_partial_clone(work: Path, tmp_path: Path, git_log: Callable[[], list[str]]) -> None:
    git(work, 'config', 'uploadpack.allowFilter', 'true')
    git(tmp_path, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', f'file://{work}', 'partial')
    with opened(tmp_path / 'partial') as repository:
        committed(repository, new())
        assert git(tmp_path / 'partial', 'rev-list', '--objects', '--missing=print', 'HEAD').count('?') == 2
    assert not any(' fetch ' in line for line in git_log())


def test_replacements_have_no_say(work: Path) -> None:
    first = git(work, 'rev-parse', 'HEAD').strip()
    second = save(work, {'README.md': 'changed\n'})
    git(work, 'replace', second, first)
    with opened(work) as repository:
        oid = repository.write_commit(second, [new()], 'one\n', sign=None)
        assert repository.changed_paths(second, oid) == [FILE]
    assert git(work, '--no-replace-objects', 'show', f'{oid}:README.md') == 'changed\n'


@pytest.mark.parametrize(
    'line', ['*.yaml filter=lfs', 'dev/*.yaml working-tree-encoding=UTF-16', '[attr]x filter=y\n*.yaml x']
)
def test_a_path_with_a_filter_is_refused(work: Path, line: str) -> None:
    place = '.gitattributes' if '[attr]' in line else 'environments/.gitattributes'
    git(work, 'config', 'filter.lfs.clean', 'exit 1')
    with (work / place).open('w') as file:
        file.write(line + '\n')
    git(work, '-c', 'filter.lfs.clean=cat', 'add', place)
    git(work, 'commit', '--quiet', '--message', 'attributes')
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match=rf'{FILE}: \.gitattributes gives it'):
            committed(repository, new())
        committed(repository, new('environments/notes.txt'))


def test_only_the_filters_of_base_count(work: Path) -> None:
    (work / '.gitattributes').write_text('*.yaml filter=lfs\n')
    save(work, {'environments/.gitattributes': '*.yaml -filter text\n*.bin filter=lfs\n'})
    with opened(work) as repository:
        committed(repository, new())


def test_filters_of_the_user_count(work: Path, home: Path) -> None:
    (home / '.config' / 'git').mkdir(parents=True)
    (home / '.config' / 'git' / 'attributes').write_text('*.yaml filter=secret\n')
    with opened(work) as repository, pytest.raises(BootstrapError, match='filter=secret'):
        committed(repository, new())


def test_no_identity(work: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / '.gitconfig').write_text('')
    before = sorted((work / '.git' / 'objects').rglob('*'))
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match='does not know the name of the author') as caught:
            committed(repository, new())
        assert caught.value.hint == 'git config --global user.name "Your Name"'
        assert sorted((work / '.git' / 'objects').rglob('*')) == before
        for role in ('AUTHOR', 'COMMITTER'):
            monkeypatch.setenv(f'GIT_{role}_NAME', 'Grace')
        with pytest.raises(BootstrapError, match='does not know the email of the author'):
            committed(repository, new())
        monkeypatch.setenv('EMAIL', 'grace@example.com')
        oid = committed(repository, new())
    assert (
        git(work, 'log', '-1', '--format=%an %ae, %cn %ce', oid) == 'Grace grace@example.com, Grace grace@example.com\n'
    )


def test_the_message_is_utf8_whatever_the_configuration_says(work: Path) -> None:
    git(work, 'config', 'i18n.commitEncoding', 'ISO-8859-1')
    with opened(work) as repository:
        oid = committed(repository, new(), message='Größe ✓\n\nCo-authored-by: Zoë <z@example.com>\n')
        [commit] = repository.commits(repository.head.oid, oid)
    assert commit.subject == 'Größe ✓'
    assert commit.trailers == [('Co-authored-by', 'Zoë <z@example.com>')]
