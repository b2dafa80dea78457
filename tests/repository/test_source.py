from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from git_world import FILE, fill_index, git, new_repository, opened, save, script

from bootstrap.errors import BootstrapError
from bootstrap.tree import Kind, Tree


def test_kinds(work: Path, tmp_path: Path) -> None:
    other = new_repository(tmp_path / 'other')
    save(other, {'x': ''})
    (work / 'environments' / 'prod').symlink_to('/etc')
    script(work / 'run.sh', 'true')
    git(work, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', str(other), 'sub')
    oid = save(work, {})
    with opened(work) as repository:
        source = repository.source(oid)
        assert source.entries('') == {
            '.gitmodules': Kind.FILE,
            'README.md': Kind.FILE,
            'environments': Kind.DIRECTORY,
            'run.sh': Kind.FILE,
            'sub': Kind.SUBMODULE,
        }
        assert source.entries('environments') == {'dev': Kind.DIRECTORY, 'prod': Kind.LINK}
        assert source.entries('missing/place') == {}
        assert source.entries('README.md') == {}
        with pytest.raises(BootstrapError, match='environments/prod: is a symbolic link'):
            Tree(source).get('environments/prod/root.yaml')
        with pytest.raises(BootstrapError, match='sub: is a submodule'):
            Tree(source).get('sub/root.yaml')


def test_nothing(work: Path) -> None:
    with opened(work) as repository:
        assert repository.source(None).entries('') == {}
        assert list(Tree(repository.source(None)).files('')) == []


def test_bytes_as_they_are(work: Path) -> None:
    (work / '.git' / 'info').mkdir(exist_ok=True)
    (work / '.git' / 'info' / 'attributes').write_text('* -text\n')
    content = b'\xef\xbb\xbfa: 1\r\nb: \xff\0\n'
    oid = save(work, {'odd.yaml': content, 'empty': b''})
    with opened(work) as repository:
        assert repository.source(oid).read('odd.yaml') == content
        assert repository.source(oid).read('empty') == b''
        with pytest.raises(KeyError):
            repository.source(oid).read('environments')


def test_names_that_are_not_utf8(work: Path) -> None:
    blob = git(work, 'rev-parse', 'HEAD:README.md').strip()
    fill_index(work, f'100644 {blob}\tenvironments/\udcff b')
    git(work, 'commit', '--quiet', '--message', 'odd')
    with opened(work) as repository:
        source = repository.source(repository.head.oid)
        assert set(source.entries('environments')) == {'dev', '\udcff b'}
        assert source.read('environments/\udcff b') == b'hello\n'


def test_too_large(work: Path) -> None:
    oid = save(work, {'big.yaml': b'x' * (1 << 20), 'bigger.yaml': b'x' * ((1 << 20) + 1), 'small.yaml': 'a: 1\n'})
    with opened(work) as repository:
        source = repository.source(oid)
        with pytest.raises(BootstrapError, match=r'bigger\.yaml: is larger than 1 MiB'):
            source.read('bigger.yaml')
        assert len(source.read('big.yaml')) == 1 << 20
        assert source.read('small.yaml') == b'a: 1\n'


def test_sha256(tmp_path: Path) -> None:
    work = new_repository(tmp_path / 'work', '--object-format=sha256')
    oid = save(work, {FILE: 'a: 1\n'})
    assert len(oid) == 64
    with opened(work) as repository:
        assert Tree(repository.source(oid))[FILE] == 'a: 1\n'


def test_replacements_are_not_seen(work: Path) -> None:
    first = git(work, 'rev-parse', 'HEAD').strip()
    second = save(work, {'README.md': 'changed\n'})
    git(work, 'replace', first, second)
    with opened(work) as repository:
        assert repository.source(first).read('README.md') == b'hello\n'


def test_one_process_reads_only_what_is_asked_for(work: Path, git_log: Callable[[], list[str]]) -> None:
    oid = save(work, {f'environments/e{number}/root.yaml': f'n: {number}\n' for number in range(50)})
    before = len(git_log())
    with opened(work) as repository:
        assert Tree(repository.source(oid))['environments/e7/root.yaml'] == 'n: 7\n'
        assert repository.resolve('main') == oid
    assert sum('cat-file' in line for line in git_log()[before:]) == 1


def test_resolve(work: Path) -> None:
    oid = git(work, 'rev-parse', 'HEAD').strip()
    git(work, 'tag', '--annotate', '--message', 'v1', 'v1')
    with opened(work) as repository:
        for revision in ('HEAD', 'main', 'v1', oid, oid[:10], 'main@{0}', 'HEAD~0'):
            assert repository.resolve(revision) == oid
        for revision in (
            '',
            'nowhere',
            '--all',
            '-h',
            'HEAD:README.md',
            'a\nHEAD',
            '\0',
            'HEAD^{tree}',
            'HEAD missing',
        ):
            assert repository.resolve(revision) is None


def test_a_corrupt_object(work: Path) -> None:
    oid = git(work, 'rev-parse', 'HEAD:README.md').strip()
    file = work / '.git' / 'objects' / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(b'rubbish')
    with opened(work) as repository:
        source = repository.source(repository.head.oid)
        with pytest.raises(BootstrapError):
            source.read('README.md')
        assert source.read('environments/dev/root.yaml') == b'kind: Application\n'


def test_a_missing_object(work: Path) -> None:
    oid = git(work, 'rev-parse', 'HEAD:environments').strip()
    (work / '.git' / 'objects' / oid[:2] / oid[2:]).unlink()
    with opened(work) as repository, pytest.raises(BootstrapError, match='environments: cannot be read'):
        repository.source(repository.head.oid).entries('environments')


def test_a_partial_clone(work: Path, tmp_path: Path) -> None:
    git(work, 'config', 'uploadpack.allowFilter', 'true')
    git(work, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    git(tmp_path, 'clone', '--quiet', '--no-checkout', '--filter=tree:0', f'file://{work}', 'partial')
    with opened(tmp_path / 'partial') as repository:
        head = repository.head.oid
        assert Tree(repository.source(head))['environments/dev/root.yaml'] == 'kind: Application\n'
    work.rename(tmp_path / 'gone')
    git(tmp_path, 'clone', '--quiet', '--no-checkout', '--filter=tree:0', f'file://{tmp_path / "gone"}', 'second')
    (tmp_path / 'gone').rename(work)
    with opened(tmp_path / 'second') as repository, pytest.raises(BootstrapError):
        repository.source(repository.head.oid).entries('')
