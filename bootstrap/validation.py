"""What the rules say about a tree: its environments, or files a user named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bootstrap import layout, manifest
from bootstrap.errors import BootstrapError
from bootstrap.following import Following, unwatched
from bootstrap.layout import Environment
from bootstrap.report import UNREADABLE, Report, Selection
from bootstrap.rules import check
from bootstrap.rules.facts import facts, identities
from bootstrap.rules.resource import resources
from bootstrap.rules.rule import Finding, Severity
from bootstrap.rules.scope import Facts, Scope, ScopeChange
from bootstrap.rules.waivers import idle, waived
from bootstrap.settings import Settings
from bootstrap.tree import Kind, Tree

_MARK = '# raybootstrap:'


class Validation:
    """Collects findings scope by scope; keeps of each only what rules across environments need."""

    def __init__(self, selection: Selection) -> None:
        self.report = Report()
        self._selection = selection
        self._facts: list[Facts] = []
        self._others: list[Facts] = []
        self._marked: dict[str, str] = {}

    def add(self, tree: Tree, files: Iterable[str], settings: Settings, environment: Environment | None) -> Scope:
        """Check one scope; a file that is no YAML is a finding of its own."""
        found, read = [], {}
        for file in files:
            read[file] = ''
            try:
                read[file] = tree[file]
                found += list(resources(file, read[file], environment))
            except BootstrapError as error:
                self._take([_unreadable(file, error)], {})
        self._marked |= {file: text for file, text in read.items() if _MARK in text}
        scope = Scope(found, settings, environment)
        self.report.files += len(read)
        self._facts += facts(scope)
        self._take(check.of_scope(scope), read)
        return scope

    def look_at(self, scope: Scope) -> None:
        """Let the rules across environments see a scope as one that is checked."""
        self._facts += facts(scope)

    @property
    def facts(self) -> Sequence[Facts]:
        """What rules across environments need of the scopes so far."""
        return self._facts

    def add_change(self, tree: Tree, before: Scope | None, after: Scope | None) -> None:
        """Check what changed in one scope."""
        settings = next((scope.settings for scope in (after, before) if scope is not None), Settings())
        change = ScopeChange(before, after, settings.application_health)
        self._take(check.of_change(change), _Texts(tree))

    def add_facts(self, found: Iterable[Facts]) -> None:
        """Let the rules across environments look at Applications that are not checked themselves."""
        self._others += found

    def finished(self, tree: Tree, only: frozenset[str] | None = None, *, across: bool = True) -> Report:
        """The report, after the rules across environments; with `only`, of these files."""
        if across:
            among_others = set(check.of_repository(self._others))
            found = check.of_repository([*self._others, *self._facts])
            self._take((one for one in found if one not in among_others), _Texts(tree))
        self._put_in_order(one for one in self.report.findings if only is None or one.file in only)
        return self.report

    def finished_with_all(self, tree: Tree) -> Report:
        """The report where all files are checked: a waiver that matches nothing is a finding then."""
        report = self.finished(tree)
        rules = self._selection.standing()
        if rules:
            taken = [finding for finding, _ in report.waived]
            found = (one for file, text in self._marked.items() for one in idle(text, file, taken, rules))
            self._put_in_order([*report.findings, *found])
        return report

    def _put_in_order(self, findings: Iterable[Finding]) -> None:
        unique = dict.fromkeys(findings)
        self.report.findings = sorted(unique, key=lambda one: (one.file, one.line, one.column, one.rule))

    def _take(self, findings: Iterable[Finding], texts: Mapping[str, str]) -> None:
        by_file: dict[str, list[Finding]] = {}
        for finding in findings:
            graded = self._selection.graded(finding)
            if graded is not None:
                by_file.setdefault(graded.file, []).append(graded)
        for file, of_file in by_file.items():
            text = texts.get(file)
            if text is None or _MARK not in text:
                self.report.findings += of_file
                continue
            kept, taken, bad = waived(of_file, text, file)
            self.report.findings += [*kept, *bad]
            self.report.waived += taken


class _Texts(dict[str, str]):
    """The texts of a tree's files, as a mapping."""

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self._tree = tree

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return self._tree.get(key) if key in self._tree else default


