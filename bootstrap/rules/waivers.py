"""Inline waivers: `# raybootstrap: ignore RB412 because the operator of this environment is patched`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bootstrap import manifest
from bootstrap.rules import unchecked
from bootstrap.rules.check import catalogue
from bootstrap.rules.rule import Finding, Severity

_MARK = re.compile(r'#[ \t]*raybootstrap:(?P<rest>.*)')
_WAIVER = re.compile(r'\s*ignore\s+(?P<rules>RB\d{3}(?:\s*,\s*RB\d{3})*)(?P<rest>.*)', re.ASCII)
_REASON = re.compile(r'\s+because\s+(?P<reason>\S.*)')
_FORM = 'write `# raybootstrap: ignore RB412 because <reason>`'


class _Comment(NamedTuple):
    line: int
    column: int
    text: str
    covers: int
    """The line it is about."""


def waived(
    findings: list[Finding], text: str, file: str
) -> tuple[list[Finding], list[tuple[Finding, str]], list[Finding]]:
    """The findings that stand, those that a comment of the file waives (with its reason), and what is wrong with
    such comments. A comment behind a value is about its own line, one on a line of its own about the next line
    that is neither a comment nor blank.
    """
    reasons: dict[tuple[int, str], str] = {}
    bad = []
    for comment in _comments(text):
        rules, reason, fault = _read(comment.text)
        if fault:
            bad.append(Finding('waiver', Severity.WARNING, file, comment.line, comment.column, '', fault))
        reasons |= {(comment.covers, rule): reason for rule in rules if not fault}
    kept, ignored = [], []
    for finding in findings:
        found = reasons.get((finding.line, finding.rule)) if finding.file == file else None
        if found is None:
            kept.append(finding)
        else:
            ignored.append((finding, found))
    return kept, ignored, bad


def idle(text: str, file: str, taken: Collection[Finding], rules: frozenset[str]) -> Iterator[Finding]:
    """A warning for each waiver of these rules alone, well written, that matches none of the findings taken out."""
    used = {(one.line, one.rule) for one in taken if one.file == file}
    for comment in _comments(text):
        named, _, fault = _read(comment.text)
        if not fault and rules.issuperset(named) and not any((comment.covers, rule) in used for rule in named):
            words = f'this comment waives nothing: there is no finding of {" or ".join(named)} here'
            yield Finding('waiver', Severity.WARNING, file, comment.line, comment.column, '', words)


def _comments(text: str) -> Iterator[_Comment]:
    if 'raybootstrap:' not in text:
        return
    found = dict(manifest.comments(text))
    lines = [line.rstrip() for line in text.removeprefix('\ufeff').split('\n')]
    for number, comment in found.items():
        mark = _MARK.search(comment)
        if mark is None:
            continue
        line = lines[number - 1]
        covers = number
        if line.lstrip() == comment:
            below = range(number + 1, len(lines) + 1)
            covers = next((one for one in below if _holds_data(lines[one - 1])), number)
        column = len(line) - len(comment) + mark.start() + 1
        yield _Comment(number, column, mark['rest'], covers)


def _holds_data(line: str) -> bool:
    return bool(line) and not line.lstrip().startswith('#')


def _read(text: str) -> tuple[list[str], str, str]:
    """The rules and the reason of a waiver, and what is wrong with it ('' where nothing is)."""
    found = _WAIVER.fullmatch(text)
    if found is None:
        return [], '', f'this comment waives nothing: {_FORM}'
    rules = [rule.strip() for rule in found['rules'].split(',')]
    unknown = [rule for rule in rules if rule not in catalogue() and rule != unchecked.RULE.id]
    if unknown:
        return rules, '', f'this comment waives nothing: there is no rule {", ".join(unknown)}'
    reason = _REASON.fullmatch(found['rest'])
    if reason is None:
        return rules, '', f'this comment waives nothing, for it gives no reason: {_FORM}'
    return rules, reason['reason'], ''
