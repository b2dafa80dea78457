"""What makes the pull request the approval: code owners, a workflow that checks it, and Renovate."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from bootstrap import code_owners, renovate, workflows
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment
from bootstrap.settings import FILE as SETTINGS
from bootstrap.tree import Tree

# What a repository holds only for one forge.
_TRACES = {
    'github': ('.github/CODEOWNERS', '.github/workflows'),
    'gitlab': ('.gitlab/CODEOWNERS', '.gitlab-ci.yml'),
    'gitea': ('.gitea/CODEOWNERS', '.gitea/workflows', '.forgejo/workflows'),
}

_ALIASES = {'forgejo': 'gitea'}

_JOB = 'The workflow holds a merge up once the protection of {branch} requires its job validate.'
_AFTER_THE_MERGE = {
    'github': [_JOB],
    'gitea': [_JOB],
    'gitlab': [
        'The job holds a merge up once the merge checks of the project say that pipelines must succeed.',
        'To comment, it needs a project access token in the variable RAYBOOTSTRAP_COMMENT_TOKEN.',
    ],
}


@dataclass(frozen=True)
class Approvals:
    """What is asked for; `ci` is the forge that is to run the workflow."""

    owners: Sequence[str] = ()
    ci: str | None = None
    renovate: bool = False

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What is asked for, in a word for a branch and in words for a title."""
        named = (
            (bool(self.owners), ('owners', 'code owners')),
            (self.ci is not None, (f'ci-{self.ci}', 'a CI workflow')),
            (self.renovate, ('renovate', 'a Renovate rule')),
        )
        return [words for wanted, words in named if wanted]


def put(tree: Tree, context: Context, names: Sequence[str], approvals: Approvals) -> Tree:
    """The tree with what is asked for; owners are those of the named environments or, without a name, of all."""
    if approvals.owners:
        folders = [f'{Environment(name, context.path).directory}/' for name in names]
        folders = folders or [Environment('', context.path).directory]
        forge = _forge(tree, context, approvals.ci)
        shared = [one for one in (SETTINGS, argocd_folder(context)) if one == SETTINGS or tree.entries(one.rstrip('/'))]
        tree = code_owners.put(tree, forge, folders, shared, approvals.owners)
    if approvals.ci is not None:
        tree = workflows.put(tree, context, approvals.ci)
    return renovate.put(tree, context.path) if approvals.renovate else tree


def argocd_folder(context: Context) -> str:
    """The folder of what is for Argo CD and for no one environment."""
    return posixpath.join(context.path, 'argocd/')


def kept(tree: Tree, context: Context) -> Tree:
    """The tree in which that folder is owned as the settings are, where there are code owners and it is there."""
    folder = argocd_folder(context)
    if not tree.entries(folder.rstrip('/')):
        return tree
    return code_owners.shared(tree, _ALIASES.get(context.forge or '', context.forge), folder, SETTINGS)


def described(approvals: Approvals) -> str:
    words = [words for _, words in approvals.parts]
    return ' and '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)


def notes(approvals: Approvals, context: Context) -> list[str]:
    """What a user has to do besides merging it, a sentence each."""
    found = []
    if approvals.owners:
        found.append(f'Owners bind once the protection of {context.branch} asks for the approval of code owners.')
    if approvals.ci is not None:
        found += [words.format(branch=context.branch) for words in _AFTER_THE_MERGE[approvals.ci]]
    return found


def _forge(tree: Tree, context: Context, ci: str | None) -> str:
    known = ci or _ALIASES.get(context.forge or '', context.forge)
    if known is None:
        found = [forge for forge, paths in _TRACES.items() if any(one in tree or tree.entries(one) for one in paths)]
        known = found[0] if len(found) == 1 else None
    if known is None:
        raise BootstrapError(
            '--owner: which forge is it? CODEOWNERS has another place and form on each',
            '--forge github, or forge: github in raybootstrap.yaml; there is github, gitlab, gitea and forgejo',
            exit_code=USAGE,
        )
    if known not in _TRACES:
        raise BootstrapError(
            f'--owner: code owners of {known} are not known here', 'leave --owner out, and name them in its settings'
        )
    return known
