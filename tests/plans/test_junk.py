"""What anybody may have written: wrong types anywhere end in a refusal, or do not matter."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_world import EMPTY, SMALL, Texts, add_group, init, tree_of

from bootstrap import notes, ownership, parameters, proposal
from bootstrap.errors import BootstrapError
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.layout import environments
from bootstrap.tree import Tree
from bootstrap.worker_group import Options

BEFORE = add_group(tree_of(init(tree_of(init(EMPTY)), 'dev', shares='prod')), 'gpu', SMALL, 'prod', 'dev')
DATA = {path: list(yaml.safe_load_all(text)) for path, text in BEFORE.items()}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        [],
        {},
        [None],
        [[]],
        [{}],
        {'a': None},
        {1: 2},
        '',
        'text',
        0,
        1,
        -1.5,
        float('inf'),
        True,
        10**400,
        '9' * 5000,
    ]
)
INITS: list[dict[str, Any]] = [
    {},
    {'repo_url': 'https://git.example.com/x'},
    {'kuberay_version': Version(1, 5, 1), 'ray_version': Version(2, 46, 0)},
    {'image': Image('a/b', '2.53.0')},
    {'namespace': 'ml', 'argocd_namespace': 'gitops', 'project': 'shared'},
    {'destination': {'name': 'eu-1'}},
    {'shares': 'dev'},
    {'sync': 'manual'},
    {'sync': 'auto', 'operator': True, 'root': True},
    {'groups': ['gpu', 'more']},
]
ADDS: list[tuple[str, Options, dict[str, Any]]] = [
    ('gpu', SMALL, {}),
    ('new', SMALL, {}),
    ('new', Options(gpu=1, env_var={'A': 'b'}), {'from_group': 'gpu'}),
    ('new', Options(), {'from_group': 'standard-worker'}),
]


def places(data: Any) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(), *((key, *below) for key, value in items for below in places(value))]


PLACES = [(path, place) for path, documents in DATA.items() for place in places(documents)]


def with_junk(path: str, place: tuple[Any, ...], junk: Any) -> Texts:
    documents = copy.deepcopy(DATA[path])
    if not place:
        return {**BEFORE, path: yaml.safe_dump(junk)}
    parent: Any = documents
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = junk
    return {**BEFORE, path: yaml.safe_dump_all(documents, sort_keys=False)}


def looked_at(before: Tree, after: Tree) -> None:
    found = list(environments(after, ''))
    list(notes.notes(before, after, found))
    for environment in found:
        ownership.destination(after, environment)
        parameters.get(after, environment, parameters.FOLLOWED_BRANCH)
    proposal.capacity_of(after, found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JUNK, st.sampled_from(['init', 'like', 'add', 'look']), st.data())
def test_junk_anywhere(where: tuple[str, tuple[Any, ...]], junk: Any, command: str, data: st.DataObject) -> None:
    tree, refusal = tree_of(with_junk(*where, junk)), ''
    try:
        if command == 'init':
            options = data.draw(st.sampled_from(INITS))
            done = init(tree, data.draw(st.sampled_from(['prod', 'dev'])), **options)
        elif command == 'like':
            options = data.draw(st.sampled_from(INITS))
            done = init(
                tree, 'qa', **{'operator': True, **options, 'like': data.draw(st.sampled_from(['prod', 'dev']))}
            )
        elif command == 'add':
            name, group, rest = data.draw(st.sampled_from(ADDS))
            done = add_group(tree, name, group, 'prod', **rest)
        else:
            done = {path: tree[path] for path in tree.files('')}
        looked_at(tree, tree_of(done))
    except BootstrapError as error:
        refusal = error.message
    assert refusal.isprintable()
