"""A further RayCluster of an environment, made of the skeleton and of what the environment's first one has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bootstrap import choices, manifest, parameters, skeletons
from bootstrap.choices import Choices
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.kubernetes_names import checked_label
from bootstrap.layout import Environment, checked_folder_name
from bootstrap.manifest import Path, Selector
from bootstrap.notes import typed
from bootstrap.parameters import DESTINATION, SOURCE, VALUES
from bootstrap.rules import projects
from bootstrap.rules.resource import Application, Resource, mapping, resources
from bootstrap.scaffold import SKELETON
from bootstrap.tree import Files, Tree

# kuberay validation.go, ValidateRayClusterMetadata: 53 for the RayCluster's name, `raycluster-` of them ours.
_LONGEST = 53 - len('raycluster-')
_HELM: Path = (*SOURCE, 'helm')
# What the environment has decided for all of its RayClusters; sizes, groups, volumes and accounts are each one's own.
_LIKE_THE_FIRST: tuple[Path, ...] = (
    ('metadata', 'namespace'),
    ('spec', 'project'),
    *((*SOURCE, key) for key in ('repoURL', 'chart', 'path', 'targetRevision')),
    *((*DESTINATION, key) for key in ('server', 'name')),
    *((*VALUES, 'image', key) for key in ('repository', 'tag', 'pullPolicy')),
    (*VALUES, 'imagePullSecrets'),
    (*VALUES, 'head', 'rayVersion'),
    (*VALUES, 'head', 'autoscalerOptions', 'version'),
    ('spec', 'syncPolicy'),
)


@dataclass(frozen=True)
class Options:
    """What is asked; None means "as the environment has it". Names and versions are checked already."""

    namespace: str | None = None
    image: Image | None = None
    ray_version: Version | None = None


def checked_name(name: str) -> str:
    """A name for a further RayCluster; a usage error where its objects could not have it."""
    checked_folder_name(name, 'RayCluster')
    if len(name) > _LONGEST:
        raise BootstrapError(
            f'{name} is no RayCluster name: with raycluster- before it, it is longer than the 53 characters '
            'that the operator takes',
            f'use at most {_LONGEST}',
            exit_code=USAGE,
        )
    return name


def manifest_of(tree: Tree, environment: Environment, name: str, options: Options) -> str:
    """The text of its Application."""
    text = skeletons.read('environment/applications/raycluster.yaml')
    first = next(iter(environment.rayclusters(tree)), None)
    text = _put(text, ('metadata', 'name'), f'{environment.name}-raycluster-{name}')
    text = _put(text, ('spec', 'project'), f'{environment.name}-ray')
    if first is not None:
        with manifest.in_file(first):
            text = _like(text, tree[first])
    full = f'raycluster-{name}'
    namespace = options.namespace or checked_label(f'ray-{environment.name}-{name}', '--namespace')
    text = _put(text, (*_HELM, 'releaseName'), full)
    text = _put(text, (*VALUES, 'fullnameOverride'), full)
    text = _put(text, (*DESTINATION, 'namespace'), namespace)
    for key, value in (('name', full), ('namespace', namespace)):
        text = _put(text, ('spec', 'ignoreDifferences', 0, key), value)
    return _with_ray(text, options)


def _put(text: str, path: Path, value: Any) -> str:
    return manifest.put(text, path, value)


def _like(text: str, first: str) -> str:
    for path in _LIKE_THE_FIRST:
        value = manifest.get(first, path)
        if value is not None:
            text = manifest.put(text, path, value)
        elif path[:2] in (SOURCE, DESTINATION):
            text = manifest.drop(text, path)
    return text


def _with_ray(text: str, options: Options) -> str:
    """The text with another image or Ray version, as `init` puts them."""
    asked = Choices(image=options.image, ray_version=options.ray_version)
    tree = Tree(Files({SKELETON.raycluster(): text}))
    return choices.put(tree, SKELETON, asked)[SKELETON.raycluster()]


def differences(text: str, options: Options) -> list[str]:
    """What is asked and stands otherwise in the Application that is there."""
    image = mapping(manifest.get(text, (*VALUES, 'image')))
    there = (
        ('--namespace', options.namespace, manifest.get(text, (*DESTINATION, 'namespace'))),
        ('--image', options.image, Image(str(image.get('repository')), str(image.get('tag')))),
        ('--ray-version', options.ray_version, manifest.get(text, (*VALUES, 'head', 'rayVersion'))),
    )
    return [option for option, asked, value in there if asked is not None and str(asked) != str(value)]


def application_in(tree: Tree, environment: Environment, path: str) -> Application | None:
    """The Application in a file."""
    with manifest.in_file(path):
        found = resources(path, tree[path], environment)
        return next((one for one in found if isinstance(one, Application)), None)


def project_of(tree: Tree, environment: Environment, application: Application) -> Resource | None:
    """The project of an Application, where it is one of the environment's own."""
    text = tree.get(environment.projects)
    if text is None:
        return None
    with manifest.in_file(environment.projects):
        found = list(resources(environment.projects, text, environment))
    name = application.at('spec', 'project')
    return next((one for one in found if one.kind == 'AppProject' and name and one.name == name), None)


def permitted(tree: Tree, environment: Environment, path: str) -> Tree:
    """The tree with a RayCluster's place in the destinations of its project."""
    application = application_in(tree, environment, path)
    project = application and project_of(tree, environment, application)
    if application is None or project is None or projects.permits_destination(project, application):
        return tree
    with manifest.in_file(environment.projects):
        return tree.put(
            environment.projects,
            manifest.append(tree[environment.projects], _destinations(project), _place(application)),
        )


def forbidden(tree: Tree, environment: Environment, application: Application) -> Tree:
    """The tree without a RayCluster's place in the destinations of its project, where nothing else goes there."""
    project = project_of(tree, environment, application)
    if project is None:
        return tree
    name, place = application.at('spec', 'project'), _place(application)
    for path in parameters.files(tree, environment, 'applications/*'):
        other = application_in(tree, environment, path) if path.endswith(('.yaml', '.yml', '.json')) else None
        if other is not None and other.at('spec', 'project') == name and _place(other) == place:
            return tree
    items = project.at('spec', 'destinations')
    if not isinstance(items, list) or place not in items or len(items) == 1:
        return tree
    with manifest.in_file(environment.projects):
        text = manifest.drop(tree[environment.projects], (*_destinations(project), items.index(place)))
        return tree.put(environment.projects, text)


def _destinations(project: Resource) -> Path:
    document: int | Selector = project.document.index
    return (document, 'spec', 'destinations')


def _place(application: Application) -> dict[str, str]:
    return {**application.destination, 'namespace': application.destination_namespace}


def project_note(before: Tree, after: Tree, environment: Environment) -> list[str]:
    """That an admin has to apply the projects, where they change."""
    if before.get(environment.projects) == after.get(environment.projects):
        return []
    note = (
        f'{environment.projects} stands outside of what Argo CD syncs: once this is merged, an admin applies it '
        f'({typed("apply-root", environment)}).'
    )
    return [note]
