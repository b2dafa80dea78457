"""What a command asks for, and how it is to be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from bootstrap import layout, mirrors
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment
from bootstrap.tree import Tree, changes


class Table(NamedTuple):
    """What a command shows its reviewers besides what it changes; cells are plain text."""

    heading: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Notes(Protocol):
    """What is to be said of a change, taken while environment by environment is read."""

    def see(self, environment: Environment) -> None:
        """Told of each environment in turn."""

    def lines(self) -> Sequence[str]:
        """A sentence or two each."""


class _AtTheEnd(NamedTuple):
    """Notes that look at no environment by itself."""

    notes: Callable[[], Sequence[str]]

    def see(self, environment: Environment) -> None:
        """It makes no difference."""

    def lines(self) -> Sequence[str]:
        return self.notes()


NOTHING: Notes = _AtTheEnd(tuple)


@dataclass(frozen=True)
class Step:
    """A further commit of a proposal: its plan starts from the tree of the commit before.

    What is empty is as the request has it: the command, the author's why, more trailers and what is let through.
    """

    title: str
    plan: Callable[[Tree, Context], Tree]
    line: str = ''
    why: str = ''
    trailers: Sequence[tuple[str, str]] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A plan, with what its branch and its commit are named after.

    `steps` become commits of their own behind the plan's, those that change nothing are left out. `adopts` says
    that errors in what the plan brings are no new ones. `notes`, `notes_in_turn`
    and `tables` are told the trees before and after.

    `environments` may be empty: then it is the only one there is or, for a change that is `repository_wide`, none;
    with `everywhere` it is all of them. Those of a request that `removes` need not be there afterwards.
    `title` is told the folder above environments/, the tree before and the names of the environments; `title_of`,
    where it is given, the trees before and after. `line` gives
    the command with the options of its plan, normalised.
    """

    command: str
    plan: Callable[[Tree, Context], Tree]
    title: Callable[[str, Tree, Sequence[str]], str]
    environments: tuple[str, ...] = ()
    subject: str = ''
    line: Callable[[Sequence[str]], str] = lambda names: ''  # noqa: ARG005
    steps: tuple[Step, ...] = ()
    adopts: bool = False
    repository_wide: bool = False
    everywhere: bool = False
    removes: bool = False
    notes: Callable[[Tree, Tree, Context], Sequence[str]] = lambda before, after, context: ()  # noqa: ARG005
    notes_in_turn: Callable[[Tree, Tree, Context], Notes] | None = None
    title_of: Callable[[Tree, Tree, Sequence[str]], str] | None = None
    tables: Callable[[Tree, Tree, Context], Sequence[Table]] = lambda before, after, context: ()  # noqa: ARG005

    def titled(self, path: str, before: Tree, after: Tree, names: Sequence[str]) -> str:
        """The title of the change from one tree to the other."""
        return self.title_of(before, after, names) if self.title_of else self.title(path, before, names)

    def noted(self, before: Tree, after: Tree, context: Context) -> Notes:
        """What is to be said of the change from one tree to the other."""
        if self.notes_in_turn is not None:
            return self.notes_in_turn(before, after, context)
        return _AtTheEnd(lambda: self.notes(before, after, context))

    def trees(self, tree: Tree, context: Context) -> tuple[Tree, ...]:
        """What the plan and each step make of a tree, in their order."""
        first = self.plan(tree, context)
        # What is adopted comes in as it is.
        found = [first if self.adopts else mirrors.mirrored(tree, first, context.settings)]
        for step in self.steps:
            found.append(mirrors.mirrored(found[-1], step.plan(found[-1], context), context.settings))
        return tuple(found)

    def needed(self, tree: Tree, context: Context, planned: Tree) -> dict[str, str]:
        """Of the rules that the user lets through, with reasons, those that what is planned hangs on."""
        return {rule: why for rule, why in context.allow.items() if self._hangs_on(rule, tree, context, planned)}

    def _hangs_on(self, rule: str, tree: Tree, context: Context, planned: Tree) -> bool:
        without = {one: why for one, why in context.allow.items() if one != rule}
        try:
            return bool(changes(self.trees(tree, replace(context, allow=without))[-1], planned))
        except BootstrapError:
            return True

    def changed(self, before: Tree, after: Tree, context: Context) -> list[Environment]:
        """The environments that it is about, as far as they are there."""
        if self.repository_wide:
            return []
        if self.everywhere:
            return list(layout.environments(after, context.path))
        if self.removes:
            named = (Environment(name, context.path) for name in self.environments)
            return [one for one in named if layout.has(before, one) or layout.has(after, one)]
        return layout.chosen(after, self.environments, context.path)


@dataclass(frozen=True)
class Publishing:
    """The options that every writing command has."""

    dry_run: bool = False
    exit_code: bool = False
    base: str | None = None
    branch: str | None = None
    remote: str | None = None
    push_remote: str | None = None
    fetch: bool = True
    push: bool = True
    pr: bool | None = None
    forge: str | None = None
    forge_url: str | None = None
    reviewer: Sequence[str] = ()
    label: Sequence[str] = ()
    draft: bool = False
    direct: bool = False
    checkout: bool = False
    title: str | None = None
    message: str | None = None
    sign: bool | None = None
    trailers: Sequence[tuple[str, str]] = ()
    allow: Mapping[str, str] = field(default_factory=dict)
