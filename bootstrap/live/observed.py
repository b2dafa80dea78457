"""What is to be asked of Kubernetes for a verdict, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bootstrap.live.expected import ExpectedEnvironment, Place
from bootstrap.rules.resource import Role, at

Object = dict[str, Any]

# Up to so many Applications are asked for by name, which needs the right to get only; more are listed.
_MOST_NAMES = 20
# Up to so many namespaces are asked one by one, which needs no right beyond them; more are listed at once.
_MOST_NAMESPACES = 4

APPLICATIONS, RAYCLUSTERS = 'applications.argoproj.io', 'rayclusters.ray.io'
PODS, EVENTS, DEPLOYMENTS, CRDS = 'pods', 'events', 'deployments.apps', 'customresourcedefinitions.apiextensions.k8s.io'
ARGOCD: tuple[tuple[str, str], ...] = ()
"""The destination that means Argo CD's own Kubernetes cluster."""


class Need(NamedTuple):
    """A list of objects to ask for. `namespace` None: of all namespaces, or of a kind that stands in none.

    `managed_fields`: with who set which field when.
    """

    kind: str
    destination: tuple[tuple[str, str], ...]
    namespace: str | None
    names: tuple[str, ...] = ()
    labels: str = ''
    fields: str = ''
    everywhere: bool = False
    managed_fields: bool = False


class Unknown(NamedTuple):
    """Why something is not known; `why` is one of kubectl's reasons, or 'no context'."""

    why: str
    message: str
    hint: str


@dataclass(frozen=True)
class Observed:
    """The answer to each need."""

    answers: Mapping[Need, Sequence[Object] | Unknown] = field(default_factory=dict)

    def objects(self, kind: str, place: Place) -> list[Object] | Unknown:
        """The objects of a kind in a namespace of a Kubernetes cluster."""
        for need, answer in self.answers.items():
            if (need.kind, need.destination) == (kind, place.destination) and need.namespace in (place.namespace, None):
                return answer if isinstance(answer, Unknown) else [one for one in answer if _is_in(one, need, place)]
        return Unknown('not asked', f'{kind} were not asked for', '')

    def object(self, kind: str, place: Place, name: str) -> Object | Unknown | None:
        """One object; None where there is none of that name."""
        found = self.objects(kind, place)
        if isinstance(found, Unknown):
            return found
        return next((one for one in found if at(one, 'metadata', 'name') == name), None)

    @property
    def unknown(self) -> list[Unknown]:
        return [answer for answer in self.answers.values() if isinstance(answer, Unknown)]


def _is_in(one: Object, need: Need, place: Place) -> bool:
    return not need.everywhere or at(one, 'metadata', 'namespace') == place.namespace


def needs(environments: Sequence[ExpectedEnvironment]) -> list[Need]:
    """What verdicts on these environments take. How many there are grows with the Kubernetes clusters only."""
    found: dict[Need, None] = {}
    for need in (*_of_argocd(environments), *_of_rayclusters(environments), *_of_operators(environments)):
        found[need] = None
    return list(found)


def _of_argocd(environments: Iterable[ExpectedEnvironment]) -> Iterator[Need]:
    names: dict[str, list[str]] = {}
    for environment in environments:
        for one in environment.applications:
            names.setdefault(one.namespace, []).append(one.name)
    for namespace, own in names.items():
        yield Need(APPLICATIONS, ARGOCD, namespace, tuple(dict.fromkeys(own)) if len(own) <= _MOST_NAMES else ())


def _of_rayclusters(environments: Iterable[ExpectedEnvironment]) -> Iterator[Need]:
    namespaces: dict[tuple[tuple[str, str], ...], dict[str, None]] = {}
    for environment in environments:
        for one in environment.rayclusters:
            namespaces.setdefault(one.place.destination, {})[one.place.namespace] = None
    for destination, own in namespaces.items():
        places: list[str | None] = list(own) if len(own) <= _MOST_NAMESPACES else [None]
        for namespace in places:
            everywhere = namespace is None
            yield Need(RAYCLUSTERS, destination, namespace, everywhere=everywhere, managed_fields=True)
            yield Need(PODS, destination, namespace, labels='ray.io/cluster', everywhere=everywhere)
            fields = 'involvedObject.kind=RayCluster,type=Warning'
            yield Need(EVENTS, destination, namespace, fields=fields, everywhere=everywhere)


def _of_operators(environments: Iterable[ExpectedEnvironment]) -> Iterator[Need]:
    for environment in environments:
        if operator := environment.of(Role.OPERATOR):
            place = place_of(operator.spec)
            yield Need(DEPLOYMENTS, place.destination, place.namespace)
        if crds := environment.of(Role.CRDS) or environment.of(Role.OPERATOR):
            yield Need(CRDS, place_of(crds.spec).destination, None, (RAYCLUSTERS,))


def place_of(spec: Any) -> Place:
    """Where an Application sends what it holds."""
    pairs = ((key, at(spec, 'destination', key)) for key in ('name', 'server'))
    destination = tuple((key, str(value)) for key, value in pairs if value)
    return Place(destination, str(at(spec, 'destination', 'namespace') or ''))
