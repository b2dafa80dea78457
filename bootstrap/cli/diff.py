"""raybootstrap diff"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from bootstrap import apply_order, comparison, console, layout
from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared, checked_output
from bootstrap.errors import CHANGES_PENDING, USAGE, BootstrapError
from bootstrap.layout import ENVIRONMENT_LABEL, Environment
from bootstrap.proposal import shown
from bootstrap.reading import Reading, reading
from bootstrap.tree import Change, Tree


class Side(NamedTuple):
    """What is compared: the environments of a tree or, with `environment`, that one."""

    label: str
    tree: Tree
    environment: str = ''


def diff(
    a: Annotated[str, typer.Argument(metavar='A', help='An environment, or else a revision.')],
    b: Annotated[
        str | None, typer.Argument(metavar='[B]', help='Another one. Default: the files as they are on disk.')
    ] = None,
    exit_code: Annotated[bool, typer.Option('--exit-code', help='Exit 3 when something differs.')] = False,
    rendered: Annotated[bool, typer.Option('--rendered', help='Compare what helm template renders.')] = False,
    *,
    shared: Shared,
) -> int:
    """Compare environments or revisions, by field and then as text.

    Two environments are compared under the names of the first: that one is called dev-raycluster and the other
    prod-raycluster is no difference. One environment alone is compared with its last commit. A word that is the name
    of an environment means the environment; refs/heads/NAME means a branch of that name.

    \b
    Example:
      raybootstrap diff staging prod
    """
    output = checked_output(shared)
    with reading(shared.directory, shared.path, history=True) as found:
        before, after = _sides(found, a, b)
        changes = list(_changes(found, before, after, rendered=rendered))
    if output == 'json':
        _print_json(before, after, changes)
    else:
        _show(before, after, changes, quiet=shared.quiet)
    return CHANGES_PENDING if exit_code and changes else 0


def _sides(found: Reading, a: str, b: str | None) -> tuple[Side, Side]:
    one = _side(found, a)
    if b is not None:
        two = _side(found, b)
    else:
        two = Side('the work tree', found.tree, one.environment)
        if one.environment:
            one = Side(f'{a} at HEAD', found.revision('HEAD'), a)
            two = two._replace(label=a)
    # A revision stands for the environment that it is compared with.
    names = (one.environment or two.environment, two.environment or one.environment)
    return one._replace(environment=names[0]), two._replace(environment=names[1])


def _side(found: Reading, text: str) -> Side:
    environment = Environment(text, found.path)
    folder = posixpath.dirname(environment.directory)
    if text in found.tree.entries(folder) and ENVIRONMENT_LABEL in layout.labels(found.tree, environment):
        return Side(text, found.tree, text)
    try:
        return Side(text, found.revision(text))
    except BootstrapError as error:
        if error.exit_code != USAGE:
            raise
        raise BootstrapError(
            f'{text!a}: no such environment and no such revision', 'raybootstrap list', exit_code=USAGE
        ) from None


def _changes(found: Reading, before: Side, after: Side, *, rendered: bool) -> Iterator[Change]:
    if before.environment != after.environment:
        own = _texts(found, before.tree, before.environment, before.environment, rendered=rendered)
        other = _texts(found, after.tree, after.environment, before.environment, rendered=rendered)
        yield from comparison.compared(own, other)
        return
    names = {before.environment} if before.environment else {one.name for one in _environments(found, before, after)}
    for name in sorted(names):
        texts = [_texts(found, side.tree, name, name, rendered=rendered) for side in (before, after)]
        for change in comparison.compared(*texts):
            yield change._replace(path=f'{Environment(name, found.path).directory}/{change.path}')


def _environments(found: Reading, *sides: Side) -> Iterator[Environment]:
    for side in sides:
        yield from layout.environments(side.tree, found.path)


def _texts(found: Reading, tree: Tree, name: str, like: str, *, rendered: bool) -> dict[str, str]:
    """The manifests of an environment, its names as those of `like`."""
    environment = Environment(name, found.path)
    texts = comparison.texts(tree, environment)
    if name != like:
        texts = {path: comparison.named_like(text, name, like) for path, text in texts.items()}
    return _expanded(found, tree, environment, texts) if rendered and texts else texts


def _expanded(found: Reading, tree: Tree, environment: Environment, texts: dict[str, str]) -> dict[str, str]:
    from bootstrap import helm
    from bootstrap.expansion import expanded

    for path, text in texts.items():
        tree = tree.put(f'{environment.directory}/{path}', text)
    by_file: dict[str, list[str]] = {}
    for one in expanded(apply_order.parts(tree, found.settings, environment), tree, helm.template):
        by_file.setdefault(one.part.resource.file.removeprefix(f'{environment.directory}/'), []).append(one.text)
    return {**texts, **{path: apply_order.joined(of_file) for path, of_file in by_file.items()}}


def _show(before: Side, after: Side, changes: Sequence[Change], *, quiet: bool) -> None:
    out = console.out()
    if not changes:
        if not quiet:
            out.print(console.text(f'No difference between {before.label} and {after.label}.'))
        return
    if quiet:
        for change in changes:
            out.print(console.text(change.path))
        return
    renamed = f', with the names of {before.label}' if before.environment != after.environment else ''
    out.print(console.text(f'From {before.label} to {after.label}{renamed}', 'bold'))
    out.print()
    for change in changes:
        _show_fields(change, before.label, after.label)
    for change in changes:
        out.print()
        console.print_diff(out, console.diff(change.before, change.after, change.path))


def _show_fields(change: Change, before: str, after: str) -> None:
    out = console.out()
    if change.before is None or change.after is None:
        out.print(console.text(f'  {change.path}: only in {after if change.before is None else before}'))
        return
    out.print(console.text(f'  {change.path}'))
    fields = comparison.fields(change)
    if not fields:
        out.print(console.text('    no YAML' if fields is None else '    only comments or layout', 'dim'))
    for field in fields or ():
        out.print(console.text(f'    {field.path}: ') + console.text(shown(field), 'bold'))


def _print_json(before: Side, after: Side, changes: Sequence[Change]) -> None:
    listed: list[dict[str, Any]] = []
    for change in changes:
        fields = comparison.fields(change) or []
        listed += [{'path': change.path, **field.as_json()} for field in fields]
        if not fields:
            listed.append({'path': change.path, 'field': None, 'before': None, 'after': None})
    data = {'result': 'changed' if changes else 'unchanged', 'from': before.label, 'to': after.label}
    console.print_json({'schema': console.SCHEMA, 'command': 'diff', **data, 'changes': listed})


command = reading_command(diff)
