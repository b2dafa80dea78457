from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from git_world import git, new, opened

from bootstrap.errors import BootstrapError


@pytest.mark.parametrize('format_', ['openpgp', 'ssh'])
def test_a_missing_key(work: Path, format_: str) -> None:
    git(work, 'config', 'commit.gpgSign', 'true')
    git(work, 'config', 'gpg.format', format_)
    git(work, 'config', 'user.signingKey', '/nowhere/key')
    with opened(work) as repository:
        with pytest.raises(BootstrapError, match='cannot make the commit: '):
            repository.write_commit(repository.head.oid, [new()], 'one\n', sign=None)
        assert list(repository.refs()) == ['refs/heads/main']
        unsigned = repository.write_commit(repository.head.oid, [new()], 'one\n', sign=False)
        assert 'gpgsig' not in git(work, 'cat-file', 'commit', unsigned)


@pytest.mark.parametrize(('setting', 'sign'), [('true', None), ('false', True)])
def test_signed(work: Path, home: Path, setting: str, sign: bool | None) -> None:
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', str(home / 'key')], check=True)
    git(work, 'config', 'commit.gpgSign', setting)
    git(work, 'config', 'gpg.format', 'ssh')
    git(work, 'config', 'user.signingKey', str(home / 'key.pub'))
    with opened(work) as repository:
        oid = repository.write_commit(repository.head.oid, [new()], 'one\n', sign=sign)
    assert 'gpgsig -----BEGIN SSH SIGNATURE-----' in git(work, 'cat-file', 'commit', oid)
