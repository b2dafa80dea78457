"""Why a Kubernetes cluster may be the wrong one for an environment's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bootstrap.layout import ENVIRONMENT_LABEL, KUBERNETES_CLUSTER_LABEL
from bootstrap.ownership import is_in_cluster

Object = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """The environment in Git: `root` is its root Application, None where it has none."""

    environment: str
    namespace: str
    kubernetes_cluster: str
    destination: Mapping[str, str]
    root: Object | None


@dataclass(frozen=True)
class Seen:
    """What there is; None where it may not be looked at.

    `config_maps` are those named argocd-cm. `roots` are the Applications of environments in all namespaces that may be
    looked at, and the one that has the name of the wanted root. `children` bring the RayClusters of other environments.
    """

    config_maps: Sequence[Object] | None
    controllers: Sequence[Object] | None
    roots: Sequence[Object]
    children: Sequence[Object] = ()


def doubts(wanted: Wanted, seen: Seen) -> Iterator[str]:
    """A sentence each."""
    yield from _of_argo_cd(wanted, seen)
    for live in seen.roots:
        if wanted.root is not None and _name(live) == wanted.root['metadata']['name']:
            yield from _of_the_same_name(wanted, wanted.root, live)
    if is_in_cluster(wanted.destination):
        yield from _of_others(wanted, seen)


def others(wanted: Wanted, roots: Sequence[Object]) -> list[str]:
    """The names of the environments that the same Argo CD has, on what they call another Kubernetes cluster."""
    here = [one for one in roots if _namespace(one) == wanted.namespace]
    differing = [one for one in here if _label(one, KUBERNETES_CLUSTER_LABEL) not in ('', wanted.kubernetes_cluster)]
    names = {_label(one, ENVIRONMENT_LABEL) for one in differing}
    return sorted(names - {'', wanted.environment})


def _of_argo_cd(wanted: Wanted, seen: Seen) -> Iterator[str]:
    if seen.config_maps is None:
        yield f'whether namespace {wanted.namespace} has the ConfigMap argocd-cm may not be looked at'
    elif not seen.config_maps:
        yield f'namespace {wanted.namespace} has no ConfigMap argocd-cm'
    if seen.controllers is None:
        yield f'whether an application controller runs in namespace {wanted.namespace} may not be looked at'
    elif not seen.controllers:
        yield f'no application controller runs in namespace {wanted.namespace}'


def _of_the_same_name(wanted: Wanted, root: Object, live: Object) -> Iterator[str]:
    name, place = _name(live), _namespace(live)
    followed, follows = _followed(root), _followed(live)
    if place != wanted.namespace:
        yield f'another Argo CD, in namespace {place}, has an Application {name} already: it follows {follows}'
        return
    if followed != follows:
        yield f'{name} is there already and follows {follows}, not {followed}'
    label = _label(live, KUBERNETES_CLUSTER_LABEL)
    if label not in ('', wanted.kubernetes_cluster):
        yield f'{name} is there already for Kubernetes cluster {label}, not {wanted.kubernetes_cluster}'


def _of_others(wanted: Wanted, seen: Seen) -> Iterator[str]:
    """An Argo CD runs in one Kubernetes cluster only, whatever it is called."""
    labels = {_label(one, ENVIRONMENT_LABEL): _label(one, KUBERNETES_CLUSTER_LABEL) for one in seen.roots}
    for name in others(wanted, seen.roots):
        own = [one for one in seen.children if _name(one) == f'{name}-raycluster']
        if any(is_in_cluster(_destination(one)) for one in own):
            yield (
                f'this Argo CD has {name} in its own Kubernetes cluster, which is {labels[name]}; '
                f'{wanted.environment} is for {wanted.kubernetes_cluster}'
            )


def _followed(application: Object) -> str:
    source = (application.get('spec') or {}).get('source') or {}
    return f'{source.get("path") or "."} of {source.get("repoURL")}'


def _destination(application: Object) -> dict[str, str]:
    found = (application.get('spec') or {}).get('destination') or {}
    return {key: str(found[key]) for key in ('server', 'name') if found.get(key)}


def _label(one: Object, label: str) -> str:
    return str((one['metadata'].get('labels') or {}).get(label) or '')


def _name(one: Object) -> str:
    return str(one['metadata'].get('name'))


def _namespace(one: Object) -> str:
    return str(one['metadata'].get('namespace'))
