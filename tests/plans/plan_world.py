"""Trees in memory, and plans on them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import yaml

from bootstrap import manifest
from bootstrap.choices import Choices
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.plans import add_group as add_group_plan
from bootstrap.plans import init as init_plan
from bootstrap.tree import Files, Tree
from bootstrap.worker_group import Options

URL = 'https://git.example.com/acme/gitops.git'
EMPTY = Tree(Files())
VALUES = ('spec', 'source', 'helm', 'valuesObject')
GROUPS = (*VALUES, 'additionalWorkerGroups')
SMALL = Options(cpu='1', memory='1Gi', max=3)

Texts = dict[str, str]


def tree_of(files: Mapping[str, str]) -> Tree:
    return Tree(Files(dict(files)))


def texts(tree: Tree) -> Texts:
    """Every file, as a commit would hold it."""
    return {path: tree[path] for path in tree.files('')}


def saved(tree: Tree) -> Tree:
    """The same files in a commit of their own."""
    return tree_of(texts(tree))


def init(tree: Tree, *names: str, context: Context | None = None, **options: Any) -> Texts:
    """The files after an `init` with these options, which are those of the plan and of its choices."""
    own = {one.name for one in fields(Choices)}
    choices = Choices(**{key: value for key, value in options.items() if key in own})
    rest = {key: value for key, value in options.items() if key not in own}
    done = init_plan.plan(
        tree, context or Context(remote_url=URL), names or ('prod',), init_plan.Options(choices, **rest)
    )
    return texts(done)


def add_group(tree: Tree, name: str, options: Options = SMALL, *names: str, **rest: Any) -> Texts:
    """The files after an `add-group`."""
    context = rest.pop('context', None) or Context(remote_url=URL)
    return texts(add_group_plan.plan(tree, context, names, name, options, **rest))


def fresh(**options: Any) -> Tree:
    """A repository with the environment prod."""
    return tree_of(init(EMPTY, **options))


def file(name: str, environment: str = 'prod') -> str:
    """'raycluster', 'ray-operator', 'ray-operator-crds', 'root' or 'projects' as a path."""
    folder = Environment(environment).directory
    return f'{folder}/{name}.yaml' if name in ('root', 'projects') else f'{folder}/applications/{name}.yaml'


def data(files: Mapping[str, str], name: str, environment: str = 'prod') -> Any:
    """The plain data of one of an environment's files, by another reader than the product's."""
    found = list(yaml.safe_load_all(files[file(name, environment)]))
    return found if name == 'projects' else found[0]


def group(files: Mapping[str, str], name: str) -> Any:
    return manifest.get(files[file('raycluster')], (*GROUPS, name))


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """'-' and '+' lines of all files, without their indentation; a new or lost file is one line of its own."""
    found = [f'{"+" if path in after else "-"} {path}' for path in sorted(before.keys() ^ after.keys())]
    for path in sorted(before.keys() & after.keys()):
        lines = difflib.ndiff(before[path].splitlines(keepends=True), after[path].splitlines(keepends=True))
        found += [f'{line[0]} {line[2:].strip()}' for line in lines if line[0] in '+-']
    return found
