"""What a change of many environments says, reads and keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from world import URL, Shell, git, merge

from bootstrap import gate
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.manifest import documents
from bootstrap.tree import Files, Tree

NAMES = [f'e{number:02d}' for number in range(18)]
UPGRADE = ('upgrade', '--all-envs', '--kuberay-version', '1.7.0')


@pytest.fixture
def many(shell: Shell, folder: Path) -> Path:
    """Eighteen environments at KubeRay 1.5.1 on main: 54 files of an upgrade, more than are shown."""
    given = ('--operator', '--repo-url', URL, '--kuberay-version', '1.5.1')
    environments = [word for name in NAMES for word in ('--env', name)]
    assert shell('init', *environments, *given).code == 0
    merge(folder, f'raybootstrap/init-{"+".join(NAMES)}')
    return folder


def test_a_terminal_gets_the_first_files_and_the_way_to_the_others(many: Path, shell: Shell) -> None:
    dry = shell(*UPGRADE, '--dry-run')
    assert dry.out.count('--- a/') == 50
    assert '\n… and 4 more files: -v shows them all\n' in dry.out
    whole = shell(*UPGRADE, '--dry-run', '-v')
    assert whole.out.count('--- a/') == 54
    assert 'more files' not in whole.out
    ran = shell(*UPGRADE)
    tip = git(many, 'rev-parse', 'raybootstrap/upgrade-all').strip()
    assert f'\n… and 4 more files: git show {tip}\n' in ran.out
    assert len(git(many, 'diff', '--name-only', f'main...{tip}').split()) == 54


def test_of_each_rule_the_first_findings_are_shown(many: Path, shell: Shell) -> None:
    given = ('add-group', 'gpu', *(word for name in NAMES for word in ('--env', name)), '--max', '4', '--gpu', '1')
    ran = shell(*given, '--cpu', '8', '--memory', '64Gi', '--dry-run', '-o', 'json')
    assert len(json.loads(ran.out)['changes']) == len(NAMES)
    found = shell(*UPGRADE, '--dry-run').out
    assert found.count(': RB705 warning: ') == len(NAMES)
    assert 'more of RB705' not in found


def test_each_environment_is_read_a_few_times(many: Path, shell: Shell) -> None:
    documents.stream.cache_clear()
    assert shell(*UPGRADE, '--no-push').code == 0
    read = documents.stream.cache_info().misses
    # The plan reads three files and checks three, the notes read three, the survey five before and three after.
    assert read <= len(NAMES) * 18 + 200


def test_an_environment_that_stays_is_not_checked(shell: Shell, folder: Path) -> None:
    assert shell('init', '--env', 'dev', '--env', 'prod', '--operator', '--repo-url', URL, '--direct').code == 0
    paths = git(folder, 'ls-files').split()
    texts = {path: git(folder, 'show', f'HEAD:{path}') for path in paths}
    texts = {path: text.replace('maxReplicas: 200', 'maxReplicas: 0') for path, text in texts.items()}
    changed = 'environments/dev/applications/raycluster.yaml'
    before = Tree(Files(texts))
    after = before.put(changed, texts[changed] + '# a comment\n')
    found = gate.findings(before, after, [Environment('dev'), Environment('prod')], Context(), {})
    assert not found.new
    assert {one.file for one in found.known if one.rule == 'RB402'} == {changed}
