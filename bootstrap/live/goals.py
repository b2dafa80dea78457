"""What stands between an environment and what `wait` waits for. No verdict counts that is about something older."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bootstrap.live.applications import NOT_AS_IN_GIT, one_line, stale
from bootstrap.live.argocd import LiveApplication
from bootstrap.live.environments import EnvironmentState
from bootstrap.live.expected import HEAD_GROUP, ExpectedApplication, ExpectedEnvironment, Place
from bootstrap.live.observed import APPLICATIONS, ARGOCD, Observed, Unknown
from bootstrap.live.rayclusters import RayClusterRow
from bootstrap.live.revisions import Relate, Relation, short
from bootstrap.rules.resource import Role, at


class Goal(enum.Enum):
    """What can be waited for; each holds those before it."""

    SYNCED = 'synced'
    HEALTHY = 'healthy'
    RAY_READY = 'ray-ready'


class Blocker(NamedTuple):
    """Why an environment is not there yet. `is_final`: waiting alone does not mend it.

    `is_doubt`: nothing is known to be wrong, but what is seen may be older than the last change.
    """

    part: str
    why: str
    hint: str = ''
    is_final: bool = False
    is_doubt: bool = False


def blockers(
    goal: Goal, wanted: ExpectedEnvironment, observed: Observed, found: EnvironmentState, relate: Relate
) -> list[Blocker]:
    """All of them, in the order in which an environment comes up."""
    blocked = [
        one
        for application in wanted.applications
        for one in _of_application(goal, application, wanted, observed, relate)
    ]
    blocked = [*_not_fetched(wanted, observed, relate, blocked), *blocked]
    synced = {
        one.name for one in wanted.applications if not any(_of_application(Goal.SYNCED, one, wanted, observed, relate))
    }
    if goal is not Goal.SYNCED:
        for row in found.rayclusters:
            blocked += _of_health(row, is_synced=row.application in synced)
    if goal is Goal.RAY_READY:
        for row in found.rayclusters:
            blocked += _of_ray(row, is_synced=row.application in synced)
    return list(dict.fromkeys(blocked))


def _not_fetched(
    wanted: ExpectedEnvironment, observed: Observed, relate: Relate, blocked: Sequence[Blocker]
) -> Iterator[Blocker]:
    """Where Argo CD is at a commit that is not here, other specs than ours may be that commit's."""
    root = wanted.of(Role.ROOT)
    found = root and observed.object(APPLICATIONS, Place(ARGOCD, root.namespace), root.name)
    if root is None or not isinstance(found, dict) or not any(one.why == NOT_AS_IN_GIT for one in blocked):
        return
    revision = LiveApplication(found).revision
    if revision and relate(revision) is Relation.UNKNOWN:
        why = f'Argo CD compared it with {short(revision)}, which this repository does not have'
        yield Blocker(root.part, why, 'git fetch, then wait for what is merged now')


def _of_application(
    goal: Goal, wanted: ExpectedApplication, environment: ExpectedEnvironment, observed: Observed, relate: Relate
) -> Iterator[Blocker]:
    found = observed.object(APPLICATIONS, Place(ARGOCD, wanted.namespace), wanted.name)
    if isinstance(found, Unknown):
        yield Blocker(wanted.part, found.message, found.hint)
        return
    if found is None:
        hint = f'raybootstrap apply-root --env {environment.name}' if wanted.role is Role.ROOT else ''
        yield Blocker(wanted.part, f'the Application {wanted.name} is not there', hint)
        return
    live = LiveApplication(found)
    root = environment.of(Role.ROOT)
    for why, hint, is_final in _of_sync(wanted, live, relate, root.name if root else wanted.name):
        yield Blocker(wanted.part, why, hint, is_final)
    if goal is not Goal.SYNCED and live.health != 'Healthy':
        message = one_line(str(at(found, 'status', 'health', 'message') or ''))
        why = f'its health is {live.health or "not known"}{": " if message else ""}{message}'
        yield Blocker(wanted.part, why, f'argocd app get {wanted.name}')


