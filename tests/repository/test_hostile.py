"""What a repository, a remote or a URL may try: the canary must stay away."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from git_world import FILE, git, new, opened, pretend_signed, save, script

from bootstrap.errors import BootstrapError
from bootstrap.repository import PushUpdate, RefUpdate, Repository
from bootstrap.tree import Tree


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / 'canary'


@pytest.fixture
def evil(work: Path, tmp_path: Path, canary: Path) -> Path:
    """A repository whose own configuration and hooks run a program at every opportunity."""
    program = str(script(tmp_path / 'evil', f'touch {canary}; exit 1'))
    keys = (
        *('core.fsmonitor', 'core.sshCommand', 'core.gitProxy', 'core.askPass', 'core.editor', 'core.pager'),
        *('core.alternateRefsCommand', 'diff.external', 'diff.x.textconv', 'diff.x.command', 'filter.x.clean'),
        *('filter.x.smudge', 'filter.x.process', 'gpg.program', 'gpg.ssh.program', 'credential.helper'),
        *('credential.http://127.0.0.1.helper', 'uploadpack.packObjectsHook', 'remote.origin.uploadpack'),
        *('remote.origin.receivepack', 'log.showSignature', 'interactive.diffFilter', 'remote.REMOTE.uploadpack'),
    )
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'remote.git')
    remote = f'file://{tmp_path}/remote.git'
    git(work, 'remote', 'add', 'origin', remote)
    pretend_signed(work)
    for key in keys:
        value = 'true' if key == 'log.showSignature' else program
        git(work, 'config', key.replace('REMOTE', remote), value)
    for protocol in ('ext', 'fd'):
        git(work, 'config', f'protocol.{protocol}.allow', 'always')
    (work / '.git' / 'info').mkdir(exist_ok=True)
    (work / '.git' / 'info' / 'attributes').write_text('* diff=x filter=x\n')
    for hook in (
        'reference-transaction',
        'post-index-change',
        'post-checkout',
        'post-merge',
        'pre-auto-gc',
        'pre-push',
    ):
        script(work / '.git' / 'hooks' / hook, f'touch {canary}')
    return work


@pytest.fixture
def web() -> Iterator[str]:
    """The address of a server that lets nobody in."""

    class Closed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header('WWW-Authenticate', 'Basic realm="x"')
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(('127.0.0.1', 0), Closed) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}/x.git'
        server.shutdown()


def read_everything(repository: Repository, remote: str) -> None:
    tree = Tree(repository.source(repository.head.oid))
    assert tree['README.md'] == 'hello\n'
    head = str(repository.head.oid)
    repository.worktrees()
    repository.operation()
    repository.is_empty_folder()
    repository.index_is_empty()
    repository.refs('refs/')
    assert [commit.subject for commit in repository.commits(None, head)] == ['first']
    repository.changed_paths(None, head)
    repository.merge_base(head, head)
    repository.is_ancestor(head, head)
    repository.check_branch_name('x')
    heads = repository.remote_refs(remote).heads
    repository.fetch(remote, heads)
    for url in ('ssh://git@127.0.0.1:1/x.git', 'https://127.0.0.1:1/x.git'):
        with pytest.raises(BootstrapError):
            repository.remote_refs(url)


def test_reading_runs_nothing_that_the_repository_names(evil: Path, tmp_path: Path, canary: Path) -> None:
    git(tmp_path, 'clone', '--quiet', str(tmp_path / 'remote.git'), 'other')
    save(tmp_path / 'other', {FILE: 'a: 1\n'})
    git(tmp_path / 'other', 'push', '--quiet', 'origin', 'main')
    with opened(evil, writes=False) as repository:
        read_everything(repository, f'file://{tmp_path}/remote.git')
    assert not canary.exists()


def test_the_users_own_programs_are_run_for_reading(evil: Path, home: Path, tmp_path: Path, canary: Path) -> None:
    ssh = script(tmp_path / 'bin' / 'ssh', f'echo "$@" >> {tmp_path}/ssh.log; exit 1')
    with (home / '.gitconfig').open('a') as file:
        file.write(f'[core]\n\tsshCommand = {ssh} -4\n')
    with opened(evil, writes=False) as repository, pytest.raises(BootstrapError):
        repository.remote_refs('ssh://git@example.com/x.git')
    assert (tmp_path / 'ssh.log').read_text().startswith('-4 -oBatchMode=yes')
    assert not canary.exists()


def test_credentials_are_not_asked_of_the_repositorys_helpers(
    evil: Path, home: Path, tmp_path: Path, canary: Path, web: str
) -> None:
    helper = script(tmp_path / 'helper', f'touch {tmp_path}/helped')
    with (home / '.gitconfig').open('a') as file:
        file.write(f'[credential "{web.removesuffix("/x.git")}"]\n\thelper = {helper}\n')
    with (
        opened(evil, writes=False) as repository,
        pytest.raises(BootstrapError, match='could not read Username') as caught,
    ):
        repository.remote_refs(web)
    assert 'credential helper' in caught.value.hint
    assert (tmp_path / 'helped').exists()
    assert not canary.exists()
    with opened(evil) as repository, pytest.raises(BootstrapError):
        repository.remote_refs(web)
    assert canary.exists()


def test_a_partial_clone_whose_configuration_fetches_with_a_program(work: Path, tmp_path: Path, canary: Path) -> None:
    git(work, 'config', 'uploadpack.allowFilter', 'true')
    git(tmp_path, 'clone', '--quiet', '--no-checkout', '--filter=tree:0', f'file://{work}', 'partial')
    program = script(tmp_path / 'evil', f'touch {canary}; exit 1')
    git(tmp_path / 'partial', 'config', 'remote.origin.uploadpack', str(program))
    with opened(tmp_path / 'partial', writes=False) as repository, pytest.raises(BootstrapError):
        repository.source(repository.head.oid).entries('')
    assert not canary.exists()


def test_writing_runs_no_hook_but_those_of_the_message_and_the_push(work: Path, tmp_path: Path, canary: Path) -> None:
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'remote.git')
    for hook in (
        'reference-transaction',
        'post-index-change',
        'post-checkout',
        'post-merge',
        'pre-commit',
        'post-commit',
    ):
        script(work / '.git' / 'hooks' / hook, f'touch {canary}')
    with opened(work) as repository, repository.lock():
        oid = repository.write_commit(repository.head.oid, [new()], 'one\n', sign=None)
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/x', oid, '')])
        repository.fast_forward(oid)
        repository.switch('raybootstrap/x')
    assert not canary.exists()


@pytest.mark.parametrize('writes', [True, False])
@pytest.mark.parametrize(
    'url',
    [
        'ext::sh -c "touch CANARY"',
        'fd::17',
        '--upload-pack=touch CANARY',
        '--receive-pack=touch CANARY',
        '-oProxyCommand=touch CANARY',
        'ssh://-oProxyCommand=touch${IFS}CANARY/x',
        '-oProxyCommand=touch CANARY:x',
        'git://127.0.0.1:1/x.git',
        'ftp://127.0.0.1:1/x.git',
        'x\ny',
    ],
)
def test_hostile_urls(work: Path, canary: Path, url: str, writes: bool) -> None:
    git(work, 'config', 'protocol.allow', 'always')
    git(work, 'config', 'protocol.ext.allow', 'always')
    url = url.replace('CANARY', str(canary))
    with opened(work, writes=writes) as repository:
        for action in (
            lambda: repository.remote_refs(url),
            lambda: repository.fetch(url, {'main': '1' * 40}),
            lambda: repository.push(url, [PushUpdate('x', str(repository.head.oid), '')]),
        ):
            with pytest.raises(BootstrapError):
                action()
    assert not canary.exists()


def test_a_replaced_url_does_not_widen_what_is_allowed(work: Path, canary: Path) -> None:
    git(work, 'config', 'protocol.ext.allow', 'always')
    git(work, 'config', f'url.ext::sh -c "touch {canary}" .insteadOf', 'https://example.com/')
    with opened(work) as repository, pytest.raises(BootstrapError, match="transport 'ext' not allowed"):
        repository.remote_refs('https://example.com/x.git')
    assert not canary.exists()
