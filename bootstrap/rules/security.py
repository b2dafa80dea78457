"""RB433, RB434: secrets in Git, and a dashboard that everybody can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import at, mapping, sequence
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_SECRET = re.compile(r'.*(PASSWORD|TOKEN|SECRET|KEY)', re.IGNORECASE | re.DOTALL)
# KubeRay's ray-cluster.tls.yaml sets RAY_TLS_SERVER_KEY to /etc/ray/tls/tls.key.
_FILE = re.compile(r'(/[\w.-]{1,255}){1,32}\.[a-z]{1,8}')
_PASSWORD: Path = ('gcsFaultTolerance', 'redisPassword', 'value')
_CONTAINERS = ('sidecarContainers', 'initContainers')


@rule(
    'RB433',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'secret in Git',
    mend='keep it in a Secret: valueFrom.secretKeyRef, or envFrom (add-group --env-from)',
    source='Kubernetes docs, good practices for Secrets',
)
def secret_in_git(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """What stands in Git stays in its history, in every clone and in the live manifest that Argo CD shows: whoever may
    read one of them has the password. Taking it out later does not take it back.
    """
    for path, variable in _variables(raycluster):
        name, value = variable.get('name'), variable.get('value')
        if isinstance(name, str) and _SECRET.fullmatch(name) and _is_literal(value):
            message = f'the value of {name[:64]} is open to everybody who may read the repository or the RayCluster'
            yield Problem(raycluster.application, (*path, 'value'), message)
    if _is_literal(at(raycluster.values, *_PASSWORD)):
        message = 'the password of Redis is open to everybody who may read the repository or the RayCluster'
        yield Problem(raycluster.application, (*VALUES, *_PASSWORD), message)


def _is_literal(value: Any) -> bool:
    """Whether it is a value of its own: not one that Kubernetes puts in from another variable, no name of a file."""
    if isinstance(value, str):
        is_variable = value.startswith('$(') and value.endswith(')')
        return bool(value) and not is_variable and not _FILE.fullmatch(value)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _variables(raycluster: RayCluster) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """The environment variables of every container, those of disabled groups too: Git shows these as well."""
    yield from _items((*VALUES, 'common', 'containerEnv'), at(raycluster.values, 'common', 'containerEnv'))
    options = (*VALUES, 'head', 'autoscalerOptions', 'env')
    yield from _items(options, at(raycluster.head, 'autoscalerOptions', 'env'))
    for group in (raycluster.head_group, *raycluster.written_groups):
        yield from _items((*group.path, 'containerEnv'), group.values.get('containerEnv'))
        for kind in _CONTAINERS:
            for path, container in _items((*group.path, kind), group.values.get(kind)):
                yield from _items((*path, 'env'), container.get('env'))


def _items(path: Path, found: Any) -> Iterator[tuple[Path, dict[Any, Any]]]:
    return (((*path, index), mapping(item)) for index, item in enumerate(sequence(found)))


@rule(
    'RB434',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'dashboard and jobs API open to outside of the Kubernetes cluster',
    mend='use ClusterIP, with a port-forward or an ingress that asks for a login',
    source='Ray docs, security',
)
def open_dashboard(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """By default the Ray dashboard and the jobs API have no login: whoever reaches the service of the head runs code
    of their own on the RayCluster.
    """
    for place in (('service', 'type'), ('head', 'headService', 'spec', 'type')):
        found = at(raycluster.values, *place)
        if found in ('LoadBalancer', 'NodePort'):
            message = f'{found} lets everybody who reaches the address run code: Ray asks for no login by default'
            yield Problem(raycluster.application, (*VALUES, *place), message)
