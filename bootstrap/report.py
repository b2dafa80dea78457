"""What was found, and which of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bootstrap.rules import check, unchecked
from bootstrap.rules.rule import Finding, Severity, Subject

UNREADABLE = unchecked.RULE.id
"""The id under which what cannot be checked is reported, such as a file that is no YAML; no rule of the catalogue."""


@dataclass(frozen=True)
class Selection:
    """Which rules count, and how much: `--select`, `--ignore` and the severities of raybootstrap.yaml."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    severities: Mapping[str, str] = field(default_factory=dict)

    def graded(self, finding: Finding) -> Finding | None:
        """The finding with the severity it has here; None where it does not count."""
        rule = finding.rule
        if (self.select and rule not in self.select) or rule in self.ignore:
            return None
        severity = self.severities.get(rule, finding.severity.value)
        return None if severity == 'off' else finding._replace(severity=Severity(severity))

    def standing(self) -> frozenset[str]:
        """The rules about how things stand, as far as they count; none where some are selected or ignored."""
        if self.select or self.ignore:
            return frozenset()
        about_changes = {rule.id for rule in check.catalogue().values() if rule.subject is Subject.CHANGE}
        off = {rule for rule, severity in self.severities.items() if severity == 'off'}
        return frozenset({*check.catalogue(), UNREADABLE} - about_changes - off)


@dataclass
class Report:
    """What was found, in the order of files and lines, and what the waivers took out."""

    findings: list[Finding] = field(default_factory=list)
    waived: list[tuple[Finding, str]] = field(default_factory=list)
    files: int = 0
    allowed: list[tuple[Finding, str]] = field(default_factory=list)
    """Errors that the commits under review let through, with their reasons."""

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]

    def allow(self, rule: str, reason: str) -> None:
        """Let the findings of a rule through, as a commit's trailer says."""
        self.allowed += [(finding, reason) for finding in self.findings if finding.rule == rule]
        self.findings = [finding for finding in self.findings if finding.rule != rule]
