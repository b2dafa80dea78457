from __future__ import annotations

import json
from pathlib import Path

import pytest
from world import Shell, commit, git

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
EXAMPLES = str(Path(__file__).parents[2])


def _edited(place: Path) -> None:
    path = place / RAYCLUSTER
    path.write_text(path.read_text().replace('maxReplicas: 200', 'maxReplicas: 20'))


def test_the_work_tree_against_a_revision(prod: Path, shell: Shell) -> None:
    for words in (['main'], ['prod']):
        assert shell('diff', *words, '--exit-code').code == 0
    assert shell('diff', 'main').out == 'No difference between main and the work tree.\n'
    _edited(prod)
    ran = shell('diff', 'main')
    field = 'spec.source.helm.valuesObject.worker.maxReplicas'
    assert ran.code == 0
    assert ran.out == (
        f'From main to the work tree\n\n  {RAYCLUSTER}\n    {field}: 200 → 20\n\n'
        f'--- a/{RAYCLUSTER}\n+++ b/{RAYCLUSTER}\n@@ -46,7 +46,7 @@\n'
        + ''.join(ran.out.partition('@@ -46,7 +46,7 @@\n')[2:])
    )
    assert '-          maxReplicas: 200\n+          maxReplicas: 20\n' in ran.out
    assert shell('diff', 'main', '--exit-code').code == 3
    data = json.loads(shell('diff', 'main', '-o', 'json').out)
    assert data['result'] == 'changed'
    assert data['changes'] == [{'path': RAYCLUSTER, 'field': field, 'before': 200, 'after': 20}]
    assert shell('diff', 'main', '-q').out == f'{RAYCLUSTER}\n'


def test_an_environment_alone_is_compared_with_its_last_commit(prod: Path, shell: Shell) -> None:
    _edited(prod)
    assert shell('diff', 'prod').out.startswith('From prod at HEAD to prod\n')
    commit(prod, {}, 'change')
    assert shell('diff', 'prod').out == 'No difference between prod at HEAD and prod.\n'
    assert 'maxReplicas: 200 → 20' in shell('diff', 'HEAD~1', 'HEAD').out
    assert 'maxReplicas: 20 → 200' in shell('diff', 'HEAD', 'HEAD~1').out
    assert 'maxReplicas: 200 → 20' in shell('diff', 'HEAD~1', 'prod').out


def test_two_environments_are_compared_under_one_name(shell: Shell) -> None:
    out = shell('-C', EXAMPLES, 'diff', 'dev', 'prod').out
    assert out.partition('\n\n---')[0] == (
        'From dev to prod, with the names of dev\n\n'
        '  applications/raycluster.yaml\n'
        '    spec.source.helm.valuesObject.additionalWorkerGroups: added\n'
        '    spec.syncPolicy.automated: removed'
    )
    assert '  applications/ray-operator.yaml: only in dev\n' in shell('-C', EXAMPLES, 'diff', 'dev', 'staging').out
    assert '  applications/ray-operator.yaml: only in dev\n' in shell('-C', EXAMPLES, 'diff', 'staging', 'dev').out


def test_the_name_of_an_environment_wins_over_a_branch(prod: Path, shell: Shell) -> None:
    git(prod, 'branch', 'prod')
    _edited(prod)
    assert shell('diff', 'prod').out.startswith('From prod at HEAD')
    assert shell('diff', 'refs/heads/prod').out.startswith('From refs/heads/prod to the work tree\n')


def test_a_whole_environment_that_is_new(prod: Path, shell: Shell) -> None:
    out = shell('diff', 'HEAD~1').out
    assert f'  {RAYCLUSTER}: only in the work tree\n' in out
    assert f'--- /dev/null\n+++ b/{RAYCLUSTER}\n' in out
    assert prod.is_dir()


@pytest.mark.parametrize('text', ['a: [', '[1]', 'null', '5'])
def test_files_that_are_no_manifests_are_compared_as_text(text: str, prod: Path, shell: Shell) -> None:
    (prod / 'environments/prod/applications/raycluster.yaml').write_text(text + '\n')
    ran = shell('diff', 'HEAD')
    assert ran.code == 0
    assert f'\n+{text}\n' in ran.out


@pytest.mark.parametrize('word', ['nope', '../..', 'a\nb', '', '--', 'HEAD:README.md'])
def test_what_is_neither(word: str, prod: Path, shell: Shell) -> None:
    assert prod.is_dir()
    ran = shell('diff', '--', word)
    assert (ran.code, ran.out) == (2, '')
    assert 'no such environment and no such revision' in ran.err
