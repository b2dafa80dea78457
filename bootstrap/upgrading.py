"""Moves an environment to another KubeRay or Ray version, in the order CRDs, operator, chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bootstrap import manifest, migrations, parameters, ray_upgrade
from bootstrap.errors import BootstrapError
from bootstrap.kuberay import Version
from bootstrap.layout import Environment, environments, kubernetes_cluster, owns_kubernetes_cluster
from bootstrap.manifest import Path
from bootstrap.migrations import Edit, Migration
from bootstrap.parameters import SOURCE
from bootstrap.rules.resource import Application, Role, resources
from bootstrap.tree import Tree
from bootstrap.validation import files_of

STEPS: Mapping[str, tuple[Role, ...]] = {
    'crds': (Role.CRDS,),
    'operator': (Role.OPERATOR,),
    'raycluster': (Role.RAYCLUSTER,),
    'all': (Role.CRDS, Role.OPERATOR, Role.RAYCLUSTER),
}
# With their documents those of one environment are half a megabyte.
_MOST_KEPT = 64
_REVISION: Path = (*SOURCE, 'targetRevision')


@dataclass(frozen=True)
class Upgrade:
    """The versions to go to, None where one stays, and which of CRDs, operator and chart go there now."""

    kuberay: Version | None = None
    ray: Version | None = None
    step: str = 'all'

    @property
    def roles(self) -> tuple[Role, ...]:
        return STEPS[self.step]


def applications(tree: Tree, environment: Environment) -> list[Application]:
    """The Applications of KubeRay and Ray in an environment; those with several sources have no role in it."""
    found: list[Application] = []
    for file in files_of(tree, environment):
        if file.startswith(f'{environment.applications}/'):
            with manifest.in_file(file):
                ours = (one for one in resources(file, tree[file], environment) if isinstance(one, Application))
                found += [one for one in ours if one.role in STEPS['all'] or one.roles_of_sources]
    return found


def moves(application: Application, upgrade: Upgrade) -> bool:
    """Whether an Application goes to another KubeRay version."""
    return upgrade.kuberay is not None and application.role in upgrade.roles and application.version != upgrade.kuberay


def upgraded(tree: Tree, found: list[Application], upgrade: Upgrade) -> Tree:
    """The tree with the Applications of an environment at their new versions."""
    return tree.put_all(upgraded_texts(tree, found, upgrade))


def upgraded_texts(tree: Tree, found: list[Application], upgrade: Upgrade) -> dict[str, str]:
    """The new texts of the files of an environment whose Applications go to another version."""
    texts: dict[str, str] = {}
    for application in found:
        text = texts.get(application.file, tree[application.file])
        with manifest.in_file(application.file):
            for _, edit in edits(application, found, upgrade):
                text = _edited(text, application, edit)
            if moves(application, upgrade):
                revision = parameters.KUBERAY_VERSION.form(str(upgrade.kuberay), application.source)
                text = manifest.put(text, (application.document.index, *_REVISION), revision)
            if upgrade.ray and application.role is Role.RAYCLUSTER:
                text = ray_upgrade.moved(text, application, upgrade.ray)
        if text != tree[application.file]:
            texts[application.file] = text
    return texts


def edits(application: Application, found: list[Application], upgrade: Upgrade) -> Iterator[tuple[Migration, Edit]]:
    """What the way to the new version asks of an Application, and of which migration."""
    if upgrade.kuberay is None or migrations.has_values_elsewhere(application):
        return
    for migration in migrations.MIGRATIONS:
        old = version_by(migration.by, application, found)
        is_about_it = migration.on is application.role and migration.by in upgrade.roles
        if is_about_it and migrations.crossed(migration.since, old, upgrade.kuberay):
            yield from ((migration, edit) for edit in migration.edits(application))


def version_by(role: Role, application: Application, found: list[Application]) -> Version | None:
    """The version that decides what is new for an Application: its chart's, or that of its operator.

    An environment whose operator is in another goes by its chart.
    """
    operators = [one.version for one in found if one.role is Role.OPERATOR]
    return operators[0] if role is Role.OPERATOR and operators else application.version


def _edited(text: str, application: Application, edit: Edit) -> str:
    path = (application.document.index, *edit.path)
    if not edit.renames:
        return manifest.put(text, path, edit.value)
    old = (*path[:-1], edit.renames)
    new = _renamed(text, path, edit.renames)
    if manifest.get(new, path) == edit.value and manifest.get(new, old, manifest.MISSING) is manifest.MISSING:
        return new
    return manifest.drop(manifest.put(text, path, edit.value, before=edit.renames), old)


def _renamed(text: str, path: tuple[Any, ...], old: str) -> str:
    """The text with another word for a key that is written plainly: what is below and around keeps its comments."""
    document = manifest.load(text)[path[0]]
    line, column = document.position((*path[1:-1], old))
    lines = text.split('\n')
    before, found = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    if found.startswith(f'{old}:'):
        lines[line - 1] = f'{before}{path[-1]}{found.removeprefix(old)}'
    return '\n'.join(lines)


class Operators:
    """The operators of other environments, each environment's Applications read once."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree, self._path = tree, path
        self._owners: dict[str, Environment] | None = None
        self._found: dict[Environment, list[Application]] = {}

    def owner(self, environment: Environment) -> Environment | None:
        """The environment that has the CRDs and the operator of this one's Kubernetes cluster."""
        if owns_kubernetes_cluster(self._tree, environment):
            return environment
        if self._owners is None:
            everything = environments(self._tree, self._path)
            owners = (one for one in everything if owns_kubernetes_cluster(self._tree, one))
            self._owners = {kubernetes_cluster(self._tree, one): one for one in owners}
        return self._owners.get(kubernetes_cluster(self._tree, environment))

    def applications(self, owner: Environment) -> list[Application]:
        if owner not in self._found:
            while len(self._found) >= _MOST_KEPT:
                del self._found[next(iter(self._found))]
            self._found[owner] = applications(self._tree, owner)
        return self._found[owner]


