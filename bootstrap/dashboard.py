"""From an environment's RayCluster in Git to the service of its head in Kubernetes."""

from __future__ import annotations

from bootstrap import contexts, head_service
from bootstrap.errors import BootstrapError
from bootstrap.forward import Forward
from bootstrap.head_service import Target
from bootstrap.kubernetes import Kubectl, KubernetesError, Reason


def forward(target: Target, argocd: Kubectl, local: int) -> Forward:
    """The way to the dashboard; a refusal with the next step where it cannot be reached now."""
    kubectl = _reaching(target, argocd)
    status = f'raybootstrap status --env {target.environment.name}'
    place = f'{target.namespace}/{target.raycluster}'
    try:
        raycluster = kubectl.get('rayclusters.ray.io', target.raycluster, target.namespace)
    except KubernetesError as error:
        if error.reason is not Reason.NO_SUCH_KIND:
            raise
        raycluster = None
    if raycluster is None:
        raise BootstrapError(f'there is no RayCluster {place} ({kubectl.place})', status)
    if why := head_service.not_ready(raycluster):
        raise BootstrapError(f'RayCluster {place} {why}', status)
    name = head_service.service_name(raycluster)
    service = kubectl.get('services', name, target.namespace)
    if service is None:
        raise BootstrapError(f'RayCluster {place} has no head service yet ({name})', status)
    return Forward(kubectl, target.namespace, name, head_service.dashboard_port(service), local)


def _reaching(target: Target, argocd: Kubectl) -> Kubectl:
    kubectl = contexts.reaching(target.destination, argocd, contexts.contexts(argocd))
    if kubectl is None:
        where = target.destination.get('name') or target.destination.get('server') or 'its destination'
        raise BootstrapError(
            f'no context of the kubeconfig is known to reach {where}',
            'add one that has its server, or is called like it: kubectl config set-context',
        )
    return kubectl
