"""What an admin applies once, from base into Argo CD: nothing is written before all of it is known to be right."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bootstrap import base as bases
from bootstrap import layout, ownership, root_manifests, settings
from bootstrap.base import Base
from bootstrap.context import Context
from bootstrap.doubts import Wanted, doubts
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.kubernetes import FIELD_MANAGER, Kubectl, KubernetesError, Reason
from bootstrap.layout import Environment
from bootstrap.notes import typed
from bootstrap.report import Selection
from bootstrap.repository import Repository, open_repository
from bootstrap.request import Publishing
from bootstrap.root_manifests import Document, Step
from bootstrap.settings import Settings
from bootstrap.surroundings import surroundings
from bootstrap.tree import Tree
from bootstrap.validation import environments_report


@dataclass(frozen=True)
class Approved:
    """An environment as it stands in base, and what of it an admin applies."""

    environment: Environment
    settings: Settings
    branch: str
    commit: str
    wanted: Wanted
    documents: Sequence[Document]


class _Base(NamedTuple):
    base: Base
    tree: Tree
    settings: Settings
    path: str


def approved(directory: Path, path: str | None, env: str | None, publishing: Publishing, *, health: bool) -> Approved:
    """What base holds now; refused where a rule finds an error in the environment."""
    with _base(directory, path, env, publishing) as (base, tree, known, place):
        try:
            environment = layout.chosen(tree, (env,) if env is not None else (), place)[0]
        except NotHereError as error:
            hint = 'merge the proposal that starts it (raybootstrap proposals), then run it again'
            raise BootstrapError(f'{error.message} on {base.branch}', hint) from None
        _refuse_errors(tree, known, environment, base.branch)
        documents = root_manifests.documents(tree, known, environment, health=health)
        root = next((one.data for one in documents if one.path == environment.root), None)
        wanted = Wanted(
            environment.name,
            root_manifests.namespace(tree, known, environment),
            layout.kubernetes_cluster(tree, environment),
            ownership.destination(tree, environment),
            root,
        )
        return Approved(environment, known, base.branch, str(base.oid), wanted, documents)


class Plan(NamedTuple):
    """What applying does, and why the place may be the wrong one."""

    steps: Sequence[Step]
    doubts: Sequence[str]

    @property
    def pending(self) -> list[Step]:
        return [step for step in self.steps if step.result != 'unchanged']


def planned(kubectl: Kubectl, found: Approved, *, sure: bool) -> Plan:
    """What applying would do, as the API server itself says; refused where it looks like the wrong place.

    `sure`: the user has said that it is the right one.
    """
    live, seen = surroundings(kubectl, found.wanted, found.documents)
    reasons = list(doubts(found.wanted, seen))
    if reasons and not sure:
        raise BootstrapError(
            f'{kubectl.place} does not look like the Argo CD of {found.environment.name}:\n' + '\n'.join(reasons),
            'name another --context; if it is the right one, say so with --context CTX and --yes together',
        )
    steps = [_step(kubectl, found, one, live.get((one.kind, one.name))) for one in found.documents]
    return Plan(steps, reasons)


def _step(kubectl: Kubectl, found: Approved, document: Document, before: dict[str, Any] | None) -> Step:
    after = _applied(kubectl, found, document, before, dry_run=True)
    if document.is_health_checks and before is not None:
        # Server-side apply takes away what the same manager applied before and applies no more.
        kept = root_manifests.keeping(document, before, after)
        if kept != document:
            document, after = kept, _applied(kubectl, found, kept, before, dry_run=True)
    return Step(document, before, after)


def applied(kubectl: Kubectl, found: Approved, steps: Sequence[Step]) -> Iterator[Step]:
    """Each step once it is done; what is as it should be is not written."""
    for step in steps:
        if step.result == 'unchanged':
            yield step
            continue
        after = _applied(kubectl, found, step.document, step.before, dry_run=False)
        yield Step(step.document, step.before, after)


@contextmanager
def _base(directory: Path, path: str | None, env: str | None, publishing: Publishing) -> Iterator[_Base]:
    """Base as writing commands read it: the branch that the environment's root follows, as fetched now."""
    repository = open_repository(directory, writes=True)
    if repository is None:
        raise BootstrapError(f'{directory}: is in no git repository', 'run it in the repository of the environment')
    with repository:
        there = bases.remotes(repository, publishing)
        base = bases.find(repository, there, publishing, settings.Settings().branch_prefix)
        found = _read(repository, base, path)
        if publishing.base is None:
            names = (
                (env,) if env is not None else tuple(one.name for one in layout.environments(found.tree, found.path))
            )
            base = bases.followed(repository, there, base, found.tree, Context(found.path), names)
            found = _read(repository, base, path)
        yield found