def _of_sync(
    wanted: ExpectedApplication, live: LiveApplication, relate: Relate, above: str
) -> Iterator[tuple[str, str, bool]]:
    """Why an Application does not count as synced: the first reason that holds. `above` brings it."""
    look, refresh = f'argocd app get {wanted.name}', f'argocd app get {wanted.name} --refresh'
    relation = relate(live.revision) if wanted.in_repository and live.revision else None
    if at(live.data, 'metadata', 'deletionTimestamp'):
        yield 'is being deleted', look, False
    elif relation is Relation.CHANGED and live.is_compared_to_its_spec:
        newer = short(live.revision)
        why = f'Argo CD is at {newer} already, which changes the environment again'
        yield why, f'raybootstrap wait --revision {newer}', True
    elif why := stale(wanted, live, relate) or _is_earlier(live, relation):
        hint = f'argocd app get {above} --refresh' if why == NOT_AS_IN_GIT else refresh
        yield _with_condition(live, why), hint, False
    elif live.is_operating:
        tries = f' (retry {live.retries}: {one_line(live.message)})' if live.retries else ''
        yield f'a sync is under way{tries}', look, False
    elif live.has_failed:
        again = wanted.automated is not None and wanted.automated.get('selfHeal') is True
        # Argo CD does not try the same revision again by itself, except to heal (argo-cd, auto_sync.md).
        yield f'its sync failed: {one_line(live.message)}', f'argocd app sync {wanted.name}', not again
    elif live.sync != 'Synced':
        manual = ', and its sync is manual' if wanted.automated is None and live.sync == 'OutOfSync' else ''
        yield _with_condition(live, f'is {live.sync}{manual}'), f'argocd app sync {wanted.name}', False
    elif not live.is_looked_at_since:
        yield 'Argo CD has not looked at it since its last sync', refresh, False


def _is_earlier(live: LiveApplication, relation: Relation | None) -> str:
    return f'Argo CD compared it with {short(live.revision)}, which is older' if relation is Relation.EARLIER else ''


def _with_condition(live: LiveApplication, why: str) -> str:
    errors = [f'{kind}: {one_line(message)}' for kind, message in live.conditions if kind.endswith('Error')]
    return '; '.join((why, *errors))


def _of_health(row: RayClusterRow, *, is_synced: bool) -> Iterator[Blocker]:
    """What Argo CD does not know without a health check of RayClusters.

    What is invalid before it is synced may be mended in Git already.
    """
    if row.invalid:
        why = f'the operator ignores its spec: {row.invalid}'
        yield Blocker(row.name, why, 'mend the values in Git' if is_synced else '', is_final=is_synced)
    elif row.health != 'Healthy':
        message = row.message or next((problem.message for problem in row.problems), '')
        words = f'is {row.health}{": " if message else ""}{one_line(message)}'
        hint = next((problem.hint for problem in row.problems), '')
        yield Blocker(row.name, words, hint)
    elif not row.is_seen:
        why = 'the operator has not said whether it takes the spec as it is now'
        yield Blocker(row.name, why, is_doubt=True)


def _of_ray(row: RayClusterRow, *, is_synced: bool) -> Iterator[Blocker]:
    for group in row.groups:
        part = f'{row.name} {group.name}'
        if group.ready is None:
            problem = next(iter(row.problems), None)
            yield Blocker(
                part, problem.message if problem else 'its pods are not known', problem.hint if problem else ''
            )
        elif group.in_git and group.ready < group.minimum:
            why = f'{group.ready} of at least {group.minimum} pods ready{": " if group.waiting else ""}{group.waiting}'
            yield Blocker(part, why)
        elif group.name == HEAD_GROUP and group.other_image and not (group.stays and is_synced):
            yield Blocker(part, f'{group.other_image[0]} does not run the image in Git yet')
        elif group.name == HEAD_GROUP and group.other_image:
            why = f'{group.other_image[0]} runs another image than Git says: KubeRay does not replace it'
            hint = f'kubectl --namespace {row.namespace} delete pod {group.other_image[0]}'
            yield Blocker(part, why, hint, is_final=True)
