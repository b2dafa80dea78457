"""Annotations of GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""

from __future__ import annotations

from bootstrap.report import Report
from bootstrap.rules.rule import Finding, Severity

_LEVELS = {Severity.ERROR: 'error', Severity.WARNING: 'warning', Severity.INFO: 'notice'}


def report(found: Report) -> str:
    return ''.join(f'{_annotation(finding)}\n' for finding in found.findings)


def _annotation(finding: Finding) -> str:
    place = f'file={_property(finding.file)},line={finding.line},col={finding.column}'
    return f'::{_LEVELS[finding.severity]} {place},title={finding.rule}::{_data(finding.message)}'


def _data(text: str) -> str:
    # The log is shown on a terminal's terms: what would steer it is written out.
    text = ''.join(
        one if one.isprintable() or one in '\r\n' else one.encode('unicode_escape').decode('ascii') for one in text
    )
    return text.replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')


def _property(text: str) -> str:
    return _data(text).replace(':', '%3A').replace(',', '%2C')
