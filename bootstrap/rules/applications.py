"""RB1xx: Applications, their projects, their revisions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from bootstrap.kuberay import nearest_chart
from bootstrap.manifest import Path
from bootstrap.manifest.paths import display
from bootstrap.parameters import DESTINATION, SOURCE, VALUES
from bootstrap.rules import fixes, projects
from bootstrap.rules.fields import unknown
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.resource import Application, Role, mapping
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_NAME: Path = ('metadata', 'name')
_PROJECT: Path = ('spec', 'project')
_REVISION: Path = (*SOURCE, 'targetRevision')
_FAULT_TOLERANCE: Path = (*VALUES, 'gcsFaultTolerance')


@rule(
    'RB102',
    Severity.WARNING,
    Subject.APPLICATION,
    'Application name without its environment',
    mend='begin the name with that of the environment',
    source='argo-cd docs, declarative setup',
)
def unprefixed_name(application: Application, scope: Scope) -> Iterator[Problem]:
    """All Applications of one Argo CD stand in one namespace. The same name in another environment means the same
    Application, and the two environments overwrite each other's with every sync of their roots.
    """
    environment, name = application.environment, application.name
    if environment and name and name != environment.name and not name.startswith(f'{environment.name}-'):
        message = f'another environment on this Argo CD with an Application {name} would overwrite this one'
        yield Problem(application, _NAME, message)


@rule(
    'RB103',
    Severity.ERROR,
    Subject.SCOPE,
    'unknown field in an Application',
    mend='write the field as the Application CRD has it, or remove it',
    source='argo-cd manifests/crds/application-crd.yaml',
)
def unknown_field(scope: Scope) -> Iterator[Problem]:
    """The API server knows no such field: it refuses the Application, or drops the field without a word, and
    what was meant does not happen.
    """
    for application in scope.applications:
        for path, known in unknown(application.data):
            near = difflib.get_close_matches(str(path[-1]), known, 1)
            hint = f'; did you mean {near[0]}?' if near else ''
            yield Problem(application, path, f'Argo CD knows no {display(path)}: it is refused or dropped{hint}')


@rule(
    'RB104',
    Severity.WARNING,
    Subject.APPLICATION,
    'project default',
    mend='use the AppProject of the environment',
    source='argo-cd docs, projects',
)
def default_project(application: Application, scope: Scope) -> Iterator[Problem]:
    """The project `default` permits any repository, any Kubernetes cluster and any kind: whoever can change this
    Application can deploy anything anywhere.
    """
    project = application.at(*_PROJECT)
    path = application.nearest(*_PROJECT)
    if project is None:
        yield Problem(application, path, 'without a project the API server refuses the Application', Severity.ERROR)
    elif project in ('default', ''):
        fitting = [one.name for one in scope.projects if one.name != 'default' and projects.permits(one, application)]
        fix = fixes.put(application, _PROJECT, fitting[0]) if len(fitting) == 1 else None
        severity = Severity.ERROR if scope.protected else None
        yield Problem(application, path, 'project default lets it deploy anything anywhere', severity, fix)


_EXACT = re.compile(r'v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?', re.ASCII)
_TAG = re.compile(r'(?!refs/heads/)([\w./-]*[/-])?' + _EXACT.pattern, re.ASCII)
_OBJECT = re.compile(r'[0-9a-f]{7,64}|sha256:[0-9a-f]{64}', re.ASCII)


@rule(
    'RB105',
    Severity.WARNING,
    Subject.APPLICATION,
    'revision that is not pinned',
    mend='pin an exact version',
    source='argo-cd docs, tracking strategies',
)
def unpinned(application: Application, scope: Scope) -> Iterator[Problem]:
    """What the revision means changes without a change in Git: CRDs, operator or RayCluster are replaced at a time
    nobody chose, in no order, and going back is no revert.
    """
    revision, chart = application.target_revision, bool(application.source.get('chart'))
    pinned = _EXACT.fullmatch(revision) or (not chart and _TAG.fullmatch(revision)) or _OBJECT.fullmatch(revision)
    if application.role is Role.ROOT or pinned:
        return
    if revision:
        message = f'targetRevision {revision} is no exact version: what runs changes without a pull request'
    elif chart:
        message = 'Argo CD refuses a chart without targetRevision'
    else:
        message = 'without targetRevision the newest commit of the repository is what runs'
    severity = Severity.ERROR if scope.protected else None
    yield Problem(application, application.nearest(*_REVISION), message, severity)


_UPSTREAM_GIT = re.compile(r'(https?://|(ssh://)?git@)(www\.)?github\.com[/:]ray-project/kuberay(\.git)?/?', re.I)
_UPSTREAM_CHARTS = re.compile(r'https?://ray-project\.github\.io/kuberay-helm/?', re.I)
_BARE = re.compile(r'\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?', re.ASCII)


@rule(
    'RB106',
    Severity.ERROR,
    Subject.APPLICATION,
    "revision in the other source's form",
    mend='v1.7.0 is a tag of the repository, 1.7.0 a version of the charts',
    source='github.com/ray-project/kuberay tags; ray-project.github.io/kuberay-helm index.yaml',
)
def wrong_form(application: Application, scope: Scope) -> Iterator[Problem]:
    """KubeRay's git tags begin with a v and its chart versions do not. Argo CD finds no tag without it and cannot
    make the manifests; a chart's version it finds either way, but Helm warns.
    """
    url, revision = str(application.source.get('repoURL') or ''), application.target_revision
    chart = bool(application.source.get('chart'))
    if not chart and _UPSTREAM_GIT.fullmatch(url) and _BARE.fullmatch(revision):
        message = f'KubeRay has no tag {revision}, so nothing can be synced: it is called v{revision}'
        yield Problem(application, _REVISION, message, fix=fixes.put(application, _REVISION, f'v{revision}'))
    elif chart and _UPSTREAM_CHARTS.fullmatch(url) and revision[:1] == 'v' and _BARE.fullmatch(revision[1:]):
        message = f'the chart is called {revision[1:]}: Helm finds {revision} only with a warning'
        fix = fixes.put(application, _REVISION, revision[1:])
        yield Problem(application, _REVISION, message, Severity.WARNING, fix)


@rule(
    'RB107',
    Severity.ERROR,
    Subject.APPLICATION,
    'not permitted by its AppProject',
    mend='permit it in sourceRepos or destinations of the AppProject, or change the Application',
    source='argo-cd app_project_types.go, IsSourcePermitted and IsDestinationPermitted',
)
def not_permitted(application: Application, scope: Scope) -> Iterator[Problem]:
    """Argo CD compares an Application with its AppProject before each sync and refuses what is not listed there."""
    project = projects.of(application, scope)
    if project is None:
        return
    url = application.source.get('repoURL')
    if url and not projects.permits_source(project, application):
        path = (*SOURCE, 'repoURL')
        yield Problem(application, path, f'project {project.name} does not permit {url}: the sync is refused')
    if application.destination and not projects.permits_destination(project, application):
        namespace = application.destination_namespace
        if projects.permits_place(project, application):
            path, what = (*DESTINATION, 'namespace'), f'namespace {namespace or "(none)"}'
        else:
            path, what = DESTINATION, ' '.join(application.destination.values())
        message = f'project {project.name} does not permit {what}: the sync is refused'
        yield Problem(application, application.nearest(*path), message)


@rule(
    'RB113',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'fault tolerance without a Redis address',
    mend='set gcsFaultTolerance.redisAddress, or enabled: false',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml',
)
def no_redis_address(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The chart renders the address as it is, empty: the head has no Redis to go on from, and does not start."""
    values = mapping(raycluster.values.get('gcsFaultTolerance'))
    # Charts before 1.5 have no such value.
    known = nearest_chart(raycluster.chart) >= (1, 5, 0) and not raycluster.has_other_values
    if known and values.get('enabled') and not values.get('redisAddress'):
        path = raycluster.application.nearest(*_FAULT_TOLERANCE, 'redisAddress')
        yield Problem(raycluster.application, path, 'fault tolerance is on with an empty Redis address')


@rule(
    'RB114',
    Severity.ERROR,
    Subject.SCOPE,
    'something else than an Application in applications/',
    mend='move it to a folder that an Application of its own syncs',
    source='argo-cd docs, cluster bootstrapping',
)
def foreign_kind(scope: Scope) -> Iterator[Problem]:
    """The root applies whatever stands here into the namespace of Argo CD, where an AppProject, a Secret or a Role
    gives rights over every Kubernetes cluster it manages.
    """
    for resource in scope.resources:
        environment = resource.environment
        inside = environment is not None and resource.file.startswith(f'{environment.applications}/')
        if inside and not isinstance(resource, Application):
            kind = resource.kind if 'kind' in resource.data else 'what is no manifest'
            message = f'the root would apply {kind} into the namespace of Argo CD'
            yield Problem(resource, resource.nearest('kind'), message)
