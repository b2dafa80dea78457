"""The workflow that checks a pull request and says what it does, as each forge runs it."""

from __future__ import annotations

from typing import Any

from bootstrap import __version__, manifest, skeletons
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.manifest import ManifestError, Path
from bootstrap.tree import Tree

KINDS = ('github', 'gitlab', 'gitea')
_FOLDERS = {'github': '.github/workflows', 'gitea': '.gitea/workflows', 'gitlab': '.gitlab'}
_VARIABLES: dict[str, Path] = {'github': ('env',), 'gitea': ('env',), 'gitlab': ('raybootstrap', 'variables')}
_PIPELINE = '.gitlab-ci.yml'


def put(tree: Tree, context: Context, kind: str) -> Tree:
    """The tree with the workflow; one that is there already is its owner's and stays as it is."""
    names = [f'{_FOLDERS[kind]}/raybootstrap{ending}' for ending in ('.yml', '.yaml')]
    file = next((name for name in names if name in tree), None)
    if file is None:
        file = names[0]
        text, variables = skeletons.read(f'review/{kind}.yaml'), _VARIABLES[kind]
        text = manifest.put(text, (*variables, 'RAYBOOTSTRAP_VERSION'), __version__)
        place = (*variables, 'RAYBOOTSTRAP_PATH')
        if context.path == context.settings.path:
            text = manifest.drop(text, place)  # raybootstrap.yaml says it
        else:
            text = manifest.put(text, place, context.path or '.')
        if kind == 'gitlab':
            text = _in_a_stage(text, tree)
        tree = tree.put(file, text)
    return _included(tree, file) if kind == 'gitlab' else tree


def _in_a_stage(text: str, tree: Tree) -> str:
    """In a stage that the pipeline has; without a list of its own it has GitLab's, of which `test` is one."""
    stages = _read(tree, 'stages')
    if isinstance(stages, list) and stages and 'test' not in stages:
        return manifest.put(text, ('raybootstrap', 'stage'), str(stages[0]))
    return text


def _included(tree: Tree, file: str) -> Tree:
    text = tree.get(_PIPELINE)
    if text is None:
        return tree.put(_PIPELINE, f'include:\n  - local: {file}\n')
    item = {'local': file}
    try:
        found = manifest.get(text, ('include',))
        included = found if isinstance(found, list) else [] if found is None else [found]
        if any(file in str(one) for one in included):
            return tree
        if isinstance(found, list):
            return tree.put(_PIPELINE, manifest.append(text, ('include',), item))
        return tree.put(_PIPELINE, manifest.put(text, ('include',), [*included, item]))
    except ManifestError as error:
        if file in text:
            return tree
        raise BootstrapError(
            f'{_PIPELINE}: {error.message}, so nothing can be added to it',
            f'commit these lines in it, and run this again:\ninclude:\n  - local: {file}',
        ) from None


def _read(tree: Tree, key: str) -> Any:
    try:
        return manifest.get(tree.get(_PIPELINE) or '', (key,))
    except ManifestError:
        return None
