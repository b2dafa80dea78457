"""Threats 16, 17, 20 and 22: no string from elsewhere steers a terminal, a page or whoever reads JSON."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from forge_world import serving
from git_world import fill_index, git, put_first_on_path, script
from hostile_world import ASKING, PROPOSAL, RAYCLUSTER, READING, WRITING
from world import Shell, commit

ESCAPE, C1, BIDI, MARKUP = '\x1b]0;owned\x07\x1b[31m', '\x9b31m\x85', '\u202e\u2066\u200b', '[/foo][link=x]:smile:'
STEERS = re.compile(
    '[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]|\x1b(?!\\[[0-9;]*m)'
)
EVERY = {**READING, **WRITING}


def terminal(place: Path, *line: str) -> str:
    """What a terminal of 80 columns would be sent."""
    end, there = pty.openpty()
    command = [sys.executable, '-c', 'from bootstrap.cli import main; main()', *line]
    environment = {**os.environ, 'TERM': 'xterm-256color', 'CI': 'true'}
    with subprocess.Popen(command, cwd=place, env=environment, stdin=there, stdout=there, stderr=there) as process:
        os.close(there)
        said = b''
        with suppress(OSError):  # Linux's way to say that the last one has closed it
            while part := os.read(end, 1 << 16):
                said += part
        process.wait(20)
        os.close(end)
    return said.decode().replace('\r\n', '\n')


def assert_plain(words: str) -> None:
    assert not (found := STEERS.search(words)), repr(words[max(0, found.start() - 200) : found.end() + 20])
    assert 'owned\x07' not in words


@pytest.fixture
def hostile(place: Path) -> Path:
    """Steering characters in every kind of string that a command shows."""
    bad = f'{ESCAPE}{C1}{BIDI}{MARKUP}'
    quoted = json.dumps(bad)
    text = (place / RAYCLUSTER).read_text()
    text = text.replace('  name: prod-raycluster\n', f'  name: prod-raycluster # {MARKUP} \u202e\n')
    text = text.replace('          serviceAccountName: ""', f'          serviceAccountName: {quoted}')
    text = text.replace('rayVersion: "2.52.0"', f'rayVersion: {quoted}').replace(
        '          gpu:\n', f'          {quoted}: {{}}\n          gpu:\n'
    )
    root = (place / 'environments/prod/root.yaml').read_text()
    label = 'raybootstrap.dev/kubernetes-cluster: prod'
    assert label in root
    commit(
        place,
        {
            RAYCLUSTER: text,
            'environments/prod/root.yaml': root.replace(label, f'raybootstrap.dev/kubernetes-cluster: {quoted}'),
            'environments/dev/applications/extra.yaml': f'kind: {quoted}\n{quoted}: {quoted}\n',
            f'environments/prod/applications/{ESCAPE}{BIDI}.yaml': f'kind: Application\nmetadata: {{name: {quoted}}}\n',
        },
        f'subject {bad}',
    )
    git(place, 'push', '--quiet', 'origin', 'main')
    return place


@pytest.mark.parametrize('command', [command for command in EVERY if command not in ('options', 'completion')])
def test_no_output_has_steering_characters(command: str, hostile: Path, shell: Shell) -> None:
    more = ('--no-push',) if command in WRITING else ()
    for output in ('text', 'json'):
        ran = shell(command, *EVERY[command], *more, '-o', output)
        assert ran.code in (0, 1, 4), ran
        if not (command == 'render' and output == 'text'):  # off a terminal it is the file, byte for byte
            assert_plain(ran.out)
        assert_plain(ran.err)
        if output == 'json' and ran.out:
            json.loads(ran.out)


SAID = r'printf "no \033]0;owned\007\033[31m \302\233 \342\200\256 [/foo] token=hunter2hunter2\n"'


@pytest.mark.parametrize('command', ASKING)
def test_nothing_that_kubernetes_says_steers(
    command: str, hostile: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubectl's own words, the names of its contexts, and the strings of the repository."""
    script(tmp_path / 'bin' / 'kubectl', f'{SAID}; {SAID} >&2; [ "$1 $2" = "config get-contexts" ] || exit 1')
    monkeypatch.setenv('PATH', put_first_on_path(tmp_path / 'bin'))
    for output in ('text', 'json'):
        ran = shell(command, *ASKING[command], *(() if command == 'apply-root' else ('-o', output)))
        assert ran.code in (0, 1, 2, 7), ran
        assert_plain((ran.out if command != 'apply-root' else '') + ran.err)
    assert_plain(terminal(hostile, command, *ASKING[command], '--quiet'))


@pytest.mark.parametrize('command', ['validate', 'list', 'diff', 'render', 'graph', 'proposals', 'set-group', 'replay'])
def test_no_terminal_is_steered(command: str, hostile: Path) -> None:
    said = terminal(hostile, command, *EVERY[command])
    assert said.strip()
    assert_plain(said)
    assert 'Traceback' not in said


@pytest.mark.parametrize('output', ['github', 'sarif', 'junit'])
def test_no_report_begins_a_command(output: str, hostile: Path, shell: Shell) -> None:
    text = (hostile / RAYCLUSTER).read_text().replace('maxReplicas: 1\n', 'maxReplicas: "x\\n::set-output name=a::b"\n')
    (hostile / RAYCLUSTER).write_text(text)
    ran = shell('validate', '-o', output)
    assert_plain(ran.out)
    assert not re.search(r'^::(?!error|warning|notice)', ran.out, re.MULTILINE)


