"""A loopback API server that the real kubectl talks to: discovery, lists, single objects, server-side apply.

It holds objects and fails when it is told to. What a real one does besides (admission, watches, conversion) is tested
against a real kube-apiserver where there is one.
"""

from __future__ import annotations

import copy
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

Object = dict[str, Any]

# Group/version, plural, kind, whether it stands in a namespace.
KINDS = (
    ('v1', 'namespaces', 'Namespace', False),
    ('v1', 'pods', 'Pod', True),
    ('v1', 'events', 'Event', True),
    ('v1', 'services', 'Service', True),
    ('v1', 'configmaps', 'ConfigMap', True),
    ('apps/v1', 'deployments', 'Deployment', True),
    ('apps/v1', 'statefulsets', 'StatefulSet', True),
    ('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', False),
    ('argoproj.io/v1alpha1', 'applications', 'Application', True),
    ('argoproj.io/v1alpha1', 'appprojects', 'AppProject', True),
    ('argoproj.io/v1alpha1', 'applicationsets', 'ApplicationSet', True),
    ('ray.io/v1', 'rayclusters', 'RayCluster', True),
)


@dataclass
class ApiServer:
    """`objects` is what it holds. `missing` are plurals it does not serve, as before their CRDs are installed.

    `faults` maps a pattern of `METHOD path` to an HTTP status, or to seconds (a float) to wait before answering.
    """

    url: str = ''
    kubeconfig: Path = Path()
    objects: list[Object] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    faults: dict[str, int | float] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def add(self, *objects: Object) -> None:
        self.objects += [copy.deepcopy(one) for one in objects]

    def find(self, kind: str, name: str) -> Object | None:
        return next((one for one in self.objects if (one['kind'], one['metadata']['name']) == (kind, name)), None)

    def served(self) -> list[tuple[str, str, str, bool]]:
        return [one for one in KINDS if one[1] not in self.missing]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        # kubectl may hang up on what it no longer waits for.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(folder: Path) -> Iterator[ApiServer]:
    """A server and a kubeconfig for it in the folder, with a context named `loopback`."""
    api = ApiServer()
    server = _Server(('127.0.0.1', 0), type('Handler', (_Handler,), {'api': api}))
    server.daemon_threads = True
    api.url = f'http://127.0.0.1:{server.server_address[1]}'
    api.kubeconfig = folder / 'kubeconfig.yaml'
    api.kubeconfig.write_text(kubeconfig(api.url))
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(url: str, context: str = 'loopback') -> str:
    return json.dumps(
        {
            'apiVersion': 'v1',
            'kind': 'Config',
            'clusters': [{'name': context, 'cluster': {'server': url}}],
            'users': [{'name': context, 'user': {}}],
            'contexts': [{'name': context, 'context': {'cluster': context, 'user': context}}],
            'current-context': context,
        }
    )


