"""The rules on what a plan makes: no error that was not there before passes without a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bootstrap import layout, settings
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import Environment
from bootstrap.rules import check
from bootstrap.rules.facts import facts
from bootstrap.rules.model import Facts, Scope
from bootstrap.rules.rule import Finding, Severity
from bootstrap.tree import Change, Files, Tree
from bootstrap.validation import Selection, Validation, files_of, other_facts, scope_of

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
    """What the rules say of these environments, and across all where a name, destination, owner or version changes.

    What they say of the files that are `brought` in as they were, taken by themselves, was there before too.
    """
    across = _identities(before, environments, context) != _identities(after, environments, context)
    old = {_key(one) for one in _of(before, before, environments, context, across)}
    if brought:
        alone = _alone(before, environments, brought)
        old |= {_key(one) for one in _of(alone, alone, environments, context, across=False)}
    now = _of(before, after, environments, _as_after(before, after, context), across, context)
    new = [one for one in now if _key(one) not in old]
    return Findings(
        new=[one for one in new if one.rule not in allow or one.severity is not Severity.ERROR],
        known=[one for one in now if _key(one) in old],
        allowed=[(one, allow[one.rule]) for one in new if one.rule in allow and one.severity is Severity.ERROR],
    )


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


def _of(
    before: Tree,
    after: Tree,
    environments: Sequence[Environment],
    context: Context,
    across: bool,
    was: Context | None = None,
) -> list[Finding]:
    validation = Validation(Selection(severities=context.settings.rules))
    settings = context.settings
    for environment in environments:
        scope = None
        if layout.has(after, environment):
            scope = validation.add(after, files_of(after, environment), settings, environment)
        if before is not after:
            # What was ephemeral is so while it is removed, along with what the settings say of it.
            old = scope_of(before, (was or context).settings, environment)
            validation.add_change(after, old, scope)
    if across:
        validation.add_facts(other_facts(after, settings, context.path, environments))
    return validation.finished(after, across=across).findings


def _facts(tree: Tree, environment: Environment, context: Context) -> list[Facts]:
    return facts(scope_of(tree, context.settings, environment) or Scope())


def _identities(tree: Tree, environments: Sequence[Environment], context: Context) -> set[tuple[object, ...]]:
    return {
        (
            one.file,
            one.name,
            one.argocd,
            one.kubernetes_cluster,
            one.destination,
            one.destination_namespace,
            one.raycluster_name,
            one.role,
            one.renders_crds,
            one.watched_namespaces,
            one.version,
            one.running_version,
        )
        for environment in environments
        for one in _facts(tree, environment, context)
    }
