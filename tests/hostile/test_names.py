"""Threats 1 and 2: names are checked before git is started, and shown escaped."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_world import git, user_state
from world import Shell

SIZE = ('--cpu', '1', '--memory', '1Gi', '--max', '1')
# What each way of writing, quoting, escaping or leaving a folder would make of a name.
NAMES = (
    *(
        '',
        ' ',
        '.',
        '..',
        '../x',
        '../../etc',
        '/',
        '/etc',
        '/etc/passwd',
        'a/b',
        'a//b',
        './a',
        'a/..',
        'a\\b',
        '..\\x',
    ),
    *('Prod', 'PROD', 'a.', '.a', 'a.b', 'a_b', 'a b', ' a', 'a ', '-a', 'a-', '-', '--', '-rf', '--upload-pack=x'),
    *(
        '-oProxyCommand=x',
        'a' * 64,
        'a' * 100_000,
        'é',
        'e\u0301',
        'ａ',
        'а',
        '１',
        'ß',
        'İ',
        'ı',
        'K',
        '🦀',
        'a\u200b',
    ),
    *('a\u202eb', 'a\u2066b', '\ufeffa', 'a\u00ad', 'a\u0301', 'a\nb', 'a\n', '\na', 'a\rb', 'a\r\n', 'a\tb', 'a\x00b'),
    *('a\x0bb', 'a\x1b[31m', '\x1b]0;x\x07', 'a\x7f', 'a\x85b', 'a\x9b31m', 'a\u2028b', '\udc80', 'a\udcff'),
    *(
        '%2e%2e',
        '%00',
        'a%0ab',
        '&amp;',
        '<a>',
        'a>b',
        '|a',
        'a;b',
        'a&b',
        '$(id)',
        '`id`',
        '$HOME',
        '${IFS}',
        '~',
        '~a',
    ),
    *('*', '?', '[a]', '{a,b}', '!a', '#a', 'a#b', "a'b", 'a"b', 'a:b', 'a,b', 'a=b', 'a+b', 'a@b', '@', '@{u}', 'a^b'),
    *('g: 1\nfoo', '<<', '*a', '&a', '!!python/object:x', '[x]', '{x}', '{{x}}', '{% x %}', '---', '...', '# x', '? a'),
    *(
        '- b',
        '| a',
        '> a',
        '%YAML',
        'null',
        'true',
        'yes',
        'no',
        'on',
        'off',
        'y',
        'n',
        '1',
        '010',
        '1e3',
        '0x1f',
        '0b1',
    ),
    *('1_000', '12:30', '12e03', '2001-01-01', '.inf', '.nan', '=', '~', 'con', 'nul', 'aux', 'prn', 'com1', 'lpt9'),
    *(
        '.git',
        '.GIT',
        'git~1',
        '.git ',
        '.g\u200cit',
        '.gitmodules',
        'HEAD',
        'FETCH_HEAD',
        '[bold]',
        '[/foo]',
        ':smile:',
    ),
)
# Names to Kubernetes, and to it alone: YAML has them quoted, and no file is called so.
WORDS = {'null', 'true', 'yes', 'no', 'on', 'off', 'y', 'n', '1', '010', '1e3', '0x1f', '0b1', '12e03', '2001-01-01'}
DEVICES = {'con', 'nul', 'aux', 'prn', 'com1', 'lpt9'}
LABELS = WORDS | DEVICES
MAKING = ('init --env', 'init --group', 'init --namespace', 'adopt --env', 'add-group', 'add-raycluster')
SOME = NAMES[::4]
SUBDOMAINS = LABELS | {'a.b', 'a' * 64}
# A name that a command makes or looks for, and those of the names above that it takes.
SLOTS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    'init --env': (('init', '--env', '{}'), set()),
    'init --group': (('init', '--env', 'new', '--group', '{}'), DEVICES),
    'init --namespace': (('init', '--env', 'new', '--namespace', '{}'), LABELS),
    'init --argocd-namespace': (('init', '--env', 'new', '--argocd-namespace', '{}'), LABELS),
    'init --project': (('init', '--env', 'new', '--project', '{}'), SUBDOMAINS),
    'init --dest-name': (('init', '--env', 'new', '--dest-name', '{}'), SUBDOMAINS),
    'init --dest-server': (('init', '--env', 'new', '--dest-server', '{}'), set()),
    'adopt --env': (('adopt', '../taken.yaml', '--env', '{}'), set()),
    'add-group': (('add-group', '--env', 'prod', *SIZE, '--', '{}'), DEVICES),
    'add-group --env': (('add-group', 'new', *SIZE, '--env', '{}'), set()),
    'add-group --service-account': (('add-group', 'new', '--env', 'prod', '--service-account', '{}'), SUBDOMAINS),
    'set-group --env': (('set-group', 'gpu', '--env', '{}'), set()),
    'remove-group --env': (('remove-group', 'gpu', '--env', '{}'), set()),
    'add-raycluster': (('add-raycluster', '--env', 'prod', '--', '{}'), set()),
    'add-raycluster --namespace': (('add-raycluster', 'new', '--env', 'prod', '--namespace', '{}'), LABELS),
    'remove-raycluster': (('remove-raycluster', '--env', 'prod', '--', '{}'), set()),
    'set-raycluster --pull-secret': (('set-raycluster', '--env', 'prod', '--pull-secret', '{}'), SUBDOMAINS),
    'set-raycluster --service-account': (('set-raycluster', '--env', 'prod', '--service-account', '{}'), SUBDOMAINS),
    'set-raycluster --head-cpu': (('set-raycluster', '--env', 'prod', '--head-cpu', '{}'), {'1', '010', '1e3'}),
    'set-raycluster --image': (('set-raycluster', '--env', 'prod', '--image', '{}'), {'a:b', '12:30'}),
    'set-raycluster --ray-version': (('set-raycluster', '--env', 'prod', '--ray-version', '{}'), set()),
    'remove-env': (('remove-env', '--', '{}'), set()),
    'promote FROM': (('promote', '--', '{}', 'prod'), set()),
    'promote TO': (('promote', '--', 'dev', '{}'), set()),
    'promote --group': (('promote', 'dev', 'prod', '--group', '{}'), DEVICES),
    'upgrade --env': (('upgrade', '--kuberay-version', '1.7.0', '--env', '{}'), set()),
    'upgrade --kuberay-version': (('upgrade', '--env', 'prod', '--kuberay-version', '{}'), set()),
    'fix --env': (('fix', '--env', '{}'), set()),
    'validate --env': (('validate', '--env', '{}'), set()),
    'render --env': (('render', '--env', '{}'), set()),
    'graph --env': (('graph', '--env', '{}'), set()),
    'explain': (('explain', '--', '{}'), set()),
    'validate --select': (('validate', '--select', '{}'), {''}),
    'fix --select': (('fix', '--select', '{}'), {''}),
    'list': (('list', '--', '{}'), set()),
    '--output': (('list', '--output', '{}'), {''}),
}


def with_name(line: tuple[str, ...], name: str) -> list[str]:
    return [name if word == '{}' else word for word in line]


def is_plain(words: str) -> bool:
    return words.replace('\n', '').isprintable() and words.startswith('error: ') and words.count('error: ') == 1


def test_there_are_enough_of_them() -> None:
    assert len(set(NAMES)) >= 150


@pytest.mark.parametrize('slot', SLOTS)
def test_a_name_is_checked_before_git_is_started(
    slot: str, template: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, taken = SLOTS[slot]
    monkeypatch.setenv('PATH', '/nowhere')
    monkeypatch.chdir(template / 'clone')
    for name in NAMES if slot in MAKING else SOME:
        if name not in taken:
            ran = shell(*with_name(line, name))
            assert ran.code == 2, (name, ran)
            assert is_plain(ran.err), (name, ran.err)
            assert ran.out == ''


LOOKED_FOR = {
    'init --like': ('init', '--env', 'new', '--like', '{}'),
    'init --shares': ('init', '--env', 'new', '--shares', '{}'),
    'add-group --raycluster': ('add-group', 'new', '--env', 'prod', *SIZE, '--raycluster', '{}'),
    'add-group --profile': ('add-group', 'new', '--env', 'prod', '--profile', '{}'),
    'add-group --from-group': ('add-group', 'new', '--env', 'prod', *SIZE, '--from-group', '{}'),
    'set-group': ('set-group', '--env', 'prod', '--max', '2', '--', '{}'),
    'remove-group': ('remove-group', '--env', 'prod', '--', '{}'),
    'remove-group --raycluster': ('remove-group', 'gpu', '--env', 'prod', '--raycluster', '{}'),
    'rollback --env': ('rollback', '--to', 'v1', '--env', '{}'),
    'rollback --to': ('rollback', '--env', 'prod', '--to', '{}'),
    'diff': ('diff', '--', '{}'),
    'list --rev': ('list', '--rev', '{}'),
    'validate --since': ('validate', '--since', '{}'),
    'validate PATH': ('validate', '--', '{}'),
    'replay': ('replay', '--', '{}'),
    'proposals --close': ('proposals', '--close', '{}'),
    '--base': ('init', '--env', 'new', '--base', '{}'),
    '--branch': ('add-group', 'new', '--env', 'prod', *SIZE, '--branch', '{}'),
    '--remote': ('add-group', 'new', '--env', 'prod', *SIZE, '--remote', '{}'),
    '--push-remote': ('add-group', 'new', '--env', 'prod', *SIZE, '--push-remote', '{}'),
    '--path': ('add-group', 'new', '--env', 'prod', *SIZE, '--path', '{}'),
    '--forge': ('add-group', 'new', '--env', 'prod', *SIZE, '--forge', '{}'),
}
# One of each kind: the names of branches, files and revisions have wider grammars, and cost a start of git.
SAMPLE = (
    *('../../etc', '/etc/passwd', '-rf', '--upload-pack=x', '-oProxyCommand=x', 'a\x1b[31m', 'a\x9b31m', 'a\nb'),
    '^HEAD',
    *('\udc80', ':/x', 'HEAD:README.md', 'v1..HEAD', '.git/config', '[/foo]', 'a b', 'a\u202eb'),
)


@pytest.mark.parametrize('slot', LOOKED_FOR)
def test_what_is_looked_for_is_not_found(slot: str, place: Path, shell: Shell) -> None:
    before = git(place, 'for-each-ref'), user_state(place)
    for name in SAMPLE:
        ran = shell(*with_name(LOOKED_FOR[slot], name))
        assert ran.code in (1, 2), (name, ran)
        assert is_plain(ran.err), (name, ran.err)
    assert (git(place, 'for-each-ref'), user_state(place)) == before


URLS = (
    *('', ' ', '.', '..', '/etc', 'file:///etc/passwd', 'file://localhost/etc', 'ext::sh -c "touch canary"', 'ext::id'),
    *(
        'fd::17',
        'fd::17/foo',
        'transport::git.example.com:x',
        '-oProxyCommand=x',
        '--upload-pack=touch canary',
        '-u:x/y',
    ),
    *('git@-oProxyCommand=x:acme/ray', 'ssh://-oProxyCommand=x/acme/ray', '-o@git.example.com:acme/ray'),
    *('http://git.example.com/acme/ray', 'git://git.example.com/x', 'ftp://git.example.com/x', 'javascript:alert(1)'),
    *('git+ssh://git@git.example.com/x', 'data:text/plain,x', 'HTTPS://git.example.com/x', 'https:git.example.com/x'),
    *(
        '//git.example.com/x',
        'https://',
        'https:///x',
        'https://git.example.com:0/x',
        'https://git.example.com:65536/x',
    ),
    *('https://user:canary-secret@git.example.com/x', 'https://canary-secret@git.example.com/x'),
    *('ssh://git:canary-secret@git.example.com/x', 'https://git.example.com/x?token=canary-secret'),
    *('https://git.example.com/x\n', 'https://git.example.com\n/x', 'https://git.example.com/x\x1b[2J'),
    *(
        'https://git.example.com/\u202ex',
        'https://git.example.com/x\x9b',
        'https://git.example.com/ x',
        'https://-x.com/x',
    ),
    *('https://git.example.com/../../etc', 'git@git.example.com:../x', 'git@git.example.com:', 'work:acme/ray'),
    *(
        'https://git.example.com/$(id)',
        'https://git.example.com/`id`',
        'https://git.example.com/x;id',
        'C:\\x',
    ),
    *(
        'https://git.exämple.com/x',
        'https://[::1/x',
        'https://git.example.com/{{x}}',
        'a: b',
        '*x',
        '{x: y}',
        '<<',
        'null',
    ),
)
ADDRESSES = {
    'init --repo-url': ('init', '--env', 'new', '--repo-url', '{}'),
    'adopt --repo-url': ('adopt', '../taken.yaml', '--env', 'new', '--repo-url', '{}'),
    'fleet --repo-url': ('fleet', '--repo-url', '{}'),
}


@pytest.mark.parametrize('slot', ADDRESSES)
def test_an_address_is_checked_before_git_is_started(
    slot: str, template: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('PATH', '/nowhere')
    monkeypatch.chdir(template / 'clone')
    for url in URLS:
        ran = shell(*with_name(ADDRESSES[slot], url))
        assert ran.code == 2, (url, ran)
        assert is_plain(ran.err), (url, ran.err)
        assert 'canary-secret' not in ran.err


# What the user names as a forge's address is taken as it is, once it is one.
OF_A_FORGE = [url for url in URLS if url.strip() and not url.lower().startswith('https://git.example.com/')]


def test_a_hostile_address_of_a_forge_is_refused(place: Path, shell: Shell) -> None:
    before = git(place, 'for-each-ref')
    git(place, 'remote', 'set-url', 'origin', 'https://git.example.com/acme/ray.git')
    line = ('add-group', 'new', '--env', 'prod', *SIZE, '--no-fetch', '--forge', 'github', '--forge-url')
    for url in (*OF_A_FORGE, 'https://git.example.com/x\x1b[2J', 'https://git.example.com/\u202ex'):
        if url != 'https://-x.com/x':
            ran = shell(*line, url)
            assert (ran.code, git(place, 'for-each-ref')) == (2, before), (url, ran)
            assert is_plain(ran.err), (url, ran.err)
            assert 'canary-secret' not in ran.err


OF_A_MIRROR = (
    *('', '-x', '--x', '..', '/etc', 'file:///etc/passwd', 'FILE:///etc', 'ext::id', 'fd::17', 'javascript:alert(1)'),
    *('https://user:canary-secret@git.example.com', 'https://canary-secret@git.example.com', 'oci://x@y', 'a b'),
    *('https://git.example.com/../../etc', 'quay.example.com/..', 'a\x1b[2J', 'a\u202eb', 'a\x9b', '$(id)', '`id`'),
    *('{{x}}', '*x', '&x', '{x: y}', '<<', '"x', "'x", '# x', '| x', '[/foo]', 'https://[::1]', 'é.example.com'),
)


@pytest.mark.parametrize('form', ['{}=https://git.example.com', 'https://github.com={}'])
def test_a_hostile_mirror_is_refused(form: str, template: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', '/nowhere')
    monkeypatch.chdir(template / 'clone')
    for address in OF_A_MIRROR:
        ran = shell('init', '--mirror', form.replace('{}', address))
        assert ran.code == 2, (address, ran)
        assert is_plain(ran.err), (address, ran.err)
        assert 'canary-secret' not in ran.err, address