def _read(repository: Repository, base: Base, path: str | None) -> _Base:
    tree = Tree(repository.source(base.oid))
    known = settings.load(tree)
    return _Base(base, tree, known, layout.checked_path(path) if path is not None else known.path)


def _refuse_errors(tree: Tree, known: Settings, environment: Environment, branch: str) -> None:
    selection = Selection(severities=known.rules)
    found = environments_report(tree, known, environment.path, [environment.name], selection).errors
    if found:
        lines = '\n'.join(f'{one.file}:{one.line}:{one.column}: {one.rule} error: {one.message}' for one in found)
        hint = (
            f'mend it in a proposal (raybootstrap fix --env {environment.name}; raybootstrap explain {found[0].rule})'
        )
        raise BootstrapError(f'{branch} has errors in {environment.name}, so this would not work:\n{lines}', hint)


def _applied(
    kubectl: Kubectl, found: Approved, document: Document, before: dict[str, Any] | None, *, dry_run: bool
) -> dict[str, Any]:
    if document.is_health_checks:
        _check_config_map(before, found.wanted.namespace)
    try:
        return kubectl.apply(document.text, found.wanted.namespace, dry_run=dry_run)
    except KubernetesError as error:
        if error.reason is Reason.CONFLICT:
            raise _conflict(kubectl, found, document, before, error) from None
        raise KubernetesError(f'{document.title}: {error.message}', error.hint, error.reason) from None


def _check_config_map(live: dict[str, Any] | None, namespace: str) -> None:
    if live is None:
        raise BootstrapError(
            f'namespace {namespace} has no ConfigMap argocd-cm to merge the health checks into',
            'leave --health-checks out, or install Argo CD first',
        )
    for owner in live['metadata'].get('ownerReferences') or ():
        # The operator of Argo CD writes argocd-cm anew from its own resource (argocd-operator, `resourceHealthChecks`).
        raise BootstrapError(
            f'argocd-cm belongs to {owner["kind"]} {owner["name"]}, which would take the health checks out again',
            f'put them into {owner["kind"]} {owner["name"]}, and leave --health-checks out',
        )


def _conflict(
    kubectl: Kubectl, found: Approved, document: Document, before: dict[str, Any] | None, error: KubernetesError
) -> BootstrapError:
    """kubectl's words without its advice, and the way out."""
    said = error.message.partition('; Please review')[0].partition('failed with ')[2].partition(': ')[2]
    message = f'{document.title}: somebody else has set what Git has otherwise: {said}'
    if document.is_health_checks:
        lines = '\n'.join(root_manifests.differing_entries(document, before))
        return BootstrapError(f'{message}\n{lines}', f'make them the same in {document.path}, or in argocd-cm')
    context = '' if kubectl.context is None else f' --context={shlex.quote(kubectl.context)}'
    return BootstrapError(
        message,
        f'to take these fields over: {typed("apply-root", found.environment)} --print | kubectl{context} '
        f'apply --server-side --force-conflicts --field-manager={FIELD_MANAGER} --filename=-',
    )
