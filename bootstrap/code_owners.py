"""CODEOWNERS: who has to approve what, where the forge looks for it and where no other line overrides it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bootstrap import skeletons
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.tree import Tree

# Where each forge looks, in its order, and where a new file goes: docs.github.com "About code owners", docs.gitlab.com
# "Code Owners", docs.gitea.com "Code Owners". Forgejo reads what Gitea reads.
_PLACES = {
    'github': ('.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'),
    'gitlab': ('CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'),
    'gitea': ('CODEOWNERS', 'docs/CODEOWNERS', '.gitea/CODEOWNERS'),
}
_MAIL = r'[^@\s#]+@[\w-]+(\.[\w-]+)+'
_OWNERS = {
    'github': rf'@[\w-]+(/[\w.-]+)?|{_MAIL}',
    'gitlab': rf'@@?[\w.-]+(/[\w.-]+)*|{_MAIL}',
    'gitea': r'@[\w.-]+(/[\w.-]+)?',
}
_TOKEN = re.compile(r'(?:\\.|[^\s\\])+')
_SECTION = re.compile(r'\^?\[[^]]+\]')


class _Rule(NamedTuple):
    pattern: str
    owners: Sequence[str]


def put(tree: Tree, forge: str, paths: Sequence[str], shared: Sequence[str], owners: Sequence[str]) -> Tree:
    """The tree with owners of paths, besides those they have; a folder ends in a slash.

    The `shared` paths get them only where they have none: one more owner could approve for the others.
    """
    for owner in owners:
        _check(owner, forge)
    file = next((place for place in _PLACES[forge] if place in tree), None)
    if file is None:
        file = f'.{forge}/CODEOWNERS'
        text = skeletons.read(f'review/CODEOWNERS{"-gitea" if forge == "gitea" else ""}')
        shared = [*shared, file]
    else:
        text = tree[file]
    for path in paths:
        text = with_owners(text, forge, path, owners)
    for path in shared:
        text = with_owners(text, forge, path, owners_of(text, forge, path) or owners)
    return tree.put(file, text)


def shared(tree: Tree, forge: str | None, path: str, like: str) -> Tree:
    """The tree in which a path that nobody owns yet has the owners of another; `forge` None: the one that is found."""
    for one in [forge] if forge in _PLACES else ['gitlab', 'github', 'gitea']:
        file = next((place for place in _PLACES[one] if place in tree), None)
        owners = owners_of(tree[file], one, like) if file else ()
        if file and owners:
            there = owners_of(tree[file], one, path)
            return tree if there else tree.put(file, with_owners(tree[file], one, path, owners))
    return tree


def forgotten(tree: Tree, folder: str) -> Tree:
    """The tree without the lines about a folder, which ends in a slash, and what is in it."""
    patterns = {_pattern(folder, forge).removesuffix('.*').lstrip('/') for forge in _PLACES}
    for file in sorted({place for places in _PLACES.values() for place in places}):
        text = tree.get(file)
        if text is not None:
            lines = re.findall(r'[^\n]*\n|[^\n]+', text)
            left = [line for line in lines if not _rule(line).pattern.lstrip('/').startswith(tuple(patterns))]
            tree = tree.put(file, ''.join(left)) if left != lines else tree
    return tree


def owners_of(text: str, forge: str, path: str) -> Sequence[str]:
    """The owners that the line of just this path names."""
    pattern = _pattern(path, forge)
    return next((rule.owners for rule in map(_rule, reversed(text.split('\n'))) if rule.pattern == pattern), ())


def with_owners(text: str, forge: str, path: str, owners: Sequence[str]) -> str:
    """The text with at least these owners of a path, in a line behind every line that would override it."""
    lines = re.findall(r'[^\n]*\n|[^\n]+', text)
    newline = '\r\n' if '\r\n' in text else '\n'
    if lines and not lines[-1].endswith('\n'):
        lines[-1] += newline
    pattern = _pattern(path, forge)
    end = _end(lines, forge)
    rules = [_rule(line) for line in lines[:end]]
    mine = [number for number, rule in enumerate(rules) if rule.pattern == pattern]
    last = -1 if forge == 'gitea' else max(_overriding(rules, pattern), default=-1)
    if mine and mine[-1] > last:
        lines[mine[-1]] = _with_more(lines[mine[-1]], rules[mine[-1]], owners)
        return ''.join(lines)
    owned = dict.fromkeys([*(owner for number in mine for owner in rules[number].owners), *owners])
    place = next((number for number in range(last + 1, end) if _refines(rules[number].pattern, pattern)), end)
    while place == end and place and not lines[place - 1].strip():
        place = end = place - 1
    lines.insert(place, f'{pattern} {" ".join(owned)}{newline}')
    return ''.join(line for number, line in enumerate(lines) if number == place or _old(number, place) not in mine)


def _old(number: int, place: int) -> int:
    return number - 1 if number > place else number


def _end(lines: Sequence[str], forge: str) -> int:
    """Where the lines end that stand in no section: GitLab counts each section by itself, and some are optional."""
    if forge != 'gitlab':
        return len(lines)
    return next((number for number, line in enumerate(lines) if _SECTION.match(line)), len(lines))


def _rule(line: str) -> _Rule:
    tokens = _TOKEN.findall(line.strip())
    named = next((number for number, token in enumerate(tokens) if token.startswith('#')), len(tokens))
    return _Rule(tokens[0], tokens[1:named]) if named else _Rule('', ())


def _with_more(line: str, rule: _Rule, owners: Sequence[str]) -> str:
    missing = [owner for owner in owners if owner.lower() not in {one.lower() for one in rule.owners}]
    if not missing:
        return line
    end = line.index(rule.pattern) + len(rule.pattern)
    for owner in rule.owners:
        end = line.index(owner, end) + len(owner)
    return f'{line[:end]} {" ".join(missing)}{line[end:]}'


def _overriding(rules: Sequence[_Rule], pattern: str) -> Iterator[int]:
    for number, rule in enumerate(rules):
        other = rule.pattern
        if other not in ('', pattern) and not _refines(other, pattern) and _may_match(other, pattern):
            yield number


def _refines(other: str, pattern: str) -> bool:
    """Whether the other pattern names one place inside of our folder, as somebody decided it."""
    inside = f'/{other.lstrip("/")}'
    return pattern.endswith('/') and inside != pattern and inside.startswith(pattern) and not re.search(r'[*?]', inside)


def _may_match(other: str, pattern: str) -> bool:
    """Whether the other pattern can match something of ours; False only where it surely cannot."""
    if not other.startswith('/'):
        return True
    ours = pattern.strip('/').split('/')
    for number, part in enumerate(other.strip('/').split('/')):
        if part == '**' or number >= len(ours):
            return pattern.endswith('/') or part == '**'
        if not fnmatch.fnmatchcase(ours[number], part):
            return False
    return True


def _pattern(path: str, forge: str) -> str:
    if re.search(r'[\\*?\[\]#!]', path):
        raise BootstrapError(f'{path!a}: has characters that mean more in CODEOWNERS', 'write its line by hand')
    if forge != 'gitea':
        return '/' + path.replace(' ', '\\ ')
    # A regular expression, of which Gitea first takes away one level of backslashes.
    escaped = re.sub(r'[.+(){}|^$]', r'\\\\\g<0>', path).replace(' ', '\\ ')
    return f'{escaped}.*' if path.endswith('/') else escaped


def _check(owner: str, forge: str) -> None:
    if not re.fullmatch(_OWNERS[forge], owner, re.ASCII):
        example = '@group/subgroup' if forge == 'gitlab' else '@org/team'
        raise BootstrapError(f'--owner {owner!a}: is no owner on {forge}', f'for example {example}', exit_code=USAGE)
