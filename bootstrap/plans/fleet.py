"""One ApplicationSet that makes the root Applications of all environments."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from bootstrap import approvals, layout, manifest, parameters, roots, skeletons
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.manifest import Path
from bootstrap.tree import Tree

_GIT: Path = ('spec', 'generators', 0, 'git')
_TEMPLATE: Path = ('spec', 'template', 'spec')
_DIRECTORY: Path = (*_GIT, 'directories', 0, 'path')
_REPOSITORY: tuple[Path, ...] = ((*_GIT, 'repoURL'), (*_TEMPLATE, 'source', 'repoURL'))


def file(context: Context) -> str:
    return posixpath.join(context.path, 'argocd/fleet.yaml')


def plan(tree: Tree, context: Context, repo_url: str | None) -> Tree:
    """The tree with the ApplicationSet; one that stands there changes only in what is asked."""
    path = file(context)
    text = tree.get(path)
    with manifest.in_file(path):
        if text is None:
            text = _started(tree, context, repo_url or roots.repo_url(tree, context))
        else:
            _refuse_another(text)
            for place in _REPOSITORY if repo_url is not None else ():
                text = manifest.put(text, place, repo_url)
    return approvals.kept(tree.put(path, text), context)


def _started(tree: Tree, context: Context, repo_url: str) -> str:
    namespace = next((found for one in layout.environments(tree, context.path) if (found := _argocd(tree, one))), None)
    namespace = namespace or context.settings.argocd_namespace
    text = skeletons.read('argocd/fleet.yaml')
    put: dict[Path, str] = dict.fromkeys(_REPOSITORY, repo_url)
    put |= dict.fromkeys(((*_GIT, 'revision'), (*_TEMPLATE, 'source', 'targetRevision')), context.branch)
    put[_DIRECTORY] = posixpath.join(context.path, 'environments/*')
    if namespace:
        put |= dict.fromkeys((('metadata', 'namespace'), (*_TEMPLATE, 'destination', 'namespace')), namespace)
    for place, value in put.items():
        text = manifest.put(text, place, value)
    return text


def _refuse_another(text: str) -> None:
    documents = manifest.load(text)
    if len(documents) != 1 or manifest.get(text, ('kind',)) != 'ApplicationSet' or not manifest.get(text, _GIT):
        raise manifest.ManifestError(
            documents[0].line if documents else 1,
            'is no ApplicationSet whose first generator is of Git',
            'move it out of the way, or choose another place with --path',
        )


def notes(tree: Tree, context: Context) -> Iterator[str]:
    """What a reviewer must know, from the tree after."""
    yield (
        f'An admin applies the projects of all environments and then {file(context)}, once; '
        'the root.yaml of an environment need not be applied any more.'
    )
    yield 'Without a folder an Application stays (create-update): remove-env says what to delete by hand.'
    text = tree.get(file(context)) or ''
    made = (manifest.get(text, ('metadata', 'namespace')), manifest.get(text, _REPOSITORY[0]))
    for environment in layout.environments(tree, context.path):
        other = list(_differences(tree, environment, made))
        if other:
            yield f'{environment.name} differs from what the ApplicationSet makes for it: {", ".join(other)}.'


def _differences(tree: Tree, environment: Environment, made: tuple[object, object]) -> Iterator[str]:
    if environment.root not in tree:
        yield 'it has no root of its own'
        return
    with manifest.in_file(environment.root):
        project = manifest.get(tree[environment.root], ('spec', 'project'))
    if project != f'{environment.name}-ray-root':
        yield f'its project is {project}'
    if _argocd(tree, environment) != made[0]:
        yield f'its Argo CD is in {_argocd(tree, environment)}'
    if parameters.get(tree, environment, parameters.REPO_URL) != made[1]:
        yield 'its repository has another address'


def _argocd(tree: Tree, environment: Environment) -> str | None:
    return parameters.get(tree, environment, parameters.ARGOCD_NAMESPACE)
