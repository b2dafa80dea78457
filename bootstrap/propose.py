"""The one road of every writing command: tree at base, plan, rules, commit on a branch, push."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bootstrap import base as bases
from bootstrap import checkout, gate, git_url, layout, proposal, pull_requests, replaying, settings
from bootstrap.base import Base, Remotes
from bootstrap.context import Context
from bootstrap.errors import OVERTAKEN, BootstrapError, NotHereError
from bootstrap.following import Following, unwatched
from bootstrap.forges.kinds import kind_of
from bootstrap.outcome import Outcome, parts
from bootstrap.placing import Placement, placed
from bootstrap.proposal import Proposal
from bootstrap.publish import OvertakenError, PullRequestWay, published
from bootstrap.reading import commit_of
from bootstrap.rehearsal import brought, rehearsed
from bootstrap.replaying import Replay, replayed
from bootstrap.repository import (
    Moved,
    Repository,
    check_branch_name,
    open_repository,
    start_repository,
    without_credentials,
)
from bootstrap.request import Publishing, Request
from bootstrap.survey import survey
from bootstrap.tree import Tree, changes

_TRIES = 3


@dataclass(frozen=True)
class _Run:
    """What stays the same while a run tries again."""

    repository: Repository
    request: Request
    publishing: Publishing
    path: str | None
    started: bool
    forgotten: str | None = None
    replayed: Replay | None = None
    following: Following = unwatched


def replay(
    branch: Replay, publishing: Publishing, directory: Path, path: str | None, following: Following = unwatched
) -> Outcome:
    """Plan the commands of a proposal again on today's base, on its own branch."""
    repository = open_repository(directory, writes=True)
    if repository is None:
        raise BootstrapError(f'{directory}: is in no git repository', 'run it in the repository of the proposal')
    with repository:
        nothing = Request('replay', lambda tree, _: tree, lambda *_: branch.branch, repository_wide=True)
        run = _Run(repository, nothing, publishing, path, started=False, replayed=branch, following=following)
        return _tried(run)


def propose(
    request: Request, publishing: Publishing, directory: Path, path: str | None, following: Following = unwatched
) -> Outcome:
    """Plan, commit and push what is asked; nothing but objects is written before everything is known to be right."""
    gate.checked_allowances(publishing.allow)
    repository = open_repository(directory, writes=True)
    if repository is not None:
        with repository:
            return _tried(_Run(repository, request, publishing, path, started=False, following=following))
    outcome = rehearsed(request, publishing, directory, layout.checked_path(path or '.'))
    if refusal := outcome.findings.refusal():
        raise refusal
    if publishing.dry_run or not outcome.changes:
        return outcome if outcome.changes else replace(outcome, result='unchanged')
    for name in (publishing.base, publishing.branch):
        check_branch_name(directory, name) if name is not None else None
    with start_repository(directory) as repository:
        return _tried(_Run(repository, request, publishing, path, started=True))


def _tried(run: _Run) -> Outcome:
    run.repository.identity()
    if run.publishing.checkout and (operation := run.repository.operation()):
        raise BootstrapError(f'the repository is in the middle of a {operation}', 'finish it, or leave --checkout out')
    for _ in range(_TRIES):
        try:
            return _attempt(run)
        except Moved:
            continue
        except OvertakenError as overtaken:
            run = replace(run, forgotten=overtaken.commit)
    raise BootstrapError(
        'another run or another person was faster three times; nothing was changed', 'run it again', exit_code=OVERTAKEN
    )


def _attempt(run: _Run) -> Outcome:
    repository, publishing = run.repository, run.publishing
    with repository.lock():
        there = bases.remotes(repository, publishing)
        base, context, names = _ground(run, there)
        if publishing.direct and any(context.settings.protected(name) for name in names):
            raise BootstrapError(
                f'{", ".join(names)}: protected, so a change goes through review', 'leave --direct out'
            )
        if not publishing.direct:
            pull_requests.check(there, publishing, context.forge)
        way = PullRequestWay(there, publishing, context.settings)
        if run.replayed is not None:
            placement, request = replayed(repository, there, base, run.replayed, context, way)
            run = replace(run, request=request)
        else:
            placement = placed(
                repository, there, base, run.request, publishing, context, names, run.forgotten, way.is_merged
            )
        outcome = _outcome(run, base, placement, context)
        if refusal := outcome.findings.refusal():
            raise refusal
        if placement.unchanged and placement.done is None:
            return outcome
        checkout.refuse_in_the_way(repository, publishing, base, placement, there)
        if publishing.dry_run:
            repository.refuse_unwritable(placement.parent, outcome.changes)
            if outcome.changes:
                return replace(outcome, result='planned')
            return replace(outcome, result='unchanged', commit=placement.parent if placement.done else None)
        base_commit = base.oid or repository.write_commit(None, [], 'Start an empty repository\n', sign=publishing.sign)
        placement = replace(placement, parent=placement.parent or base_commit)
        tip = str(placement.parent) if placement.unchanged else _committed(run, placement, context, outcome)
        moved = checkout.moved(repository, publishing, base, base_commit, placement, tip)
    outcome = replace(outcome, commit=tip, started=run.started, checked_out=moved)
    base = replace(base, oid=base_commit)
    try:
        return published(repository, publishing, there, base, placement, context, outcome, way)
    except OvertakenError:
        checkout.taken_back(repository, placement, tip)
        raise


