"""What there is where an environment's root is to go: its objects as they are, and what tells whose Argo CD it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bootstrap import health_checks
from bootstrap.asking import Question, answers
from bootstrap.doubts import Seen, Wanted, others
from bootstrap.errors import BootstrapError
from bootstrap.kubernetes import Kubectl, KubernetesError, Reason, items_in, listing
from bootstrap.layout import ENVIRONMENT_LABEL
from bootstrap.root_manifests import APPLICATIONS, Document

Object = dict[str, Any]

_CONTROLLER = 'app.kubernetes.io/component=application-controller'


class Surroundings(NamedTuple):
    """`live` are the objects that are there of those that the documents name, by kind and name."""

    live: dict[tuple[str, str], Object]
    seen: Seen


def surroundings(kubectl: Kubectl, wanted: Wanted, documents: Sequence[Document]) -> Surroundings:
    """Refused where no Argo CD can be: without its CRDs or its namespace."""
    namespace = wanted.namespace
    names: dict[str, list[str]] = {}
    for document in documents:
        names.setdefault(document.kind, []).append(document.name)
    space, config_map, controllers, roots, *objects = _asked(
        kubectl,
        listing('namespaces', names=[namespace]),
        listing('configmaps', namespace, names=[health_checks.CONFIG_MAP]),
        listing('statefulsets.apps,deployments.apps', namespace, labels=_CONTROLLER),
        ['get', APPLICATIONS, '--all-namespaces', f'--selector={ENVIRONMENT_LABEL}', '-o', 'json'],
        *(listing(kind, namespace, names=wanted_names) for kind, wanted_names in names.items()),
    )
    live: dict[tuple[str, str], Object] = {}
    for kind, found in zip(names, objects, strict=True):
        live |= {(kind, str(one['metadata']['name'])): one for one in _known(kubectl, kind, found)}
    if space == []:
        raise BootstrapError(
            f'{kubectl.place} has no namespace {namespace}',
            'name the context of Argo CD with --context; init --argocd-namespace NS says where it is',
        )
    if _allowed(roots) is None:
        [roots] = _asked(kubectl, listing(APPLICATIONS, namespace, labels=ENVIRONMENT_LABEL))
    # An Application of its name that carries no label is somebody else's.
    all_roots = _must(roots)
    all_roots += [one for (kind, _), one in live.items() if kind == APPLICATIONS and one not in all_roots]
    seen = Seen(_allowed(config_map), _allowed(controllers), all_roots, _children(kubectl, wanted, all_roots))
    return Surroundings(live, seen)


def _children(kubectl: Kubectl, wanted: Wanted, roots: list[Object]) -> list[Object]:
    names = [f'{name}-raycluster' for name in others(wanted, roots)]
    return kubectl.listed(APPLICATIONS, wanted.namespace, names=names) if names else []


def _asked(kubectl: Kubectl, *questions: Sequence[str]) -> list[list[Object] | KubernetesError]:
    asked = [Question(kubectl, tuple(words)) for words in questions]
    found = answers(asked, kubectl.seconds)
    return [one if isinstance(one, KubernetesError) else items_in(one) for one in found]


def _known(kubectl: Kubectl, kind: str, found: list[Object] | KubernetesError) -> list[Object]:
    if isinstance(found, KubernetesError) and found.reason is Reason.NO_SUCH_KIND:
        raise BootstrapError(
            f'{kubectl.place} has no Argo CD: it does not know {kind}',
            'name the context of Argo CD with --context, or install Argo CD first',
        )
    return _must(found)


def _must(found: list[Object] | KubernetesError) -> list[Object]:
    if isinstance(found, KubernetesError):
        raise found
    return found


def _allowed(found: list[Object] | KubernetesError) -> list[Object] | None:
    """What was found; None where the user may not look."""
    if isinstance(found, KubernetesError) and found.reason is Reason.FORBIDDEN:
        return None
    return _must(found)
