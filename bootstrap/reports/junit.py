"""JUnit XML, as most CI systems show it: a test case for each finding."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from bootstrap.report import Report
from bootstrap.rules.rule import Finding, Severity


def report(found: Report) -> str:
    failures = sum(finding.severity is Severity.ERROR for finding in found.findings)
    cases = [_case(finding) for finding in found.findings] or [
        '    <testcase classname="raybootstrap" name="validate"/>\n'
    ]
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    suite = f'  <testsuite name="raybootstrap" {counts}>\n{"".join(cases)}  </testsuite>\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n{suite}</testsuites>\n'


def _case(finding: Finding) -> str:
    place = f'{finding.file}:{finding.line}:{finding.column}'
    name, words = f'{finding.rule} {place}', _clean(finding.message)
    if finding.severity is not Severity.ERROR:
        inside = f'      <system-out>{escape(f"{place}: {finding.severity.value}: {words}")}</system-out>\n'
    else:
        inside = f'      <failure message={quoteattr(words)}>{escape(_clean(f"{place}: {words}"))}</failure>\n'
    head = f'    <testcase classname={quoteattr(_clean(finding.file))} name={quoteattr(_clean(name))}>'
    return f'{head}\n{inside}    </testcase>\n'


def _clean(text: str) -> str:
    """XML 1.0 cannot hold most control characters; the others, and `::` that begins a line, steer who shows it."""
    return ''.join(
        character if character.isprintable() or character == '\t' else '\N{REPLACEMENT CHARACTER}'
        for character in text.replace('\n', '\\n')
    )
