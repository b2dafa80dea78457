"""SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from bootstrap import __version__
from bootstrap.report import Report
from bootstrap.rules import check, unchecked
from bootstrap.rules.rule import Finding, Rule, Severity

_LEVELS = {Severity.ERROR: 'error', Severity.WARNING: 'warning', Severity.INFO: 'note'}


def report(found: Report) -> str:
    used = sorted({finding.rule for finding in found.findings} | {finding.rule for finding, _ in found.waived})
    results = [_result(finding, used) for finding in found.findings]
    results += [
        {**_result(finding, used), 'suppressions': [{'kind': 'inSource', 'justification': reason}]}
        for finding, reason in found.waived
    ]
    driver = {'name': 'raybootstrap', 'version': __version__, 'rules': [_descriptor(rule) for rule in used]}
    document = {
        '$schema': 'https://json.schemastore.org/sarif-2.1.0.json',
        'version': '2.1.0',
        'runs': [{'tool': {'driver': driver}, 'columnKind': 'unicodeCodePoints', 'results': results}],
    }
    return json.dumps(document, indent=2) + '\n'


def _result(finding: Finding, used: list[str]) -> dict[str, Any]:
    location = {
        'artifactLocation': {'uri': quote(finding.file), 'uriBaseId': '%SRCROOT%'},
        'region': {'startLine': finding.line, 'startColumn': finding.column},
    }
    return {
        'ruleId': finding.rule,
        'ruleIndex': used.index(finding.rule),
        'level': _LEVELS[finding.severity],
        'message': {'text': finding.message},
        'locations': [{'physicalLocation': location}],
    }


def _descriptor(rule_id: str) -> dict[str, Any]:
    rule = {**check.catalogue(), unchecked.RULE.id: unchecked.RULE}.get(rule_id)
    if rule is None:
        return {'id': rule_id, 'shortDescription': {'text': 'A waiver without effect'}}
    return _of_the_catalogue(rule)


def _of_the_catalogue(rule: Rule) -> dict[str, Any]:
    return {
        'id': rule.id,
        'shortDescription': {'text': rule.title},
        'fullDescription': {'text': rule.why or rule.title},
        'help': {'text': rule.mend},
        'defaultConfiguration': {'level': _LEVELS[rule.severity]},
    }
