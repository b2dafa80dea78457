"""Threats 4, 8 and 21: a repository's own configuration names programs, at every opportunity that git has.

Commands that read run none of them. Commands that write run what `git push` there would, and the hook of the message.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from forge_world import CANARY, World, serving
from git_world import put_first_on_path, script
from hostile_world import ASKING, COMPLETING, PROPOSAL, READING, WRITING, copied
from world import Shell, git

from bootstrap.cli.app import COMMANDS

HOOKS = (
    *('applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg'),
    *('commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge', 'pre-push', 'pre-auto-gc'),
    *('post-rewrite', 'reference-transaction', 'post-index-change', 'fsmonitor-watchman', 'sendemail-validate'),
)
# Key, and what the program does so that git goes on behind it.
PROGRAMS = {
    'core.fsmonitor': 'true',
    'core.sshCommand': 'false',
    'core.gitProxy': 'false',
    'core.askPass': 'echo secret',
    'core.editor': 'true',
    'sequence.editor': 'true',
    'core.pager': 'cat',
    'pager.log': 'cat',
    'core.alternateRefsCommand': 'true',
    'credential.helper': 'true',
    'credential.URL.helper': 'true',
    'diff.external': 'true',
    'diff.x.command': 'true',
    'diff.x.textconv': 'cat "$1"',
    'merge.x.driver': 'true',
    'filter.x.clean': 'cat',
    'filter.x.smudge': 'cat',
    'filter.y.process': 'false',
    'gpg.program': 'false',
    'gpg.openpgp.program': 'false',
    'gpg.ssh.program': 'false',
    'gpg.x509.program': 'false',
    'gpg.ssh.defaultKeyCommand': 'false',
    'interactive.diffFilter': 'cat',
    'uploadpack.packObjectsHook': 'exec "$@"',
    'remote.origin.uploadpack': 'exec git-upload-pack "$@"',
    'remote.origin.receivepack': 'exec git-receive-pack "$@"',
    'remote.URL.uploadpack': 'exec git-upload-pack "$@"',
    'remote.URL.receivepack': 'exec git-receive-pack "$@"',
    'trailer.x.command': 'true',
    'trailer.x.cmd': 'true',
    'submodule.x.update': 'true',
    'browser.x.cmd': 'true',
    'difftool.x.cmd': 'true',
    'mergetool.x.cmd': 'true',
}
CONNECTING = {'core.sshCommand', 'credential.helper', 'credential.url.helper', 'core.askPass'}
# One says whether writing would work, the other writes to Kubernetes what the remote's base says.
TRUSTING = ('doctor', 'apply-root')
QUIET = {**READING, **COMPLETING}
ALIASES = ('status', 'rev-parse', 'config', 'cat-file', 'log', 'ls-remote', 'fetch', 'push', 'switch', 'merge-tree')
SETTINGS = {
    'diff.noindex': 'x',
    'gc.auto': '1',
    'log.showSignature': 'true',
    'maintenance.auto': 'true',
    'merge.default': 'x',
    'push.gpgSign': 'if-asked',
    'push.recurseSubmodules': 'on-demand',
    'protocol.allow': 'always',
    'protocol.ext.allow': 'always',
    'protocol.fd.allow': 'always',
    'trailer.x.key': 'Raybootstrap-Command',
    'submodule.recurse': 'true',
}
PLACES = ('.git/config', 'included', 'config.worktree')
ATTRIBUTES = '*.yaml diff=x merge=x\n*.txt diff=x filter=x merge=x\n*.md diff=x filter=y\n'


class Evil:
    """A clone that runs a program wherever git lets it; `ran` are the vectors that came to it."""

    def __init__(self, place: Path, canaries: Path) -> None:
        self.place, self._canaries = place, canaries
        canaries.mkdir()

    @property
    def ran(self) -> set[str]:
        return {path.name for path in self._canaries.iterdir()}

    def program(self, name: str, does: str = 'true') -> str:
        text = f'touch "{self._canaries / name}"\n{does}'
        return str(script(self._canaries.parent / 'programs' / name.replace('/', '_'), text))

    def arm(self, url: str, file: str = 'config') -> None:
        """Put every vector into a file of git's own directory."""
        settings = {**SETTINGS}
        for key, does in PROGRAMS.items():
            program = self.program(key.replace('URL', 'url'), does)
            settings[key.replace('URL', url)] = f'!{program}' if key.startswith('submodule') else program
        for alias in ALIASES:
            settings[f'alias.{alias}'] = f'!{self.program(f"alias.{alias}")}'
        with (self.place / '.git' / file).open('a') as lines:
            for key, value in settings.items():
                section, _, rest = key.partition('.')
                subsection, _, variable = rest.rpartition('.')
                name = f' "{subsection}"' if subsection else ''
                lines.write(f'[{section}{name}]\n\t{variable} = {value}\n')
        (self.place / '.git' / 'info').mkdir(exist_ok=True)
        (self.place / '.git' / 'info' / 'attributes').write_text(ATTRIBUTES)
        for changed in ('README.md', 'notes.txt'):
            (self.place / changed).write_text('changed\n')

    def hooks(self, folder: Path) -> None:
        for hook in HOOKS:
            script(folder / hook, f'touch "{self._canaries / hook}"')


