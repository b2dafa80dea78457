"""RB420, RB421, RB435: GPUs and TPUs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bootstrap.rules import fixes
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.rendered import (
    amount,
    is_accelerator,
    is_extended,
    ray_start_parameter,
    resources,
    shown,
    whole,
)
from bootstrap.rules.resource import mapping
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_TPU = 'google.com/tpu'
_TOPOLOGY = 'cloud.google.com/gke-tpu-topology'
_ACCELERATOR = 'cloud.google.com/gke-tpu-accelerator'
_SIDES = re.compile(r'\d{1,4}(x\d{1,4}){1,2}', re.ASCII)
_PLACES = ('tolerations', 'nodeSelector', 'affinity')


@rule(
    'RB420',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'GPUs or TPUs that requests, limits and num-gpus do not agree on',
    mend='set the same number in requests and limits, and leave num-gpus out',
    source='Kubernetes docs, extended resources; kuberay common/pod.go, addDefaultRayStartParams',
)
def uneven_accelerators(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Kubernetes cannot overcommit devices: a pod that requests them without an equal limit is rejected. The operator
    tells Ray the GPUs of the limits unless num-gpus is set; a num-gpus that differs makes Ray plan with GPUs that
    are not there, or leave some idle.
    """
    for group in raycluster.pod_groups:
        yield from _unequal(group, raycluster)
        yield from _other_number(group, raycluster)


def _unequal(group: Group, raycluster: RayCluster) -> Iterator[Problem]:
    limits, requests = resources(group, raycluster)
    for name, request in requests.items():
        wanted = amount(request)
        if raycluster.has_other_values and name not in limits:
            continue
        if is_extended(name) and wanted and wanted != amount(limits.get(name)):
            path = (*group.path, 'resources', 'limits', name)
            # Kubernetes takes the request for the limit of nothing: only the missing one has a plain mend.
            fix = fixes.put(raycluster.application, path, request) if name not in limits else None
            message = f'Kubernetes rejects the pods: {name} is requested without an equal limit'
            yield Problem(raycluster.application, (*group.path, 'resources', 'requests', name), message, fix=fix)


def _other_number(group: Group, raycluster: RayCluster) -> Iterator[Problem]:
    parameter = ray_start_parameter(group, 'num-gpus')
    stated = whole(parameter.value) if parameter else None
    limits = resources(group, raycluster).limits
    if parameter is None or stated is None or any('/mig-' in str(name) for name in limits if isinstance(name, str)):
        return
    # The autoscaler takes the first name that ends so.
    limit = next((amount(limits[name]) for name in limits if isinstance(name, str) and name.endswith('gpu')), 0)
    if limit is not None and limit != stated:
        message = f'Ray counts {shown(stated)} GPUs in a pod whose limit is {limit}'
        yield Problem(raycluster.application, parameter.path, message, Severity.WARNING)


@rule(
    'RB421',
    Severity.WARNING,
    Subject.GROUP,
    'TPU group without its topology, or with too few hosts',
    mend=f'set both nodeSelectors, {_ACCELERATOR} and {_TOPOLOGY}, and numOfHosts',
    source='ray autoscaling_config.py, _get_tpu; GKE docs, TPUs in KubeRay',
)
def tpu_without_topology(group: Group, raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """From the two node selectors the autoscaler makes the resource by which a job asks for a whole slice. Without
    them it logs an error and goes on, and such a job waits for ever. numOfHosts says how many pods one slice has:
    with too few the slice never comes together.
    """
    chips = amount(resources(group, raycluster).get(_TPU))
    if not chips:
        return
    selector = mapping(group.values.get('nodeSelector'))
    missing = [key for key in (_ACCELERATOR, _TOPOLOGY) if not selector.get(key)]
    if missing and not raycluster.has_other_values:
        path = (*group.path, 'nodeSelector') if 'nodeSelector' in group.values else group.path
        message = f'the autoscaler cannot offer the TPU slice: nodeSelector lacks {" and ".join(missing)}'
        yield Problem(raycluster.application, path, message)
    topology = selector.get(_TOPOLOGY)
    sides = topology.split('x') if isinstance(topology, str) and _SIDES.fullmatch(topology) else []
    hosts = whole(group.values.get('numOfHosts') or 1)
    if sides and hosts == 1 and math.prod(map(int, sides)) > chips:
        message = f'a {topology} slice has more chips than the {chips} of one host: numOfHosts 1 cannot form it'
        path = (*group.path, 'numOfHosts') if 'numOfHosts' in group.values else group.path
        yield Problem(raycluster.application, path, message)


@rule(
    'RB435',
    Severity.INFO,
    Subject.RAYCLUSTER,
    'GPUs or TPUs without toleration and node selector',
    mend='add the toleration and the nodeSelector of the nodes that have them',
    source='Kubernetes docs, taints and tolerations; schedule GPUs',
)
def accelerators_anywhere(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Nodes with GPUs or TPUs are usually tainted, so that nothing else runs there. Pods that do not tolerate the
    taint stay Pending, and a node pool that could grow does not.
    """
    if raycluster.has_other_values:
        return
    for group in raycluster.pod_groups:
        if any(group.values.get(key) for key in _PLACES):
            continue
        limits = resources(group, raycluster).limits
        found = next((name for name in limits if is_accelerator(name) and amount(limits[name])), None)
        if found is not None:
            message = f'pods with {found} may stay Pending: they tolerate no taint and select no nodes'
            path = (*group.path, 'resources', 'limits', found)
            yield Problem(raycluster.application, path, message)
