"""Applies the rules' fixes to the files of an environment."""

from __future__ import annotations

from collections.abc import Collection

from bootstrap import layout, manifest
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.report import Selection
from bootstrap.rules.rule import Finding, Severity
from bootstrap.tree import Tree
from bootstrap.validation import Validation, files_of

_ROUNDS = 200


def findings(tree: Tree, environment: Environment, context: Context) -> list[Finding]:
    """What the rules say of an environment, in the order of files and lines."""
    validation = Validation(Selection(severities=context.settings.rules))
    if layout.has(tree, environment):
        validation.add(tree, files_of(tree, environment), context.settings, environment)
    return validation.finished(tree).findings


def mended(
    tree: Tree,
    environment: Environment,
    context: Context,
    *,
    rules: Collection[str] | None = None,
    files: Collection[str] | None = None,
) -> Tree:
    """The tree with the fixes of these rules (None: of all) done in these files, until none of them is left.

    A fix is passed over that changes nothing, that the editor refuses, or that would bring an error nothing mends.
    """

    def mendable(finding: Finding) -> bool:
        wanted = (rules is None or finding.rule in rules) and (files is None or finding.file in files)
        return wanted and finding.fix is not None

    useless: set[tuple[str, ...]] = set()
    found = findings(tree, environment, context)
    # Each fix takes a round, and may bring something that takes another.
    for _ in range(_ROUNDS + 2 * len(found)):
        finding = next((one for one in found if mendable(one) and _key(one) not in useless), None)
        if finding is None:
            break
        after = tree.put(finding.file, _fixed(finding, tree[finding.file]))
        now = findings(after, environment, context)
        known = {_key(one) for one in found}
        worse = [one for one in now if one.severity is Severity.ERROR and _key(one) not in known and not mendable(one)]
        if worse or after[finding.file] == tree[finding.file]:
            useless.add(_key(finding))
        else:
            tree, found = after, now
    return tree


def _fixed(finding: Finding, text: str) -> str:
    try:
        return finding.fix(text) if finding.fix else text
    except manifest.ManifestError:
        return text


def _key(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.file, finding.path, finding.message
