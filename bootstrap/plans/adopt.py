"""Takes hand-written manifests into the layout: the same objects under the same names, cut out and placed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bootstrap import adapting, adoption, layout, manifest, mending, ownership, parameters, roots, scaffold, skeletons
from bootstrap.adoption import Given, Piece, Sort
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.layout import Environment, checked_folder_name
from bootstrap.parameters import DESTINATION, SOURCE
from bootstrap.rules.resource import Application, mapping, sequence
from bootstrap.tree import Files, Tree
from bootstrap.validation import files_of

_IGNORED: manifest.Path = ('spec', 'ignoreDifferences')
_PROJECTS = {'ray': (Sort.RAYCLUSTER,), 'ray-platform': (Sort.CRDS, Sort.OPERATOR)}


def plan(tree: Tree, context: Context, name: str | None, given: Sequence[Given], repo_url: str | None = None) -> Tree:
    """The tree with what can be placed; what is given from the repository itself is moved.

    A new environment gets a root and projects that permit what is placed.
    """
    environment = chosen(tree, context, name)
    pieces = adoption.pieces(given)
    if all(piece.sort is Sort.OTHER for piece in pieces):
        found = ', '.join(piece.title for piece in pieces) or 'no object'
        raise BootstrapError(
            f'{given[0].name}: holds {found}, and nothing that can be placed',
            "what can be are Applications of KubeRay's charts, their AppProjects and RayClusters",
        )
    tree = _without(tree, given, pieces)
    if not any(tree.files(environment.directory)) or not layout.holds(tree, environment):
        tree = _started(tree, context, environment, pieces, repo_url)
    for file, piece in adoption.placed(pieces, environment, _taken(tree, environment)):
        tree = _put(tree, file, piece)
    for piece in pieces:
        if piece.sort is Sort.PROJECT:
            tree = _with_project(tree, environment, piece)
    if bare := [piece for piece in pieces if piece.sort is Sort.BARE_RAYCLUSTER]:
        tree = _with_folder(tree, context, environment, bare, repo_url)
    return tree


def chosen(tree: Tree, context: Context, name: str | None) -> Environment:
    """The environment a user named, there or not, or the only one there is."""
    if name is not None:
        return Environment(checked_folder_name(name, 'environment'), context.path)
    try:
        return layout.chosen(tree, (), context.path)[0]
    except NotHereError as missing:
        raise NotHereError(missing.message, 'name the one to make with --env') from None


def _without(tree: Tree, given: Sequence[Given], pieces: Sequence[Piece]) -> Tree:
    """The tree without the files that are moved, but for what cannot be placed."""
    for one in adoption.moved(tree, given):
        own = [piece for piece in pieces if piece.given is one]
        rest = [piece.cut.text for piece in own if piece.sort is Sort.OTHER]
        if len(rest) < len(own):
            tree = tree.put(one.place, '---\n'.join(rest)) if rest else tree.drop(one.place)
    return tree


def _put(tree: Tree, file: str, piece: Piece) -> Tree:
    old = tree.get(file)
    if old is not None and old != piece.text:
        raise piece.refusal(
            f'{piece.title} would go to {file}, which holds something else already',
            'adopt it into another environment, or change that file by hand',
        )
    return tree.put(file, piece.text)


def _taken(tree: Tree, environment: Environment) -> dict[str, str]:
    found = {}
    for file in environment.rayclusters(tree):
        with manifest.in_file(file):
            for document in manifest.load(tree[file]):
                found[str(manifest.get(tree[file], (document.index, 'metadata', 'name')))] = file
    return found


def _started(
    tree: Tree, context: Context, environment: Environment, pieces: Sequence[Piece], repo_url: str | None
) -> Tree:
    """The tree with a root and projects, made for what is adopted."""
    applications = [piece.resource for piece in pieces if isinstance(piece.resource, Application)]
    to = _destination([piece.resource for piece in pieces if piece.sort is Sort.RAYCLUSTER] or applications)
    owns = any(piece.sort in _PROJECTS['ray-platform'] for piece in pieces)
    url = repo_url or roots.repo_url(tree, context)
    label = ownership.place(tree, environment, to, None, owns).kubernetes_cluster
    for file in (scaffold.SKELETON.root, scaffold.SKELETON.projects):
        tree = scaffold.copied(tree, file, scaffold.skeleton(), scaffold.SKELETON, environment)
    tree = tree if owns else scaffold.without_project(tree, environment, 'ray-platform')
    tree = roots.labelled(tree, environment, label)
    namespaces = [one.namespace for one in applications if one.namespace]
    for parameter, value in (
        (parameters.REPO_URL, url),
        (parameters.FOLLOWED_BRANCH, context.branch),
        (parameters.ARGOCD_NAMESPACE, next(iter(namespaces), context.settings.argocd_namespace)),
        (parameters.NAMESPACE, f'ray-{environment.name}'),
    ):
        tree = parameters.put(tree, environment, parameter, value) if value else tree
    tree = scaffold.with_destination(tree, environment, ownership.IN_CLUSTER, to)
    for project, sorts in _PROJECTS.items():
        tree = _permitted(tree, environment, project, [piece.resource for piece in pieces if piece.sort in sorts])
    return tree


def _destination(applications: Sequence[Any]) -> dict[str, str]:
    """{'server': …} or {'name': …} of the first Application that has one."""
    found = next((one.destination for one in applications if one.destination), dict(ownership.IN_CLUSTER))
    return dict([next(iter(found.items()))])


def _permitted(tree: Tree, environment: Environment, name: str, applications: Sequence[Any]) -> Tree:
    """The tree with one of the environment's new projects open to these Applications, and to nothing else."""
    wanted = {
        'sourceRepos': [one.source.get('repoURL') for one in applications],
        'destinations': [
            {**_destination([one]), 'namespace': one.destination_namespace}
            for one in applications
            if one.destination_namespace
        ],
    }
    for key, values in wanted.items():
        values = [value for number, value in enumerate(values) if value and value not in values[:number]]
        if values:
            path = (scaffold.project(environment, name), 'spec', key)
            tree = tree.put(environment.projects, manifest.put(tree[environment.projects], path, values))
    return tree


