"""The state of an environment: rows of its Applications and RayClusters, what is wrong, and both as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bootstrap.live.applications import ApplicationRow, Problem, application_row
from bootstrap.live.expected import ExpectedEnvironment
from bootstrap.live.observed import Observed
from bootstrap.live.platform import PlatformRow, crds_row, operator_row
from bootstrap.live.rayclusters import GroupRow, RayClusterRow, raycluster_row
from bootstrap.live.revisions import Relate
from bootstrap.rules.resource import Role


@dataclass(frozen=True)
class EnvironmentState:
    """An environment at one moment. `revision` is Git's commit, `branch` its branch ('' for none)."""

    name: str
    revision: str
    branch: str
    applications: tuple[ApplicationRow, ...]
    operator: PlatformRow | None
    crds: PlatformRow | None
    rayclusters: tuple[RayClusterRow, ...]
    elsewhere: str = ''
    """Who has the operator, where it is not the environment itself: another environment, or 'external'."""

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the rows; one cause that several parts name stands once."""
        rows = (*self.applications, self.crds, self.operator, *self.rayclusters)
        found: dict[tuple[str, str], dict[str, None]] = {}
        for problem in (problem for row in rows if row for problem in row.problems):
            found.setdefault((problem.message, problem.hint), {})[problem.part] = None
        return [Problem(', '.join(parts), *said) for said, parts in found.items()]


def state(wanted: ExpectedEnvironment, observed: Observed, relate: Relate) -> EnvironmentState:
    """What was observed of an environment, against what Git expects."""
    operator = wanted.of(Role.OPERATOR)
    crds = wanted.of(Role.CRDS) or operator
    return EnvironmentState(
        wanted.name,
        wanted.revision,
        wanted.branch,
        tuple(application_row(one, wanted, observed, relate) for one in wanted.applications),
        operator_row(operator, observed) if operator else None,
        crds_row(crds, observed) if crds else None,
        tuple(raycluster_row(one, observed) for one in wanted.rayclusters),
        '' if wanted.operator in ('own', 'none') else wanted.operator,
    )


def data(found: EnvironmentState) -> dict[str, Any]:
    """The state as JSON has it."""
    platform = {name: _platform(row) for name, row in (('crds', found.crds), ('operator', found.operator)) if row}
    if found.elsewhere:
        platform['operator'] = {'owner': found.elsewhere}
    return {
        'environment': found.name,
        'branch': found.branch or None,
        'revision': found.revision,
        'applications': [_application(row) for row in found.applications],
        **platform,
        'rayclusters': [_raycluster(row) for row in found.rayclusters],
        'problems': [problem._asdict() for problem in found.problems],
    }


def _application(row: ApplicationRow) -> dict[str, Any]:
    return {
        'part': row.part,
        'name': row.name,
        'sync': row.sync,
        'health': row.health or None,
        'revision': row.revision or None,
        'wanted': row.wanted,
        'current': row.is_current,
        'operation': {'phase': row.operation, 'message': row.message, 'retries': row.retries}
        if row.operation
        else None,
        'conditions': [{'type': kind, 'message': message} for kind, message in row.conditions],
    }


def _platform(row: PlatformRow) -> dict[str, Any]:
    return {'running': row.running or None, 'wanted': row.wanted or None}


def _raycluster(row: RayClusterRow) -> dict[str, Any]:
    return {
        'name': row.name,
        'namespace': row.namespace,
        'application': row.application,
        'health': row.health,
        'message': row.message or row.invalid,
        'ray': {'running': list(row.versions), 'wanted': row.wanted or None},
        'groups': [_group(group) for group in row.groups],
        'warnings': [
            {
                'reason': one.reason,
                'message': one.message,
                'count': one.times,
                'last': one.last.isoformat() if one.last else None,
            }
            for one in row.warnings
        ],
    }


def _group(row: GroupRow) -> dict[str, Any]:
    return {
        'group': row.name,
        'in_git': row.in_git,
        'ready': row.ready,
        'desired': row.desired,
        'minimum': row.minimum,
        'maximum': row.maximum,
        'autoscaled_from': row.autoscaled_from,
        'other_image': list(row.other_image),
    }


def same(before: Sequence[EnvironmentState] | None, after: Sequence[EnvironmentState]) -> bool:
    """Whether nothing that is shown has changed."""
    return before is not None and [data(one) for one in before] == [data(one) for one in after]
