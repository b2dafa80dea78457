"""Waiting until what is merged runs: look, say what is in the way, look again, and never longer than told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bootstrap.errors import BootstrapError
from bootstrap.kubernetes import Kubectl, Reason
from bootstrap.live import environments, goals
from bootstrap.live.expected import ExpectedEnvironment
from bootstrap.live.goals import Blocker, Goal
from bootstrap.live.observed import APPLICATIONS, EVENTS, PODS, RAYCLUSTERS, Observed, Unknown, needs
from bootstrap.live.revisions import Relate
from bootstrap.observing import observe

_PAUSE = 2.0
# The operator takes up a changed spec within a second or two; it is given this long to say that it is invalid.
_DOUBT = 10.0
_LONGEST_LOOK = 30.0
# In less a kubectl that must log in does not answer, and its silence would hide the reason of the look before.
_SHORTEST_LOOK = 1.0
# What another look finds no better: the user has to do something.
_HOPELESS = {one.value for one in (Reason.NO_KUBECTL, Reason.NO_CONTEXT, Reason.UNAUTHORIZED, Reason.FORBIDDEN)}
_KINDS = {
    Goal.SYNCED: (APPLICATIONS,),
    Goal.HEALTHY: (APPLICATIONS, RAYCLUSTERS, EVENTS),
    Goal.RAY_READY: (APPLICATIONS, RAYCLUSTERS, EVENTS, PODS),
}


@dataclass(frozen=True)
class Look:
    """What is in the way at one moment; `seconds` since the start. With `is_reached` nothing is.

    `is_over`: it was not reached, and no further look follows.
    """

    blockers: tuple[Blocker, ...]
    seconds: float
    is_reached: bool = False
    is_over: bool = False


def looks(goal: Goal, wanted: ExpectedEnvironment, relate: Relate, argocd: Kubectl, seconds: float) -> Iterator[Look]:
    """One look after the other, the last of which is reached or over.

    Over is where time is up, or where waiting alone cannot mend what two looks in a row have found. Raises
    BootstrapError where Kubernetes will not say what must be known.
    """
    wait = _Wait(seconds)
    while True:
        observed = observe(
            [need for need in needs([wanted]) if need.kind in _KINDS[goal]], argocd, wait.seconds_for_a_look
        )
        _refuse_hopeless(observed)
        found = environments.state(wanted, observed, relate)
        look = wait.after(goals.blockers(goal, wanted, observed, found, relate))
        yield look
        if look.is_reached or look.is_over:
            return
        time.sleep(max(0.0, min(_PAUSE, wait.left - _SHORTEST_LOOK)))


class _Wait:
    """What is remembered from look to look."""

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic()
        self._seconds = seconds
        self._in_doubt_since: float | None = None
        self._final: frozenset[Blocker] = frozenset()

    @property
    def left(self) -> float:
        return max(0.0, self._start + self._seconds - time.monotonic())

    @property
    def seconds_for_a_look(self) -> float:
        """What is left; a wait of no time at all is one look."""
        return min(_LONGEST_LOOK, self.left if self._seconds else _LONGEST_LOOK)

    def after(self, found: Sequence[Blocker]) -> Look:
        """What a look comes to that found this in the way."""
        now = time.monotonic()
        certain = [one for one in found if not one.is_doubt]
        final = frozenset(one for one in certain if one.is_final)
        if certain:
            self._in_doubt_since = None
        elif self._in_doubt_since is None:
            self._in_doubt_since = now
        is_reached = not found or (self._in_doubt_since is not None and now - self._in_doubt_since >= _DOUBT)
        is_over = not is_reached and (self.left < _SHORTEST_LOOK or bool(final & self._final))
        self._final = final
        return Look(tuple(found), now - self._start, is_reached, is_over)


def _refuse_hopeless(observed: Observed) -> None:
    for answer in observed.answers.values():
        if isinstance(answer, Unknown) and answer.why in _HOPELESS:
            raise BootstrapError(answer.message, answer.hint)
