"""What is taken over: the objects of hand-written files, each with the place it gets in the layout."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from bootstrap import live_fields, manifest
from bootstrap.cutting import Cut, cut
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment, checked_folder_name
from bootstrap.rules.resource import Application, Resource, Role, resources
from bootstrap.tree import Tree


class Given(NamedTuple):
    """A file as the user calls it; `place` is its path in the repository it stands in, '' outside of any."""

    name: str
    text: str
    place: str = ''

    def __str__(self) -> str:
        return f'sha256:{sha256(self.text.encode()).hexdigest()}'


class Sort(enum.Enum):
    """What an object is to an environment."""

    CRDS = 'the CRDs'
    OPERATOR = 'the operator'
    RAYCLUSTER = 'a RayCluster'
    BARE_RAYCLUSTER = 'a RayCluster without a chart'
    PROJECT = 'a project'
    OTHER = 'something else'


_OF_ROLE = {Role.CRDS: Sort.CRDS, Role.OPERATOR: Sort.OPERATOR, Role.RAYCLUSTER: Sort.RAYCLUSTER}
_NAME = re.compile(r'[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?')


@dataclass(frozen=True)
class Piece:
    """One object of a file."""

    given: Given
    cut: Cut
    resource: Resource

    @cached_property
    def text(self) -> str:
        """As it goes into the repository: without what the API server has set."""
        with manifest.in_file(self.given.name):
            return live_fields.without(self.cut.text)

    @cached_property
    def live(self) -> list[str]:
        return live_fields.found(self.resource.document.data)

    @property
    def where(self) -> str:
        return f'{self.given.name}:{self.cut.line}'

    @property
    def title(self) -> str:
        data = self.resource.data
        return ' '.join(str(part) for part in (data.get('kind') or 'no kind', self.resource.name) if part)

    @cached_property
    def sort(self) -> Sort:
        group = str(self.resource.data.get('apiVersion')).partition('/')[0]
        if isinstance(self.resource, Application):
            return _OF_ROLE.get(self.resource.role, Sort.OTHER)
        return {
            ('ray.io', 'RayCluster'): Sort.BARE_RAYCLUSTER,
            ('argoproj.io', 'AppProject'): Sort.PROJECT,
        }.get((group, self.resource.kind), Sort.OTHER)

    def refusal(self, detail: str, hint: str = '') -> manifest.ManifestError:
        return manifest.ManifestError(self.cut.line, detail, hint, path=self.given.name)


def pieces(given: Sequence[Given]) -> list[Piece]:
    """The objects of all files. Refuses a file that is no YAML, and one of ours without a name."""
    found = []
    for one in given:
        with manifest.in_file(one.name):
            cuts = cut(one.text)
        for part in cuts:
            found += [Piece(one, part, resource) for resource in resources(one.name, part.text)]
    for piece in found:
        if piece.sort is not Sort.OTHER and not _NAME.fullmatch(piece.resource.name):
            raise piece.refusal(f'{piece.resource.kind} has no metadata.name that Kubernetes takes', 'give it one')
    return found


def placed(found: Sequence[Piece], environment: Environment, taken: dict[str, str]) -> Iterator[tuple[str, Piece]]:
    """The file that each object goes to, for those that get one of their own.

    `taken` are the files of the environment's Applications by the names that stand in them.
    """
    rayclusters = [piece for piece in found if piece.sort is Sort.RAYCLUSTER]
    usual = ('raycluster', f'{environment.name}-raycluster')
    first = next((piece for piece in rayclusters if piece.resource.name in usual), next(iter(rayclusters), None))
    for piece in found:
        if piece.sort is Sort.CRDS:
            yield environment.crds, piece
        elif piece.sort is Sort.OPERATOR:
            yield environment.operator, piece
        elif piece.sort is Sort.BARE_RAYCLUSTER:
            yield f'{environment.directory}/rayclusters/{piece.resource.name}.yaml', piece
        elif piece.sort is Sort.RAYCLUSTER:
            names = (piece.resource.name, prefixed(piece.resource.name, environment))
            known = next((taken[name] for name in names if name in taken), None)
            free = piece is first and environment.raycluster() not in taken.values()
            yield known or environment.raycluster('' if free else _short(piece, environment)), piece


def prefixed(name: str, environment: Environment) -> str:
    """An Application's name with its environment's in front."""
    has_it = name == environment.name or name.startswith(f'{environment.name}-')
    return name if has_it else f'{environment.name}-{name}'


def _short(piece: Piece, environment: Environment) -> str:
    """What tells a further RayCluster from the others, from the name of its Application."""
    name = piece.resource.name.removeprefix(f'{environment.name}-').removeprefix('raycluster-').replace('.', '-')
    return checked_folder_name(name[:63].strip('-'), 'RayCluster')


def moved(tree: Tree, given: Sequence[Given]) -> list[Given]:
    """The files that stand in the repository itself, with the same content."""
    return [one for one in given if one.place and text_at(tree, one.place) == one.text]


def text_at(tree: Tree, path: str) -> str | None:
    """The text of a file; None too where something else stands there."""
    try:
        return tree.get(path)
    except BootstrapError:
        return None


def namespace_of(piece: Piece) -> str:
    """The namespace of a RayCluster; kubectl puts one that names none into `default`."""
    return piece.resource.namespace or 'default'
