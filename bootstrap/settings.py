"""The optional settings of a repository: raybootstrap.yaml."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bootstrap import __version__, manifest, profiles
from bootstrap.errors import BootstrapError
from bootstrap.kubernetes_names import checked_label
from bootstrap.layout import checked_path
from bootstrap.sources import checked_mirror
from bootstrap.tree import Tree

FILE = 'raybootstrap.yaml'
_T = TypeVar('_T')

_KEYS = {
    (): (
        *('path', 'requires', 'forge', 'reviewers', 'labels', 'branch_prefix', 'title_prefix'),
        *('promotion', 'mirrors', 'profiles', 'rules', 'argocd', 'environments'),
    ),
    ('promotion',): ('order', 'fields'),
    ('argocd',): ('version', 'namespace', 'application_health'),
    ('environments', '*'): ('protected', 'ephemeral', 'operator'),
}
_TYPES: Mapping[tuple[str, ...], type] = {
    ('path',): str,
    ('requires',): str,
    ('forge',): str,
    ('reviewers',): list,
    ('labels',): list,
    ('branch_prefix',): str,
    ('title_prefix',): str,
    ('promotion',): dict,
    ('promotion', 'order'): list,
    ('promotion', 'fields'): list,
    ('mirrors',): dict,
    ('mirrors', '*'): str,
    ('profiles',): dict,
    ('rules',): dict,
    ('rules', '*'): str,
    ('argocd',): dict,
    ('environments',): dict,
    ('environments', '*'): dict,
    ('argocd', 'version'): str,
    ('argocd', 'namespace'): str,
    ('argocd', 'application_health'): bool,
    ('environments', '*', 'protected'): bool,
    ('environments', '*', 'ephemeral'): bool,
    ('environments', '*', 'operator'): str,
}
_CHOICES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ('forge',): ('github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'bitbucket-server', 'azure'),
    ('rules', '*'): ('error', 'warning', 'info', 'off'),
    ('environments', '*', 'operator'): ('external',),
}
_NAMES = {str: 'a text (quote it)', list: 'a list', dict: 'a mapping', bool: 'true or false'}


@dataclass(frozen=True)
class Settings:
    """What raybootstrap.yaml says; every field has the value it has without the file."""

    path: str = ''
    branch_prefix: str = 'raybootstrap/'
    title_prefix: str = ''
    forge: str | None = None
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    argocd_namespace: str | None = None
    argocd_version: str | None = None
    application_health: bool = False
    promotion_order: tuple[str, ...] = ()
    promotion_fields: tuple[str, ...] = ()
    mirrors: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def protected(self, environment: str) -> bool:
        return bool(self.environments.get(environment, {}).get('protected'))

    def ephemeral(self, environment: str) -> bool:
        return bool(self.environments.get(environment, {}).get('ephemeral'))

    def operator_is_external(self, environment: str) -> bool:
        return self.environments.get(environment, {}).get('operator') == 'external'


def load(tree: Tree) -> Settings:
    """The settings of a tree; a key or a type that is not known is refused with its line."""
    text = tree.get(FILE)
    if text is None:
        return Settings()
    with manifest.in_file(FILE):
        documents = manifest.load(text)
        if not documents:
            return Settings()
        document = documents[0]
        if len(documents) > 1:
            raise manifest.ManifestError(documents[1].line, 'a second document', 'put all settings into one')
        if not isinstance(document.data, dict):
            raise manifest.ManifestError(document.line, 'settings are a mapping')
        _check(document, (), document.data)
        data = document.data
        argocd, promotion = data.get('argocd', {}), data.get('promotion', {})
        _check_promotion(document, promotion)
        profiles.check(document, data.get('profiles', {}))
        for source, mirror in data.get('mirrors', {}).items():
            _checked(document, ('mirrors', source), checked_mirror, source, mirror)
        prefix = _checked(document, ('branch_prefix',), _checked_prefix, data.get('branch_prefix', 'raybootstrap/'))
        title = _checked(document, ('title_prefix',), _checked_title, data.get('title_prefix', ''))
        path = _checked(document, ('path',), checked_path, data.get('path', '.'))
        if 'namespace' in argocd:
            _checked(document, ('argocd', 'namespace'), checked_label, argocd['namespace'], 'argocd.namespace')
        _refuse_an_old_tool(document, data.get('requires'))
    return Settings(
        path=path,
        branch_prefix=prefix,
        title_prefix=title,
        forge=data.get('forge'),
        reviewers=tuple(str(one) for one in data.get('reviewers', ())),
        labels=tuple(str(one) for one in data.get('labels', ())),
        argocd_namespace=argocd.get('namespace'),
        argocd_version=argocd.get('version'),
        application_health=argocd.get('application_health', False),
        promotion_order=tuple(promotion.get('order', ())),
        promotion_fields=tuple(promotion.get('fields', ())),
        mirrors=data.get('mirrors', {}),
        profiles=data.get('profiles', {}),
        rules={rule: _level(value) for rule, value in data.get('rules', {}).items()},
        environments=data.get('environments', {}),
    )


def _checked_prefix(prefix: str) -> str:
    """What names of branches may begin with; git takes names for which this is too strict, and shells do not."""
    if not _PREFIX.fullmatch(prefix) or any(part in prefix for part in ('..', '//', '/.', '.lock/')):
        raise BootstrapError(f'branch_prefix {prefix!a} begins no name of a branch', 'for example ray/')
    return prefix


def _checked_title(prefix: str) -> str:
    """What titles may begin with: a second line would be the commit's message, and could bring trailers."""
    if len(prefix) > _LONGEST_TITLE or not prefix.isprintable():
        raise BootstrapError(
            f'title_prefix is no line of at most {_LONGEST_TITLE} printable characters', "for example '[ray] '"
        )
    return prefix


