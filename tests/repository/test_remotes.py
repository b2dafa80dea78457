from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from git_world import FILE, git, new, new_repository, opened, save, script, user_state

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.repository import Moved, PushUpdate, Remote, RemoteRefs, Repository, runner

BRANCH = 'raybootstrap/x'


@pytest.fixture
def remote(work: Path, tmp_path: Path) -> Path:
    """A bare repository with the same main, known as origin."""
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'remote.git')
    git(work, 'remote', 'add', 'origin', str(tmp_path / 'remote.git'))
    return tmp_path / 'remote.git'


def committed(repository: Repository, text: str = 'a: 1\n') -> str:
    return repository.write_commit(repository.head.oid, [new(text=text)], 'one\n', sign=None)


def test_remotes(work: Path) -> None:
    git(work, 'remote', 'add', 'my.fork', 'git@example.com:me/x.git')
    git(work, 'config', 'remote.my.fork.pushUrl', 'ssh://git@example.com/me/x.git')
    git(work, 'config', 'remote.noUrl.fetch', 'x')
    git(work, 'config', 'url.https://example.com/.insteadOf', 'git@example.com:')
    with opened(work) as repository:
        expected = Remote('my.fork', 'git@example.com:me/x.git', 'ssh://git@example.com/me/x.git')
        assert repository.remotes() == [expected]
        assert repository.base_remote(None) == expected


def test_which_is_base_and_which_is_pushed_to(work: Path) -> None:
    def chosen() -> tuple[str, str]:
        with opened(work) as repository:
            base = repository.base_remote(None)
            push = repository.push_remote(None, base)
            assert base is not None
            assert push is not None
            return base.name, push.name

    with opened(work) as repository:
        assert repository.base_remote(None) is None
        assert repository.push_remote(None, None) is None
    for name in ('a', 'b'):
        git(work, 'remote', 'add', name, f'https://example.com/{name}.git')
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match=r'several remotes \(a, b\)') as caught:
            repository.base_remote(None)
        assert caught.value.exit_code == USAGE
        with pytest.raises(BootstrapError, match='--remote c: no such remote') as caught:
            repository.base_remote('c')
        assert (caught.value.exit_code, caught.value.hint) == (USAGE, 'there is: a, b')
        base = repository.base_remote('a')
        assert repository.push_remote('b', base) == Remote('b', *['https://example.com/b.git'] * 2)
        with pytest.raises(BootstrapError, match='--push-remote c: no such remote'):
            repository.push_remote('c', base)
    git(work, 'remote', 'add', 'origin', 'https://example.com/origin.git')
    assert chosen() == ('origin', 'origin')
    git(work, 'remote', 'add', 'upstream', 'https://example.com/upstream.git')
    assert chosen() == ('upstream', 'upstream')
    git(work, 'config', 'remote.b.gh-resolved', 'base')
    git(work, 'config', 'remote.pushDefault', 'origin')
    assert chosen() == ('b', 'origin')


def test_refs_of_a_remote(work: Path, remote: Path) -> None:
    oid = git(work, 'rev-parse', 'HEAD').strip()
    git(remote, 'branch', 'HEAD-like/HEAD')
    git(remote, 'tag', 'v1')
    with opened(work, writes=False) as repository:
        found = repository.remote_refs(str(remote))
        assert found == RemoteRefs('main', {'main': oid, 'HEAD-like/HEAD': oid})
        base = repository.base_remote(None)
        assert base is not None
        assert repository.remote_refs(base) == found


def test_refs_of_an_empty_remote(work: Path, tmp_path: Path) -> None:
    empty = new_repository(tmp_path / 'empty', '--bare')
    with opened(work) as repository:
        assert repository.remote_refs(str(empty)) == RemoteRefs(None, {})


