"""What an AppProject permits its Applications."""

from __future__ import annotations

from typing import Any

from bootstrap.ownership import IN_CLUSTER, is_in_cluster
from bootstrap.rules.globs import matches
from bootstrap.rules.resource import Application, Resource, mapping, sequence
from bootstrap.rules.scope import Scope


def of(application: Application, scope: Scope) -> Resource | None:
    """The AppProject of an Application, if it stands in the scope."""
    name = application.at('spec', 'project')
    return next((project for project in scope.projects if name and project.name == name), None)


def permits(project: Resource, application: Application) -> bool:
    return permits_source(project, application) and permits_destination(project, application)


def permits_source(project: Resource, application: Application) -> bool:
    """As argo-cd pkg/apis/application/v1alpha1/app_project_types.go, IsSourcePermitted."""
    url = _normal(str(application.source.get('repoURL') or ''))
    permitted = False
    for pattern in _texts(project.at('spec', 'sourceRepos')):
        if pattern.startswith('!') and matches(_normal(pattern[1:]), url, '/'):
            return False
        permitted = permitted or pattern.startswith('!') or matches(_normal(pattern), url, '/')
    return permitted


def permits_destination(project: Resource, application: Application) -> bool:
    """As IsDestinationPermitted beside it. What only Argo CD can tell, the address behind a name, is taken as equal."""
    place, namespace = _place(application.destination), application.destination_namespace
    permitted = False
    for item in map(mapping, sequence(project.at('spec', 'destinations'))):
        here, inside = _is_there(item, place), _fits(item.get('namespace'), namespace)
        if here and inside:
            permitted = True
        elif (here and _denies(item.get('namespace'))) or (inside and _denies(item.get('server'), item.get('name'))):
            return False
    return permitted


def permits_place(project: Resource, application: Application) -> bool:
    """Whether some destination is in the Application's Kubernetes cluster, in any namespace."""
    place = _place(application.destination)
    return any(_is_there(mapping(item), place) for item in sequence(project.at('spec', 'destinations')))


def has_sync_window(project: Resource | None, application: Application) -> bool:
    """Whether a sync window of the project is about the Application."""
    named = {
        'applications': [application.name],
        'namespaces': [application.destination_namespace],
        'clusters': list(_place(application.destination).values()),
    }
    windows = sequence(project.at('spec', 'syncWindows')) if project else []
    return any(
        matches(pattern, text)
        for window in map(mapping, windows)
        for key, texts in named.items()
        for pattern in _texts(window.get(key))
        for text in texts
    )


def _place(destination: dict[str, str]) -> dict[str, str]:
    if is_in_cluster(destination):
        return {'name': 'in-cluster', **IN_CLUSTER}
    return destination


def _is_there(item: dict[Any, Any], place: dict[str, str]) -> bool:
    compared = [_fits(item[key], text) for key, text in place.items() if item.get(key)]
    return any(compared) if compared else bool(item.get('server') or item.get('name'))


def _fits(pattern: Any, text: str) -> bool:
    pattern = str(pattern or '')
    return not matches(pattern[1:], text) if pattern.startswith('!') else matches(pattern, text)


def _denies(*patterns: Any) -> bool:
    return any(isinstance(pattern, str) and pattern.startswith('!') for pattern in patterns)


def _texts(value: Any) -> list[str]:
    return [one for one in sequence(value) if isinstance(one, str)]


def _normal(url: str) -> str:
    """As argo-cd util/git NormalizeGitURL: case, `.git` and the form of ssh addresses do not count."""
    url = url.strip().lower()
    if '://' not in url and '@' in url.partition(':')[0]:
        url = url.replace(':', '/', 1)
    return url.removeprefix('ssh://').removesuffix('.git')
