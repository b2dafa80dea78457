"""The road where there is no repository yet: the plan on nothing, before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment
from bootstrap.outcome import Outcome, parts
from bootstrap.placing import branch_name
from bootstrap.repository import UNFINISHED
from bootstrap.request import Publishing, Request
from bootstrap.survey import survey
from bootstrap.tree import Change, Files, Tree, changes


def rehearsed(request: Request, publishing: Publishing, directory: Path, path: str) -> Outcome:
    """The plan on nothing, so that what is missing is said before a repository is made."""
    if {entry.name for entry in directory.iterdir()} - {UNFINISHED}:
        raise BootstrapError(f'{directory}: has files but is no git repository', f'git init {directory}')
    if remote := publishing.remote or publishing.push_remote:
        raise BootstrapError(f'there is no repository yet, and no remote {remote}', 'clone it first', exit_code=USAGE)
    before = Tree(Files({}))
    context = Context(path=path, forge=publishing.forge, allow=publishing.allow)
    trees = request.trees(before, context)
    after = trees[-1]
    found = [Environment(name, path) for name in request.environments]
    branch = publishing.branch or branch_name(request, Context(), request.environments)
    title = publishing.title or request.titled(path, before, after, request.environments)
    told = request.noted(before, after, context)
    adopted = brought(request, before, trees)
    seen = survey(before, after, found, context, publishing.allow, adopted, told)
    return Outcome(
        *('planned', publishing.base or 'the base branch', branch, title),
        changes=changes(before, after),
        parts=parts(request, title, before, trees),
        notes=seen.notes,
        environments=request.environments,
        new_environments=found,
        capacity=seen.capacity,
        findings=seen.findings,
    )


def brought(request: Request, before: Tree, trees: Sequence[Tree]) -> Sequence[Change]:
    """What comes in as it is, so that its errors are no new ones."""
    return changes(before, trees[0]) if request.adopts else ()
