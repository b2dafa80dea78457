"""Edits of what a RayCluster's Application ignores."""

from typing import Any

from cases import Case
from examples import VALUES, Edit, drop, put

from bootstrap.rules.rule import Severity

IGNORED = ('spec', 'ignoreDifferences')
ITEM = (*IGNORED, 0)
JQ, POINTERS, MANAGERS = ((*ITEM, key) for key in ('jqPathExpressions', 'jsonPointers', 'managedFieldsManagers'))
OPTIONS = ('spec', 'syncPolicy', 'syncOptions')
AUTOMATED = ('spec', 'syncPolicy', 'automated')
SCALING = (*VALUES, 'head', 'enableInTreeAutoscaling')
ON_RAYCLUSTER = (*VALUES, 'annotations', 'argocd.argoproj.io/sync-options')
GROUP = (*VALUES, 'additionalWorkerGroups', 'b')
REPLICAS, STRATEGY = '.spec.workerGroupSpecs[]?.replicas', '.spec.workerGroupSpecs[]?.scaleStrategy'
PLACE_0 = '/spec/workerGroupSpecs/0/replicas'
NEW_ITEM = (
    '+ignoreDifferences:',
    '+- group: ray.io',
    '+kind: RayCluster',
    '+name: raycluster-kuberay',
    '+namespace: ray-example',
    '+jqPathExpressions:',
    f'+- {REPLICAS}',
    f'+- {STRATEGY}',
)


def case(
    rule: str,
    edits: Edit | list[Edit],
    line: str,
    path: tuple[Any, ...],
    severity: Severity,
    message: str = '',
    mended: tuple[str, ...] = (),
) -> Case:
    return Case(rule, {'raycluster': edits}, line, path, severity, message, mended)


def ignoring(*expressions: str) -> Edit:
    return put(*JQ, value=list(expressions))


def pointing(*pointers: str) -> list[Edit]:
    return [drop(*JQ), put(*POINTERS, value=list(pointers))]


ALL, COUNTED = 'changes of worker groups in Git never reach the cluster', 'changes of {} in Git never reach the cluster'