def test_fetch_leaves_no_trace_but_objects(
    work: Path, remote: Path, tmp_path: Path, git_log: Callable[[], list[str]]
) -> None:
    git(tmp_path, 'clone', '--quiet', str(remote), 'other')
    oid = save(tmp_path / 'other', {FILE: 'a: 1\n'})
    git(tmp_path / 'other', 'tag', 'v1')
    git(tmp_path / 'other', 'push', '--quiet', '--tags', 'origin', 'main')
    before = user_state(work)
    with opened(work) as repository:
        heads = repository.remote_refs(str(remote)).heads
        repository.fetch(str(remote), heads)
        assert repository.source(oid).read(FILE) == b'a: 1\n'
        repository.fetch(str(remote), heads)
        with pytest.raises(Moved, match='main: was moved'):
            repository.fetch(str(remote), {'main': '1' * 40})
        with pytest.raises(BootstrapError, match=r'cannot fetch: .*nowhere'):
            repository.fetch(str(remote), {'nowhere': '1' * 40})
    assert user_state(work) == before
    assert not (work / '.git' / 'FETCH_HEAD').exists()
    assert sum(' fetch ' in line and 'nowhere' not in line for line in git_log()) == 2


def test_push(work: Path, remote: Path) -> None:
    before = user_state(work)
    with opened(work) as repository:
        oid = committed(repository)
        result = repository.push(str(remote), [PushUpdate(BRANCH, oid, '')])
        assert result.branches[BRANCH].outcome == 'pushed'
        assert repository.push(str(remote), [PushUpdate(BRANCH, oid, '')]).branches[BRANCH].outcome == 'up to date'
        again = repository.write_commit(repository.head.oid, [new(text='b: 1\n')], 'anew\n', sign=None)
        assert repository.push(str(remote), [PushUpdate(BRANCH, again, oid)]).branches[BRANCH].outcome == 'pushed'
        assert git(remote, 'rev-parse', BRANCH).strip() == again
        assert repository.push(str(remote), [PushUpdate(BRANCH, '', again)]).refusal() is None
        assert repository.remote_refs(str(remote)).heads.keys() == {'main'}
    assert user_state(work) == before


def test_somebody_else_was_faster(work: Path, remote: Path, tmp_path: Path) -> None:
    git(tmp_path, 'clone', '--quiet', str(remote), 'other')
    theirs = save(tmp_path / 'other', {FILE: 'theirs\n'})
    git(tmp_path / 'other', 'push', '--quiet', 'origin', f'{theirs}:refs/heads/{BRANCH}')
    with opened(work) as repository:
        oid = committed(repository)
        for expected in ('', git(work, 'rev-parse', 'HEAD').strip()):
            result = repository.push(str(remote), [PushUpdate(BRANCH, oid, expected)])
            assert result.overtaken
            assert result.refusal() is None
    assert git(remote, 'rev-parse', BRANCH).strip() == theirs


def test_a_server_that_refuses(work: Path, remote: Path) -> None:
    script(remote / 'hooks' / 'pre-receive', r'printf "GitHub: \033[31mno pushes on Friday\n" >&2; exit 1')
    with opened(work) as repository:
        result = repository.push(str(remote), [PushUpdate(BRANCH, committed(repository), '')])
    assert result.branches[BRANCH].outcome == 'rejected'
    assert not result.overtaken
    refusal = result.refusal()
    assert refusal is not None
    assert 'pre-receive hook declined' in refusal.message
    assert r'\x1b[31mno pushes on Friday' in refusal.message


def test_a_name_in_the_way_on_the_server(work: Path, remote: Path) -> None:
    git(remote, 'branch', 'raybootstrap')
    with opened(work) as repository:
        result = repository.push(str(remote), [PushUpdate(BRANCH, committed(repository), '')])
    assert not result.overtaken
    refusal = result.refusal()
    assert refusal is not None
    assert 'another branch_prefix' in refusal.hint


def test_the_users_hook_has_its_say(work: Path, remote: Path) -> None:
    script(work / '.git' / 'hooks' / 'pre-push', 'echo "not before review: $1" >&2; echo ask first; exit 1')
    with opened(work) as repository, pytest.raises(BootstrapError, match='not before review: ') as caught:
        repository.push(str(remote), [PushUpdate(BRANCH, committed(repository), '')])
    assert 'ask first' in caught.value.message
    assert 'raybootstrap' not in git(remote, 'branch')


