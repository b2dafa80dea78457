from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from forge_world import CANARY, KINDS, World, serving

from bootstrap import forges
from bootstrap.forges import Draft, Head

BRANCH = 'raybootstrap/add-group-prod/gpu'
DRAFT = Draft('Add group gpu', 'why\n\n- what', Head(BRANCH), 'main')
FORKS = {'gitlab': 'ada/ray', 'azure': 'acme/platform/fork', 'bitbucket-server': '~ada/ray'}
REVIEWERS = {
    'bitbucket': ('{00000000-0000-4000-8000-000000000001}', 'ada'),
    'azure': ('00000000-0000-4000-8000-000000000001', 'ada'),
}


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with serving(request.param) as world:
        yield world


def test_one_is_made_and_found_again(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    assert forge.find(api, DRAFT.head) is None
    made = forge.create(api, DRAFT)
    assert (made.state, made.title, made.body, made.draft, made.head) == (
        'open',
        DRAFT.title,
        DRAFT.body,
        False,
        BRANCH,
    )
    assert made.url.startswith(f'{world.url}/')
    assert made.url.endswith('/1')
    assert made.warnings == ()
    assert forge.find(api, DRAFT.head) == made
    assert forge.find(api, Head('raybootstrap/init-prod')) is None


def test_one_that_is_there_is_adopted(world: World) -> None:
    forge = forges.of(world.kind)
    first = forge.create(world.api(), DRAFT)
    assert forge.create(world.api(), DRAFT) == first
    assert len(world.pulls) == 1


def test_a_fork_has_its_own(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    fork = Head(BRANCH, FORKS.get(world.kind, 'ada/ray'))
    own = forge.create(api, DRAFT)
    assert forge.find(api, fork) is None
    made = forge.create(api, replace(DRAFT, head=fork))
    assert made.number != own.number
    assert forge.find(api, fork) == made
    assert forge.find(api, DRAFT.head) == own


def test_title_and_body_change_only_where_they_are_given(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    made = forge.create(api, replace(DRAFT, draft=True))
    world.pulls[0]['reviewers'] = ['{kept}']
    world.pulls[0]['title'] = 'edited by hand'
    updated = forge.update(api, made, None, 'new body')
    assert (updated.title, updated.body) == ('edited by hand', 'new body')
    assert forge.update(api, made, 'new title', 'newer').title.endswith('new title')
    assert world.pulls[0]['body'] == 'newer'
    assert world.pulls[0]['reviewers'] == ['{kept}']


def test_drafts(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    made = forge.create(api, replace(DRAFT, draft=True))
    assert made.draft
    assert world.pulls[0]['draft']


def test_reviewers_and_labels_never_fail_the_pull_request(world: World) -> None:
    forge = forges.of(world.kind)
    reviewers = REVIEWERS.get(world.kind, ('ada', 'nobody'))
    made = forge.create(world.api(), replace(DRAFT, reviewers=reviewers, labels=('ray',)))
    assert world.pulls[0]['reviewers'] == [31 if world.kind == 'gitlab' else reviewers[0]]
    refused = [warning for warning in made.warnings if warning.startswith(f'reviewer {reviewers[1]}')]
    assert len(refused) == 1
    if not world.kind.startswith('bitbucket'):
        assert world.pulls[0]['labels'] == [5 if world.kind == 'gitea' else 'ray']
    assert len(made.warnings) == (2 if world.kind.startswith('bitbucket') else 1)


def test_closing(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    made = forge.create(api, DRAFT)
    forge.close(api, made)
    assert world.open_pulls() == []
    assert forge.find(api, DRAFT.head) is None
    assert not forge.merged(api, DRAFT.head)


def test_open_ones(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    assert forge.open_ones(api) == []
    made = [forge.create(api, replace(DRAFT, head=Head(f'raybootstrap/init-{name}'))) for name in ('dev', 'prod')]
    found = sorted(forge.open_ones(api), key=lambda one: one.number)
    assert [one.number for one in found] == [one.number for one in made]
    assert [one.head for one in found] == ['raybootstrap/init-dev', 'raybootstrap/init-prod']
    told = world.kind in ('github', 'gitlab')
    assert {(one.checks, one.auto_merge) for one in found} == {('failing', True) if told else (None, False)}


def test_merged_is_said_of_the_commit_that_was_merged(world: World) -> None:
    forge, api = forges.of(world.kind), world.api()
    forge.create(api, DRAFT)
    assert not forge.merged(api, DRAFT.head)
    world.pulls[0]['state'] = 'merged'
    assert forge.merged(api, DRAFT.head)
    assert forge.merged(api, Head(BRANCH, commit='a' * 40))
    assert not forge.merged(api, Head(BRANCH, commit='b' * 40))


def test_titles_with_escapes_are_shown_as_text(world: World) -> None:
    made = forges.of(world.kind).create(world.api(), replace(DRAFT, title='a\x1b[31m\u202eb'))
    assert made.title == 'a\\x1b[31m\\u202eb'


def test_every_request_carries_the_token_in_a_header_only(world: World) -> None:
    forges.of(world.kind).create(world.api(), DRAFT)
    assert all('authorization' in headers for _, _, headers in world.seen)
    assert not any(CANARY in path for _, path, _ in world.seen)
