"""The rules on what a plan makes: no error that was not there before passes without a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bootstrap import layout, settings
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment
from bootstrap.report import Selection
from bootstrap.rules import check
from bootstrap.rules.facts import identities
from bootstrap.rules.rule import Finding, Severity, Subject
from bootstrap.rules.scope import Scope
from bootstrap.tree import Change, Files, Tree
from bootstrap.validation import Validation, files_of, other_facts, scope_of

# Words that begin with a digit, and lists of them; digits inside of names and paths are left.
_NUMBERS = re.compile(r'(?<![\w./-])-?\d[\w.]*(, -?\d[\w.]*)*')


@dataclass(frozen=True)
class Findings:
    """What the rules say of a change: what it brings, what was there before, and what is let through, with reasons."""

    new: Sequence[Finding] = ()
    known: Sequence[Finding] = ()
    allowed: Sequence[tuple[Finding, str]] = ()

    def refusal(self) -> BootstrapError | None:
        """The error for what may not go to review; None where everything may."""
        errors = [finding for finding in self.new if finding.severity is Severity.ERROR]
        if not errors:
            return None
        lines = '\n'.join(f'{one.file}:{one.line}:{one.column}: {one.rule} error: {one.message}' for one in errors)
        rule = errors[0].rule
        return BootstrapError(
            f'this would not work once merged:\n{lines}',
            f'raybootstrap explain {rule} says how to mend it; --allow {rule}=REASON lets it through',
        )


def checked_allowances(allow: Mapping[str, str]) -> Mapping[str, str]:
    """`--allow` as given, if every rule is one of the catalogue; else a usage error."""
    for rule in allow:
        if rule not in check.catalogue():
            raise BootstrapError(f'--allow {rule!a}: no such rule', 'raybootstrap list rules', exit_code=USAGE)
    return allow


def findings(
    before: Tree,
    after: Tree,
    environments: Sequence[Environment],
    context: Context,
    allow: Mapping[str, str],
    brought: Sequence[Change] = (),
) -> Findings:
    """What the rules say of those of these environments that change, and across all where a name, destination, owner
    or version changes.

    What they say of the files that are `brought` in as they were, taken by themselves, was there before too.
    """
    gate = Gate(before, after, context)
    for environment in environments:
        gate.look_at(environment)
    return gate.findings(allow, brought)


class Gate:
    """Runs the rules environment by environment, so that each is read once before and once after the change."""

    def __init__(self, before: Tree, after: Tree, context: Context) -> None:
        self._before, self._after = before, after
        self._was, self._is = context, _as_after(before, after, context)
        self._old, self._new = _validation(self._was), _validation(self._is)
        self._same_settings = before.get(settings.FILE) == after.get(settings.FILE)
        self._changed: list[Environment] = []

    def look_at(self, environment: Environment) -> None:
        """Check an environment, if anything of it changes."""
        before, after = (_texts(tree, environment) for tree in (self._before, self._after))
        if before == after and self._same_settings:
            return
        self._changed.append(environment)
        new, known = None, len(self._new.report.findings)
        if layout.has(self._after, environment):
            new = self._new.add(self._after, after, self._is.settings, environment)
        # What was found before matters only where something is found now.
        if len(self._new.report.findings) > known and layout.has(self._before, environment):
            old: Scope | None = self._old.add(self._before, before, self._was.settings, environment)
        elif old := scope_of(self._before, self._was.settings, environment):
            self._old.look_at(old)
        # What was ephemeral is so while it is removed, along with what the settings say of it.
        self._new.add_change(self._after, old, new)

    def findings(self, allow: Mapping[str, str], brought: Sequence[Change] = ()) -> Findings:
        """What was found, told apart."""
        across = identities(self._old.facts) != identities(self._new.facts)
        if across:
            self._new.add_facts(other_facts(self._after, self._is.settings, self._is.path, self._changed))
        now = self._new.finished(self._after, across=across).findings
        # What others have in common was there before; it is looked for only where something of it is found now.
        across = any(_is_across(one) for one in now)
        if across:
            self._old.add_facts(other_facts(self._before, self._was.settings, self._was.path, self._changed))
        old = {_key(one) for one in self._old.finished(self._before, across=across).findings}
        if brought:
            old |= {_key(one) for one in self._standing(_alone(self._before, self._changed, brought))}
        new = [one for one in now if _key(one) not in old]
        return Findings(
            new=[one for one in new if one.rule not in allow or one.severity is not Severity.ERROR],
            known=[one for one in now if _key(one) in old],
            allowed=[(one, allow[one.rule]) for one in new if one.rule in allow and one.severity is Severity.ERROR],
        )

    def _standing(self, tree: Tree) -> list[Finding]:
        """What the rules say of the environments in a tree, each by itself."""
        validation = _validation(self._was)
        for environment in self._changed:
            if layout.has(tree, environment):
                validation.add(tree, files_of(tree, environment), self._was.settings, environment)
        return validation.finished(tree, across=False).findings


def _texts(tree: Tree, environment: Environment) -> dict[str, str]:
    """What can be read of an environment's files, and why the others cannot be."""
    found = {}
    for file in files_of(tree, environment):
        try:
            found[file] = tree[file]
        except BootstrapError as error:
            found[file] = error.message
    return found


def _validation(context: Context) -> Validation:
    return Validation(Selection(severities=context.settings.rules))


def _is_across(finding: Finding) -> bool:
    rule = check.catalogue().get(finding.rule)
    return rule is not None and rule.subject is Subject.REPOSITORY


def _as_after(before: Tree, after: Tree, context: Context) -> Context:
    """The context once this is merged: a change may bring settings with it, such as an operator of somebody else's."""
    same = before.get(settings.FILE) == after.get(settings.FILE)
    return context if same else replace(context, settings=settings.load(after))


def _alone(before: Tree, environments: Sequence[Environment], brought: Sequence[Change]) -> Tree:
    """The files alone, in environments that are such by their root."""
    files = {one.root: before[one.root] for one in environments if one.root in before}
    return Tree(Files({**files, **{path: after for path, _, after in brought if after is not None}}))


def _key(finding: Finding) -> tuple[str, ...]:
    # Not the line: an edit above moves it. Not the numbers: an edit elsewhere may change a count or a bound.
    words = _NUMBERS.sub('', finding.message)
    return finding.rule, finding.severity.value, finding.file, finding.path, words
