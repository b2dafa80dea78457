"""Which context of the user's kubeconfig reaches the Kubernetes cluster that an Application is sent to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from bootstrap.kubernetes import Kubectl, mapping_in

_IN_CLUSTER_HOSTS = ('kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'kubernetes.default')


@dataclass(frozen=True)
class Contexts:
    """What a kubeconfig holds: the current context ('' for none), and the API server's URL by context."""

    current: str = ''
    servers: Mapping[str, str] = field(default_factory=dict)


def contexts(kubectl: Kubectl) -> Contexts:
    """Those of the user's kubeconfig. No API server is asked, and kubectl leaves the secrets out."""
    data = mapping_in(kubectl.run(['config', 'view', '-o', 'json']))
    urls = {one.get('name'): (one.get('cluster') or {}).get('server') for one in data.get('clusters') or []}
    servers = {
        str(one.get('name')): str(urls.get((one.get('context') or {}).get('cluster')) or '')
        for one in data.get('contexts') or []
    }
    return Contexts(str(data.get('current-context') or ''), servers)


def is_in_cluster(destination: Mapping[str, str]) -> bool:
    """Whether an Application's destination is the Kubernetes cluster that its Argo CD runs in."""
    if 'server' in destination:
        return urlsplit(destination['server']).hostname in _IN_CLUSTER_HOSTS
    return destination.get('name') == 'in-cluster'


def reaching(destination: Mapping[str, str], argocd: Kubectl, known: Contexts) -> Kubectl | None:
    """kubectl for an Application's destination; None where no context is known to reach it.

    `argocd` reaches the Kubernetes cluster of Argo CD: it is the one for an in-cluster destination. Else it is the
    context whose API server has the destination's URL, else the one that is called as the destination is.
    """
    if is_in_cluster(destination):
        return argocd
    name = _context_of(destination, known, argocd.context or known.current)
    return None if name is None else replace(argocd, context=name)


def _context_of(destination: Mapping[str, str], known: Contexts, preferred: str) -> str | None:
    if url := destination.get('server', '').rstrip('/').lower():
        found = [name for name, server in known.servers.items() if server.rstrip('/').lower() == url]
        if found:
            return preferred if preferred in found else found[0]
    name = destination.get('name')
    return name if name in known.servers else None
