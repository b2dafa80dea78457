"""Starts environments, or changes what is asked of those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bootstrap import approvals, choices, health_checks, manifest, mirrors, ownership, parameters, roots, scaffold
from bootstrap.approvals import Approvals
from bootstrap.choices import Choices
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.layout import (
    Environment,
    checked_folder_name,
    checked_name,
    existing,
    holds,
    kubernetes_cluster,
    owns_kubernetes_cluster,
)
from bootstrap.parameters import Parameter
from bootstrap.settings import FILE as SETTINGS
from bootstrap.tree import Tree


@dataclass(frozen=True)
class Options:
    """How an environment is to be; None means "leave as it is", or what the skeleton has."""

    choices: Choices = field(default_factory=Choices)
    like: str | None = None
    shares: str | None = None
    root: bool | None = None
    operator: bool | None = None
    crds: str | None = None
    approvals: Approvals = field(default_factory=Approvals)
    mirrors: Mapping[str, str] = field(default_factory=dict)
    health_checks: bool = False


def plan(tree: Tree, context: Context, names: Sequence[str], options: Options) -> Tree:
    """The tree with these environments: new ones from the skeletons or like another one, others changed as asked."""
    if options.like is not None and (options.like not in names or set(names) == {options.like}):
        existing(tree, options.like, context.path)
    # What others are made after comes first, in whatever order it was asked for.
    for name in sorted(dict.fromkeys(names), key=lambda name: name not in (options.like, options.shares)):
        environment = Environment(checked_folder_name(name, 'environment'), context.path)
        checked_name(f'ray-{name}', 'namespace')
        ownership.refuse_two_places(tree, environment, options.shares, options.choices.destination)
        if holds(tree, environment):
            tree = _extended(tree, context, environment, options)
        else:
            tree = _started(tree, context, environment, options)
        tree = choices.put(tree, environment, options.choices)
        tree = mirrors.throughout(tree, environment, options.mirrors)
    tree = mirrors.recorded(tree, options.mirrors)
    if options.health_checks:
        tree = approvals.kept(health_checks.put(tree, context, options.choices.argocd_namespace), context)
    return approvals.put(tree, context, names, options.approvals)


def _started(tree: Tree, context: Context, environment: Environment, options: Options) -> Tree:
    like = existing(tree, options.like, context.path) if options.like not in (None, environment.name) else None
    origin, source = (tree, like) if like else (_skeleton(options), scaffold.SKELETON)
    if not origin.get(source.raycluster()):
        raise _refused(f'{source.raycluster()}: {source.name} has none to copy', 'leave --like out')
    to = options.choices.destination or _shared_destination(tree, context, environment, options)
    to = to or ownership.destination(origin, source)
    repo_url = options.choices.repo_url or roots.repo_url(tree, context)
    kubernetes_cluster, owns = ownership.place(tree, environment, to, options.shares, options.operator)
    owner = ownership.owner(tree, kubernetes_cluster, context.path, environment)
    like_it = owner or like

    for file in [*source.rayclusters(origin), *([source.projects] if options.choices.project is None else [])]:
        tree = scaffold.copied(tree, file, origin, source, environment)
    tree = _with_root(tree, origin, source, environment, options)
    if owns:
        tree = _with_operator(tree, origin, source, environment, options)
    else:
        tree = scaffold.without_project(tree, environment, 'ray-platform')
    tree = roots.labelled(tree, environment, kubernetes_cluster)
    tree = _named_namespaces(tree, source, environment)
    tree = _with(
        tree,
        environment,
        {
            parameters.REPO_URL: repo_url,
            parameters.FOLLOWED_BRANCH: context.branch,
            parameters.ARGOCD_NAMESPACE: parameters.get(tree, like, parameters.ARGOCD_NAMESPACE)
            if like
            else context.settings.argocd_namespace,
            parameters.KUBERAY_VERSION: _kuberay_version(tree, like_it) if like_it else None,
        },
    )
    tree = scaffold.with_destination(tree, environment, ownership.destination(origin, source), to)
    external = options.operator is False and not owner
    return _declared_external(tree, environment) if external else tree


def _extended(tree: Tree, context: Context, environment: Environment, options: Options) -> Tree:
    """The tree with the files that an existing environment is asked to have besides; none is taken away."""
    owns = owns_kubernetes_cluster(tree, environment)
    with_operator = owns and environment.crds not in tree
    if options.root is False and environment.root in tree:
        raise _refused(
            f'{environment.root}: stands already', 'leave --no-root out, or remove the file in a commit of yours'
        )
    if options.operator is False and owns:
        raise _refused(f'{environment.operator}: stands already', 'other environments may live on this operator')
    if options.crds is not None and owns and (options.crds == 'with-operator') != with_operator:
        raise _refused(
            f'{environment.name}: its CRDs come {"with the operator" if with_operator else "separately"} already',
            'moving live CRDs from one Application to another is not done in one step',
        )
    if options.shares is not None and options.shares != environment.name:
        label = kubernetes_cluster(tree, existing(tree, options.shares, environment.path))
        if label != kubernetes_cluster(tree, environment):
            tree = _on_shared(tree, context, environment, options, label)
    if options.operator is True and not owns:
        tree = _with_new_operator(tree, environment, options)
    if options.root is True and environment.root not in tree:
        tree = _with_new_root(
            tree, environment, options.choices.repo_url or roots.repo_url(tree, context), context.branch
        )
    return tree


def _with_new_operator(tree: Tree, environment: Environment, options: Options) -> Tree:
    label = kubernetes_cluster(tree, environment)
    if owner := ownership.owner(tree, label, environment.path, environment):
        raise ownership.second_owner(environment, label, owner)
    given = {
        parameters.KUBERAY_VERSION: _kuberay_version(tree, environment),
        parameters.ARGOCD_NAMESPACE: parameters.get(tree, environment, parameters.ARGOCD_NAMESPACE),
    }
    tree = _with_operator(tree, tree, environment, environment, options)
    tree = _with(tree, environment, given)
    return scaffold.with_destination(tree, environment, ownership.IN_CLUSTER, ownership.destination(tree, environment))


def _with(tree: Tree, environment: Environment, given: Mapping[Parameter, str | None]) -> Tree:
    for parameter, value in given.items():
        tree = parameters.put(tree, environment, parameter, value) if value else tree
    return tree


def _kuberay_version(tree: Tree, environment: Environment) -> str | None:
    version = parameters.get(tree, environment, parameters.KUBERAY_VERSION)
    return version and version.removeprefix('v')


def _shared_destination(
    tree: Tree, context: Context, environment: Environment, options: Options
) -> Mapping[str, str] | None:
    if options.shares is None or options.shares == environment.name:
        return None
    return ownership.destination(tree, existing(tree, options.shares, context.path))


def _on_shared(tree: Tree, context: Context, environment: Environment, options: Options, label: str) -> Tree:
    to = options.choices.destination or _shared_destination(tree, context, environment, options)
    tree = choices.relabelled(tree, environment, label)
    return scaffold.with_destination(tree, environment, ownership.destination(tree, environment), to or {})


def _with_new_root(tree: Tree, environment: Environment, repo_url: str, branch: str) -> Tree:
    label = kubernetes_cluster(tree, environment)
    given = {
        parameters.REPO_URL: repo_url,
        parameters.FOLLOWED_BRANCH: branch,
        parameters.ARGOCD_NAMESPACE: parameters.get(tree, environment, parameters.ARGOCD_NAMESPACE),
    }
    tree = scaffold.with_project(tree, environment, 'ray-root')
    tree = _copied_into_project(tree, scaffold.SKELETON.root, scaffold.skeleton(), environment)
    return _with(roots.labelled(tree, environment, label), environment, given)


def _with_root(tree: Tree, origin: Tree, source: Environment, target: Environment, options: Options) -> Tree:
    if options.root is False or (options.root is None and source.root not in origin):
        return scaffold.without_project(tree, target, 'ray-root')
    if source.root not in origin:
        tree = scaffold.with_project(tree, target, 'ray-root')
        return _copied_into_project(tree, scaffold.SKELETON.root, scaffold.skeleton(), target)
    return scaffold.copied(tree, source.root, origin, source, target)


def _copied_into_project(tree: Tree, file: str, origin: Tree, target: Environment) -> Tree:
    """The tree with a skeleton; where the environment has no projects of its own, in that of its RayCluster."""
    project = None if target.projects in tree else parameters.get(tree, target, parameters.PROJECT)
    tree = scaffold.copied(tree, file, origin, scaffold.SKELETON, target)
    return _with(tree, target, {parameters.PROJECT: project})


def _refused(message: str, hint: str) -> BootstrapError:
    return BootstrapError(message, hint)


def _skeleton(options: Options) -> Tree:
    return scaffold.skeleton(crds_with_operator=options.crds == 'with-operator')


def _with_operator(tree: Tree, origin: Tree, source: Environment, target: Environment, options: Options) -> Tree:
    separate = source.crds in origin
    if source.operator in origin and options.crds in (None, 'separate' if separate else 'with-operator'):
        for file in (source.crds, source.operator):
            tree = scaffold.copied(tree, file, origin, source, target)
        return scaffold.with_project(tree, target, 'ray-platform')
    # Like an environment that owns nothing, its projects have none of the platform.
    tree = scaffold.with_project(tree, target, 'ray-platform')
    for file in (scaffold.SKELETON.crds, scaffold.SKELETON.operator):
        tree = _copied_into_project(tree, file, _skeleton(options), target)
    return tree


def _named_namespaces(tree: Tree, source: Environment, environment: Environment) -> Tree:
    namespace = parameters.get(tree, environment, parameters.NAMESPACE)
    if namespace == f'ray-{source.name}':
        tree = parameters.put(tree, environment, parameters.NAMESPACE, f'ray-{environment.name}')
    return tree


def _declared_external(tree: Tree, environment: Environment) -> Tree:
    text = tree.get(SETTINGS) or ''
    path = ('environments', environment.name, 'operator')
    with manifest.in_file(SETTINGS):
        return tree.put(SETTINGS, manifest.put(text, path, 'external'))
