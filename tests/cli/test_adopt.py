"""raybootstrap adopt, as its users run it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from world import URL, Shell, assert_sound, commit, git, merge, user_state

RAYCLUSTER = """\
# For the research team.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: research # of 2024
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://ray-project.github.io/kuberay-helm/
    chart: ray-cluster
    targetRevision: 1.5.1
    helm:
      releaseName: research
      valuesObject:
        image: {repository: rayproject/ray, tag: 2.52.0}
        worker: {replicas: 0, minReplicas: 0, maxReplicas: 0}
  destination:
    server: https://kubernetes.default.svc
    namespace: research
  syncPolicy:
    syncOptions: [CreateNamespace=true]
"""
CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes\n'
PLACE = 'environments/prod/applications/raycluster.yaml'
BRANCH = 'raybootstrap/adopt-prod'


def files(directory: Path, revision: str) -> list[str]:
    return git(directory, 'ls-tree', '-r', '--name-only', revision).split()


def test_two_commits_and_a_checkout_left_alone(checkout: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / 'ray.yaml').write_text(RAYCLUSTER)
    before = user_state(checkout)
    arguments = ('adopt', str(tmp_path / 'ray.yaml'), '--env', 'prod', '--repo-url', URL, '--fix', 'all')
    ran = shell(*arguments)
    assert ran.code == 0, ran.err
    assert user_state(checkout) == before
    assert git(checkout, 'log', '--format=%s', f'main..{BRANCH}').splitlines() == [
        'Mend what was adopted',
        'Adopt ray.yaml into prod',
    ]
    assert git(checkout, 'show', f'{BRANCH}~1:{PLACE}') == RAYCLUSTER
    assert '  name: prod-research # of 2024\n' in git(checkout, 'show', f'{BRANCH}:{PLACE}')
    assert 'maxReplicas: "0"' in git(checkout, 'show', f'{BRANCH}:{PLACE}')
    assert 'argocd app delete research --cascade=false' in ran.out
    assert git(checkout, 'rev-parse', BRANCH) == git(checkout, 'ls-remote', 'origin', BRANCH).split()[0] + '\n'
    body = git(checkout, 'log', '-1', '--format=%B', f'{BRANCH}~1')
    assert 'Raybootstrap-Command: adopt sha256:' in body
    assert f' --env prod --repo-url {URL} --fix all\n' in body
    assert shell(*arguments).out.startswith(f'Nothing to do: {BRANCH} holds it already.')
    assert_sound(checkout)


def test_the_errors_of_what_is_adopted_are_named_and_do_not_refuse(folder: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / 'ray.yaml').write_text(RAYCLUSTER)
    ran = shell('adopt', str(tmp_path / 'ray.yaml'), '--env', 'prod', '--repo-url', URL)
    assert ran.code == 0
    assert f'{PLACE}:17:47: RB402 error: ' in ran.out
    assert '(as before)' in ran.out
    assert git(folder, 'log', '--format=%s').splitlines()[0] == 'Adopt ray.yaml into prod'


def test_what_a_second_environment_shares(prod: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / 'ray.yaml').write_text(RAYCLUSTER)
    ran = shell('adopt', str(tmp_path / 'ray.yaml'), '--env', 'dev')
    assert 'If dev is on the Kubernetes cluster of prod: raybootstrap init --env dev --shares prod.' in ran.out
    assert shell('adopt', str(tmp_path / 'ray.yaml')).code == 0
    merge(prod, BRANCH)
    assert shell('adopt', str(tmp_path / 'ray.yaml'), '--env', 'prod').out == 'Nothing to do: main is as asked.\n'


def test_errors_that_only_come_of_the_place_refuse(folder: Path, tmp_path: Path, shell: Shell) -> None:
    text = RAYCLUSTER.replace('server: https://kubernetes.default.svc', 'name: west')
    (tmp_path / 'ray.yaml').write_text(text)
    assert shell('adopt', str(tmp_path / 'ray.yaml'), '--env', 'prod', '--repo-url', URL).code == 0
    merge(folder, BRANCH)
    refused = shell('adopt', str(tmp_path / 'ray.yaml'), '--env', 'dev')
    assert refused.code == 1
    assert 'RB101 error' in refused.err


def test_a_file_of_the_repository_is_moved(folder: Path, shell: Shell) -> None:
    git(folder, 'init', '--quiet')
    commit(folder, {'environments/prod/ray.yaml': RAYCLUSTER, 'deploy/all.yaml': f'{RAYCLUSTER}---\n{CONFIG_MAP}'})
    ran = shell('adopt', 'environments/prod/ray.yaml', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 0, ran.err
    assert 'environments/prod/ray.yaml is removed' in ran.out
    assert files(folder, BRANCH) == ['deploy/all.yaml', PLACE, *PROJECTS_AND_ROOT]
    assert 'R100' in git(folder, 'diff', '--name-status', 'main', BRANCH)
    assert (folder / 'environments/prod/ray.yaml').exists()

    other = shell('adopt', 'deploy/all.yaml', '--env', 'dev', '--repo-url', URL)
    assert other.code == 0, other.err
    assert 'deploy/all.yaml keeps only what could not be placed.' in other.out
    assert 'Left out: deploy/all.yaml:24 ConfigMap notes, for which the layout has no place.' in other.out
    assert git(folder, 'show', 'raybootstrap/adopt-dev:deploy/all.yaml') == CONFIG_MAP


PROJECTS_AND_ROOT = ['environments/prod/projects.yaml', 'environments/prod/root.yaml']


def test_an_edited_file_of_the_repository_is_left(folder: Path, shell: Shell) -> None:
    git(folder, 'init', '--quiet')
    commit(folder, {'ray.yaml': RAYCLUSTER})
    (folder / 'ray.yaml').write_text(RAYCLUSTER + '# edited\n')
    ran = shell('adopt', 'ray.yaml', '--env', 'prod', '--repo-url', URL)
    assert 'ray.yaml is left as it is' in ran.out
    assert 'ray.yaml' in files(folder, BRANCH)


def test_stdin(folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = 'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: small\n  uid: x\nspec: {}\nstatus: {}\n'
    monkeypatch.setattr(sys, 'stdin', SimpleNamespace(buffer=io.BytesIO(bare.encode()), isatty=lambda: False))
    ran = shell('adopt', '-', '--env', 'prod', '--repo-url', URL)
    assert ran.code == 0, ran.err
    assert 'stdin:1 RayCluster small: what the API server had set is left out: status, uid.' in ran.out
    assert 'names no namespace: it is taken to be in default.' in ran.out
    text = git(folder, 'show', f'{BRANCH}:environments/prod/rayclusters/small.yaml')
    assert text == 'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: small\nspec: {}\n'


def test_json_and_a_dry_run(folder: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / 'ray.yaml').write_text(RAYCLUSTER)
    arguments = ('adopt', str(tmp_path / 'ray.yaml'), '--env', 'prod', '--repo-url', URL, '--dry-run')
    ran = shell(*arguments, '-o', 'json')
    assert ran.code == 0
    document = json.loads(ran.out)
    assert (document['schema'], document['command'], document['result']) == ('raybootstrap/v1', 'adopt', 'planned')
    assert shell(*arguments, '--exit-code').code == 3
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        ((), 2, 'FILE'),
        (('missing.yaml', '--env', 'prod'), 2, 'cannot be read (No such file or directory)'),
        (('.', '--env', 'prod'), 2, 'cannot be read (Is a directory)'),
        (('bad.bin', '--env', 'prod'), 2, 'cannot be read (not UTF-8)'),
        (('ray.yaml',), 1, 'there is no environment'),
        (('ray.yaml', '--env', '../x'), 2, 'is no environment name'),
        (('ray.yaml', '--env', 'prod'), 2, 'from which repository will Argo CD read?'),
        (('ray.yaml', '--env', 'prod', '--repo-url', URL, '--fix', 'RB999'), 2, "--fix 'RB999': no such rule"),
        (('ray.yaml', '--env', 'prod', '--repo-url', URL, '--fix', ','), 2, "--fix ',': no such rule"),
        (('notes.yaml', '--env', 'prod', '--repo-url', URL), 1, 'holds ConfigMap notes, and nothing that can be'),
        (('broken.yaml', '--env', 'prod', '--repo-url', URL), 1, 'broken.yaml:3: is not valid YAML'),
    ],
)
def test_mistakes_change_nothing(folder: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    git(folder, 'init', '--quiet')
    commit(folder, {'ray.yaml': RAYCLUSTER, 'notes.yaml': CONFIG_MAP, 'broken.yaml': 'a:\n  - b: [\n'})
    (folder / 'bad.bin').write_bytes(b'\xff\xfe')
    before = git(folder, 'for-each-ref')
    ran = shell('adopt', *arguments)
    assert ran.code == code, ran.err
    assert words in ran.err
    assert git(folder, 'for-each-ref') == before
