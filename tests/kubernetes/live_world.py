"""Objects as Argo CD, KubeRay and Kubernetes write them for the example environment prod, where all is well."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bootstrap import inventory
from bootstrap.layout import Environment
from bootstrap.live.expected import ExpectedEnvironment, expected
from bootstrap.live.observed import Need, Observed, Unknown, needs
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree

Object = dict[str, Any]

EXAMPLES = Path(__file__).parents[2]
COMMIT, OLDER, NEWER = 'c' * 40, '0' * 40, 'e' * 40
BEFORE, THEN, LATER = '2026-01-01T09:00:00Z', '2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z'
IMAGE = 'docker.io/rayproject/ray:2.52.0'
# The pods of each group of environments/prod that are there.
GROUPS = {'standard-worker': 1, 'cpu': 1, 'h100': 0, 'l4': 0}
PLURALS = {
    'applications.argoproj.io': 'Application',
    'rayclusters.ray.io': 'RayCluster',
    'pods': 'Pod',
    'events': 'Event',
    'deployments.apps': 'Deployment',
    'customresourcedefinitions.apiextensions.k8s.io': 'CustomResourceDefinition',
}


def files(name: str = 'prod') -> dict[str, str]:
    """The manifests of an example environment."""
    folder = EXAMPLES / 'environments' / name
    return {str(path.relative_to(EXAMPLES)): path.read_text() for path in sorted(folder.rglob('*.yaml'))}


def wanted(changed: Mapping[str, str] | None = None, revision: str = COMMIT) -> ExpectedEnvironment:
    """What Git expects of prod."""
    environment = Environment('prod')
    tree = Tree(Files({**files(), **(changed or {})}))
    return expected(environment, inventory.scope(tree, Settings(), environment), revision, 'main')


def all_well(revision: str = COMMIT) -> list[Object]:
    """Everything of prod, synced at the revision and running."""
    names = ('root.yaml', *(f'applications/{one}.yaml' for one in ('ray-operator-crds', 'ray-operator', 'raycluster')))
    manifests = [yaml.safe_load(files()[f'environments/prod/{name}']) for name in names]
    applications = [application(manifest, revision) for manifest in manifests]
    pods = [pod('headgroup', 0)] + [pod(group, number) for group, count in GROUPS.items() for number in range(count)]
    return [*applications, crd(), deployment(), raycluster(), *pods]


def application(manifest: Object, revision: str) -> Object:
    """An Application that Argo CD has synced: of a chart the revision is its version, of a tag the commit."""
    spec = manifest['spec']
    source = copy.deepcopy(spec['source'])
    if 'directory' in source:
        source['directory'] = {'jsonnet': {}}
        at = revision
    else:
        at = source['targetRevision'] if 'chart' in source else 'f' * 40
    compared = {'source': source, 'destination': copy.deepcopy(spec['destination'])}
    if 'ignoreDifferences' in spec:
        compared['ignoreDifferences'] = copy.deepcopy(spec['ignoreDifferences'])
    done = {'revision': at, 'source': source}
    return {
        **copy.deepcopy(manifest),
        'status': {
            'sync': {'status': 'Synced', 'revision': at, 'comparedTo': compared},
            'health': {'status': 'Healthy'},
            'reconciledAt': LATER,
            'operationState': {
                'phase': 'Succeeded',
                'message': 'successfully synced (all tasks run)',
                'startedAt': THEN,
                'finishedAt': THEN,
                'operation': {'sync': {'revision': at}},
                'syncResult': done,
            },
        },
    }


def raycluster() -> Object:
    groups = [{'groupName': name, 'replicas': count} for name, count in GROUPS.items()]
    since = {'status': 'True', 'reason': 'Ready', 'message': '', 'lastTransitionTime': THEN}
    conditions = [{'type': name, **since} for name in ('HeadPodReady', 'RayClusterProvisioned')]
    changed = {'manager': 'argocd-controller', 'time': THEN, 'fieldsV1': {'f:spec': {}}}
    return {
        'apiVersion': 'ray.io/v1',
        'kind': 'RayCluster',
        'metadata': {
            'name': 'raycluster-kuberay',
            'namespace': 'ray-prod',
            'uid': 'u1',
            'generation': 3,
            'creationTimestamp': BEFORE,
            'managedFields': [changed],
        },
        'spec': {'rayVersion': '2.52.0', 'workerGroupSpecs': groups},
        'status': {'conditions': conditions, 'state': 'ready', 'observedGeneration': 3},
    }


def pod(group: str, number: int, image: str = IMAGE) -> Object:
    head = group == 'headgroup'
    name = 'raycluster-kuberay-head' if head else f'raycluster-kuberay-{group}-worker-{number}'
    labels = {'ray.io/cluster': 'raycluster-kuberay', 'ray.io/group': group}
    return {
        'apiVersion': 'v1',
        'kind': 'Pod',
        'metadata': {'name': name, 'namespace': 'ray-prod', 'labels': labels},
        'spec': {'containers': [{'name': 'ray-head' if head else 'ray-worker', 'image': image}]},
        'status': {'phase': 'Running', 'conditions': [{'type': 'Ready', 'status': 'True'}]},
    }


def deployment(version: str = 'v1.7.0') -> Object:
    container = {'name': 'kuberay-operator', 'image': f'quay.io/kuberay/operator:{version}'}
    return {
        'apiVersion': 'apps/v1',
        'kind': 'Deployment',
        'metadata': {'name': 'kuberay-operator', 'namespace': 'kuberay-system'},
        'spec': {'template': {'spec': {'containers': [container]}}},
        'status': {'replicas': 1, 'readyReplicas': 1, 'availableReplicas': 1},
    }


def crd(newest_field: str = 'networkPolicy') -> Object:
    fields: Object = {'properties': {'spec': {'properties': {newest_field: {}}}}}
    return {
        'apiVersion': 'apiextensions.k8s.io/v1',
        'kind': 'CustomResourceDefinition',
        'metadata': {'name': 'rayclusters.ray.io'},
        'spec': {'versions': [{'name': 'v1', 'schema': {'openAPIV3Schema': fields}}]},
    }


def event(reason: str, message: str, last: str = LATER, count: int = 1) -> Object:
    return {
        'apiVersion': 'v1',
        'kind': 'Event',
        'metadata': {'name': f'e{abs(hash((reason, message, last)))}', 'namespace': 'ray-prod'},
        'involvedObject': {'kind': 'RayCluster', 'name': 'raycluster-kuberay', 'uid': 'u1'},
        'type': 'Warning',
        'reason': reason,
        'message': message,
        'lastTimestamp': last,
        'count': count,
    }


def find(objects: Iterable[Object], kind: str, name: str) -> Object:
    return next(one for one in objects if (one['kind'], one['metadata']['name']) == (kind, name))


def observed(
    environment: ExpectedEnvironment, objects: Iterable[Object], unknown: Mapping[str, Unknown] | None = None
) -> Observed:
    """What an API server that holds these objects answers; `unknown` by the kinds of which it says nothing."""
    held = list(objects)
    return Observed({need: (unknown or {}).get(need.kind) or _answer(need, held) for need in needs([environment])})


def _answer(need: Need, held: Iterable[Object]) -> list[Object]:
    return [
        one
        for one in held
        if one['kind'] == PLURALS[need.kind]
        and (need.namespace is None or one['metadata'].get('namespace') == need.namespace)
        and (not need.names or one['metadata']['name'] in need.names)
    ]
