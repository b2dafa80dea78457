"""The row of an Application: what Argo CD says of it, against Git, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bootstrap.live.argocd import LiveApplication
from bootstrap.live.expected import ExpectedApplication, ExpectedEnvironment, Place
from bootstrap.live.observed import APPLICATIONS, ARGOCD, Observed, Unknown
from bootstrap.live.revisions import Relate, Relation, short
from bootstrap.rules.resource import Role, at

# Argo CD's conditions that only inform: ours say the same from Git's side, or nothing is to be done.
_HARMLESS = ('OrphanedResourceWarning', 'ExcludedResourceWarning')
_LONGEST = 400
NOT_AS_IN_GIT = 'its spec is not the one in Git yet'


class Problem(NamedTuple):
    """What is wrong with a part of an environment, and the next step."""

    part: str
    message: str
    hint: str = ''


@dataclass(frozen=True)
class ApplicationRow:
    """Words of Argo CD, or '' where it says nothing. `revision` is what it compared with, `wanted` what Git says.

    `operation` is the last one's phase with `message`; `retries` how often it was tried again.
    """

    part: str
    role: Role
    name: str
    sync: str = ''
    health: str = ''
    revision: str = ''
    wanted: str = ''
    is_current: bool = False
    operation: str = ''
    message: str = ''
    retries: int = 0
    conditions: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


def application_row(
    wanted: ExpectedApplication, environment: ExpectedEnvironment, observed: Observed, relate: Relate
) -> ApplicationRow:
    """The row of one Application of an environment."""
    git = environment.revision if wanted.in_repository else wanted.revision
    found = observed.object(APPLICATIONS, Place(ARGOCD, wanted.namespace), wanted.name)
    if not isinstance(found, dict):
        problems = _missing(wanted, environment, observed, found)
        sync = 'not applied' if found is None else found.why
        return ApplicationRow(wanted.part, wanted.role, wanted.name, sync, wanted=git, problems=tuple(problems))
    live = LiveApplication(found)
    return ApplicationRow(
        wanted.part,
        wanted.role,
        wanted.name,
        live.sync or 'not compared',
        live.health,
        live.revision if live.revision and wanted.in_repository else _compared_revision(live),
        git,
        is_current=not stale(wanted, live, relate),
        operation=live.phase or ('Pending' if live.is_operating else ''),
        message=live.message,
        retries=live.retries,
        conditions=tuple(live.conditions),
        problems=tuple(
            Problem(wanted.part, *one) for one in _problems(wanted, live, relate, _above(wanted, environment))
        ),
    )


def _compared_revision(live: LiveApplication) -> str:
    """The targetRevision that the verdict is about: of a chart or a tag it says more than the commit it led to."""
    return str(at(live.data, 'status', 'sync', 'comparedTo', 'source', 'targetRevision') or '') or live.revision


def unknown(part: str, found: Unknown) -> Problem:
    return Problem(part, found.message, found.hint)


def _missing(
    wanted: ExpectedApplication, environment: ExpectedEnvironment, observed: Observed, found: Unknown | None
) -> Iterator[Problem]:
    if isinstance(found, Unknown):
        yield unknown(wanted.part, found)
    elif wanted.role is Role.ROOT:
        why = f'the Application {wanted.name} is not in namespace {wanted.namespace}'
        yield Problem(wanted.part, why, f'raybootstrap apply-root --env {environment.name}')
    else:
        root = environment.of(Role.ROOT)
        there = root and observed.object(APPLICATIONS, Place(ARGOCD, root.namespace), root.name)
        if root is None or there is not None:
            above = f'argocd app sync {root.name}' if root else 'sync the Application that makes it'
            yield Problem(wanted.part, f'the Application {wanted.name} is not there yet', above)


def stale(wanted: ExpectedApplication, live: LiveApplication, relate: Relate) -> str:
    """Why what Argo CD says of an Application is not about what Git says; '' where it is."""
    if not live.sync:
        return 'Argo CD has not compared it yet'
    if wanted.role is not Role.ROOT and not live.is_as_in(wanted):
        return NOT_AS_IN_GIT
    if not live.is_compared_to_its_spec:
        return 'Argo CD has not compared its new spec yet'
    if wanted.in_repository:
        return _stale_commit(live.revision, relate(live.revision), is_root=wanted.role is Role.ROOT)
    exact = re.fullmatch(r'v?\d+\.\d+\.\d+', wanted.revision) and at(wanted.spec, 'source', 'chart')
    if exact and live.revision.removeprefix('v') != wanted.revision.removeprefix('v'):
        return f'Argo CD compared it with {short(live.revision)}, Git says {wanted.revision}'
    return ''


def _stale_commit(revision: str, relation: Relation, *, is_root: bool) -> str:
    compared = f'Argo CD compared it with {short(revision)}'
    words = {
        Relation.BEHIND: f'{compared}, which is older',
        Relation.CHANGED: f"{compared}, which is newer and changes the environment's files",
        Relation.ASIDE: f'{compared}, which is of another history',
        Relation.MISSING: f'{compared}, which this shallow clone does not have',
    }
    # What is not in a whole repository was made after its last fetch; the Applications below then tell which files
    # it holds.
    if relation is Relation.UNKNOWN and not is_root:
        return f'{compared}, which this repository does not have'
    return words.get(relation, '')


def _above(wanted: ExpectedApplication, environment: ExpectedEnvironment) -> str:
    """The name of the Application that brings this one, as far as the repository tells; its own without one."""
    root = environment.of(Role.ROOT)
    return root.name if root else wanted.name


def _problems(
    wanted: ExpectedApplication, live: LiveApplication, relate: Relate, above: str
) -> Iterator[tuple[str, str]]:
    look = f'argocd app get {wanted.name}'
    if at(live.data, 'metadata', 'deletionTimestamp'):
        yield 'is being deleted', look
    for kind, message in live.conditions:
        if kind not in _HARMLESS:
            yield f'{kind}: {one_line(message)}', _hint_of(kind, wanted)
    if live.is_operating:
        tries = f' (retry {live.retries})' if live.retries else ''
        if live.retries:
            yield f'its sync failed and is tried again{tries}: {one_line(live.message)}', look
    elif live.phase in ('Failed', 'Error') and (live.has_failed or live.sync != 'Synced'):
        tries = f' after {live.retries} retries' if live.retries else ''
        yield f'its last sync failed{tries}: {one_line(live.message)}', f'argocd app sync {wanted.name}'
    if why := stale(wanted, live, relate):
        refreshed = above if why == NOT_AS_IN_GIT else wanted.name
        relation = relate(live.revision) if wanted.in_repository and live.revision else None
        yield why, _hint_of_stale(refreshed, relation)
    elif wanted.in_repository and relate(live.revision) is Relation.UNKNOWN:
        yield f'Argo CD compared it with {short(live.revision)}, which this repository does not have', 'git fetch'
    elif live.sync == 'OutOfSync' and not live.is_operating and wanted.automated is None:
        yield 'is OutOfSync, and its sync is manual', f'argocd app sync {wanted.name}'
    elif live.sync == 'OutOfSync' and not live.is_operating and live.phase not in ('Failed', 'Error'):
        yield 'is OutOfSync', f'argocd app diff {wanted.name}'
    if live.health in ('Degraded', 'Missing', 'Suspended', 'Unknown'):
        message = one_line(str(at(live.data, 'status', 'health', 'message') or ''))
        yield f'is {live.health}{": " if message else ""}{message}', look


def _hint_of(kind: str, wanted: ExpectedApplication) -> str:
    if kind == 'InvalidSpecError':
        return f'argocd proj get {wanted.spec.get("project")}'
    return f'argocd app get {wanted.name} --hard-refresh'


def _hint_of_stale(name: str, relation: Relation | None) -> str:
    if relation in (Relation.UNKNOWN, Relation.CHANGED):
        return 'git fetch'
    if relation is Relation.MISSING:
        return 'git fetch --unshallow'
    return f'argocd app get {name} --refresh'


def one_line(message: str) -> str:
    """A message of Argo CD or KubeRay in a line that a screen holds."""
    found = ' '.join(message.split())
    return found if len(found) <= _LONGEST else f'{found[:_LONGEST]}…'
