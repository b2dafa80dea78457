"""What may stand at the end of a command line. Nothing is written, fetched or run for it but git, to list branches."""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bootstrap.cli.app import COMMANDS, app
from bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from bootstrap.layout import Environment
    from bootstrap.rules.raycluster import RayCluster

Candidate = tuple[str, str]

_FILES = ':files'
# Values of a repository go into scripts of a shell: whatever is no plain word is left out.
_WORD = re.compile(r'[A-Za-z0-9][\w./@+-]*', re.ASCII)
# Reading a RayCluster takes a millisecond; a user waits for this.
_MOST_ENVIRONMENTS = 50

_CHOICES = {
    'output': ('text', 'json'),
    'what': ('environments', 'rayclusters', 'groups', 'versions', 'rules'),
    'forge': ('github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'bitbucket-server', 'azure'),
    'ci': ('github', 'gitlab', 'gitea'),
    'step': ('crds', 'operator', 'raycluster', 'all'),
    'sync': ('auto', 'manual'),
    'crds': ('separate', 'with-operator'),
    'only': ('versions', 'image', 'groups', 'values'),
    'autoscaler': ('v1', 'v2', 'off'),
    'for': ('synced', 'healthy', 'ray-ready'),
    'shell': ('bash', 'zsh', 'fish'),
}
_OUTPUTS = {'validate': ('text', 'json', 'github', 'sarif', 'junit'), 'graph': ('text', 'json', 'mermaid', 'svg')}


def run(words: Sequence[str]) -> int:
    """Prints the candidates for the last word."""
    for value, words_of_help in candidates(words):
        sys.stdout.write(f'{value}\t{words_of_help}\n' if words_of_help else f'{value}\n')
    return 0


def candidates(words: Sequence[str]) -> list[Candidate]:
    """What the last word may become; `:files` alone where a file is asked for."""
    *before, current = _glued(words or [''])
    option, equals, value = current.partition('=')
    joined = ''
    if option.startswith('--') and equals:
        before, current = [*before, option], value
        # Where the shell takes `=` for the end of a word, only what follows is to be replaced.
        joined = '' if '=' in words[-2:] else f'{option}='
    line = _Line(before)
    try:
        found = list(line.candidates(current))
    except BootstrapError:
        # A repository that cannot be read completes nothing; the command itself says why.
        return []
    if found == [(_FILES, '')]:
        return found
    fitting = {value: text for value, text in found if value.startswith(current)}
    return [(f'{joined}{value}', text) for value, text in fitting.items()]


def _glued(words: Sequence[str]) -> list[str]:
    """`--env=prod` in one word, which bash gives in three."""
    found: list[str] = []
    for at, word in enumerate(words):
        if found and (word == '=' or words[at - 1] == '='):
            found[-1] += word
        else:
            found.append(word)
    return found


class _Line:
    """The words before the one that is completed: the command, its arguments, and options with their values."""

    def __init__(self, words: Sequence[str]) -> None:
        self.name = ''
        self.arguments = 0
        self.given: dict[str, list[str]] = {}
        self.parameters: dict[str, Any] = _by_option(_group())
        self.positional: list[Any] = []
        self.waiting: Any = None
        for word in words:
            self._take(word)

    def candidates(self, current: str) -> Iterator[Candidate]:
        if self.waiting is not None:
            yield from self._values(self.waiting)
        elif current.startswith('-'):
            for option, parameter in self.parameters.items():
                if option.startswith('--'):
                    yield option, (parameter.help or '').partition('. ')[0].rstrip('.')
        elif not self.name:
            yield from COMMANDS.items()
        elif self.positional:
            yield from self._values(self.positional[min(self.arguments, len(self.positional) - 1)])

    def _take(self, word: str) -> None:
        if self.waiting is not None:
            self.given.setdefault(self.waiting.name, []).append(word)
            self.waiting = None
            return
        option, equals, value = word.partition('=')
        parameter = self.parameters.get(option)
        if parameter is not None and not parameter.is_flag:
            self.waiting = parameter
            if equals:
                self._take(value)
        elif not word.startswith('-') and not self.name:
            self._command(word)
        elif not word.startswith('-'):
            self.arguments += 1

    def _command(self, word: str) -> None:
        self.name = word
        command = _group().get_command(None, word)
        if command is not None:
            self.parameters = {**self.parameters, **_by_option(command)}
            self.positional = [one for one in command.params if one.param_type_name == 'argument']

    def _values(self, parameter: Any) -> Iterator[Candidate]:
        name = parameter.name.strip('_')
        choices = _OUTPUTS.get(self.name) if name == 'output' else _CHOICES.get(name)
        source = _SOURCES.get((self.name, name)) or _SOURCES.get(('', name))
        if choices or name in _CHOICES:
            yield from ((choice, '') for choice in choices or _CHOICES[name])
        elif source is not None:
            yield from (found for found in source(self) if _WORD.fullmatch(found[0]))
        elif name in ('directory', 'path', 'paths', 'files', 'values'):
            yield _FILES, ''


def _group() -> Any:
    from typer.main import get_command

    return get_command(app)


def _by_option(command: Any) -> dict[str, Any]:
    options = [one for one in command.params if one.param_type_name == 'option']
    return {name: one for one in options for name in (*one.opts, *one.secondary_opts)}


def _environments(line: _Line) -> Iterator[Candidate]:
    from bootstrap.reading import reading
    from bootstrap.tree import Kind

    with reading(_directory(line), _last(line, 'path')) as found:
        for name, kind in sorted(found.tree.entries(posixpath.join(found.path, 'environments')).items()):
            if kind is Kind.DIRECTORY and f'{found.path}/environments/{name}/root.yaml'.lstrip('/') in found.tree:
                yield name, ''


def _found(line: _Line) -> Iterator[tuple[Environment, RayCluster]]:
    """The RayClusters of the environments that are named, or of all of them."""
    from bootstrap import inventory
    from bootstrap.layout import Environment
    from bootstrap.reading import reading

    names = line.given.get('env') or [name for name, _ in _environments(line)]
    with reading(_directory(line), _last(line, 'path')) as found:
        for environment in (Environment(name, found.path) for name in names[:_MOST_ENVIRONMENTS]):
            for one in inventory.scope(found.tree, found.settings, environment).rayclusters:
                yield environment, one


def _rayclusters(line: _Line) -> Iterator[Candidate]:
    from bootstrap import inventory

    names = ((inventory.name_of(environment, one.application), environment.name) for environment, one in _found(line))
    yield from ((name, environment) for name, environment in names if name)


def _groups(line: _Line) -> Iterator[Candidate]:
    from bootstrap import inventory

    wanted = _last(line, 'raycluster')
    for environment, one in _found(line):
        if wanted in (None, inventory.name_of(environment, one.application)):
            yield from ((group.name, environment.name) for group in inventory.in_order(one))


def _rules(_: _Line) -> Iterator[Candidate]:
    from bootstrap.rules import check

    yield from ((rule.id, rule.title) for rule in check.catalogue().values())


def _profiles(line: _Line) -> Iterator[Candidate]:
    from bootstrap.reading import reading

    with reading(_directory(line), _last(line, 'path')) as found:
        yield from ((name, '') for name in found.settings.profiles)


def _branches(line: _Line) -> Iterator[Candidate]:
    from bootstrap.repository import open_repository

    repository = open_repository(_directory(line) or Path.cwd(), writes=False)
    if repository is not None:
        with repository:
            yield from ((name.removeprefix('refs/heads/'), '') for name in repository.refs('refs/heads/'))


def _remotes(line: _Line) -> Iterator[Candidate]:
    from bootstrap.repository import open_repository

    repository = open_repository(_directory(line) or Path.cwd(), writes=False)
    if repository is not None:
        with repository:
            yield from ((remote.name, '') for remote in repository.remotes())


def _directory(line: _Line) -> Path | None:
    given = _last(line, 'directory')
    return Path(given) if given else None


def _last(line: _Line, name: str) -> str | None:
    return line.given.get(name, [None])[-1]


# By command and parameter; '' is any command.
_SOURCES: dict[tuple[str, str], Callable[[_Line], Iterator[Candidate]]] = {
    ('', 'env'): _environments,
    ('', 'like'): _environments,
    ('', 'shares'): _environments,
    ('promote', 'source'): _environments,
    ('promote', 'target'): _environments,
    ('promote', 'group'): _groups,
    ('diff', 'a'): _environments,
    ('diff', 'b'): _environments,
    ('', 'from_group'): _groups,
    ('set-group', 'name'): _groups,
    ('remove-group', 'name'): _groups,
    ('', 'raycluster'): _rayclusters,
    ('set-raycluster', 'name'): _rayclusters,
    ('remove-raycluster', 'name'): _rayclusters,
    ('', 'profile'): _profiles,
    ('', 'rule'): _rules,
    ('', 'select'): _rules,
    ('', 'ignore'): _rules,
    ('', 'allow'): _rules,
    ('', 'branch'): _branches,
    ('', 'base'): _branches,
    ('', 'close'): _branches,
    ('', 'remote'): _remotes,
    ('', 'push_remote'): _remotes,
}