def _with_project(tree: Tree, environment: Environment, piece: Piece) -> Tree:
    text = tree.get(environment.projects)
    if text is None:
        return tree.put(environment.projects, piece.text)
    selector = manifest.where(kind='AppProject', **{'metadata.name': piece.resource.name})
    with manifest.in_file(environment.projects):
        known = manifest.get(text, (selector,))
    if known is None:
        return tree.put(environment.projects, f'{text.rstrip()}\n---\n{piece.text}')
    if known != manifest.get(piece.text, ()):
        raise piece.refusal(f'{environment.projects} holds another {piece.title}', 'change one of the two by hand')
    return tree


def _with_folder(
    tree: Tree, context: Context, environment: Environment, bare: Sequence[Piece], repo_url: str | None
) -> Tree:
    """The tree with the Application of the folder that holds RayClusters as they are."""
    file = f'{environment.applications}/bare-rayclusters.yaml'
    namespaces = list(dict.fromkeys(adoption.namespace_of(piece) for piece in bare))
    url = repo_url or parameters.get(tree, environment, parameters.REPO_URL) or roots.repo_url(tree, context)
    to = ownership.destination(tree, environment)
    if file not in tree:
        tree = _folder_started(tree, environment, file)
        tree = tree.put(file, manifest.drop(tree[file], _IGNORED))
        values: Mapping[manifest.Path, Any] = {
            (*SOURCE, 'repoURL'): url,
            (*SOURCE, 'targetRevision'): context.branch,
            DESTINATION: {**to, 'namespace': 'default' if 'default' in namespaces else namespaces[0]},
            ('metadata', 'namespace'): parameters.get(tree, environment, parameters.ARGOCD_NAMESPACE) or 'argocd',
        }
        for path, value in values.items():
            tree = tree.put(file, manifest.put(tree[file], path, value))
    tree = tree.put(file, _ignoring(tree[file], bare))
    return _permitting(tree, environment, url, [{**to, 'namespace': one} for one in namespaces])


def _ignoring(text: str, bare: Sequence[Piece]) -> str:
    """With what the autoscaler owns ignored where there is one: elsewhere Git's `replicas` would never be synced."""
    [item] = manifest.get(skeletons.read('environment/rayclusters.yaml'), _IGNORED)
    for piece in bare:
        name = piece.resource.name
        known = sequence(manifest.get(text, _IGNORED))
        covered = [mapping(one).get('name', name) for one in known if mapping(one).get('kind') == item['kind']]
        if piece.resource.at('spec', 'enableInTreeAutoscaling') is not True or name in covered:
            continue
        new = {'group': item['group'], 'kind': item['kind'], 'name': name, **item}
        if known:
            text = manifest.append(text, _IGNORED, new)
        else:
            text = manifest.put(text, _IGNORED, [new], before='syncPolicy')
            text = manifest.comment(text, (*_IGNORED, 0), "The autoscaler owns these; everything else is Git's.")
    return text


def _folder_started(tree: Tree, environment: Environment, file: str) -> Tree:
    place = scaffold.SKELETON.directory + file.removeprefix(environment.directory)
    origin = Tree(Files({place: skeletons.read('environment/rayclusters.yaml')}))
    return scaffold.copied(tree, place, origin, scaffold.SKELETON, environment)


def _permitting(tree: Tree, environment: Environment, url: str, destinations: Sequence[dict[str, str]]) -> Tree:
    """The tree with the environment's project open to the folder of RayClusters too."""
    text, project = tree.get(environment.projects), scaffold.project(environment, 'ray')
    if text is None or manifest.get(text, (project,)) is None:
        return tree
    with manifest.in_file(environment.projects):
        text = manifest.append(text, (project, 'spec', 'sourceRepos'), url)
        for destination in destinations:
            text = manifest.append(text, (project, 'spec', 'destinations'), destination)
    return tree.put(environment.projects, text)


def fix(
    tree: Tree,
    context: Context,
    name: str | None,
    given: Sequence[Given],
    rules: Collection[str] | None,
    *,
    keep_names: bool = False,
) -> Tree:
    """The tree with what was placed fitted in, and with the fixes of these rules (None: of all)."""
    environment = chosen(tree, context, name)
    texts = {piece.text for piece in adoption.pieces(given)}
    files = [file for file in files_of(tree, environment) if tree[file] in texts]
    tree = adapting.adapted(tree, environment, files, rules, keep_names=keep_names)
    return mending.mended(tree, environment, context, rules=rules, files=files)
