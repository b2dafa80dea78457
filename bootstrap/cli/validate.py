"""raybootstrap validate"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bootstrap import console, layout, progress, validation
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import FINDINGS, USAGE, BootstrapError
from bootstrap.reading import Reading, commit_of, reading
from bootstrap.report import UNREADABLE, Report, Selection
from bootstrap.reports import github, junit, sarif
from bootstrap.repository import CommitSource
from bootstrap.rules import check
from bootstrap.rules.rule import Severity
from bootstrap.tree import Kind, Tree

_REPORTS = {'github': github.report, 'sarif': sarif.report, 'junit': junit.report}


def validate(
    paths: Annotated[list[Path] | None, typer.Argument(metavar='[PATH]...', help='Files or folders.')] = None,
    env: Annotated[list[str] | None, typer.Option('--env', metavar='ENV', help='Only these environments.')] = None,
    rev: Annotated[
        str | None, typer.Option('--rev', metavar='REV', help='A revision. Default: the files as they are on disk.')
    ] = None,
    since: Annotated[
        str | None, typer.Option('--since', metavar='REV', help='Only what changed since, and the change itself.')
    ] = None,
    select: Annotated[list[str] | None, typer.Option('--select', metavar='RULE', help='Only these rules.')] = None,
    ignore: Annotated[list[str] | None, typer.Option('--ignore', metavar='RULE', help='Not these rules.')] = None,
    strict: Annotated[bool, typer.Option('--strict', help='Warnings are errors.')] = False,
    *,
    shared: Shared,
) -> int:
    """Check manifests against every rule, offline. Ends in 4 where there are errors.

    -o: text, json, github, sarif, junit.

    \b
    Example:
      raybootstrap validate --since origin/main
    """
    output = checked_output(shared, *_REPORTS)
    if paths and (env or since):
        raise BootstrapError(
            'paths are checked as they are', 'leave out --env and --since, or the paths', exit_code=USAGE
        )
    with reading(shared.directory, shared.path, rev, history=since is not None) as found:
        selection = Selection(_ids(select), _ids(ignore), _severities(found))
        with progress.shown(quiet=shared.quiet) as following:
            if since is not None:
                report = _since(found, since, rev, env or (), selection)
            elif paths:
                report = _of_paths(found, paths, selection)
            else:
                report = validation.environments_report(
                    found.tree, found.settings, found.path, env or (), selection, following
                )
        if not paths and not report.files and not report.findings:
            _check_place(found, shared.path, quiet=shared.quiet)
        _show(report, output, found.tree, quiet=shared.quiet)
    failing = [
        one
        for one in report.findings
        if one.severity is Severity.ERROR or (strict and one.severity is Severity.WARNING)
    ]
    return FINDINGS if failing else 0


def _check_place(found: Reading, given: str | None, *, quiet: bool) -> None:
    """Refuse a place that a user named and that holds no environment; elsewhere say that there is none."""
    if any(layout.environments(found.tree, found.path)):
        return
    if given is not None or found.path:
        where = '--path' if given is not None else 'raybootstrap.yaml: path'
        hint = 'name the folder that holds environments/, relative to the top of the repository'
        raise BootstrapError(f'{where} {found.path or "."!a}: holds no environment', hint, exit_code=USAGE)
    if not quiet:
        console.err().print(console.text(f'no environments here{found.left_out}'))


def _ids(given: Sequence[str] | None) -> frozenset[str]:
    ids = frozenset(one for text in given or () for one in text.upper().split(',') if one)
    unknown = sorted(ids - check.catalogue().keys() - {UNREADABLE})
    if unknown:
        raise BootstrapError(f'{unknown[0]!a}: no such rule', 'raybootstrap list rules', exit_code=USAGE)
    return ids


def _severities(found: Reading) -> dict[str, str]:
    for rule in found.settings.rules:
        if rule not in check.catalogue() and rule != UNREADABLE:
            near = difflib.get_close_matches(rule, check.catalogue(), 1)
            hint = f'did you mean {near[0]}?' if near else 'raybootstrap list rules'
            raise BootstrapError(f'raybootstrap.yaml: rules.{rule}: no such rule', hint)
    return {str(rule): str(severity) for rule, severity in found.settings.rules.items()}


def _since(found: Reading, since: str, rev: str | None, names: Sequence[str], selection: Selection) -> Report:
    if found.repository is None:
        raise BootstrapError('--since needs a git repository', 'git init', exit_code=USAGE)
    repository = found.repository
    tip = commit_of(repository, rev or 'HEAD')
    base = repository.merge_base(commit_of(repository, since), tip) or commit_of(repository, since)
    source = repository.source(base)
    before = Tree(source)
    prefix = f'{found.path}/environments/' if found.path else 'environments/'
    if rev is not None:
        old, new = (repository.source(commit).listing(prefix.rstrip('/')) for commit in (base, tip))
        changed = {name for name in {**old, **new} if old.get(name) != new.get(name)}
    else:
        changed = set(_differing(source, found.tree, prefix.rstrip('/')))
    wanted = sorted(name for name in changed if not names or name in names)
    report = validation.change_report(before, found.tree, found.settings, found.path, wanted, selection)
    for commit in repository.commits(base, tip):
        for key, value in commit.trailers:
            if key == 'Raybootstrap-Allow':
                rule, _, reason = value.partition('=')
                report.allow(rule, reason)
    return report


def _differing(before: CommitSource, after: Tree, folder: str) -> Iterator[str]:
    """The environments of which some file differs. What git has is told by its id, and not read."""
    there = Tree(before)
    for name in sorted({*there.entries(folder), *after.entries(folder)}):
        files = list(after.files(f'{folder}/{name}'))
        if list(there.files(f'{folder}/{name}')) != files or not all(_is_in(before, after, file) for file in files):
            yield name


def _is_in(before: CommitSource, after: Tree, file: str) -> bool:
    try:
        return before.holds(file, after.source.read(file))
    except BootstrapError:
        # What cannot be read is for the rules to say.
        return False


def _of_paths(found: Reading, paths: Sequence[Path], selection: Selection) -> Report:
    files: dict[str, None] = {}
    for path in paths:
        place = Path.cwd() / path
        try:
            name = place.resolve().relative_to(found.top.resolve()).as_posix()
        except ValueError:
            raise BootstrapError(f'{path}: is outside of {found.top}', 'name it with -C', exit_code=USAGE) from None
        name = '' if name == '.' else name
        if name in found.tree:
            files[name] = None
        elif found.tree.entries(name):
            files.update(dict.fromkeys(_manifests(found.tree, name)))
        else:
            raise BootstrapError(f'{path}: no such file or folder', exit_code=USAGE)
    return validation.files_report(found.tree, found.settings, found.path, list(files), selection)


def _manifests(tree: Tree, folder: str) -> Iterator[str]:
    for name, kind in sorted(tree.entries(folder).items()):
        path = f'{folder}/{name}' if folder else name
        if kind is Kind.DIRECTORY:
            yield from _manifests(tree, path)
        elif kind is Kind.FILE and name.endswith(('.yaml', '.yml')) and validation.can_be_read(tree, path):
            yield path


def _show(report: Report, output: str, tree: Tree, *, quiet: bool) -> None:
    if output in _REPORTS:
        sys.stdout.write(_REPORTS[output](report))
    elif output == 'json':
        findings = [console.finding_data(one) for one in report.findings]
        findings += [{**console.finding_data(one), 'waived': reason} for one, reason in report.waived]
        findings += [{**console.finding_data(one), 'allowed': reason} for one, reason in report.allowed]
        result = 'failed' if report.errors else 'unchanged'
        console.print_json({'schema': console.SCHEMA, 'command': 'validate', 'result': result, 'findings': findings})
    else:
        console.print_findings(report.findings, tree)
        if not quiet:
            console.print_verdict(report)


command = reading_command(validate)
