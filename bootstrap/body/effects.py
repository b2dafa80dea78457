"""What a merge does in the cluster, what it does not, and how to undo it."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap import capacity, manifest, parameters
from bootstrap.body.markdown import code, command, sentence
from bootstrap.body.review import Review
from bootstrap.layout import Environment, owns_kubernetes_cluster
from bootstrap.rules.rule import Finding
from bootstrap.tree import Tree

# Rules that tell of running pods: what they find is what a merge does not reach.
_RUNNING_PODS = ('RB702', 'RB703', 'RB708')


def on_sync(review: Review) -> Iterator[str]:
    """Sentences in Markdown."""
    for environment in review.environments:
        if environment in review.new_environments:
            yield from _start(review, environment)
        else:
            yield from _change(review, environment)
    for finding in review.findings.new:
        if finding.rule in _RUNNING_PODS:
            yield f'{finding.rule}: {sentence(finding.message)}.'


def _start(review: Review, environment: Environment) -> Iterator[str]:
    name = environment.name
    if environment.root in review.after:
        yield f'{name}: nothing, until an admin applies its root; from then on Argo CD follows {code(review.base)}.'
    waves = 'CRDs (wave -20), the operator (-10), then ' if owns_kubernetes_cluster(review.after, environment) else ''
    yield f'{name}: Argo CD creates {waves}the RayCluster (0).'


def _change(review: Review, environment: Environment) -> Iterator[str]:
    for path in environment.rayclusters(review.after):
        before, after = _groups(review.before, path), _groups(review.after, path)
        for name in [name for name in after if name not in before]:
            low, high = (amount.pods for amount in capacity.of_group(after[name]))
            yield (
                f'{environment.name}: the operator makes {low or "no"} pod{"" if low == 1 else "s"} of the new group '
                f'{code(name)}; the autoscaler adds others as they are asked for, up to {high}. '
                'Running pods stay as they are.'
            )
        if before != after and not _is_automated(review.after, path):
            application = manifest.get(review.after[path], ('metadata', 'name'))
            sync = command(f'argocd app sync {application}')
            yield f'{environment.name}: its sync is manual, so nothing happens before {sync}.'


def _groups(tree: Tree, path: str) -> dict[str, dict[str, object]]:
    text = tree.get(path)
    return dict(capacity.groups(manifest.load(text)[0].data)) if text and manifest.load(text) else {}


def _is_automated(tree: Tree, path: str) -> bool:
    return manifest.get(tree[path], ('spec', 'syncPolicy', 'automated')) is not None


def undo(review: Review) -> Iterator[str]:
    """Sentences in Markdown."""
    yield 'Revert the merge commit in a pull request of its own.'
    if review.new_environments:
        yield (
            'What Argo CD has created by then stays: nothing here prunes or cascades by itself. '
            'Delete the root Application, then the others, the CRDs last: deleting them deletes every RayCluster.'
        )
    grown = any(
        _groups(review.after, path).keys() - _groups(review.before, path).keys()
        for environment in review.environments
        if environment not in review.new_environments
        for path in environment.rayclusters(review.after)
    )
    if grown:
        yield (
            'A worker group with running pods is to be drained before it is taken out (minReplicas and replicas 0, '
            'maxReplicas "0"): KubeRay leaves the pods of a group that vanishes behind (ray-project/kuberay 1739).'
        )


def places(review: Review) -> Iterator[list[str]]:
    """A row an environment: its name, Argo CD, Kubernetes cluster, namespace."""
    for environment in review.environments:
        tree = review.after if environment.raycluster() in review.after else review.before
        text = tree.get(environment.raycluster())
        if text is None:
            continue
        with manifest.in_file(environment.raycluster()):
            destination = manifest.get(text, parameters.DESTINATION) or {}
            argocd = manifest.get(text, ('metadata', 'namespace')) or 'argocd'
        if isinstance(destination, dict):
            cluster = destination.get('name') or destination.get('server') or ''
            yield [code(environment.name), code(argocd), code(cluster), code(destination.get('namespace') or '')]


def findings(found: list[Finding]) -> Iterator[str]:
    """A line a finding, in Markdown."""
    for one in found:
        yield f'{one.rule} {one.severity.value}, {code(f"{one.file}:{one.line}")}: {sentence(one.message)}'
