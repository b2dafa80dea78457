"""Kubernetes: kubectl, the context, the Argo CD there, and the KubeRay operators of the environments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bootstrap import argocd_diagnosis, contexts, inventory, layout, parameters
from bootstrap.argocd_diagnosis import CONFIG_MAP, PART_OF
from bootstrap.contexts import Contexts
from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.question import Question
from bootstrap.errors import BootstrapError
from bootstrap.kubernetes import Kubectl, KubernetesError, Reason, items_in, listing, mapping_in
from bootstrap.layout import Environment
from bootstrap.reading import Reading, reading
from bootstrap.rules.resource import Application, Role, at
from bootstrap.rules.scope import Scope

_SECONDS = 8
_OPERATOR = 'app.kubernetes.io/name=kuberay-operator'
_MOST_OPERATORS = 5


@dataclass(frozen=True)
class _Wanted:
    """What the repository says: the environments asked about, with their documents."""

    reading: Reading
    scopes: list[tuple[Environment, Scope]]

    @property
    def namespaces(self) -> list[str]:
        """Of Argo CD."""
        tree, known = self.reading.tree, self.reading.settings.argocd_namespace or 'argocd'
        named = (parameters.get(tree, one, parameters.ARGOCD_NAMESPACE) for one, _ in self.scopes)
        return list(dict.fromkeys(one or known for one in named)) or [known]


def verdicts(question: Question) -> Iterator[Verdict]:
    kubectl = Kubectl(question.context, seconds=_SECONDS)
    try:
        client = _version(mapping_in(kubectl.run(['version', '--client', '-o', 'json'])).get('clientVersion'))
    except KubernetesError as error:
        if error.reason is not Reason.NO_KUBECTL:
            raise
        yield Verdict('kubectl', Mark.WARN, f'{error.message}: no look at Argo CD or Ray', error.hint)
        return
    yield Verdict('kubectl', Mark.OK, client)
    known = contexts.contexts(kubectl)
    if not known.current and question.context is None:
        mend = 'kubectl config use-context NAME, or --context NAME'
        yield Verdict('context', Mark.WARN, 'no current context: no look at Argo CD or Ray', mend)
        return
    yield _context(kubectl, known, client)
    with reading(question.folder, question.path) as found:
        wanted = _Wanted(found, list(_scopes(found, question.environment)))
        yield from _argocd(kubectl, wanted)
        yield from _operators(kubectl, known, wanted)


def _scopes(found: Reading, name: str | None) -> Iterator[tuple[Environment, Scope]]:
    named = [layout.existing(found.tree, name, found.path)] if name else layout.environments(found.tree, found.path)
    for environment in named:
        yield environment, inventory.scope(found.tree, found.settings, environment)


def _context(kubectl: Kubectl, known: Contexts, client: str) -> Verdict:
    name = kubectl.context or known.current
    server = _version(mapping_in(kubectl.run(['get', '--raw', '/version'])))
    place = f'{name} ({known.servers.get(name) or "no server"}), Kubernetes {server}'
    if not _fit(client, server):
        mend = f'install a kubectl within one minor version of {server}'
        return Verdict('context', Mark.WARN, f'{place}, too far from kubectl {client}', mend)
    return Verdict('context', Mark.OK, place)


def _argocd(kubectl: Kubectl, wanted: _Wanted) -> Iterator[Verdict]:
    settings = wanted.reading.settings
    for namespace in wanted.namespaces:
        workloads, refusal = _listed(kubectl, 'deployments.apps,statefulsets.apps', namespace, PART_OF)
        if refusal:
            yield refusal._replace(check='Argo CD')
            return
        verdict, version = argocd_diagnosis.argocd(workloads, settings, f'namespace {namespace}')
        yield verdict
        if version and wanted.scopes:
            yield argocd_diagnosis.ignored_options((scope for _, scope in wanted.scopes), version)
        if verdict.mark is not Mark.FAIL:
            yield _health_checks(kubectl, wanted, namespace)


def _health_checks(kubectl: Kubectl, wanted: _Wanted, namespace: str) -> Verdict:
    try:
        config_map = kubectl.get('configmaps', CONFIG_MAP, namespace)
    except KubernetesError as error:
        return Verdict('health checks', _mark(error), error.message, error.hint)
    return argocd_diagnosis.health_checks(config_map, wanted.reading.settings)


def _operators(argocd: Kubectl, known: Contexts, wanted: _Wanted) -> Iterator[Verdict]:
    """One for each operator in Git; environments without one of their own have somebody else's."""
    owned = list(_owned(wanted.scopes))
    for number, one in enumerate(owned):
        if number == _MOST_OPERATORS:
            left = f'{len(owned) - number} more environments have one'
            yield Verdict('operator', Mark.SKIPPED, left, 'name one with --env')
            return
        yield _operator(argocd, known, *one)


def _owned(scopes: Iterable[tuple[Environment, Scope]]) -> Iterator[tuple[str, Application | None, Mapping[str, str]]]:
    """Environment, the operator's Application (None: somebody else has it), and where it runs."""
    for environment, scope in scopes:
        operators, rayclusters = scope.of(Role.OPERATOR), scope.of(Role.RAYCLUSTER)
        if operators:
            yield environment.name, operators[0], operators[0].destination
        elif rayclusters and scope.settings.operator_is_external(environment.name):
            yield environment.name, None, rayclusters[0].destination


def _operator(
    argocd: Kubectl, known: Contexts, name: str, application: Application | None, destination: Mapping[str, str]
) -> Verdict:
    kubectl = contexts.reaching(destination, argocd, known)
    if kubectl is None:
        where = destination.get('name') or destination.get('server')
        mend = f'add a context for {where} to the kubeconfig'
        return Verdict('operator', Mark.SKIPPED, f'{name}: no context is known to reach {where}', mend)
    namespace = application.destination_namespace if application else None
    workloads, refusal = _listed(kubectl, 'deployments.apps', namespace, _OPERATOR)
    if refusal:
        return refusal._replace(check='operator', found=f'{name}: {refusal.found}')
    place = f'namespace {namespace}' if namespace else 'any namespace'
    verdict = argocd_diagnosis.operator(workloads, application, place)
    return verdict._replace(found=f'{name}: {verdict.found}')


def _listed(
    kubectl: Kubectl, kind: str, namespace: str | None, labels: str
) -> tuple[list[dict[str, object]], Verdict | None]:
    words = listing(kind, namespace, labels=labels)
    try:
        return items_in(kubectl.run([*words, *([] if namespace else ['--all-namespaces'])])), None
    except KubernetesError as error:
        return [], Verdict('', _mark(error), error.message, error.hint)


def _mark(error: KubernetesError) -> Mark:
    """Not to be allowed to look is nothing broken."""
    return Mark.WARN if error.reason is Reason.FORBIDDEN else Mark.FAIL


def _version(data: object) -> str:
    version = at(data, 'gitVersion')
    if not isinstance(version, str):
        raise BootstrapError('kubectl tells no version', 'kubectl version')
    return version


def _fit(client: str, server: str) -> bool:
    """kubectl goes with API servers one minor version away (kubernetes.io, version skew policy)."""
    minors = [re.match(r'v?1\.(\d+)', version) for version in (client, server)]
    return None in minors or abs(int(minors[0][1]) - int(minors[1][1])) <= 1  # type: ignore[index]
