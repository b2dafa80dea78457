"""What a reviewer of an upgrade is to know: migrations, order, and what does not reach running pods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bootstrap import kuberay, layout, migrations, several_sources, upgrading
from bootstrap.context import Context
from bootstrap.kuberay import Version
from bootstrap.layout import Environment, kubernetes_cluster
from bootstrap.parameters import VALUES
from bootstrap.rules.resource import Application, Role
from bootstrap.tree import Tree, changes
from bootstrap.upgrading import Operators, Upgrade

_MOST_NAMES = 5


class Notes:
    """Told of each environment in turn while it is read anyway; `asked` are those that the upgrade is for."""

    def __init__(
        self, before: Tree, after: Tree, context: Context, upgrade: Upgrade, asked: Sequence[Environment] = ()
    ) -> None:
        self._before, self._context, self._upgrade = before, context, upgrade
        self._changed = dict.fromkeys(_changed(before, after, context.path))
        self._unseen = dict.fromkeys([*self._changed, *asked])
        self._found: _Found = {}
        self._left: list[Application] = []

    def see(self, environment: Environment) -> None:
        """Take what is to be said of an environment."""
        if environment not in self._unseen:
            return
        del self._unseen[environment]
        is_changed = environment in self._changed
        if is_changed or layout.has(self._before, environment):
            applications = upgrading.applications(self._before, environment)
            self._left += several_sources.left(applications, self._upgrade)
            if is_changed:
                self._found[environment] = [_seen(one, applications, self._upgrade) for one in applications]

    def lines(self) -> list[str]:
        """A sentence or two each, about the environments seen and those that nobody showed."""
        for environment in list(self._unseen):
            self.see(environment)
        found, upgrade = {one: self._found[one] for one in self._changed}, self._upgrade
        lines = [*several_sources.notes(self._left)]
        if upgrade.kuberay is not None and found:
            lines += [*_order(upgrade), *_unknown(found, upgrade.kuberay), *_migrated(found), *_remarks(found)]
            lines += [*_elsewhere(found), *_sharing(self._before, self._context, found, upgrade)]
            lines.append(
                'A new operator does not replace pods that run: KubeRay skips that when its own version changed.'
            )
        if upgrade.ray is not None and found:
            lines.append(
                f'Pods that run keep their Ray version, and workers that start with {upgrade.ray} cannot join a head '
                'that runs another one ("Version mismatch"): re-create each RayCluster (delete it and sync) once its '
                'jobs end.'
            )
            lines += _other_autoscaler(found, upgrade.ray)
        return lines


def _changed(before: Tree, after: Tree, path: str) -> list[Environment]:
    prefix = f'{layout.Environment("", path).directory}'
    below = (one.path.removeprefix(prefix) for one in changes(before, after) if one.path.startswith(prefix))
    return [Environment(name, path) for name in dict.fromkeys(one.partition('/')[0] for one in below)]


class _Seen(NamedTuple):
    """What is said of an Application, without its document: those of a thousand environments are half a gigabyte."""

    file: str
    name: str
    role: Role
    version: Version | None
    target_revision: str
    has_several_sources: bool
    moves: bool
    migrated: tuple[str, ...]
    remarks: tuple[str, ...]
    has_values_elsewhere: bool
    has_autoscaler_v2: bool


_Found = dict[Environment, list[_Seen]]


def _seen(one: Application, found: list[Application], upgrade: Upgrade) -> _Seen:
    moves, to = upgrading.moves(one, upgrade), upgrade.kuberay
    migrated = (migration for migration, _ in upgrading.edits(one, found, upgrade))
    remarks = (
        remark
        for remark in migrations.REMARKS
        if one.role is remark.by and moves and to and migrations.crossed(remark.since, one.version, to)
    )
    return _Seen(
        *(one.file, one.name, one.role, one.version, one.target_revision, bool(one.roles_of_sources), moves),
        migrated=tuple(f'{each.what}: {each.why} ({each.source})' for each in migrated),
        remarks=tuple(remark.text for remark in remarks if remark.concerns(one)),
        has_values_elsewhere=migrations.has_values_elsewhere(one),
        has_autoscaler_v2=one.at(*VALUES, 'head', 'autoscalerOptions', 'version') == 'v2',
    )


def _order(upgrade: Upgrade) -> Iterator[str]:
    if upgrade.step == 'all':
        yield (
            'Sync waves bring the CRDs (-20) before the operator (-10) before the RayCluster (0). Argo CD waits for '
            'each only where its health check of Applications is installed (RB705); '
            '--step crds, then operator, then raycluster makes a review of each.'
        )
    else:
        rest = list(upgrading.STEPS)[list(upgrading.STEPS).index(upgrade.step) + 1 : -1]
        if rest:
            yield f'This is one step of three. Once it is merged and synced: --step {", then --step ".join(rest)}.'


def _unknown(found: _Found, to: Version) -> Iterator[str]:
    oldest, newest = kuberay.CHARTS[0], kuberay.CHARTS[-1]
    if to > newest:
        yield (
            f'What changes from KubeRay {newest} to {to} is not known here: no migration was done for it. '
            'Read its release notes before merging.'
        )
    unpinned: dict[str, list[str]] = {}
    for environment, applications in found.items():
        for one in applications:
            if one.has_several_sources:
                continue
            if one.version is None:
                unpinned.setdefault(one.target_revision or 'no revision', []).append(_named(environment, one))
            elif one.version[:2] < oldest[:2]:
                unpinned.setdefault(str(one.version), []).append(_named(environment, one))
    for revision, names in unpinned.items():
        yield f'What changes from {revision!a} to {to} is not known here, so no migration was done: {_listed(names)}.'


def _migrated(found: _Found) -> Iterator[str]:
    done: dict[str, list[str]] = {}
    for environment, applications in found.items():
        for one in applications:
            for text in one.migrated:
                done.setdefault(text, []).append(_named(environment, one))
    for text, names in done.items():
        yield f'{text[0].upper()}{text[1:]}. In {_listed(names)}.'


def _remarks(found: _Found) -> Iterator[str]:
    for remark in migrations.REMARKS:
        names = [
            _named(environment, one)
            for environment, applications in found.items()
            for one in applications
            if remark.text in one.remarks
        ]
        if names:
            yield remark.text if remark.by is Role.OPERATOR else f'{remark.text} In {_listed(names)}.'


def _elsewhere(found: _Found) -> Iterator[str]:
    names = [
        _named(environment, one)
        for environment, applications in found.items()
        for one in applications
        if one.moves and one.role is not Role.CRDS and one.has_values_elsewhere
    ]
    if names:
        yield f'Values outside of valuesObject are not looked at: check them yourself. In {_listed(names)}.'


def _sharing(tree: Tree, context: Context, found: _Found, upgrade: Upgrade) -> Iterator[str]:
    """Who else lives on an operator that moves, and whose operator a chart depends on."""
    moved = [one for one, apps in found.items() if any(app.role is not Role.RAYCLUSTER and app.moves for app in apps)]
    clusters = {kubernetes_cluster(tree, one): one for one in moved}
    for other in layout.environments(tree, context.path) if moved else ():
        owner = clusters.get(kubernetes_cluster(tree, other))
        if owner is not None and owner != other and other not in found:
            yield (
                f'{other.name} lives on the CRDs and the operator of {owner.name} and gets them with this; '
                f'its chart stays: raybootstrap upgrade --env {other.name} --kuberay-version {upgrade.kuberay}.'
            )
    operators = Operators(tree, context.path)
    external = [one.name for one in found if operators.owner(one) is None]
    if external:
        yield f'The operator of {_listed(external)} is not in this repository: it has to be at {upgrade.kuberay} first.'
    for one in found:
        owner = operators.owner(one)
        if owner is not None and owner != one and owner in found:
            yield f'{one.name} lives on the operator of {owner.name}: sync {owner.name} first.'


def _other_autoscaler(found: _Found, to: Version) -> Iterator[str]:
    names = [
        _named(environment, one)
        for environment, applications in found.items()
        for one in applications
        if one.has_autoscaler_v2
    ]
    if names and to < kuberay.FIRST_RAY_WITH_SAFE_AUTOSCALER_V2:
        safe = kuberay.FIRST_RAY_WITH_SAFE_AUTOSCALER_V2
        yield f'Ray before {safe} gets the autoscaler v1: v2 counts wrong after a sync. In {_listed(names)}.'


def _named(environment: Environment, application: _Seen) -> str:
    first = application.file in (environment.raycluster(), environment.operator, environment.crds)
    return environment.name if first else application.name or application.file


def _listed(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = f' and {len(unique) - _MOST_NAMES} more' if len(unique) > _MOST_NAMES else ''
    return ', '.join(unique[:_MOST_NAMES]) + more