def refuse_nothing_to_move(environment: Environment, found: list[Application], upgrade: Upgrade) -> None:
    """Refuses a step that an environment has no Application for."""
    if any(one.role in upgrade.roles for one in found):
        return
    with_operator = upgrade.step == 'crds' and any(one.renders_crds for one in found)
    raise BootstrapError(
        f'{environment.name}: has no Application of its own for --step {upgrade.step}',
        'its CRDs come with the operator: --step operator'
        if with_operator
        else 'name the environment that has the CRDs and the operator of its Kubernetes cluster',
    )


def refuse_disorder(
    environment: Environment,
    found: list[Application],
    upgrade: Upgrade,
    owner: tuple[Environment, list[Application]] | None,
    owner_goes_along: bool,
    allow: Mapping[str, str],
) -> None:
    """Refuses what is against the order CRDs, operator, chart, and (unless RB706 is allowed) a way back."""
    if upgrade.kuberay is None:
        return
    around = found if owner is None else owner[1]
    after = upgrade if owner_goes_along else Upgrade()
    moving = [one for one in found if moves(one, upgrade)]
    for application in moving:
        old = application.version
        # RB706 tells what is lost with older CRDs.
        if old and upgrade.kuberay < old and not application.renders_crds and 'RB706' not in allow:
            raise BootstrapError(
                f'{application.file}: is at KubeRay {old}, and nothing goes backwards by itself',
                f'raybootstrap rollback --env {environment.name} --to REV takes an upgrade back and keeps the CRDs; '
                '--allow RB706=REASON goes back with all that it names',
            )
        for before in _before(application, around):
            version = _after(before, after)
            if version and version < upgrade.kuberay:
                raise _too_early(environment, application, before, version, owner and owner[0], upgrade)


def _after(application: Application, upgrade: Upgrade) -> Version:
    version = upgrade.kuberay if upgrade.kuberay and application.role in upgrade.roles else application.version
    return version or Version(10**9, 0, 0)


def _before(application: Application, around: list[Application]) -> list[Application]:
    """What has to be at a version before an Application is."""
    first = {Role.OPERATOR: (Role.CRDS,), Role.RAYCLUSTER: (Role.OPERATOR,)}.get(application.role, ())
    return [one for one in around if one.role in first]


def _too_early(
    environment: Environment,
    application: Application,
    before: Application,
    version: Version,
    owner: Environment | None,
    upgrade: Upgrade,
) -> BootstrapError:
    step = {Role.CRDS: 'crds', Role.OPERATOR: 'operator'}[before.role]
    what = {Role.CRDS: 'the CRDs come first and are', Role.OPERATOR: 'the operator comes first and is'}[before.role]
    message = f'{application.file}: {what} still at {version} ({before.file})'
    if owner is not None and owner != environment:
        return BootstrapError(
            f'{message}: {owner.name} has those of the Kubernetes cluster of {environment.name}',
            f'raybootstrap upgrade --env {owner.name} --env {environment.name} --kuberay-version {upgrade.kuberay}',
        )
    way = f'raybootstrap upgrade --env {environment.name} --kuberay-version {upgrade.kuberay}'
    return BootstrapError(message, f'{way} --step {step}, or without --step for all of them')
