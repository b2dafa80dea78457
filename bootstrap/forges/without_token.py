"""What can be done for a review without a token: by the push itself, or by a link."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode

from bootstrap.forges.address import Forge, quoted
from bootstrap.forges.pull_request import Draft

# git sends an option in one packet of at most 65,516 bytes (gitprotocol-common(5)).
_MOST_BYTES = 60_000


class Review(NamedTuple):
    """Where to push a commit for review, and the push options."""

    ref: str
    options: list[str]

    def refspec(self, commit: str) -> str:
        return f'{commit}:{self.ref}'


def push_options(forge: Forge, draft: Draft) -> list[str]:
    """Of a push that makes a merge request on GitLab; empty for other forges.

    https://docs.gitlab.com/topics/git/commit/#push-options-for-merge-requests
    """
    if forge.kind != 'gitlab':
        return []
    options = ['merge_request.create', f'merge_request.target={draft.base}']
    options.append(f'merge_request.title={_line(draft.title)}')
    # An option has one line; GitLab turns `\n` into a line end, and so would it what is no line end in the text.
    # Without a description it takes the commit's message, if there is one commit.
    described = draft.body.replace('\r\n', '\n').replace('\\n', '\\ n').replace('\n', '\\n').replace('\0', '')
    if described and len(described.encode()) <= _MOST_BYTES:
        options.append(f'merge_request.description={described}')
    if draft.draft:
        options.append('merge_request.draft')
    return [*options, *(f'merge_request.label={_line(label)}' for label in draft.labels)]


def review(forge: Forge, draft: Draft) -> Review | None:
    """Of a push that makes a pull request on Gitea or Forgejo; None for other forges.

    https://docs.gitea.com/usage/agit-support; the branch itself is not made there.
    """
    if forge.kind not in ('gitea', 'forgejo'):
        return None
    title = draft.title if not draft.draft or draft.title.lower().startswith('wip:') else f'WIP: {draft.title}'
    options = [f'topic={draft.head.branch}', f'title={_line(title)}']
    # Only the newest servers take more than one line. Without a description, they take the commit's message.
    if draft.body and '\n' not in draft.body.strip():
        options.append(f'description={_line(draft.body)}')
    return Review(f'refs/for/{draft.base}', options)


def compare_url(forge: Forge, base: str, head: str, head_project: str = '') -> str:
    """The page on which a person can open the pull request of a pushed branch; `head_project` is a fork's."""
    project = head_project or forge.project
    own, fork = f'{forge.web}/{quoted(forge.project)}', f'{forge.web}/{quoted(project)}'
    if forge.kind == 'github':
        return f'{own}/compare/{quote(base)}...{_fork_of(forge, project, ":")}{quote(head)}?expand=1'
    if forge.kind in ('gitea', 'forgejo'):
        return f'{own}/compare/{quote(base)}...{_fork_of(forge, project, "/")}{quote(head)}'
    if forge.kind == 'gitlab':
        query = {'merge_request[source_branch]': head, 'merge_request[target_branch]': base}
        return f'{fork}/-/merge_requests/new?{urlencode(query)}'
    if forge.kind == 'bitbucket':
        return f'{fork}/pull-requests/new?{urlencode({"source": head, "dest": f"{forge.project}::{base}"})}'
    if forge.kind == 'bitbucket-server':
        key, _, slug = quoted(project).partition('/')
        query = {'sourceBranch': f'refs/heads/{head}', 'targetBranch': f'refs/heads/{base}'}
        place = f'users/{key[1:]}' if key.startswith('~') else f'projects/{key}'
        return f'{forge.web}/{place}/repos/{slug}/pull-requests?create&{urlencode(query)}'
    organisation, name, repository = (quote(part) for part in project.split('/'))
    refs = urlencode({'sourceRef': head, 'targetRef': base})
    return f'{forge.web}/{organisation}/{name}/_git/{repository}/pullrequestcreate?{refs}'


def _fork_of(forge: Forge, project: str, between: str) -> str:
    """What stands before a fork's branch; the fork's name is needed only where its owner has both."""
    if project == forge.project:
        return ''
    owner, _, name = quoted(project).partition('/')
    return f'{owner}{between}{name}:' if owner == quoted(forge.project).partition('/')[0] else f'{owner}:'


def _line(text: str) -> str:
    return ' '.join(text.replace('\0', '').split())[:255]
