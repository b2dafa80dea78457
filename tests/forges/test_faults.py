"""Each forge, each fault, at each call: one pull request at the end, or a sentence that says what to do."""

from __future__ import annotations

import itertools
import time
import traceback
from collections.abc import Iterator

import pytest
from forge_world import CANARY, KINDS, SLOW_SECONDS, World, serving

from bootstrap import forges
from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges import Draft, Head, PullRequest

DRAFT = Draft('Add group gpu', 'body', Head('raybootstrap/add-group-prod/gpu'), 'main')
WRITES = {'gitlab': 'PUT', 'bitbucket': 'PUT', 'bitbucket-server': 'PUT'}
HEALED = ('403 later', '429', '500', '503', 'reset', 'slow')
HEALED_AFTER = ('reset after', 'cut', 'cut short of its length', 'html after', 'deep')
FINAL = ('401', '403', '403 much later', '404', '422 other', '302', 'huge', 'other host', 'escapes', 'wrong shape')
CALLS = ('find', 'create', 'update', 'close')


def pairs(faults: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(itertools.product(CALLS, faults))


@pytest.fixture(params=KINDS, scope='module')
def server(request: pytest.FixtureRequest) -> Iterator[World]:
    with serving('github') as elsewhere, serving(request.param) as world:
        world.elsewhere = elsewhere.url
        yield world
        assert elsewhere.seen == []


@pytest.fixture
def world(server: World) -> World:
    server.pulls.clear()
    server.faults.clear()
    server.seen.clear()
    server.read_seconds = 10
    return server


def opened(world: World, fault: tuple[str, str, int] | None = None) -> PullRequest:
    """What a run does: look, make, and say again what has changed; the fault comes at one of the calls."""
    forge, api = forges.of(world.kind), world.api()

    def failing(call: str, method: str) -> None:
        world.faults.clear()
        if fault is not None and fault[0] == call:
            world.fail(method, fault[1], fault[2])

    failing('find', 'GET')
    found = forge.find(api, DRAFT.head)
    if found is None:
        failing('create', 'POST')
        found = forge.create(api, DRAFT)
    failing('update', WRITES.get(world.kind, 'PATCH'))
    found = forge.update(api, found, None, 'new body')
    world.faults.clear()
    return found


def closed(world: World, fault: str, times: int) -> None:
    forge, api = forges.of(world.kind), world.api()
    found = forge.find(api, DRAFT.head)
    if found is not None:
        world.fail('POST' if world.kind.startswith('bitbucket') else WRITES.get(world.kind, 'PATCH'), fault, times)
        forge.close(api, found)
    world.faults.clear()


def run(world: World, call: str, fault: str, times: int) -> BootstrapError | None:
    world.read_seconds = SLOW_SECONDS if fault == 'slow' else 10
    try:
        if call == 'close':
            opened(world)
            closed(world, fault, times)
        else:
            opened(world, (call, fault, times))
    except BootstrapError as error:
        world.faults.clear()
        return error
    return None


def check(error: BootstrapError) -> None:
    everything = ''.join(traceback.format_exception(error)) + repr(error) + error.message + error.hint
    inner = error.__context__
    while inner is not None:
        everything += repr(inner)
        inner = inner.__context__
    assert CANARY not in everything
    assert error.exit_code == NO_PULL_REQUEST
    assert error.hint
    assert error.message.isprintable()


@pytest.mark.parametrize(('call', 'fault'), pairs(HEALED))
def test_what_passes_is_waited_for(world: World, call: str, fault: str) -> None:
    assert run(world, call, fault, 1) is None
    if call == 'close':
        assert world.open_pulls() == []
    else:
        assert [one['body'] for one in world.pulls] == ['new body']


@pytest.mark.parametrize(('call', 'fault'), pairs(HEALED_AFTER))
def test_a_lost_answer_is_looked_for(world: World, call: str, fault: str) -> None:
    assert run(world, call, fault, 1) is None
    assert len(world.pulls) == 1


@pytest.mark.parametrize(
    ('call', 'fault'), [*pairs((*HEALED[:-1], *HEALED_AFTER[:-1], '409')), ('create', 'slow'), ('create', 'deep')]
)
def test_what_does_not_pass_ends(world: World, call: str, fault: str) -> None:
    error = run(world, call, fault, 9)
    if error is not None:
        check(error)
    assert len(world.pulls) <= 1
    assert len(world.seen) < 25
    assert opened(world).number == len(world.pulls)
    if call != 'close':
        assert len(world.pulls) == 1


@pytest.mark.parametrize(('call', 'fault'), pairs(FINAL))
def test_what_cannot_pass_is_said_at_once(world: World, call: str, fault: str) -> None:
    error = run(world, call, fault, 1)
    made_anyway = call == 'find' and fault in ('other host', 'escapes')  # an empty list holds no address
    built = world.kind == 'azure' and fault in ('other host', 'escapes')  # the address is not the answer's
    unread = call == 'close' and fault in ('other host', 'escapes', 'wrong shape')
    if error is None:
        assert made_anyway or built or unread or (fault == 'wrong shape' and call == 'find')
    else:
        check(error)
    assert len(world.pulls) <= 1
    opened(world)
    assert len(world.open_pulls()) == 1


@pytest.mark.parametrize('fault', ['409', '422'])
def test_one_that_was_made_meanwhile_is_adopted(world: World, fault: str) -> None:
    forge = forges.of(world.kind)
    first = forge.create(world.api(), DRAFT)
    world.fail('POST', fault)
    assert forge.create(world.api(), DRAFT) == first


def test_one_that_is_made_after_we_gave_up_waiting_stays_the_only_one(world: World) -> None:
    world.read_seconds = SLOW_SECONDS
    world.fail('POST', 'late')
    made = forges.of(world.kind).create(world.api(), DRAFT)
    time.sleep(SLOW_SECONDS)
    assert [one['number'] for one in world.pulls] == [made.number]


def test_waits_are_what_the_forge_asks_for(world: World) -> None:
    waits: list[float] = []
    world.fail('GET', '429', 2)
    world.fail('GET', '500', 1)
    forges.of(world.kind).find(world.api(waits), DRAFT.head)
    assert waits == [3, 3, 1]


def test_the_first_refusal_is_the_last_request(world: World) -> None:
    for fault in ('401', '403', '404'):
        world.seen.clear()
        world.fail('GET', fault)
        with pytest.raises(BootstrapError) as caught:
            forges.of(world.kind).find(world.api(), DRAFT.head)
        assert len(world.seen) == 1
        assert 'TEST_TOKEN' in caught.value.message
        assert 'it needs' in caught.value.hint
        check(caught.value)


def test_two_minutes_are_the_end(world: World) -> None:
    api = world.api()
    now = iter([0.0, *[121.0] * 9])
    api.clock = lambda: next(now)
    world.fail('GET', '500', 9)
    with pytest.raises(BootstrapError) as caught:
        api.get('/anything')
    check(caught.value)
    assert '120 seconds' in caught.value.message