def test_only_what_is_named_is_pushed(work: Path, remote: Path) -> None:
    git(work, 'config', 'push.followTags', 'true')
    git(work, 'tag', '--annotate', '--message', 'v1', 'v1')
    with opened(work) as repository:
        repository.push(str(remote), [PushUpdate(BRANCH, committed(repository), '')])
    assert git(remote, 'tag') == ''


def test_push_options_and_the_servers_words(work: Path, remote: Path) -> None:
    git(remote, 'config', 'receive.advertisePushOptions', 'true')
    script(remote / 'hooks' / 'post-receive', 'echo "made $GIT_PUSH_OPTION_0"')
    with opened(work) as repository:
        update = PushUpdate(BRANCH, committed(repository), '')
        result = repository.push(str(remote), [update], ['merge_request.create'])
    assert result.words == 'made merge_request.create'


@pytest.mark.parametrize('url', ['/nowhere/x.git', 'nowhere', 'file:///nowhere/x.git'])
def test_a_remote_that_is_not_there(work: Path, url: str) -> None:
    with opened(work) as repository:
        for action in (
            lambda: repository.remote_refs(url),
            lambda: repository.fetch(url, {'main': '1' * 40}),
            lambda: repository.push(url, [PushUpdate(BRANCH, str(repository.head.oid), '')]),
        ):
            with pytest.raises(BootstrapError, match=r'does not (exist|appear to be a git repository)'):
                action()


def test_a_url_that_is_called_like_a_remote(work: Path, remote: Path) -> None:
    git(work, 'remote', 'set-url', 'origin', 'main')
    git(work, 'remote', 'add', 'main', str(remote))
    with opened(work) as repository, pytest.raises(BootstrapError, match=r"'\./main'"):
        repository.remote_refs('main')


def test_instead_of_is_applied_once(work: Path, remote: Path, home: Path) -> None:
    with (home / '.gitconfig').open('a') as file:
        file.write(f'[url "{remote.parent}/"]\n\tinsteadOf = corp:\n')
    git(work, 'remote', 'set-url', 'origin', 'corp:remote.git')
    with opened(work) as repository:
        assert repository.base_remote(None) == Remote('origin', 'corp:remote.git', 'corp:remote.git')
        assert 'main' in repository.remote_refs('corp:remote.git').heads
        assert repository.push('corp:remote.git', [PushUpdate(BRANCH, committed(repository), '')]).refusal() is None


# Older GitPython looks for children with `ps` when it kills, and does not wait for that.
@pytest.mark.filterwarnings('ignore::pytest.PytestUnraisableExceptionWarning')
def test_nothing_waits_for_ever(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, 'NETWORK_SECONDS', 1)
    monkeypatch.setenv('GIT_SSH_COMMAND', str(script(tmp_path / 'hangs', 'exec sleep 30')))
    with opened(work) as repository, pytest.raises(BootstrapError, match='git ls-remote did not end within 1 seconds'):
        repository.remote_refs('ssh://git@example.com/x.git')
    gc.collect()


def test_ssh_does_not_ask_off_a_terminal(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = script(tmp_path / 'bin' / 'ssh', f'echo "$@" >> {tmp_path}/ssh.log; echo "$GIT_TERMINAL_PROMPT"; exit 1')
    monkeypatch.setenv('GIT_SSH_VARIANT', 'ssh')
    for command in (f'{ssh} -F /dev/null', None):
        if command:
            git(work, 'config', 'core.sshCommand', command)
        else:
            monkeypatch.setenv('GIT_SSH_COMMAND', f'{ssh} -4')
        with opened(work) as repository, pytest.raises(BootstrapError):
            repository.remote_refs('git@example.com:x.git')
    first, second = (tmp_path / 'ssh.log').read_text().splitlines()
    assert first.startswith('-F /dev/null -oBatchMode=yes ')
    assert second.startswith('-4 -oBatchMode=yes ')