def _ground(run: _Run, there: Remotes) -> tuple[Base, Context, tuple[str, ...]]:
    """Base, what plans are told, and the names of the environments."""
    repository = run.repository
    base = bases.find(repository, there, run.publishing, settings.Settings().branch_prefix)
    context = _context(run, there, base)
    tree = Tree(repository.source(base.oid))
    named = run.request.environments
    if run.replayed is not None:
        named = replaying.environments(repository, there, base, run.replayed)
    if run.publishing.base is None:
        base = bases.followed(repository, there, base, tree, context, named)
        context = _context(run, there, base)
        tree = Tree(repository.source(base.oid))
    if named or run.request.repository_wide or run.replayed is not None:
        return base, context, named
    try:
        everything = run.request.everywhere
        found = list(layout.environments(tree, context.path)) if everything else layout.chosen(tree, (), context.path)
    except NotHereError:
        found = []
    return base, context, tuple(one.name for one in found)


def _context(run: _Run, there: Remotes, base: Base) -> Context:
    tree = Tree(run.repository.source(base.oid))
    found = settings.load(tree)
    path = layout.checked_path(run.path) if run.path is not None else found.path
    url, publishing = _remote_url(run, there), run.publishing
    forge = kind_of(
        url or '',
        kind=publishing.forge,
        settings_kind=found.forge,
        environ=os.environ,
        probe=False,
        api_url=publishing.forge_url,
    )
    at = partial(_tree_of, run.repository)
    return Context(path, base.branch, url, found, forge, publishing.allow, at, tree, run.following)


def _tree_of(repository: Repository, revision: str) -> Tree:
    return Tree(repository.source(commit_of(repository, revision)))


def _remote_url(run: _Run, there: Remotes) -> str | None:
    if there.base is None:
        return None
    url = without_credentials(there.base.url)
    # git reads a relative path from the top, wherever it is run.
    top = run.repository.root or run.repository.git_dir
    return url if git_url.parse(url) else (top / url).resolve().as_uri()


def _outcome(run: _Run, base: Base, placement: Placement, context: Context) -> Outcome:
    before, after, request = placement.before, placement.after, run.request
    nothing = placement.parent is None and placement.unchanged
    found = [] if nothing else request.changed(before, after, context)
    names = [one.name for one in found]
    title = run.publishing.title or context.settings.title_prefix + request.titled(context.path, before, after, names)
    adopted = brought(request, before, placement.trees)
    told = request.noted(before, after, context)
    seen = survey(before, after, found, context, run.publishing.allow, adopted, told)
    return Outcome(
        *('unchanged' if placement.unchanged else 'changed', base.branch, placement.branch, title),
        changes=changes(before, after),
        parts=parts(request, title, before, placement.trees),
        notes=[*([f'{placement.why}.'] if placement.why else []), *seen.notes],
        tables=request.tables,
        environments=names,
        new_environments=seen.new_environments,
        capacity=seen.capacity,
        findings=seen.findings,
    )


def _committed(run: _Run, placement: Placement, context: Context, outcome: Outcome) -> str:
    """The last of the commits, which tell of one part each; the first carries what is said of them all."""
    publishing, parent = run.publishing, placement.parent
    line = run.request.line(outcome.environments)
    allowed = run.request.needed(placement.before, context, placement.after)
    allowed |= {finding.rule: reason for finding, reason in outcome.findings.allowed}
    stated = {rule for part in outcome.parts for rule in part.allowed}
    allowed = {rule: reason for rule, reason in allowed.items() if rule not in stated}
    for number, part in enumerate(outcome.parts):
        said = (publishing.message or '', outcome.notes) if number == 0 else ('', ())
        text = proposal.message(
            Proposal(
                *(part.title, part.line or line, part.changes, part.why or said[0], said[1]),
                allowed={**part.allowed, **allowed},
                trailers=part.trailers or publishing.trailers,
            )
        )
        text = run.repository.run_commit_message_hook(text)
        parent = run.repository.write_commit(parent, part.changes, text, sign=publishing.sign)
    return str(parent)
