"""A proposal of several commits: the plan's and those of its steps."""

from __future__ import annotations

from pathlib import Path

from world import commit, git

from bootstrap.context import Context
from bootstrap.propose import propose
from bootstrap.request import Publishing, Request, Step
from bootstrap.tree import Tree


def writing(name: str, text: str) -> Step:
    def plan(tree: Tree, context: Context) -> Tree:
        return tree.put(name, text)

    return Step(f'Write {name}', plan)


def request(*steps: Step) -> Request:
    return Request(
        'fix', lambda tree, _context: tree, lambda *_told: 'All', line=lambda _names: 'fix', steps=steps, subject='x'
    )


def test_each_step_that_changes_something_is_a_commit(prod: Path) -> None:
    commit(prod, {'a.yaml': 'x: 1\n'})
    steps = (
        writing('a.yaml', 'x: 1\n'),
        writing('a.yaml', 'x: 2\n'),
        writing('b.yaml', 'x: 3\n'),
        writing('b.yaml', 'x: 3\n'),
    )
    outcome = propose(request(*steps), Publishing(branch='mend', message='Because.'), prod, None)
    assert outcome.result == 'changed'
    assert git(prod, 'log', '--reverse', '--format=%B%x00', 'main..mend').replace('\n', ' ').split('\0') == [
        'Write a.yaml  Because.  - a.yaml:   - x: 1 → 2  Raybootstrap-Command: fix Raybootstrap-Version: 0.1.0 ',
        ' Write b.yaml  - b.yaml: new  Raybootstrap-Command: fix Raybootstrap-Version: 0.1.0 ',
        ' ',
    ]
    assert git(prod, 'rev-parse', 'mend').strip() == outcome.commit
    again = propose(request(*steps), Publishing(branch='mend'), prod, None)
    assert again.result == 'unchanged'