def test_a_strangers_proposal_is_shown_plain(hostile: Path, shell: Shell) -> None:
    git(hostile, 'switch', '--quiet', PROPOSAL)
    message = git(hostile, 'log', '-1', '--format=%B').rstrip()
    author = f'Eve {ESCAPE}{C1}{BIDI}'
    git(
        hostile,
        '-c',
        f'user.name={author}',
        'commit',
        '--quiet',
        '--amend',
        '--reset-author',
        '-m',
        f'{ESCAPE}{C1} {MARKUP}{message}',
    )
    git(
        hostile,
        'push',
        '--quiet',
        '--force',
        'origin',
        f'HEAD:{PROPOSAL}',
        f'HEAD:refs/heads/raybootstrap/{C1}\u202ex',
    )
    git(hostile, 'switch', '--quiet', 'main')
    for line in (('proposals',), ('proposals', '-o', 'json'), ('replay', '--all', '--dry-run')):
        ran = shell(*line)
        assert_plain(ran.out + ran.err)
    assert_plain(terminal(hostile, 'proposals'))


@pytest.mark.parametrize('hook', ['pre-receive', 'commit-msg', 'pre-push'])
def test_what_a_server_or_a_hook_says_is_shown_plain(hook: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    folder = tmp_path / 'remote.git' / 'hooks' if hook == 'pre-receive' else place / '.git' / 'hooks'
    script(folder / hook, f'{SAID} >&2; exit 1')
    ran = shell('add-group', *WRITING['add-group'])
    assert ran.code == 1, ran
    assert '\\x1b' in ran.err
    assert '[/foo]' in ran.err
    assert_plain(ran.out + ran.err)
    git(place, 'branch', '--quiet', '--list')
    assert_plain(terminal(place, 'add-group', 'other', *WRITING['add-group'][1:]))


def test_a_pull_request_holds_nothing_that_acts(
    hostile: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = '@octocat fixes #1 [skip ci] <script>x</script> ![x](http://x) ``` | </details> \u202e'
    text = (hostile / RAYCLUSTER).read_text().replace('maxReplicas: 1\n', f'maxReplicas: {json.dumps(acting)}\n')
    commit(hostile, {RAYCLUSTER: text})
    git(hostile, 'push', '--quiet', 'origin', 'main')
    address = 'https://git.example.com/acme/ray.git'
    git(hostile, 'remote', 'set-url', 'origin', address)
    git(hostile, 'config', f'url.{tmp_path / "remote.git"}.insteadOf', address)
    with serving('github') as world:
        monkeypatch.setenv('RAYBOOTSTRAP_FORGE', 'github')
        monkeypatch.setenv('RAYBOOTSTRAP_FORGE_URL', world.url)
        monkeypatch.setenv('GH_ENTERPRISE_TOKEN', 'canary-0123456789')
        ran = shell('set-group', *WRITING['set-group'])
        assert ran.code == 0, ran.err
        [pull] = world.pulls
    outside = re.sub(r'(`+)(?!`).*?(?<!`)\1(?!`)', '', pull['body'], flags=re.DOTALL)
    assert 'octocat' in pull['body']
    for word in ('octocat', '#1', '<script', '![x]', '</details', 'http://x'):
        assert word not in outside, (word, outside)
    assert pull['body'].count('<!-- raybootstrap -->') == 1
    assert_plain(pull['title'] + pull['body'])
    message = git(hostile, 'log', '-1', '--format=%B', 'raybootstrap/set-group-prod/gpu')
    assert not re.search(r'@octocat|#1|\[skip ci\]', message)
    assert_plain(message)


def test_names_of_files_are_shown_plain(place: Path, shell: Shell) -> None:
    blob = git(place, 'rev-parse', f'HEAD:{RAYCLUSTER}').strip()
    for name in (ESCAPE.replace('\x1b]0;', '\x1b]'), C1, BIDI, MARKUP.replace('/', ''), '\udcff', '-rf', '$(id)'):
        fill_index(place, f'100644 {blob}\tenvironments/prod/applications/{name}.yaml'.replace('\x07', ''))
    git(place, 'commit', '--quiet', '--message', 'hostile')
    git(place, 'push', '--quiet', 'origin', 'main')
    for command in ('validate', 'list', 'render', 'graph', 'set-group', 'remove-env', 'rollback'):
        for rev in ((), ('--rev', 'HEAD')) if command in ('validate', 'list', 'graph') else ((),):
            ran = shell(command, *(rev or EVERY[command]))
            assert ran.code in (0, 1, 4), ran
            assert_plain(ran.err + (ran.out if command != 'render' else ''))


def test_a_line_of_a_message_ends_somewhere(place: Path, shell: Shell) -> None:
    """A command in a stranger's trailer, a setting, a name."""
    git(place, 'switch', '--quiet', PROPOSAL)
    message = git(place, 'log', '-1', '--format=%B').replace('add-group open', f'add-group open {"x" * 300_000}')
    (place / 'message').write_text(message)
    git(place, 'commit', '--quiet', '--amend', '--allow-empty', '--file', 'message')
    git(place, 'push', '--quiet', '--force', 'origin', PROPOSAL)
    git(place, 'switch', '--quiet', 'main')
    for line in (('replay', PROPOSAL), ('replay', '--all', '-o', 'json')):
        ran = shell(*line)
        assert ran.code == 1
        assert ran.err.startswith("error: the command 'add-group open xxx")
        assert len(ran.out + ran.err) < 10_000