def armed(place: Path, top: Path, where: str = '.git/config') -> Evil:
    """With the vectors in `.git/config`, in a file that it includes, or in the configuration of the work tree."""
    made = Evil(place, top / 'canaries')
    made.hooks(place / '.git' / 'hooks')
    if where == 'included':
        git(place, 'config', 'include.path', 'more')
        git(place, 'config', 'core.hooksPath', 'hooks')
        made.hooks(place / 'hooks')
    elif where == 'config.worktree':
        git(place, 'config', 'extensions.worktreeConfig', 'true')
    made.arm(str(top / 'remote.git'), {'.git/config': 'config', 'included': 'more'}.get(where, where))
    return made


def test_every_command_is_tried() -> None:
    assert {*READING, *WRITING, *ASKING} == {*COMMANDS}


@pytest.mark.parametrize('where', PLACES)
def test_the_programs_are_armed(where: str, place: Path, tmp_path: Path) -> None:
    """Git itself runs them; else the rest here would show nothing."""
    evil = armed(place, tmp_path, where)
    for line in (
        *('status', '-c filter.y.process= diff', 'fetch', f'merge-tree --write-tree HEAD {PROPOSAL}'),
        *('add README.md', 'update-ref refs/heads/x HEAD', 'push origin x', 'ls-remote ssh://127.0.0.1:1/x'),
    ):
        subprocess.run(['git', *line.split()], cwd=evil.place, capture_output=True, timeout=10, check=False)
    expected = {'core.fsmonitor', 'diff.x.command', 'filter.x.clean', 'merge.x.driver', 'reference-transaction'}
    assert evil.ran >= {*expected, 'core.sshCommand', 'pre-push', 'filter.y.process', 'remote.origin.receivepack'}


@pytest.mark.parametrize('where', PLACES)
@pytest.mark.parametrize('command', QUIET)
def test_reading_runs_nothing(command: str, where: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    evil = armed(place, tmp_path, where)
    git(place, 'config', 'commit.gpgSign', 'true')
    ran = shell(command, *QUIET[command])
    assert ran.code == 0, ran.err
    assert evil.ran == set()


@pytest.fixture
def no_kubernetes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / 'bin' / 'kubectl', 'exit 1')
    monkeypatch.setenv('PATH', put_first_on_path(tmp_path / 'bin'))