class _Handler(BaseHTTPRequestHandler):
    api: ApiServer
    protocol_version = 'HTTP/1.1'

    def log_message(self, *words: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer('GET')

    def do_PATCH(self) -> None:
        self._answer('PATCH')

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.api.requests.append(f'{method} {self.path}')
        fault = next((what for where, what in self.api.faults.items() if re.search(where, f'{method} {url.path}')), 0)
        if isinstance(fault, float):
            time.sleep(fault)
        status, said = (
            _refusal(fault, url.path) if isinstance(fault, int) and fault else self._said(method, url.path, query, body)
        )
        data = json.dumps(said).encode()
        self.send_response(status)
        aggregated = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' if url.path in ('/api', '/apis') else ''
        self.send_header('Content-Type', f'application/json{aggregated}')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _said(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path == '/version':
            return 200, {'major': '1', 'minor': '33', 'gitVersion': 'v1.33.4'}
        if path in ('/api', '/apis'):
            return 200, _discovery(self.api, core=path == '/api')
        if path.startswith('/openapi/v3'):
            return 200, _openapi(self.api, path)
        found = re.fullmatch(
            r'/(?:api|apis)/(?P<version>v1|[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[a-z]+)'
            r'(?:/(?P<name>[^/]+))?',
            path,
        ) or re.fullmatch(r'/api/(?P<version>v1)/(?P<plural>namespaces)/(?P<name>[^/]+)(?P<namespace>)', path)
        kind = found and next(
            (one for one in self.api.served() if one[:2] == (found['version'], found['plural'])), None
        )
        if not found or not kind:
            return _refusal(404, path)
        if method == 'PATCH':
            return _applied(self.api, kind[2], found['namespace'], found['name'], yaml.safe_load(body), query)
        return _read(self.api, kind, found['namespace'], found['name'], query)


def _discovery(api: ApiServer, *, core: bool) -> Object:
    groups: dict[str, list[Object]] = {}
    for version, plural, kind, namespaced in api.served():
        if ('/' in version) is core:
            continue
        group, _, short = version.rpartition('/')
        resource = {
            'resource': plural,
            'responseKind': {'group': group, 'version': short, 'kind': kind},
            'scope': 'Namespaced' if namespaced else 'Cluster',
            'singularResource': kind.lower(),
            'verbs': ['get', 'list', 'patch', 'create', 'watch'],
        }
        groups.setdefault(version, []).append(resource)
    items = [
        {
            'metadata': {'name': version.rpartition('/')[0]},
            'versions': [{'version': version.rpartition('/')[2], 'resources': resources, 'freshness': 'Current'}],
        }
        for version, resources in groups.items()
    ]
    return {'kind': 'APIGroupDiscoveryList', 'apiVersion': 'apidiscovery.k8s.io/v2', 'metadata': {}, 'items': items}


def _openapi(api: ApiServer, path: str) -> Object:
    """Only what kubectl looks for before it leaves the validation of fields to the server."""
    folders = {version: f'api{"s" if "/" in version else ""}/{version}' for version, *_ in api.served()}
    folder = path.removeprefix('/openapi/v3').strip('/')
    if not folder:
        return {'paths': {one: {'serverRelativeURL': f'/openapi/v3/{one}'} for one in folders.values()}}
    operations = {}
    for version, plural, kind, _ in api.served():
        if folders[version] == folder:
            group, _, short = version.rpartition('/')
            patch = {
                'parameters': [{'name': 'fieldValidation', 'in': 'query'}],
                'x-kubernetes-group-version-kind': {'group': group, 'version': short, 'kind': kind},
            }
            operations[f'/{folder}/{plural}/{{name}}'] = {'patch': patch}
    return {'openapi': '3.0.0', 'info': {'title': 'stand-in', 'version': '1'}, 'paths': operations}


def _read(
    api: ApiServer, kind: tuple[str, str, str, bool], namespace: str | None, name: str | None, query: dict[str, str]
) -> tuple[int, Any]:
    found = [
        one
        for one in api.objects
        if one['kind'] == kind[2] and (not namespace or one['metadata'].get('namespace') == namespace)
    ]
    if name:
        one = next((one for one in found if one['metadata']['name'] == name), None)
        return (200, one) if one else _refusal(404, f'{kind[1]} "{name}"')
    selected = [one for one in found if _fits(one, query)]
    return 200, {'kind': f'{kind[2]}List', 'apiVersion': kind[0], 'metadata': {}, 'items': selected}


def _fits(one: Object, query: dict[str, str]) -> bool:
    labels = one['metadata'].get('labels') or {}
    pairs = [part.partition('=') for part in query.get('labelSelector', '').split(',') if part]
    fields = [part.partition('=') for part in query.get('fieldSelector', '').split(',') if part]
    return all(labels.get(key) == value if has else key in labels for key, has, value in pairs) and all(
        _at(one, path) == value for path, _, value in fields
    )


def _at(one: Object, path: str) -> Any:
    found: Any = one
    for key in path.split('.'):
        found = (found or {}).get(key)
    return found


def _applied(
    api: ApiServer, kind: str, namespace: str | None, name: str, given: Object, query: dict[str, str]
) -> tuple[int, Any]:
    there = api.find(kind, name)
    made = _merged(there or {'metadata': {'uid': f'uid-{name}'}}, given)
    made['metadata'].update({'name': name, **({'namespace': namespace} if namespace else {})})
    if 'dryRun' not in query:
        if there is not None:
            api.objects.remove(there)
        api.objects.append(made)
    return (200 if there else 201), made


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return copy.deepcopy(new)
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _refusal(code: int, what: str) -> tuple[int, Object]:
    reasons = {401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 503: 'ServiceUnavailable'}
    reason = reasons.get(code, 'InternalError')
    message = f'{what} not found' if code == 404 else f'{what} is forbidden: User "dev" cannot do that'
    return code, {
        'kind': 'Status',
        'apiVersion': 'v1',
        'metadata': {},
        'status': 'Failure',
        'reason': reason,
        'code': code,
        'message': message if code in (403, 404) else reason,
    }
