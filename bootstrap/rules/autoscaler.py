"""RB506, RB507 and RB509 to RB513: what autoscalerOptions make of the autoscaler."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from bootstrap import kuberay
from bootstrap.kuberay import FIRST_RAY_WITH_SAFE_AUTOSCALER_V2, Version
from bootstrap.manifest import Path
from bootstrap.rules import fixes
from bootstrap.rules.head_group import (
    HEAD,
    OPTIONS,
    V2_SWITCH,
    autoscaler_image_version,
    crds_version,
    head_image_version,
    operator_version,
    options,
    running_ray_version,
    switches_v2_on,
    variables,
)
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import shown, whole
from bootstrap.rules.rule import Fix, Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_CRD = 'ray-operator/config/crd/bases/ray.io_rayclusters.yaml v1.4.1 to v1.7.0'
_VERSION: Path = (*OPTIONS, 'version')
_CHOICES = {'version': ('v1', 'v2'), 'upscalingMode': ('Default', 'Aggressive', 'Conservative')}

# "In Ray 2.47.0 and later, the default autoscaler version is v2" (raycluster_types.go, AutoscalerOptions.Version).
_FIRST_RAY_WITH_V2_BY_DEFAULT = Version(2, 47, 0)


@rule(
    'RB506',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'a value that autoscalerOptions does not take',
    mend='version: v1 or v2; upscalingMode: Default, Aggressive or Conservative; idleTimeoutSeconds: 0 or more',
    source=f'{_CRD}; kuberay validation.go v1.6.2',
)
def refused_options(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The CRD lists what these fields may hold, so the API server rejects anything else and the sync fails; a
    negative idle timeout is refused by the operator from 1.6 on, with a Warning event and nothing else.
    """
    given = options(raycluster)
    for key, choices in _CHOICES.items():
        value = given.get(key)
        if value is not None and value not in choices:
            message = f'the API server rejects {key} {shown(value)}: it takes {", ".join(choices)}'
            yield Problem(raycluster.application, (*OPTIONS, key), message)
    path: Path = (*OPTIONS, 'idleTimeoutSeconds')
    idle = given.get('idleTimeoutSeconds')
    seconds = None if isinstance(idle, str) else whole(idle)
    if idle is not None and (seconds is None or not -(2**31) <= seconds < 2**31):
        message = f'the API server rejects idleTimeoutSeconds {shown(idle)}: it takes a whole number, unquoted'
        yield Problem(raycluster.application, path, message)
    elif seconds is not None and seconds < 0 and operator_version(raycluster, scope) >= (1, 6, 0):
        message = f'the operator refuses the RayCluster: idleTimeoutSeconds {shown(idle)} is negative'
        yield Problem(raycluster.application, path, message)


