"""`raybootstrap doctor` on git and remotes: real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import doctor_world
import pytest
import test_http_remote
from doctor_world import checks
from forge_world import CANARY
from world import Shell, git, user_state

address = test_http_remote.address
nothing_of_the_machine = doctor_world.nothing_of_the_machine


def test_a_checkout_with_a_remote_is_well_and_stays_as_it_is(checkout: Path, remote: Path, shell: Shell) -> None:
    before, there = user_state(checkout), git(remote, 'for-each-ref')
    objects = sorted((checkout / '.git' / 'objects').rglob('*'))
    found = checks(shell)
    assert found['git'].mark == 'ok'
    assert found['identity'] == ('ok', 'Ada <ada@example.com>', '')
    assert found['signing'].mark == 'ok'
    assert found['remote'] == ('ok', f'origin ({remote}), 1 branch, base main', '')
    assert found['push'].mark == 'ok'
    assert found['forge'].mark == 'skipped'
    assert user_state(checkout) == before
    assert git(remote, 'for-each-ref') == there
    assert sorted((checkout / '.git' / 'objects').rglob('*')) == objects


def test_text_has_a_mark_and_a_mend(checkout: Path, shell: Shell) -> None:
    git(checkout, 'remote', 'set-url', 'origin', '/nowhere/ray.git')
    ran = shell('doctor')
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert 'ok      identity       Ada <ada@example.com>' in lines
    place = next(number for number, line in enumerate(lines) if line.startswith('fail    remote         cannot read'))
    assert any(line.strip().startswith("mend: check the remote's URL") for line in lines[place:])
    assert 'skipped push           needs remote' in lines
    assert ran.err.startswith('1 failed')
    quiet = shell('doctor', '-q')
    assert {line[:8].strip() for line in quiet.out.splitlines()} <= {'fail', 'warn', ''}


def test_outside_of_a_repository(folder: Path, shell: Shell) -> None:
    found = checks(shell)
    assert found['git'].found.endswith(f'{folder} is in no repository')
    assert found['remote'] == ('skipped', 'nothing to check', '')
    assert list(folder.iterdir()) == []


def test_without_an_identity(checkout: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', os.devnull)
    found = checks(shell, code=1)
    assert found['identity'].mark == 'fail'
    assert found['identity'].mend == 'git config --global user.name "Your Name"'
    assert found['signing'] == ('skipped', 'needs identity', '')


def test_signing_with_a_key_and_without(checkout: Path, shell: Shell, tmp_path: Path) -> None:
    for name, phrase in (('key', ''), ('locked', 'open sesame')):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', phrase, '-f', str(tmp_path / name)], check=True)
    for name, value in (('commit.gpgSign', 'true'), ('gpg.format', 'ssh'), ('user.signingKey', str(tmp_path / 'key'))):
        git(checkout, 'config', name, value)
    objects = sorted((checkout / '.git' / 'objects').rglob('*'))
    assert checks(shell)['signing'].mark == 'ok'
    assert sorted((checkout / '.git' / 'objects').rglob('*')) == objects
    git(checkout, 'config', 'user.signingKey', str(tmp_path / 'locked'))
    locked = checks(shell)['signing']
    assert (locked.mark, 'not known' in locked.found) == ('warn', True)
    git(checkout, 'config', 'user.signingKey', str(tmp_path / 'nowhere'))
    assert checks(shell, code=1)['signing'].mark == 'fail'


@pytest.mark.skipif(shutil.which('gpg') is None, reason='needs gpg')
def test_a_gpg_key_that_is_missing(
    checkout: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('GNUPGHOME', str(tmp_path))
    git(checkout, 'config', 'commit.gpgSign', 'true')
    signing = checks(shell, code=1)['signing']
    assert signing.mark == 'fail'
    assert 'gpg' in signing.found or 'there is no secret key' in signing.found


def test_a_refusing_hook_is_not_asked_and_no_hook_of_ours_runs(checkout: Path, remote: Path, shell: Shell) -> None:
    for hook in (remote / 'hooks/pre-receive', checkout / '.git/hooks/pre-push'):
        hook.write_text(f'#!/bin/sh\ntouch {checkout.parent}/hook-ran\nexit 1\n')
        hook.chmod(0o755)
    push = checks(shell)['push']
    assert push.mark == 'ok'
    assert 'no hook was asked' in push.found
    assert not (checkout.parent / 'hook-ran').exists()


def _over_http(checkout: Path, address: str, user: str = '') -> None:
    git(checkout, 'remote', 'set-url', 'origin', address.replace('http://', f'http://{user}'))


def test_a_remote_that_may_only_be_read(checkout: Path, address: str, tmp_path: Path, shell: Shell) -> None:
    git(tmp_path / 'served' / 'acme' / 'ray.git', 'config', 'http.receivepack', 'false')
    _over_http(checkout, address, f'ada:{CANARY}@')
    found = checks(shell, code=1)
    assert found['remote'].mark == 'ok'
    assert found['push'].mark == 'fail'
    assert '403' in found['push'].found
    assert found['push'].mend == 'fork the repository, and push there: --push-remote NAME'


def test_a_remote_that_knows_nobody(checkout: Path, address: str, shell: Shell) -> None:
    _over_http(checkout, address)
    found = checks(shell, code=1)
    assert found['remote'].mark == 'fail'
    assert 'credential helper' in found['remote'].mend
    assert found['push'] == ('skipped', 'needs remote', '')


def test_a_remote_over_http_that_takes_us(checkout: Path, address: str, shell: Shell) -> None:
    _over_http(checkout, address, f'ada:{CANARY}@')
    assert checks(shell)['push'].mark == 'ok'


def test_usage_errors_are_no_findings(checkout: Path, shell: Shell) -> None:
    assert shell('doctor', '--forge', 'sourcehut').code == 2
    assert shell('doctor', '--forge-url', 'ftp://x').code == 2
    assert shell('doctor', '-o', 'yaml').code == 2
    assert 'no such environment' in shell('doctor', '--env', 'prod').err


def test_a_module_of_the_repository_is_not_imported(checkout: Path, shell: Shell) -> None:
    for name in ('json.py', 'bootstrap.py', 'sitecustomize.py'):
        (checkout / name).write_text(f'open({str(checkout.parent / "ran")!r}, "w")\n')
    checks(shell)
    assert not (checkout.parent / 'ran').exists()
