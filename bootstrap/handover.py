"""What those who take manifests over should know besides the change itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootstrap import adapting, adoption, layout, manifest, ownership
from bootstrap.adoption import Given, Piece, Sort
from bootstrap.layout import Environment
from bootstrap.rules.resource import Application, resources
from bootstrap.tree import Tree


def notes(before: Tree, after: Tree, environment: Environment, given: Sequence[Given]) -> Iterator[str]:
    """A sentence each."""
    pieces = adoption.pieces(given)
    for piece in pieces:
        if piece.sort is Sort.OTHER:
            yield f'Left out: {piece.where} {piece.title}, {_why(piece)}.'
    yield from _about_files(before, after, given)
    for piece in pieces:
        if piece.live and piece.sort is not Sort.OTHER:
            yield f'{piece.where} {piece.title}: what the API server had set is left out: {", ".join(piece.live)}.'
        if piece.sort is Sort.BARE_RAYCLUSTER and not piece.resource.namespace:
            yield f'{piece.where} {piece.title} names no namespace: it is taken to be in default.'
    if shared := _sharing(before, after, environment):
        yield (
            f'If {environment.name} is on the Kubernetes cluster of {shared[0]}: '
            f'raybootstrap init --env {environment.name} --shares {shared[0]}.'
        )
    yield from _about_names(after, environment, pieces)
    yield from _about_images(after, environment, pieces)


def _why(piece: Piece) -> str:
    if piece.resource.kind == 'List':
        return 'whose items are to be given one by one'
    if isinstance(piece.resource, Application) and piece.resource.roles_of_sources:
        return 'an Application of several sources, into which no rule looks: give it one, as spec.source'
    if isinstance(piece.resource, Application):
        return "an Application of something else than KubeRay's charts and CRDs"
    return 'for which the layout has no place'


def _about_files(before: Tree, after: Tree, given: Sequence[Given]) -> Iterator[str]:
    moved = adoption.moved(before, given)
    for one in given:
        there = adoption.text_at(before, one.place) if one.place else None
        text = there if one in moved else None
        if text is not None and one.place not in after:
            yield f'{one.place} is removed: what it held stands in the environment now.'
        elif text is not None and after.get(one.place) != text:
            yield f'{one.place} keeps only what could not be placed.'
        elif text is None and there is not None:
            yield f'{one.place} is left as it is: its content here is not that of the base branch. Remove it by hand.'


def _sharing(before: Tree, after: Tree, environment: Environment) -> list[str]:
    """The environments that may be on the same Kubernetes cluster, which their in-cluster address does not tell."""
    if layout.has(before, environment) or layout.owns_kubernetes_cluster(after, environment):
        return []
    if not ownership.is_in_cluster(ownership.destination(after, environment)):
        return []
    others = layout.environments(before, environment.path)
    return [one.name for one in others if layout.owns_kubernetes_cluster(before, one)]


def _about_names(after: Tree, environment: Environment, pieces: Sequence[Piece]) -> Iterator[str]:
    names = {one.name for one in _applications(after, environment)}
    old = [piece.resource.name for piece in pieces if isinstance(piece.resource, Application)]
    old = [name for name in old if name not in names and adoption.prefixed(name, environment) in names]
    if old:
        commands = ' && '.join(f'argocd app delete {name} --cascade=false' for name in old)
        yield (
            f'Renamed: {", ".join(old)}. If they are live under these names, delete the old Applications, and only '
            f'them, after the merge: {commands}'
        )


def _about_images(after: Tree, environment: Environment, pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.sort is not Sort.RAYCLUSTER or not isinstance(piece.resource, Application):
            continue
        names = (piece.resource.name, adoption.prefixed(piece.resource.name, environment))
        now = next((one for one in _applications(after, environment) if one.name in names), None)
        if now is not None and any(adapting.moving_tags(piece.resource)) and not any(adapting.moving_tags(now)):
            version = adapting.pinned_version(piece.resource)
            yield (
                f'{piece.title}: an image tag that moves says nothing about the Ray version; pinned to {version}. '
                'Pods that run keep theirs: if it is another, change the tag and rayVersion before the merge.'
            )


def _applications(tree: Tree, environment: Environment) -> Iterator[Application]:
    for file in tree.files(environment.applications):
        with manifest.in_file(file):
            found = list(resources(file, tree[file], environment))
        yield from (one for one in found if isinstance(one, Application))