@rule(
    'RB507',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'a key that autoscalerOptions does not have',
    mend='use a key of the RayCluster CRD of this KubeRay version',
    source=_CRD,
)
def unknown_options(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart copies autoscalerOptions into the RayCluster as they are, and the API server drops or rejects what
    the CRD does not know: the option has no effect, or the sync fails.
    """
    given = raycluster.head.get('autoscalerOptions')
    if given and not isinstance(given, dict):
        message = f'the API server rejects autoscalerOptions: {shown(given)} is no mapping'
        yield Problem(raycluster.application, OPTIONS, message)
        return
    crds = crds_version(raycluster, scope)
    known, newest = kuberay.autoscaler_keys(crds), kuberay.autoscaler_keys(kuberay.CHARTS[-1])
    for key in options(raycluster):
        if key not in known:
            name = key if isinstance(key, str) else shown(key)
            near = difflib.get_close_matches(name, known, 1)
            hint = ' (a newer one does)' if key in newest else f' (did you mean {near[0]}?)' if near else ''
            message = f'the API server drops or rejects autoscalerOptions.{name}: KubeRay {crds} has no such key{hint}'
            yield Problem(raycluster.application, (*OPTIONS, key), message)


@rule(
    'RB509',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'autoscalerOptions without autoscaling',
    mend='set head.enableInTreeAutoscaling: true, or drop autoscalerOptions',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml',
)
def options_without_autoscaling(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Without `enableInTreeAutoscaling: true` beside them the operator starts no autoscaler, and nothing reads
    its options.
    """
    if raycluster.has_other_values or raycluster.head.get('enableInTreeAutoscaling'):
        return
    if raycluster.head.get('autoscalerOptions'):
        message = 'autoscalerOptions have no effect: enableInTreeAutoscaling is not true, so no autoscaler runs'
        yield Problem(raycluster.application, OPTIONS, message)


@rule(
    'RB510',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'no autoscaler version',
    mend='set head.autoscalerOptions.version: v2 with Ray 2.51 or newer, else v1',
    source='kuberay raycluster_types.go v1.7.0',
)
def no_autoscaler_version(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Without a version Ray decides: v1 before 2.47, v2 from there on, so an image update swaps the autoscaler.
    The operator does not know of it then: it neither checks nor sets what v2 needs, `restartPolicy: Never`.
    """
    chosen = options(raycluster).get('version') is not None or variables(raycluster, V2_SWITCH)
    if not raycluster.autoscaling or raycluster.has_other_values or chosen:
        return
    ray = _ray_of_the_autoscaler(raycluster)
    fix = None
    if ray is not None and not _options_are_junk(raycluster):
        fix = fixes.put(raycluster.application, _VERSION, 'v2' if ray >= FIRST_RAY_WITH_SAFE_AUTOSCALER_V2 else 'v1')
    which = '' if ray is None else f': {"v2" if ray >= _FIRST_RAY_WITH_V2_BY_DEFAULT else "v1"} with Ray {ray}'
    yield Problem(raycluster.application, OPTIONS, f'the Ray version decides which autoscaler runs{which}', fix=fix)


@rule(
    'RB511',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'a service account of your own under the autoscaler',
    mend='make sure that the service account exists, or drop head.serviceAccountName',
    source='kuberay raycluster_controller.go v1.7.0',
)
def own_service_account(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The autoscaler needs rights on pods and on the RayCluster. The operator makes a service account with them
    where none is named; a named one has to be there before, else the head pod is never created.
    """
    account = raycluster.head.get('serviceAccountName')
    if raycluster.autoscaling and account:
        message = f'the head waits for the service account {shown(account)}: the operator does not create a named one'
        yield Problem(raycluster.application, (*HEAD, 'serviceAccountName'), message)


@rule(
    'RB512',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'autoscaler v2 of a Ray version before 2.51',
    mend='set head.autoscalerOptions.version: v1, or use Ray 2.51 or newer',
    source='ray-project/ray#57539',
)
def unsafe_autoscaler_v2(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Every sync writes Git's `replicas` over the autoscaler's. Autoscaler v2 of Ray 2.46 to 2.50 goes on from that
    number instead of the live pods: the first idle pod takes others with it, and draining a group raises
    AssertionError. Ray 2.51 counts live pods, and so does autoscaler v1.
    """
    ray = _ray_of_the_autoscaler(raycluster)
    path = _chooses_v2(raycluster, ray) if raycluster.autoscaling else None
    if path is None or (ray is not None and ray >= FIRST_RAY_WITH_SAFE_AUTOSCALER_V2):
        return
    fix: Fix | None = None
    if ray is not None and path in (_VERSION, OPTIONS) and not _options_are_junk(raycluster):
        fix = fixes.put(raycluster.application, _VERSION, 'v1')
    which = f'of Ray {ray}' if ray else 'before Ray 2.51.0 (no image tag and no rayVersion tells which this is)'
    yield Problem(
        raycluster.application,
        path,
        f'autoscaler v2 {which} scales down wrongly after a sync has reset replicas',
        Severity.ERROR if ray else Severity.WARNING,
        fix=fix,
    )


@rule(
    'RB513',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'an autoscaler image of another Ray version',
    mend='drop autoscalerOptions.image: the autoscaler then runs the image of the head',
    source='kuberay pod.go v1.7.0',
)
def other_autoscaler_image(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The autoscaler talks to the GCS of the head in Ray's own protocol, which holds only within one Ray version.
    By itself it runs the head's image.
    """
    autoscaler, head = autoscaler_image_version(raycluster), head_image_version(raycluster)
    if raycluster.autoscaling and autoscaler and head and autoscaler != head:
        message = f'the autoscaler runs Ray {autoscaler} beside a head of Ray {head}'
        yield Problem(raycluster.application, (*OPTIONS, 'image'), message)


def _ray_of_the_autoscaler(raycluster: RayCluster) -> Version | None:
    return autoscaler_image_version(raycluster) or running_ray_version(raycluster)


def _chooses_v2(raycluster: RayCluster, ray: Version | None) -> Path | None:
    """Where autoscaler v2 is chosen, by the manifest or for want of a choice; None where it is not."""
    version = options(raycluster).get('version')
    if version is not None:
        return _VERSION if version == 'v2' else None
    for variable in variables(raycluster, V2_SWITCH)[:1]:
        return variable.path if switches_v2_on(variable) else None
    by_default = ray is not None and ray >= _FIRST_RAY_WITH_V2_BY_DEFAULT and not raycluster.has_other_values
    return OPTIONS if by_default else None


def _options_are_junk(raycluster: RayCluster) -> bool:
    given = raycluster.head.get('autoscalerOptions')
    return given is not None and not isinstance(given, dict)
