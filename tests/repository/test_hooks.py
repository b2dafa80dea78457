from __future__ import annotations

from pathlib import Path

import pytest
from git_world import git, opened, script, user_state

from bootstrap.errors import BootstrapError


@pytest.fixture
def hook(work: Path) -> Path:
    return work / '.git' / 'hooks' / 'commit-msg'


def test_no_hook(work: Path) -> None:
    with opened(work) as repository:
        assert repository.run_commit_message_hook('one\n') == 'one\n'


def test_a_hook_that_is_not_executable(work: Path, hook: Path) -> None:
    script(hook, 'exit 1').chmod(0o644)
    with opened(work) as repository:
        assert repository.run_commit_message_hook('one\n') == 'one\n'


def test_a_hook_that_edits(work: Path, hook: Path) -> None:
    script(hook, 'echo "Change-Id: I123" >> "$1"')
    with opened(work) as repository:
        assert repository.run_commit_message_hook('one\n\n') == 'one\nChange-Id: I123\n'


def test_a_hook_that_refuses(work: Path, hook: Path) -> None:
    script(hook, r'printf "no \033[31mticket\033[0m in: $(cat "$1")" >&2; exit 1')
    with opened(work) as repository, pytest.raises(BootstrapError) as caught:
        repository.run_commit_message_hook('one\n')
    assert caught.value.message == r'the commit-msg hook refused the message: no \x1b[31mticket\x1b[0m in: one'


def test_a_hook_that_empties(work: Path, hook: Path) -> None:
    script(hook, ': > "$1"')
    with opened(work) as repository, pytest.raises(BootstrapError, match='left the commit message empty'):
        repository.run_commit_message_hook('one\n')


def test_a_hook_without_interpreter_line(work: Path, hook: Path) -> None:
    script(hook, '')
    hook.write_text('echo two >> "$1"\n')
    with opened(work) as repository:
        assert repository.run_commit_message_hook('one\n') == 'one\ntwo\n'


@pytest.mark.parametrize('place', ['.husky', '~/hooks'])
def test_where_the_configuration_puts_it(work: Path, home: Path, place: str) -> None:
    git(work, 'config', 'core.hooksPath', place)
    script((home / 'hooks' if place.startswith('~') else work / place) / 'commit-msg', 'pwd >> "$1"')
    with opened(work / 'environments') as repository:
        assert repository.run_commit_message_hook('one\n') == f'one\n{work}\n'


def test_a_hook_works_on_a_copy_of_the_index(work: Path, hook: Path) -> None:
    (work / 'staged').write_text('x\n')
    git(work, 'add', 'staged')
    before = user_state(work)
    script(hook, 'git diff --cached --name-only >> "$1"; git rm --quiet --cached staged')
    with opened(work) as repository:
        assert repository.run_commit_message_hook('one\n') == 'one\nstaged\n'
    assert user_state(work) == before


def test_in_a_bare_repository(work: Path, tmp_path: Path) -> None:
    git(tmp_path, 'clone', '--quiet', '--bare', str(work), 'bare.git')
    script(tmp_path / 'bare.git' / 'hooks' / 'commit-msg', 'git rev-parse --git-dir >> "$1"')
    with opened(tmp_path / 'bare.git') as repository:
        assert repository.run_commit_message_hook('one\n') == f'one\n{tmp_path / "bare.git"}\n'


def test_no_place_for_temporary_files(work: Path, hook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(hook, 'exit 0')
    with opened(work) as repository:
        monkeypatch.setattr('tempfile.tempdir', str(work / 'missing'))
        with pytest.raises(BootstrapError, match=r'no temporary file can be written for .*commit-msg') as caught:
            repository.run_commit_message_hook('one\n')
        assert caught.value.hint == 'free some space, or set TMPDIR, then run it again'
        with pytest.raises(BootstrapError, match=r'no temporary file can be written \(No such file'):
            repository.write_commit(None, [], 'one\n', sign=None)
