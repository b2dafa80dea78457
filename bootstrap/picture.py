"""The app of apps of an environment as a tree of nodes, and that tree as text."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bootstrap import inventory
from bootstrap.apply_order import wave
from bootstrap.capacity import Amount, Capacity
from bootstrap.inventory import capacity_of, in_order
from bootstrap.layout import Environment
from bootstrap.rules.raycluster import Group, RayCluster
from bootstrap.rules.resource import Application, Role
from bootstrap.settings import Settings
from bootstrap.tree import Tree


class Shape(enum.Enum):
    """What a node stands for."""

    ROOT = 'root Application'
    APPLICATION = 'Application'
    RAYCLUSTER = 'RayCluster'
    HEAD = 'head group'
    GROUP = 'worker group'


@dataclass(frozen=True)
class Node:
    """`title` is its name, `details` a few words each."""

    shape: Shape
    title: str
    details: tuple[str, ...] = ()
    wave: int | None = None
    children: tuple[Node, ...] = ()


class Line(NamedTuple):
    """A node in a text tree: branches, then its title, then what is known of it."""

    branches: str
    node: Node


def of_environment(tree: Tree, settings: Settings, environment: Environment) -> Node:
    """The root Application with all that it leads to."""
    found = inventory.scope(tree, settings, environment)
    root = next(iter(found.of(Role.ROOT)), None)
    applications = [one for one in found.applications if one is not root]
    applications.sort(key=lambda one: (wave(one), one.name))
    rayclusters = {one.application.file + one.application.name: one for one in found.rayclusters}
    return Node(
        Shape.ROOT,
        root.name if root else environment.name,
        _root_details(root, environment),
        children=tuple(_application(one, rayclusters.get(one.file + one.name)) for one in applications),
    )


def lines(node: Node, above: str = '', branch: str = '') -> Iterator[Line]:
    """A text tree, a line a node."""
    yield Line(above + branch, node)
    below = above + {'': '', '├── ': '│   ', '└── ': '    '}[branch]
    for number, child in enumerate(node.children, 1):
        yield from lines(child, below, '└── ' if number == len(node.children) else '├── ')


def _root_details(root: Application | None, environment: Environment) -> tuple[str, ...]:
    if root is None:
        return ('no root Application', environment.directory)
    path = root.source.get('path')
    return (str(path or environment.applications), f'at {root.target_revision or "HEAD"}')


def _application(application: Application, raycluster: RayCluster | None) -> Node:
    source = application.source.get('chart') or application.source.get('path')
    details = [f'{source} {application.target_revision}'.strip()] if source else []
    if application.destination_namespace:
        details.append(f'to {application.destination_namespace}')
    return Node(
        Shape.APPLICATION,
        application.name,
        tuple(details),
        wave(application),
        (_raycluster(raycluster),) if raycluster is not None else (),
    )


def _raycluster(raycluster: RayCluster) -> Node:
    version, image = inventory.ray_version(raycluster), inventory.head_image(raycluster)
    details = [f'Ray {version}' if version else f'image {image or "unknown"}']
    details.append(f'autoscaler {inventory.autoscaler(raycluster)}')
    return Node(
        Shape.RAYCLUSTER,
        raycluster.name,
        tuple(details),
        children=(_head(raycluster), *(_group(raycluster, group) for group in in_order(raycluster))),
    )


def _head(raycluster: RayCluster) -> Node:
    pod, _ = capacity_of(raycluster.head_group, raycluster)
    return Node(Shape.HEAD, 'head', (f'1 pod of {_pod(pod)}',))


def _group(raycluster: RayCluster, group: Group) -> Node:
    pod, capacity = capacity_of(group, raycluster)
    pods = _pods(capacity, limited=inventory.is_limited(group))
    return Node(Shape.GROUP, group.name, (f'{pods} of {_pod(pod)}',))


def _pods(capacity: Capacity, *, limited: bool) -> str:
    least, most = (amount.pods for amount in capacity)
    if not limited:
        return f'{least} pods or more'
    return f'{most} pod{"" if most == 1 else "s"}' if least == most else f'{least} to {most} pods'


def _pod(pod: Amount) -> str:
    data = pod.as_data()
    accelerators = f', {data["gpu"]} GPU/TPU' if pod.accelerators else ''
    return f'{data["cpu"]} CPU, {data["memory"]}{accelerators}'
