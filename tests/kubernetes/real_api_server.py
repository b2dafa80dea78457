"""A real API server for tests: etcd and kube-apiserver on loopback, with the CRDs of Argo CD and KubeRay.

No controllers run: what Argo CD and KubeRay would write, a test writes, and a deleted namespace never goes away, so
take a new one each time. README.md in this folder says where the two programs come from; they are looked for on the
PATH, or where ETCD and KUBE_APISERVER say. A test that takes the fixture carries the marker:

    pytestmark = pytest.mark.real_api_server
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]

SCHEMAS = Path(__file__).parents[3] / 'shared' / 'schemas'
ADMIN, NOBODY = 'admin', 'nobody'

# File, group, version, plural, kind, whether its status is a subresource: KubeRay's are, Argo CD's are not.
_CRDS = (
    ('argocd-application-v1alpha1', 'argoproj.io', 'v1alpha1', 'applications', 'Application', False),
    ('argocd-applicationset-v1alpha1', 'argoproj.io', 'v1alpha1', 'applicationsets', 'ApplicationSet', False),
    ('argocd-appproject-v1alpha1', 'argoproj.io', 'v1alpha1', 'appprojects', 'AppProject', False),
    ('kuberay-1.7.0-raycluster-v1', 'ray.io', 'v1', 'rayclusters', 'RayCluster', True),
)
_SECONDS_TO_START = 60


@dataclass(frozen=True)
class RealApiServer:
    """`kubeconfig` has a context `admin` (the current one) and a context `nobody`, who may do nothing."""

    url: str
    kubeconfig: Path

    def kubectl(self, *words: str, given: str | None = None, context: str = ADMIN) -> str:
        """What kubectl prints; a failure is an AssertionError with its words."""
        line = ['kubectl', f'--kubeconfig={self.kubeconfig}', f'--context={context}', *words]
        done = subprocess.run(line, input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def namespace(self, prefix: str = 'test') -> str:
        """A new namespace."""
        name = f'{prefix}-{uuid.uuid4().hex[:8]}'
        self.kubectl('create', 'namespace', name)
        return name

    def add(self, *objects: Object) -> None:
        """Create objects, with the status that they have."""
        for one in objects:
            created = json.loads(self.kubectl('create', '--filename=-', '--output=json', given=json.dumps(one)))
            if 'status' in one and created['kind'] == 'RayCluster':
                self.write_status(one)

    def write_status(self, one: Object) -> None:
        """Write the status of an object that is there, as its controller does."""
        names = ['--namespace', one['metadata'].get('namespace', 'default'), one['metadata']['name']]
        group, _, _ = one['apiVersion'].rpartition('/')
        subresource = ['--subresource=status'] if one['kind'] != 'Application' else []
        patch = json.dumps({'status': one['status']})
        self.kubectl('patch', f'{one["kind"]}.{group}', *names, *subresource, '--type=merge', f'--patch={patch}')

    def get(self, kind: str, name: str, namespace: str) -> Object:
        words = ['get', kind, name, f'--namespace={namespace}', '--output=json', '--show-managed-fields']
        found: Object = json.loads(self.kubectl(*words))
        return found


@pytest.fixture(scope='session')
def real_api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealApiServer]:
    etcd, kube_apiserver = _program('ETCD', 'etcd'), _program('KUBE_APISERVER', 'kube-apiserver')
    _program('KUBECTL', 'kubectl')
    _program('OPENSSL', 'openssl')
    if not SCHEMAS.is_dir():
        pytest.skip('there is no ../shared/schemas')
    with _serving(tmp_path_factory.mktemp('real-api-server'), etcd, kube_apiserver) as server:
        yield server


def _program(variable: str, name: str) -> str:
    program = shutil.which(os.environ.get(variable) or name)
    if program is None:
        pytest.skip(f'there is no {name}')
    return program


@contextmanager
def _serving(folder: Path, etcd: str, kube_apiserver: str) -> Iterator[RealApiServer]:
    store, peers, port = _free_port(), _free_port(), _free_port()
    server = RealApiServer(f'https://127.0.0.1:{port}', folder / 'kubeconfig.json')
    with ExitStack() as stack:
        stack.enter_context(_running(folder / 'etcd.log', _etcd_line(etcd, folder, store, peers)))
        process = stack.enter_context(
            _running(folder / 'kube-apiserver.log', _api_server_line(kube_apiserver, folder, store, port))
        )
        certificate = folder / 'certificates' / 'apiserver.crt'
        _wait_until(certificate.read_text, process, folder)
        server.kubeconfig.write_text(_kubeconfig(server.url, folder))
        _wait_until(lambda: server.kubectl('get', '--raw=/readyz'), process, folder)
        crds = [_crd(*crd) for crd in _CRDS]
        listed = json.dumps({'apiVersion': 'v1', 'kind': 'List', 'items': crds})
        server.kubectl('apply', '--server-side', '--filename=-', given=listed)
        kinds = ','.join(crd['metadata']['name'] for crd in crds)
        # `kubectl wait` stops at a CRD that has no conditions yet.
        _wait_until(lambda: server.kubectl('get', kinds, '--all-namespaces'), process, folder)
        yield server


def _etcd_line(etcd: str, folder: Path, clients: int, peers: int) -> list[str]:
    urls = f'http://127.0.0.1:{clients}'
    line = [etcd, f'--data-dir={folder / "etcd"}', f'--listen-client-urls={urls}', f'--advertise-client-urls={urls}']
    return [*line, f'--listen-peer-urls=http://127.0.0.1:{peers}', '--unsafe-no-fsync']


def _api_server_line(kube_apiserver: str, folder: Path, store: int, port: int) -> list[str]:
    key = folder / 'service-account.key'
    subprocess.run(['openssl', 'genrsa', '-out', str(key), '2048'], capture_output=True, check=True)
    tokens = folder / 'tokens.csv'
    tokens.write_text(f'{ADMIN}-token,{ADMIN},1,system:masters\n{NOBODY}-token,{NOBODY},2\n')
    return [
        kube_apiserver,
        f'--etcd-servers=http://127.0.0.1:{store}',
        '--bind-address=127.0.0.1',
        f'--secure-port={port}',
        # It makes a certificate for itself where this folder has none.
        f'--cert-dir={folder / "certificates"}',
        f'--token-auth-file={tokens}',
        '--authorization-mode=RBAC',
        f'--service-account-key-file={key}',
        f'--service-account-signing-key-file={key}',
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.0.0.0/24',
        # It refuses Pods until a controller has made the service accounts of their namespace.
        '--disable-admission-plugins=ServiceAccount',
    ]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        port: int = found.getsockname()[1]
        return port


def _end_with_parent() -> None:
    """Where tests are killed, nothing of this stays behind."""
    if sys.platform == 'linux':
        # PR_SET_PDEATHSIG of prctl(2).
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextmanager
def _running(log: Path, line: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open('wb') as output,
        subprocess.Popen(line, stdout=output, stderr=subprocess.STDOUT, preexec_fn=_end_with_parent) as process,
    ):
        try:
            yield process
        finally:
            # On a polite signal kube-apiserver takes its time; nothing of this is needed again.
            process.kill()


def _wait_until(done: Callable[[], object], process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            done()
        except (AssertionError, FileNotFoundError):
            _check(process, folder, deadline)
        else:
            return


def _check(process: subprocess.Popen[bytes], folder: Path, deadline: float) -> None:
    if process.poll() is not None or time.monotonic() > deadline:
        logs = ''.join(file.read_text(errors='replace')[-2000:] for file in sorted(folder.glob('*.log')))
        raise AssertionError(f'kube-apiserver did not start:\n{logs}')
    time.sleep(0.1)


def _kubeconfig(url: str, folder: Path) -> str:
    cluster = {'server': url, 'certificate-authority': str(folder / 'certificates' / 'apiserver.crt')}
    people = (ADMIN, NOBODY)
    return json.dumps(
        {
            'apiVersion': 'v1',
            'kind': 'Config',
            'clusters': [{'name': 'real', 'cluster': cluster}],
            'users': [{'name': name, 'user': {'token': f'{name}-token'}} for name in people],
            'contexts': [{'name': name, 'context': {'cluster': 'real', 'user': name}} for name in people],
            'current-context': ADMIN,
        }
    )


def _crd(file: str, group: str, version: str, plural: str, kind: str, status: bool) -> Object:
    schema = json.loads((SCHEMAS / f'{file}.json').read_text())
    served = {'name': version, 'served': True, 'storage': True, 'schema': {'openAPIV3Schema': schema}}
    names = {'plural': plural, 'singular': kind.lower(), 'kind': kind, 'listKind': f'{kind}List'}
    return {
        'apiVersion': 'apiextensions.k8s.io/v1',
        'kind': 'CustomResourceDefinition',
        'metadata': {'name': f'{plural}.{group}'},
        'spec': {
            'group': group,
            'scope': 'Namespaced',
            'names': names,
            'versions': [{**served, **({'subresources': {'status': {}}} if status else {})}],
        },
    }
