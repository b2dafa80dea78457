"""What Kubernetes says of environments: all that a verdict needs, asked at once through kubectl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bootstrap.asking import Question, answers
from bootstrap.contexts import Contexts, contexts, is_in_cluster, reaching
from bootstrap.errors import BootstrapError
from bootstrap.kubernetes import Kubectl, KubernetesError, Reason, items_in, listing
from bootstrap.live.observed import ARGOCD, Need, Object, Observed, Unknown


def observe(needs: Sequence[Need], argocd: Kubectl, seconds: float) -> Observed:
    """The answers to all needs, or why there is none, within so many seconds. `argocd` reaches Argo CD."""
    # kubectl reads 0 as "no limit".
    argocd = replace(argocd, seconds=max(1.0, min(argocd.seconds, seconds)))
    reached = _reached({need.destination for need in needs}, argocd)
    asked = [(need, who) for need in needs if isinstance(who := reached[need.destination], Kubectl)]
    printed = answers([Question(who, _words(need)) for need, who in asked], seconds)
    found: dict[Need, Sequence[Object] | Unknown] = {
        need: who for need in needs if isinstance(who := reached[need.destination], Unknown)
    }
    found |= {need: _read(answer) for (need, _), answer in zip(asked, printed, strict=True)}
    return Observed({need: found[need] for need in needs})


def refusal(observed: Observed) -> BootstrapError | None:
    """The error where nothing at all could be had."""
    unknown = observed.unknown
    if not unknown or len(unknown) < len(observed.answers):
        return None
    return BootstrapError(unknown[0].message, unknown[0].hint)


def _reached(
    destinations: Iterable[tuple[tuple[str, str], ...]], argocd: Kubectl
) -> dict[tuple[tuple[str, str], ...], Kubectl | Unknown]:
    found: dict[tuple[tuple[str, str], ...], Kubectl | Unknown] = {}
    known: Contexts | None = None
    for destination in destinations:
        if destination == ARGOCD or is_in_cluster(dict(destination)):
            found[destination] = argocd
            continue
        try:
            known = known or contexts(argocd)
        except KubernetesError as error:
            found[destination] = _unknown(error)
            continue
        found[destination] = reaching(dict(destination), argocd, known) or _no_context(destination)
    return found


def _no_context(destination: tuple[tuple[str, str], ...]) -> Unknown:
    there = ' '.join(value for _, value in destination)
    return Unknown(
        Reason.NO_CONTEXT.value,
        f'no context of the kubeconfig reaches {there}, so only what Argo CD says is shown',
        'add one, called as the destination or with its URL (kubectl config get-contexts)',
    )


def _words(need: Need) -> tuple[str, ...]:
    words = listing(need.kind, need.namespace, labels=need.labels, fields=need.fields, names=need.names)
    words += ['--all-namespaces'] if need.everywhere else []
    return (*words, '--show-managed-fields') if need.managed_fields else tuple(words)


def _read(printed: str | KubernetesError) -> list[Object] | Unknown:
    if isinstance(printed, KubernetesError):
        return _unknown(printed)
    try:
        return items_in(printed)
    except KubernetesError as error:
        return _unknown(error)


def _unknown(error: KubernetesError) -> Unknown:
    return Unknown(error.reason.value, error.message, error.hint)
