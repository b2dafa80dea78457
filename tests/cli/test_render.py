from __future__ import annotations

import functools
import http.server
import io
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from world import Shell

from bootstrap import helm

PROD = 'environments/prod'
FILES = ['projects', 'root', 'applications/ray-operator-crds', 'applications/ray-operator', 'applications/raycluster']


@pytest.fixture
def only_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder of the PATH, with git and nothing else."""
    helm.template.cache_clear()
    place = tmp_path / 'bin'
    place.mkdir()
    (place / 'git').symlink_to(shutil.which('git') or '')
    monkeypatch.setenv('PATH', str(place))
    return place


def _helm(place: Path, script: str) -> None:
    (place / 'helm').write_text(f'#!/bin/sh\n{script}\n')
    (place / 'helm').chmod(0o755)


def test_it_is_the_files_in_the_order_they_are_applied(prod: Path, shell: Shell) -> None:
    texts = [(prod / PROD / f'{name}.yaml').read_text() for name in FILES]
    assert shell('render').out == '---\n'.join(texts)
    (prod / PROD / 'root.yaml').unlink()
    assert shell('render', '--rev', 'HEAD', '--env', 'prod').out == '---\n'.join(texts)


def test_json(prod: Path, shell: Shell) -> None:
    data = json.loads(shell('render', '-o', 'json').out)
    assert (data['command'], data['result'], data['environment']) == ('render', 'unchanged', 'prod')
    assert [(one['kind'], one['wave']) for one in data['documents']] == [
        *[('AppProject', 0)] * 3,
        *[('Application', wave) for wave in (0, -20, -10, 0)],
    ]
    assert data['documents'][-1]['text'] == (prod / PROD / 'applications/raycluster.yaml').read_text()


def test_mistakes(prod: Path, shell: Shell) -> None:
    assert shell('render', '--env', 'nope').err.startswith('error: environments/nope: no such environment')
    (prod / PROD / 'applications/x.yaml').write_text('a: 1\na: 2\n')
    assert shell('render').err.startswith('error: environments/prod/applications/x.yaml:2: the key a stands here')


def test_without_helm(prod: Path, shell: Shell, only_git: Path) -> None:
    ran = shell('render', '--rendered')
    assert (ran.code, ran.out) == (1, '')
    assert ran.err.startswith('error: helm is not installed or not on the PATH')
    assert prod.is_dir()
    assert only_git.is_dir()


@pytest.mark.parametrize(
    ('script', 'words'),
    [
        ('echo \'Error: Get "https://x": dial tcp: no such host\' >&2; exit 1', 'helm cannot reach chart kuberay-op'),
        ('echo \'Error: chart "x" version "1" not found in https://y repository\' >&2; exit 1', 'helm does not find'),
        ('printf "Error: \\033[31m https://me:secret@x/ is bad" >&2; exit 1', 'error: helm cannot render'),
        ('exit 7', 'helm gave no reason'),
        ('exec /nowhere', 'helm cannot render'),
    ],
)
def test_what_helm_says_is_passed_on(script: str, words: str, prod: Path, shell: Shell, only_git: Path) -> None:
    _helm(only_git, script)
    ran = shell('render', '--rendered')
    assert (ran.code, ran.out) == (1, '')
    assert words in ran.err
    assert '\x1b' not in ran.err
    assert 'secret' not in ran.err
    assert prod.is_dir()


def test_a_helm_that_hangs(prod: Path, shell: Shell, only_git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm, 'SECONDS', 0.2)
    _helm(only_git, 'while :; do :; done')
    assert 'helm did not answer within 0.2 seconds' in shell('render', '--rendered').err
    assert prod.is_dir()


@pytest.mark.parametrize(
    ('old', 'new'),
    [
        ('chart: ray-cluster', 'chart: --post-renderer=sh'),
        ('chart: ray-cluster', 'chart: ../../etc'),
        ('releaseName: raycluster', 'releaseName: --kubeconfig=x'),
        ('repoURL: https://ray-project.github.io/kuberay-helm/', 'repoURL: s3://bucket/x'),
        ('repoURL: https://ray-project.github.io/kuberay-helm/', 'repoURL: "oci://-x"'),
        ('targetRevision: 1.7.0', 'targetRevision: "1\\n2"'),
    ],
)
def test_helm_is_not_started_with_what_is_no_chart(
    old: str, new: str, prod: Path, shell: Shell, only_git: Path
) -> None:
    _helm(only_git, f'echo started >> {only_git}/log; echo "a: 1"')
    path = prod / PROD / 'applications/raycluster.yaml'
    path.write_text(path.read_text().replace(old, new, 1))
    ran = shell('render', '--rendered')
    assert ran.code == 1
    assert 'helm cannot render' in ran.err
    assert (only_git / 'log').read_text() == 'started\n'


def test_what_is_not_expanded_is_named(prod: Path, shell: Shell, only_git: Path) -> None:
    _helm(only_git, 'echo "arguments: \'$*\'"')
    ran = shell('render', '--rendered')
    assert ran.code == 0
    assert ran.err.startswith('prod-ray-operator-crds: not expanded, its source is ray-operator/config/crd of https://')
    assert (prod / PROD / 'applications/ray-operator-crds.yaml').read_text() in ran.out
    assert (
        "arguments: 'template kuberay-operator kuberay-operator --repo=https://ray-project.github.io/kuberay-helm/ "
        "--version=1.7.0 --namespace=kuberay-system --values=- --skip-crds'\n"
    ) in ran.out


def test_a_diff_of_what_is_rendered(prod: Path, shell: Shell, only_git: Path) -> None:
    _helm(only_git, 'exec /bin/cat')
    path = prod / PROD / 'applications/raycluster.yaml'
    path.write_text(path.read_text().replace('maxReplicas: 200', 'maxReplicas: 20 # less'))
    out = shell('diff', 'prod', '--rendered').out
    assert '    worker.maxReplicas: 200 → 20\n' in out
    assert '-  maxReplicas: 200\n+  maxReplicas: 20\n' in out


CHART = {
    'Chart.yaml': 'apiVersion: v2\nname: ray-cluster\nversion: 1.7.0\n',
    'values.yaml': 'worker:\n  maxReplicas: 5\n',
    'crds/x.yaml': 'kind: CustomResourceDefinition\n',
    'templates/x.yaml': 'kind: X\nname: {{ .Release.Name }}\nnamespace: {{ .Release.Namespace }}\n'
    'most: {{ .Values.worker.maxReplicas }}\n',
}


def _chart() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w:gz') as archive:
        for name, text in CHART.items():
            member = tarfile.TarInfo(f'ray-cluster/{name}')
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def charts(tmp_path: Path) -> Iterator[str]:
    """The URL of a chart repository with one chart."""
    place = tmp_path / 'charts'
    place.mkdir()
    (place / 'ray-cluster-1.7.0.tgz').write_bytes(_chart())
    entry = {'apiVersion': 'v2', 'name': 'ray-cluster', 'version': '1.7.0', 'urls': ['ray-cluster-1.7.0.tgz']}
    (place / 'index.yaml').write_text(json.dumps({'apiVersion': 'v1', 'entries': {'ray-cluster': [entry]}}))
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(_Quiet, directory=str(place))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()


@pytest.mark.skipif(shutil.which('helm') is None, reason='helm is not installed')
def test_a_real_chart(prod: Path, shell: Shell, charts: str) -> None:
    (prod / PROD / 'applications/ray-operator.yaml').unlink()
    path = prod / PROD / 'applications/raycluster.yaml'
    path.write_text(path.read_text().replace('https://ray-project.github.io/kuberay-helm/', charts))
    # A folder of the chart's name is not taken for the chart.
    (prod / 'ray-cluster').mkdir()
    ran = shell('render', '--rendered')
    assert ran.code == 0, ran.err
    assert ran.out.endswith('kind: X\nname: raycluster\nnamespace: ray-prod\nmost: 200\n')
    assert 'kind: CustomResourceDefinition\n' in ran.out
    path.write_text(path.read_text().replace('targetRevision: 1.7.0', 'targetRevision: 1.6.2'))
    assert 'error: helm does not find chart ray-cluster 1.6.2 of http://' in shell('render', '--rendered').err
