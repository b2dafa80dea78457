"""What a push did, branch by branch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bootstrap.errors import BootstrapError
from bootstrap.repository.runner import Answer
from bootstrap.repository.words import push_failure
from bootstrap.words import sanitise

Outcome = Literal['pushed', 'up to date', 'overtaken', 'rejected']


class PushUpdate(NamedTuple):
    """A branch of the remote: where it is to be ('' deletes it), and where it must be ('' for nowhere)."""

    branch: str
    new: str
    expected: str


class Pushed(NamedTuple):
    """What became of one branch. `reason` is git's or the server's, where it was rejected."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class PushResult:
    """By branch; `words` is what the server or a hook said, such as the address for a pull request."""

    branches: dict[str, Pushed]
    words: str

    @property
    def overtaken(self) -> bool:
        """Whether a branch was not where it was expected: somebody else was faster."""
        return any(pushed.outcome == 'overtaken' for pushed in self.branches.values())

    def refusal(self) -> BootstrapError | None:
        """The error for a branch that the remote refused for good."""
        for branch, pushed in self.branches.items():
            if pushed.outcome == 'rejected':
                refusal = push_failure(f'push {branch}', f'{pushed.reason}\n{self.words}')
                return BootstrapError(refusal.message, refusal.hint or 'ask the owners of the remote repository')
        return None


def push_result(answer: Answer) -> PushResult:
    """From `git push --porcelain`; raises where it did not come to an answer for each branch."""
    branches, others = {}, []
    for line in answer.stdout.decode('utf-8', 'surrogateescape').split('\n'):
        fields = line.split('\t')
        if len(fields) == 3 and len(fields[0]) == 1:
            flag, refspec, summary = fields
            branches[refspec.rpartition(':')[2].removeprefix('refs/heads/')] = _pushed(
                flag, sanitise(summary), answer.stderr
            )
        elif not line.startswith('To ') and line != 'Done':
            # Not git's: a pre-push hook writes to the same place.
            others.append(sanitise(line))
    if answer.status != 0 and not any(pushed.outcome in ('overtaken', 'rejected') for pushed in branches.values()):
        raise push_failure('push', '\n'.join([*others, answer.stderr]))
    return PushResult(branches, _server_words(answer.stderr))


def _pushed(flag: str, summary: str, words: str) -> Pushed:
    if flag == '=':
        return Pushed('up to date', '')
    if flag != '!':
        return Pushed('pushed', '')
    # A lease that does not hold says `stale info`. A remote whose branch moves during the push says `failed to update
    # ref`, but it says that too where a branch's name is in the way.
    raced = re.search('stale info|fetch first|non-fast-forward|reference already exists', summary)
    if not raced and 'failed to update ref' in summary:
        raced = re.search('but expected|reference already exists', words)
    return Pushed('overtaken' if raced else 'rejected', summary)


def _server_words(stderr: str) -> str:
    lines = (line.removeprefix('remote: ').rstrip() for line in stderr.splitlines() if line.startswith('remote: '))
    return '\n'.join(line for line in lines if line)
