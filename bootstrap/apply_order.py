"""An environment's documents in the order in which they are applied, with their text as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bootstrap import manifest
from bootstrap.inventory import scope
from bootstrap.layout import Environment
from bootstrap.rules import rendered
from bootstrap.rules.resource import Resource, at
from bootstrap.settings import Settings
from bootstrap.tree import Tree

WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave'


class Part(NamedTuple):
    """One document; `text` has no `---` of its own and ends with a line end."""

    resource: Resource
    wave: int
    text: str


def parts(tree: Tree, settings: Settings, environment: Environment) -> list[Part]:
    """Projects, the root, then what the root applies: by sync wave, and by name within one."""
    found = scope(tree, settings, environment).resources
    return sorted(
        (Part(one, wave(one), _text(one, found)) for one in found),
        key=lambda part: (_step(part.resource, environment), part.wave, part.resource.name),
    )


def joined(texts: list[str]) -> str:
    """One stream of several texts."""
    return '---\n'.join(texts)


def wave(resource: Resource) -> int:
    """The sync wave; 0 where none is given, as for Argo CD."""
    return rendered.whole(at(resource.data, 'metadata', 'annotations', WAVE_ANNOTATION)) or 0


def _step(resource: Resource, environment: Environment) -> int:
    return {environment.projects: 0, environment.root: 1}.get(resource.file, 2)


def _text(resource: Resource, resources: Sequence[Resource]) -> str:
    document = resource.document
    begins = sorted(one.document.root.begin for one in resources if one.file == resource.file)
    following = [begin for begin in begins if begin > document.root.begin]
    text = document.text
    begin = 0 if begins[0] == document.root.begin else document.root.begin
    end = following[0] if following else len(text)
    own = text[begin : document.root.begin] + _without_marker(text[document.root.begin : end])
    own += '' if own.endswith('\n') else '\n'
    with manifest.in_file(resource.file):
        if [one.data for one in manifest.load(own)] != [document.data]:
            raise manifest.ManifestError(document.line, 'cannot be read on its own', 'begin the document with ---')
    return own


def _without_marker(text: str) -> str:
    """The text without the directives and the `---` it begins with: a stream of several files has its own."""
    while text[:1] == '%':
        text = text.partition('\n')[2]
    if text[:3] != '---':
        return text
    line, _, rest = text.partition('\n')
    behind = line[3:].lstrip()
    return f'{behind}\n{rest}' if behind else rest
