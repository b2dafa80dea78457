"""What an environment's root says: the repository it follows, and whose folder it is."""

from __future__ import annotations

from bootstrap import git_url, manifest, parameters
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import ENVIRONMENT_LABEL, KUBERNETES_CLUSTER_LABEL, LABELS, Environment, environments
from bootstrap.tree import Tree


def repo_url(tree: Tree, context: Context) -> str:
    """The address of the repository as its other roots have it, else the base remote's; a usage error without both."""
    for environment in environments(tree, context.path):
        if url := parameters.get(tree, environment, parameters.REPO_URL):
            return url
    if context.remote_url is None:
        raise BootstrapError(
            'from which repository will Argo CD read? There is no remote to take the address from',
            'add --repo-url https://git.example.com/acme/ray.git',
            exit_code=USAGE,
        )
    if context.remote_url.startswith(('http://', 'file://')):
        return context.remote_url
    return git_url.checked(context.remote_url)


def labelled(tree: Tree, environment: Environment, kubernetes_cluster: str) -> Tree:
    """The tree with the labels that say whose folder this is, and on which Kubernetes cluster."""
    # Without a root of its own (another one, or an ApplicationSet, syncs it) the RayCluster carries the labels.
    path = environment.root if environment.root in tree else environment.raycluster()
    with manifest.in_file(path):
        text = manifest.put(tree[path], (*LABELS, ENVIRONMENT_LABEL), environment.name)
        return tree.put(path, manifest.put(text, (*LABELS, KUBERNETES_CLUSTER_LABEL), kubernetes_cluster))
