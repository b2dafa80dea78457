"""A proposal's branch as its reviewers will see it."""

from __future__ import annotations

from collections.abc import Sequence

from bootstrap import layout
from bootstrap.base import Base
from bootstrap.body import Review, why_of
from bootstrap.branches import commands_of
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.outcome import Outcome
from bootstrap.proposal import ALLOW_TRAILER
from bootstrap.repository import Repository
from bootstrap.survey import survey
from bootstrap.tree import Change, Tree


def review(repository: Repository, base: Base, tip: str, context: Context, outcome: Outcome, why: str | None) -> Review:
    """Everything between base and the tip of a branch."""
    commits = repository.commits(base.oid, tip)
    fork = (repository.merge_base(base.oid, tip) if base.oid else None) or base.oid
    before, after = Tree(repository.source(fork)), Tree(repository.source(tip))
    paths = repository.changed_paths(fork, tip)
    environments = _environments(before, after, paths, context)
    allowed = [
        tuple(value.partition('=')[::2]) for one in commits for key, value in one.trailers if key == ALLOW_TRAILER
    ]
    reasons = {str(rule): str(reason) for rule, reason in allowed}
    seen = survey(before, after, environments, context, reasons)
    return Review(
        *(commits[0].subject if commits else outcome.title, base.branch, outcome.branch, before, after, context),
        changes=[Change(path, before.get(path), after.get(path)) for path in paths],
        environments=environments,
        new_environments=seen.new_environments,
        commands=[command for commit in commits for command in commands_of(commit)],
        why=why or (why_of(commits[0].body) if commits else ''),
        notes=[note for note in outcome.notes if 'argocd repo add' not in note],
        tables=outcome.tables(before, after, context),
        findings=seen.findings,
        allowed=list(reasons.items()),
        capacity=seen.capacity,
    )


def _environments(before: Tree, after: Tree, paths: Sequence[str], context: Context) -> list[Environment]:
    prefix = f'{context.path}/environments/' if context.path else 'environments/'
    names = sorted({path[len(prefix) :].partition('/')[0] for path in paths if path.startswith(prefix)})
    found = [Environment(name, context.path) for name in names]
    return [one for one in found if layout.has(after, one) or layout.has(before, one)]