@pytest.mark.usefixtures('no_kubernetes')
@pytest.mark.parametrize('command', ASKING)
def test_asking_runs_nothing(command: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    evil = armed(place, tmp_path)
    git(place, 'config', 'commit.gpgSign', 'true')
    ran = shell(command, *ASKING[command])
    assert ran.code in (0, 1, 7), ran
    # Whether commits can be signed is what it is asked.
    assert evil.ran == ({'gpg.openpgp.program'} if command == 'doctor' else set())


@pytest.mark.parametrize('command', WRITING)
def test_writing_runs_two_hooks(command: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    evil = armed(place, tmp_path)
    ran = shell(command, *WRITING[command])
    assert ran.code == 0, ran.err
    expected = set() if ran.out.startswith('Nothing') or command == 'replay' else {'commit-msg', 'pre-push'}
    assert evil.ran == expected


@pytest.fixture
def closed() -> Iterator[str]:
    """The address of a server that lets nobody in."""

    class Closed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header('WWW-Authenticate', 'Basic realm="x"')
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(('127.0.0.1', 0), Closed) as server:
        Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}/acme/ray.git'
        server.shutdown()


@pytest.fixture(params=['ssh', 'http'])
def reaching(request: pytest.FixtureRequest, place: Path, tmp_path: Path, closed: str) -> Evil:
    """The vectors of a remote that is reached by a program, or with a password."""
    url = closed if request.param == 'http' else 'ssh://git@127.0.0.1:1/acme/ray.git'
    made = Evil(place, tmp_path / 'canaries')
    made.hooks(place / '.git' / 'hooks')
    made.arm(url)
    git(place, 'remote', 'set-url', 'origin', url)
    return made


@pytest.mark.usefixtures('no_kubernetes')
@pytest.mark.parametrize('command', [*QUIET, *(command for command in ASKING if command not in TRUSTING)])
def test_reading_from_a_remote_runs_nothing(command: str, reaching: Evil, shell: Shell) -> None:
    shell(command, *{**QUIET, **ASKING}[command])
    assert reaching.ran == set()


@pytest.mark.usefixtures('no_kubernetes')
@pytest.mark.parametrize('command', TRUSTING)
def test_some_that_do_not_write_reach_a_remote_as_git_push_does(command: str, reaching: Evil, shell: Shell) -> None:
    shell(command, *ASKING[command])
    assert reaching.ran
    assert reaching.ran <= CONNECTING


@pytest.mark.parametrize('command', WRITING)
def test_writing_reaches_a_remote_as_git_push_does(command: str, reaching: Evil, shell: Shell) -> None:
    ran = shell(command, *WRITING[command])
    assert ran.code == 1
    assert ran.err.startswith('error: ')
    assert reaching.ran
    assert reaching.ran <= CONNECTING


@pytest.mark.usefixtures('no_kubernetes')
@pytest.mark.parametrize('command', [*QUIET, *WRITING, *ASKING])
def test_no_other_transport_is_used(command: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    made = Evil(place, tmp_path / 'canaries')
    git(place, 'config', 'protocol.allow', 'always')
    git(place, 'config', 'protocol.ext.allow', 'always')
    git(place, 'config', f'url.ext::{made.program("ext")} .insteadOf', str(tmp_path))
    ran = shell(command, *{**QUIET, **WRITING, **ASKING}[command])
    if command not in ASKING:
        assert ran.code == (1 if command in WRITING or command == 'proposals' else 0)
    assert made.ran == set()


def asked_for_a_token(made: Evil, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    git(made.place, 'config', 'credential.helper', made.program('helper'))
    monkeypatch.setenv('RAYBOOTSTRAP_FORGE', 'github')
    monkeypatch.setenv('RAYBOOTSTRAP_FORGE_URL', world.url)


def remote_of_a_forge(place: Path, remote: Path) -> None:
    address = 'https://git.example.com/acme/ray.git'
    git(place, 'remote', 'set-url', 'origin', address)
    git(place, 'config', f'url.{remote}.insteadOf', address)


def test_a_token_is_asked_of_no_helper_of_the_repository_to_read(
    place: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Evil(place, tmp_path / 'canaries')
    remote_of_a_forge(place, tmp_path / 'remote.git')
    with serving('github') as world:
        asked_for_a_token(made, world, monkeypatch)
        assert shell('proposals').code == 0
        assert made.ran == set()
        ran = shell('add-group', *WRITING['add-group'])
    assert ran.code == 0, ran.err
    assert made.ran == {'helper'}


def test_a_token_is_asked_of_the_repository_that_is_meant(
    place: Path, template: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copied(template, tmp_path / 'other')
    remote_of_a_forge(other, tmp_path / 'other' / 'remote.git')
    made = Evil(place, tmp_path / 'canaries')
    with serving('github') as world:
        asked_for_a_token(made, world, monkeypatch)
        ran = shell('-C', str(other), 'add-group', *WRITING['add-group'])
    assert ran.code == 0, ran.err
    assert made.ran == set()


@pytest.mark.parametrize('key', ['core.sshCommand', 'credential.helper'])
def test_what_the_user_configured_is_in_no_arguments(
    key: str, place: Path, tmp_path: Path, shell: Shell, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper in place of the repository's may hold a password."""
    log = tmp_path / 'git.log'
    script(tmp_path / 'bin' / 'git', f'echo "$@" >> {log}\nexec {shutil.which("git")} "$@"')
    monkeypatch.setenv('PATH', put_first_on_path(tmp_path / 'bin'))
    git(place, 'config', '--global', key, f'!echo password={CANARY}')
    git(place, 'config', key, 'false')
    git(place, 'remote', 'set-url', 'origin', closed)
    log.unlink()
    assert shell('proposals').code == 1
    assert 'ls-remote' in log.read_text()
    assert CANARY not in log.read_text()


def test_a_key_with_an_equals_sign_is_disarmed_too(place: Path, tmp_path: Path, shell: Shell, closed: str) -> None:
    made = Evil(place, tmp_path / 'canaries')
    git(place, 'config', 'merge.a=b.driver', made.program('driver', 'true'))
    (place / '.git' / 'info').mkdir(exist_ok=True)
    (place / '.git' / 'info' / 'attributes').write_text('* merge=a=b\n')
    git(place, 'merge-tree', '--write-tree', 'HEAD', PROPOSAL)
    assert made.ran == {'driver'}
    (tmp_path / 'canaries' / 'driver').unlink()
    for command in ('proposals', 'replay'):
        assert shell(command, *{**READING, **WRITING}[command]).code == 0
    assert made.ran == set()
