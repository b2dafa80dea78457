"""Threats 2 and 10 to 15: manifests that cost, mislead or end a parser; the editor's own tests name each of them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from git_world import git
from hostile_world import PROPOSAL, RAYCLUSTER, READING, WRITING
from world import URL, Shell

from bootstrap import manifest

LAUGHS = 'a: &a [x,x,x,x,x,x,x,x,x]\n' + ''.join(
    f'{name}: &{name} [{",".join([f"*{inner}"] * 9)}]\n' for inner, name in zip('abcdefgh', 'bcdefghi', strict=True)
)
MERGES = 'a0: &a0 {x: 1}\n' + ''.join(f'a{i + 1}: &a{i + 1}\n  <<: [*a{i}, *a{i}]\n' for i in range(40))
BOMBS = {
    'aliases of aliases': LAUGHS,
    'merges of merges': MERGES,
    'nesting': '[' * 100_000,
    'size': 'a: ' + 'x' * (1 << 21),
    'documents': '---\na: 1\n' * 10_000,
    'a key twice': 'kind: Application\nmetadata: {name: a}\nmetadata: {name: b}\n',
    'a tag': 'a: !!python/object/apply:os.system ["touch canary"]\n',
    'a date that is none': 'a: 2024-13-45\n',
    'a long number': f'a: {"9" * 5000}\n',
    'an equals sign': 'a: =\n',
    'not UTF-8': 'a: \udcff\n',
    'a null character': 'a: \x00\n',
    'an escape sequence': 'a: "\x1b[31m"\n',
}
SECONDS = 10
EVERY = {**READING, **WRITING}


def placed(place: Path, path: str, text: str) -> None:
    (place / path).parent.mkdir(parents=True, exist_ok=True)
    (place / path).write_bytes(text.encode('utf-8', 'surrogateescape'))
    git(place, 'add', path)
    git(place, 'commit', '--quiet', '--message', 'hostile')
    git(place, 'branch', '--quiet', '--delete', '--force', PROPOSAL)
    git(place, 'push', '--quiet', 'origin', 'main', f':{PROPOSAL}')


def bounded(shell: Shell, *line: str) -> int:
    started = time.perf_counter()
    ran = shell(*line)
    assert time.perf_counter() - started < SECONDS, line
    assert ran.code in (0, 1, 2, 4), (line, ran)
    assert len(ran.out) + len(ran.err) < 200_000, line
    assert '\x1b' not in ran.out + ran.err, line
    return ran.code


@pytest.mark.parametrize('text', BOMBS.values(), ids=BOMBS)
def test_every_command_says_so_in_time(text: str, place: Path, shell: Shell) -> None:
    placed(place, RAYCLUSTER, text)
    for command, arguments in EVERY.items():
        code = bounded(shell, command, *arguments, *(('--dry-run',) if command in WRITING else ()))
        if command in ('set-group', 'set-raycluster', 'upgrade', 'validate', 'list', 'graph'):
            assert code in (1, 4), command
    assert not (place / 'canary').exists()


OTHERS = (
    *('environments/prod/root.yaml', 'environments/prod/projects.yaml', 'raybootstrap.yaml', '.gitlab-ci.yml'),
    *(
        'environments/prod/applications/other.yaml',
        'environments/prod/applications/ray-operator.yaml',
        'argocd/fleet.yaml',
    ),
)
COMMANDS = {
    'validate': ('validate',),
    'graph': ('graph',),
    'set-group': ('set-group', *WRITING['set-group'], '--dry-run'),
    'fleet': ('fleet', '--dry-run'),
    'init --ci': ('init', '--ci', 'gitlab', '--owner', '@acme/ray', '--dry-run'),
}


@pytest.mark.parametrize('path', OTHERS)
def test_every_file_that_is_read(path: str, place: Path, shell: Shell) -> None:
    for text in (LAUGHS, BOMBS['nesting'], BOMBS['not UTF-8']):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(text.encode('utf-8', 'surrogateescape'))
        git(place, 'add', path)
        git(place, 'commit', '--quiet', '--message', 'hostile')
        git(place, 'push', '--quiet', 'origin', 'main')
        for line in COMMANDS.values():
            bounded(shell, *line)


@pytest.mark.parametrize('text', BOMBS.values(), ids=BOMBS)
def test_a_file_that_the_user_names(text: str, place: Path, tmp_path: Path, shell: Shell) -> None:
    file = tmp_path / 'given.yaml'
    file.write_bytes(text.encode('utf-8', 'surrogateescape'))
    size = ('--cpu', '1', '--memory', '1Gi', '--max', '1')
    assert bounded(shell, 'adopt', str(file), '--env', 'new', '--repo-url', URL) in (1, 2)
    assert bounded(shell, 'add-group', 'new', '--env', 'prod', *size, '--values', str(file)) in (1, 2)
    assert bounded(shell, 'set-raycluster', '--env', 'prod', '--set', f'image={text[:3000]}') in (0, 1, 2)


@pytest.mark.parametrize('name', ['aliases of aliases', 'merges of merges', 'nesting'])
def test_memory_is_bounded(name: str, place: Path) -> None:
    """In 600 MB of address space, where one of them expanded takes gigabytes."""
    (place / RAYCLUSTER).write_text(BOMBS[name])
    program = f'{sys.executable} -c "from bootstrap.cli import main; main()" validate'
    done = subprocess.run(['sh', '-c', f'ulimit -v 600000; exec {program}'], capture_output=True, text=True, timeout=20)
    assert done.returncode == 4, done.stderr
    assert 'Traceback' not in done.stderr


# What YAML 1.1 or 1.2, JSON, Helm's templates or a shell could read as something else than text.
TEXTS = (
    *(
        'null',
        '~',
        'true',
        'yes',
        'no',
        'on',
        'off',
        'y',
        'n',
        '1',
        '010',
        '0o10',
        '0x1f',
        '0b1',
        '1e3',
        '1_000',
        '12:30',
    ),
    *('2001-01-01', '.inf', '.nan', '=', '<<', '*a', '&a', '!x', '!!str x', '[x]', '{x: y}', '{{ .Values.x }}', '# x'),
    *(
        'a: b',
        '- b',
        '? a',
        '| a',
        '> a',
        '---',
        '...',
        '%YAML 1.2',
        '@a',
        '`id`',
        '"',
        "'",
        "it's",
        '\\',
        'a\\nb',
        ' a',
        'a ',
    ),
    *(
        '$(id)',
        '${IFS}',
        '\u00e9',
        '\U0001f980',
        '',
        ' ',
        'a #b',
        'a:',
        ':a',
        ',a',
        '0.1',
        '1.',
        '+1',
        '0_',
        'NaN',
    ),
)


def test_a_text_stays_the_text_it_is(place: Path, shell: Shell) -> None:
    """Values that a user gives are written as texts; each is read again and compared."""
    given = [word for number, text in enumerate(TEXTS) for word in ('--env-var', f'V{number}={text}') if text.strip()]
    line = ('add-group', 'new', '--env', 'prod', '--cpu', '1', '--memory', '1Gi', '--max', '1')
    ran = shell(*line, *[word for pair in zip(given[::2], given[1::2], strict=True) for word in pair])
    assert ran.code == 0, ran.err
    written = git(place, 'show', f'raybootstrap/add-group-prod/new:{RAYCLUSTER}')
    group = manifest.get(written, ('spec', 'source', 'helm', 'valuesObject', 'additionalWorkerGroups', 'new'))
    found = {one['name']: one['value'] for one in group['containerEnv']}
    assert found == {f'V{number}': text for number, text in enumerate(TEXTS) if text.strip()}
    before = git(place, 'show', f'main:{RAYCLUSTER}')
    assert manifest.drop(written, ('spec', 'source', 'helm', 'valuesObject', 'additionalWorkerGroups', 'new')) == before