def _check(document: manifest.Document, path: tuple[str, ...], value: dict[str, Any]) -> None:
    known = _KEYS.get(_shape(path))
    for key, item in value.items():
        here = (*path, key)
        line = document.position(here).line
        if known is not None and key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            raise manifest.ManifestError(
                line,
                f'unknown setting {".".join(map(str, here))}',
                f'did you mean {near[0]}?' if near else f'known are {", ".join(known)}',
            )
        _check_value(line, here, item)
        if isinstance(item, dict) and here[0] in _CHECKED_BELOW:
            _check(document, here, item)


def _check_value(line: int, path: tuple[str, ...], value: Any) -> None:
    name, shape = '.'.join(map(str, path)), _shape(path)
    if shape[:-1] in _NAMED and not isinstance(path[len(shape) - 1], str):
        raise manifest.ManifestError(line, f'{name}: the name is no text', 'quote it')
    if shape == ('rules', '*'):
        value = _level(value)
    expected = _TYPES.get(shape)
    if expected is not None and not isinstance(value, expected):
        raise manifest.ManifestError(line, f'{name} is {_NAMES[expected]}')
    choices = _CHOICES.get(shape)
    if choices is not None and value not in choices:
        raise manifest.ManifestError(line, f'{name} is none of {", ".join(choices)}')


_PREFIX = re.compile(r'(?:[A-Za-z0-9][\w./+-]*)?', re.ASCII)
_LONGEST_TITLE = 100
_CHECKED_BELOW = ('argocd', 'environments', 'rules', 'promotion', 'mirrors')
_NAMED = (('environments',), ('rules',), ('mirrors',))


def _shape(path: tuple[str, ...]) -> tuple[str, ...]:
    return (path[0], '*', *path[2:]) if path[:1] in _NAMED and len(path) > 1 else path


def _level(value: Any) -> Any:
    # YAML 1.1 reads a bare `off` as false.
    return 'off' if value is False else value


def _check_promotion(document: manifest.Document, promotion: Mapping[str, list[Any]]) -> None:
    for key, names in promotion.items():
        for index, name in enumerate(names):
            line = document.position(('promotion', key, index)).line
            if not isinstance(name, str) or not name:
                raise manifest.ManifestError(line, f'promotion.{key}[{index}] is no text', 'quote it')
            if key == 'order' and name in names[:index]:
                raise manifest.ManifestError(line, f'promotion.order has {name} twice', 'an environment has one place')


def _checked(document: manifest.Document, path: tuple[str, ...], check: Callable[..., _T], *given: str) -> _T:
    try:
        return check(*given)
    except BootstrapError as error:
        raise manifest.ManifestError(document.position(path).line, error.message, error.hint) from None


def _refuse_an_old_tool(document: manifest.Document, requires: str | None) -> None:
    if requires is None:
        return
    line = document.position(('requires',)).line
    wanted = re.fullmatch(r'(?:>=)?\s*(\d{1,9}(?:\.\d{1,9}){0,3})', requires, re.ASCII)
    if wanted is None:
        raise manifest.ManifestError(line, 'requires is no version', "for example requires: '1.2'")
    if _numbers(__version__) < _numbers(wanted[1]):
        raise manifest.ManifestError(
            line,
            f'this repository requires raybootstrap {wanted[1]} or newer; this is {__version__}',
            'pip install --upgrade raybootstrap',
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r'\d+', version, re.ASCII))