def files_of(tree: Tree, environment: Environment) -> list[str]:
    """The manifests of an environment that Argo CD, or an admin, applies."""
    found = [path for path in (environment.projects, environment.root) if path in tree]
    for name, kind in sorted(tree.entries(environment.applications).items()):
        if kind is Kind.FILE and name.endswith(('.yaml', '.yml', '.json')):
            found.append(f'{environment.applications}/{name}')
    return found


def can_be_read(tree: Tree, file: str) -> bool:
    """Whether a file is YAML at all: a chart's templates, for example, are not."""
    try:
        manifest.load(tree[file])
    except BootstrapError:
        return False
    return True


def environments_report(
    tree: Tree,
    settings: Settings,
    path: str,
    names: Sequence[str],
    selection: Selection,
    following: Following = unwatched,
) -> Report:
    """The report on the environments named, or on all; the rules across environments look at all in any case."""
    validation = Validation(selection)
    chosen = [layout.existing(tree, name, path) for name in names]
    only = frozenset(file for one in chosen for file in files_of(tree, one)) if names else None
    for environment in following('checking', list(layout.environments(tree, path, broken=True))):
        validation.add(tree, files_of(tree, environment), settings, environment)
    return validation.finished(tree, only) if names else validation.finished_with_all(tree)


def files_report(tree: Tree, settings: Settings, path: str, files: Sequence[str], selection: Selection) -> Report:
    """The report on files; one that belongs to an environment is checked with all of it."""
    validation, wanted = Validation(selection), frozenset(files)
    rest = dict.fromkeys(files)
    environments = list(_environments_of(tree, path, files))
    for environment in environments:
        own = files_of(tree, environment)
        validation.add(tree, own, settings, environment)
        for file in own:
            rest.pop(file, None)
    validation.add(tree, rest, settings, None)
    validation.add_facts(other_facts(tree, settings, path, environments))
    return validation.finished(tree, wanted)


def _environments_of(tree: Tree, path: str, files: Sequence[str]) -> Iterator[Environment]:
    prefix = f'{path}/environments/' if path else 'environments/'
    names = {file[len(prefix) :].partition('/')[0] for file in files if file.startswith(prefix)}
    return (one for one in layout.environments(tree, path, broken=True) if one.name in names)


def change_report(
    before: Tree, after: Tree, settings: Settings, path: str, names: Sequence[str], selection: Selection
) -> Report:
    """What the rules about a change, and about its result, say of these environments.

    Those across environments are asked, and the others read, where a name, destination, owner or version changes.
    """
    validation, old_facts = Validation(selection), []
    for name in names:
        environment = Environment(name, path)
        old, new, files = scope_of(before, settings, environment), None, []
        if layout.has(after, environment, broken=True):
            files = files_of(after, environment)
            new = validation.add(after, files, settings, environment)
        # What cannot be read is not gone.
        if all(can_be_read(after, file) for file in files):
            validation.add_change(after, old, new)
        old_facts += facts(old or Scope())
    across = identities(old_facts) != identities(validation.facts)
    if across:
        validation.add_facts(other_facts(after, settings, path, [Environment(name, path) for name in names]))
    return validation.finished(after, across=across)


def other_facts(tree: Tree, settings: Settings, path: str, but: Collection[Environment]) -> Iterator[Facts]:
    """What the rules across environments need of all environments but these."""
    others = (one for one in layout.environments(tree, path, broken=True) if one not in but) if but else ()
    return (fact for one in others for fact in facts(scope_of(tree, settings, one) or Scope()))


def scope_of(tree: Tree, settings: Settings, environment: Environment) -> Scope | None:
    """What an environment holds, as far as it can be read; None where the tree has no such environment."""
    if not layout.has(tree, environment, broken=True):
        return None
    found = []
    for file in files_of(tree, environment):
        try:
            found += list(resources(file, tree[file], environment))
        except BootstrapError:
            # What could not be read before is no finding of this change.
            continue
    return Scope(found, settings, environment)


def _unreadable(file: str, error: BootstrapError) -> Finding:
    line, detail = 1, error.message.removeprefix(f'{file}: ')
    if isinstance(error, manifest.ManifestError):
        line, detail = error.line, error.detail
    message = detail + (f' ({error.hint})' if error.hint else '')
    return Finding(UNREADABLE, Severity.ERROR, file, line, 1, '', message)
