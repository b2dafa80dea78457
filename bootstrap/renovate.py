"""Renovate: one pull request for each environment that moves CRDs, operator and chart together."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import Any

from bootstrap import json_text, skeletons
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment
from bootstrap.tree import Tree

# Renovate reads the first of these that is there (its documentation, "Configuration options").
_FILES = (
    *('renovate.json', 'renovate.json5', '.github/renovate.json', '.github/renovate.json5'),
    *('.gitlab/renovate.json', '.gitlab/renovate.json5'),
    *('.renovaterc', '.renovaterc.json', '.renovaterc.json5', 'package.json'),
)
_NEW = 'renovate.json'


def put(tree: Tree, path: str) -> Tree:
    """The tree with the rule and the files it looks at, in Renovate's configuration; a new one where there is none."""
    file = _file(tree)
    if file is None:
        return tree.put(_NEW, _skeleton().replace(json.dumps(_pattern('')), json.dumps(_pattern(path))))
    if file.endswith(('.json5', 'package.json')):
        raise _refused(file, 'only plain JSON is edited, and Renovate reads this file')
    try:
        return tree.put(file, _with_rule(tree[file], path))
    except BootstrapError as error:
        raise _refused(file, error.message) from None


def _file(tree: Tree) -> str | None:
    return next((name for name in _FILES if name in tree and (name != 'package.json' or _in_package(tree[name]))), None)


def _in_package(text: str) -> bool:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and 'renovate' in data


def _with_rule(text: str, path: str) -> str:
    data = json_text.load(text)
    if not isinstance(data, dict):
        raise BootstrapError('is no JSON object')
    if isinstance(managers := data.get('enabledManagers'), list) and 'argocd' not in managers:
        text = json_text.append(text, ('enabledManagers',), 'argocd')
    text = _with_files(text, data, path)
    rules = data.get('packageRules', [])
    if not isinstance(rules, list):
        raise BootstrapError('packageRules is no list')
    if any(_is_of_kuberay(rule) for rule in rules):
        return text
    [rule] = json_text.load(_skeleton())['packageRules']
    if 'packageRules' in data:
        return json_text.append(text, ('packageRules',), rule)
    return json_text.put(text, ('packageRules',), [rule])


def _with_files(text: str, data: dict[str, Any], path: str) -> str:
    """The argocd manager looks at no file by itself (its documentation, "File matching")."""
    manager = data.get('argocd', {})
    patterns = manager.get('managerFilePatterns', []) if isinstance(manager, dict) else None
    if not isinstance(manager, dict) or not isinstance(patterns, list):
        raise BootstrapError('argocd is no mapping with a list of managerFilePatterns')
    example = Environment('example', path).operator
    if any(_matches(pattern, example) for pattern in _patterns(manager)):
        return text
    ours = _pattern(path)
    if 'argocd' not in data:
        return json_text.put(text, ('argocd',), {'managerFilePatterns': [ours]})
    if 'managerFilePatterns' not in manager:
        return json_text.put(text, ('argocd', 'managerFilePatterns'), [ours])
    return json_text.append(text, ('argocd', 'managerFilePatterns'), ours)


def _pattern(path: str) -> str:
    folder = re.sub(r'[][\\^$.|?*+(){}]', r'\\\g<0>', f'{path}/environments' if path else 'environments')
    return f'/^{folder}/[^/]+/applications/.+\\.yaml$/'


def _patterns(manager: dict[str, Any]) -> Iterator[str]:
    for pattern in manager.get('managerFilePatterns', []):
        if isinstance(pattern, str):
            yield pattern
    # The name of before Renovate 40, with regular expressions only.
    old = manager.get('fileMatch', [])
    for pattern in old if isinstance(old, list) else [old]:
        if isinstance(pattern, str):
            yield f'/{pattern}/'


def _matches(pattern: str, file: str) -> bool:
    """Whether a pattern, a glob or a regular expression between slashes, takes a file."""
    if len(pattern) > 1 and pattern.startswith('/') and pattern.endswith('/'):
        try:
            return re.search(pattern[1:-1], file) is not None
        except re.error:
            return False
    return fnmatch.fnmatchcase(file, pattern.replace('**/', '*'))


def _is_of_kuberay(rule: Any) -> bool:
    if not isinstance(rule, dict) or not isinstance(rule.get('groupName'), str):
        return False
    names = [name for key in ('matchDepNames', 'matchPackageNames') for name in _list(rule.get(key))]
    return any('kuberay' in name for name in names if isinstance(name, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _refused(file: str, why: str) -> BootstrapError:
    return BootstrapError(f'{file}: {why}', f'leave --renovate out, and add by hand what you need of\n{_skeleton()}')


def _skeleton() -> str:
    return skeletons.read('review/renovate.json')
