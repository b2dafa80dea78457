"""Applications expanded to what they create, as far as that can be had without Argo CD."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bootstrap.apply_order import Part, joined
from bootstrap.chart import Chart, chart_of
from bootstrap.rules.resource import Application, Role, mapping
from bootstrap.tree import Kind, Tree


class Expansion(NamedTuple):
    """`text`: what stands for the document; `reason`: why an Application is left as it is, '' where it is not."""

    part: Part
    text: str
    reason: str = ''


def expanded(parts: Sequence[Part], tree: Tree, template: Callable[[Chart], str]) -> list[Expansion]:
    """Each chart's Application as the chart's manifests, each folder's of this repository as its files."""
    roots = [one.resource for one in parts if isinstance(one.resource, Application) and one.resource.role is Role.ROOT]
    return [_expansion(part, tree, roots[0] if roots else None, template) for part in parts]


def _expansion(part: Part, tree: Tree, root: Application | None, template: Callable[[Chart], str]) -> Expansion:
    application = part.resource
    if not isinstance(application, Application) or application.role is Role.ROOT:
        return Expansion(part, part.text)
    head = f'# Application {_line(application.name)}, sync wave {part.wave}: '
    if reason := _obstacle(application):
        return Expansion(part, f'{head}not expanded, {reason}.\n{part.text}', reason)
    if application.source.get('chart'):
        chart = chart_of(application)
        return Expansion(part, f'{head}{_line(str(chart))}\n{_without_first_marker(template(chart))}')
    texts = _own_folder(application, tree, root)
    if texts:
        return Expansion(part, joined([f'{head}{_line(str(application.source["path"]))}\n{texts[0]}', *texts[1:]]))
    reason = f'its source is {_source(application)}, which is not in this repository'
    return Expansion(part, f'{head}not expanded, {reason}.\n{part.text}', reason)


def _obstacle(application: Application) -> str:
    """What only Argo CD can render of an Application; '' where nothing is in the way."""
    if application.at('spec', 'sources'):
        return 'it has several sources'
    helm = mapping(application.source.get('helm'))
    for key in ('valueFiles', 'parameters', 'fileParameters'):
        if helm.get(key):
            return f'its values come from helm.{key} too'
    for key in ('kustomize', 'plugin'):
        if application.source.get(key):
            return f'its source is {_source(application)}, by {key}'
    return ''


def _source(application: Application) -> str:
    path, url = application.source.get('path'), application.source.get('repoURL')
    return _line(f'{path or "the top"} of {url} at {application.target_revision or "HEAD"}')


def _own_folder(application: Application, tree: Tree, root: Application | None) -> list[str]:
    """The manifests of the folder of this very repository that an Application names."""
    folder = application.source.get('path')
    if root is None or not isinstance(folder, str) or application.source.get('repoURL') != root.source.get('repoURL'):
        return []
    entries: Mapping[str, Kind] = tree.entries(folder.strip('/'))
    names = [name for name, kind in sorted(entries.items()) if kind is Kind.FILE and name.endswith(_MANIFESTS)]
    if any(name.startswith('kustomization.') or name == 'Chart.yaml' for name in names):
        return []
    texts = (tree[f'{folder.strip("/")}/{name}'] for name in names)
    return [_without_first_marker(text) for text in texts if text.strip()]


_MANIFESTS = ('.yaml', '.yml', '.json')


def _without_first_marker(text: str) -> str:
    text = text.removeprefix('\ufeff').removeprefix('---\n')
    return text if text.endswith('\n') else f'{text}\n'


def _line(words: str) -> str:
    """Words from a manifest that may stand in a comment."""
    return words if words.isprintable() else ascii(words)
