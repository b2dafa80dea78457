"""Whatever an environment's files hold, the rules find something or nothing, and never fail."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import yaml
from drawing import Draw

from bootstrap import gate, inventory, mending, picture
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment, environments
from bootstrap.plans import add_group, init
from bootstrap.report import Selection
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree, changes
from bootstrap.validation import change_report, environments_report
from bootstrap.worker_group import Options

CONTEXT = Context(remote_url='https://git.example.com/acme/ray.git')


def one(data: bytes) -> None:
    """Look at environments of which some values, or some bytes, are others, in one of the ways there are."""
    draw = Draw(data)
    kind, files = draw.byte() % 8, dict(_files())
    for _ in range(1 + draw.byte() % 4):
        path = draw.choice(sorted(files))
        files[path] = _with_junk(draw, files[path]) if draw.byte() < 200 else _torn(draw, files[path])
    before = Tree(Files(_files()))
    after = before.put_all(files)
    if kind < 5:
        report = environments_report(after, Settings(), '', (), Selection())
        assert all(finding.message and finding.line > 0 for finding in report.findings)
    elif kind == 5:
        change_report(before, after, Settings(), '', ('dev', 'prod'), Selection())
        both = [Environment(name) for name in ('dev', 'prod')]
        _done_or_refused(lambda: gate.findings(before, after, both, CONTEXT, {}))
    elif kind == 6:
        _done_or_refused(lambda: list(inventory.groups(after, Settings(), '')))
        _done_or_refused(lambda: list(inventory.environments(after, Settings(), '')))
        for environment in environments(after, '', broken=True):
            _done_or_refused(partial(picture.of_environment, after, Settings(), environment))
    else:
        for environment in environments(after, '', broken=True):
            _done_or_refused(partial(mending.mended, after, environment, CONTEXT))


def _done_or_refused(act: Any) -> None:
    with contextlib.suppress(BootstrapError):
        act()


@cache
def _files() -> dict[str, str]:
    empty = Tree(Files({}))
    tree = init.plan(empty, CONTEXT, ['prod'], init.Options())
    tree = init.plan(tree, CONTEXT, ['dev'], init.Options(shares='prod'))
    tree = add_group.plan(tree, CONTEXT, ['prod', 'dev'], 'gpu', Options(max=2, cpu='4', memory='8Gi', gpu=1))
    return {change.path: change.after for change in changes(empty, tree) if change.after is not None}


def _with_junk(draw: Draw, text: str) -> str:
    documents = list(yaml.safe_load_all(text)) if _is_yaml(text) else []
    paths = [path for path in _paths(documents) if len(path) > 1]
    if not paths:
        return text
    path = draw.choice(paths)
    holder: Any = documents
    for key in path[:-1]:
        holder = holder[key]
    kind = draw.byte() % 8
    if kind == 0:
        del holder[path[-1]]
    elif kind == 1 and isinstance(holder, dict):
        holder[draw.word()] = draw.value()
    else:
        holder[path[-1]] = draw.value()
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=draw.byte() % 2 == 0)


def _is_yaml(text: str) -> bool:
    try:
        return bool(list(yaml.safe_load_all(text)))
    except (yaml.YAMLError, ValueError):
        return False


def _torn(draw: Draw, text: str) -> str:
    lines = text.split('\n')
    at = draw.byte() * len(lines) // 256
    kind = draw.byte() % 4
    if kind == 0:
        del lines[at : at + 1 + draw.byte() % 5]
    elif kind == 1:
        lines[at:at] = lines[at : at + 1 + draw.byte() % 5]
    elif kind == 2:
        lines[at : at + 1] = [lines[at][: draw.byte() % 40] + draw.word()]
    else:
        lines[at:at] = draw.word().split('\n')
    return '\n'.join(lines)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from _paths(value, (*path, key))
