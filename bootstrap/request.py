"""What a command asks for, and how it is to be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bootstrap.context import Context
from bootstrap.tree import Tree


@dataclass(frozen=True)
class Step:
    """A further commit of a proposal: its plan starts from the tree of the commit before.

    What is empty is as the request has it: the command, the author's why and more trailers.
    """

    title: str
    plan: Callable[[Tree, Context], Tree]
    line: str = ''
    why: str = ''
    trailers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Request:
    """A plan, with what its branch and its commit are named after.

    `steps` become commits of their own behind the plan's, those that change nothing are left out. `adopts` says
    that errors in what the plan brings are no new ones. `notes` is told the trees before and after.

    `environments` may be empty: then it is the only one there is or, for a change that is `repository_wide`, none.
    `title` is told the folder above environments/, the tree before and the names of the environments. `line` gives
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
    notes: Callable[[Tree, Tree, Context], Sequence[str]] = lambda before, after, context: ()  # noqa: ARG005

    def trees(self, tree: Tree, context: Context) -> tuple[Tree, ...]:
        """What the plan and each step make of a tree, in their order."""
        found = [self.plan(tree, context)]
        for step in self.steps:
            found.append(step.plan(found[-1], context))
        return tuple(found)


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
