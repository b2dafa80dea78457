from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.rules.rule import Finding, Severity
from bootstrap.rules.waivers import idle, waived

FORM = 'write `# raybootstrap: ignore RB412 because <reason>`'


def finding(rule: str, line: int, file: str = 'a.yaml') -> Finding:
    return Finding(rule, Severity.ERROR, file, line, 1, 'a', 'something happens')


WAIVED = [
    'a: 1 # raybootstrap: ignore RB402 because we know\n',
    'a: 1 #raybootstrap:ignore  RB402  because  we know  \n',
    '\ufeffa: 1 # raybootstrap: ignore RB402 because we know\r\n',
    'a: 1 # pinned # raybootstrap: ignore RB402 because we know\n',
    'a: 1 # raybootstrap: ignore RB403, RB402,RB404 because we know',
]
WAIVED_BELOW = [
    '# raybootstrap: ignore RB402 because we know\na: 1\n',
    '  # raybootstrap: ignore RB402 because we know\na: 1\n',
    '# raybootstrap: ignore RB402 because we know\n# a remark\n\n# raybootstrap: ignore RB403 because x\na: 1\n',
]


@pytest.mark.parametrize('text', WAIVED)
def test_a_comment_behind_a_value_waives_its_line(text: str) -> None:
    here, below, other = finding('RB402', 1), finding('RB402', 2), finding('RB405', 1)
    assert waived([here, below, other], text, 'a.yaml') == ([below, other], [(here, 'we know')], [])


@pytest.mark.parametrize('text', WAIVED_BELOW)
def test_a_comment_of_its_own_waives_the_next_line(text: str) -> None:
    line = text.count('\n')
    above, here = finding('RB402', line - 1), finding('RB402', line)
    assert waived([above, here], text, 'a.yaml') == ([above], [(here, 'we know')], [])


def test_only_that_line_is_waived_not_what_stands_inside_of_it() -> None:
    text = '# raybootstrap: ignore RB402 because we know\na:\n  b: 1\n'
    inside = finding('RB402', 3)
    assert waived([inside], text, 'a.yaml') == ([inside], [], [])


def test_another_file_is_not_waived() -> None:
    other = finding('RB402', 1, 'b.yaml')
    assert waived([other], WAIVED[0], 'a.yaml') == ([other], [], [])


@pytest.mark.parametrize(
    ('comment', 'fault'),
    [
        ('# raybootstrap: ignore RB402', f'this comment waives nothing, for it gives no reason: {FORM}'),
        ('# raybootstrap: ignore RB402 because ', f'this comment waives nothing, for it gives no reason: {FORM}'),
        ('# raybootstrap: ignore RB402 we know', f'this comment waives nothing, for it gives no reason: {FORM}'),
        ('# raybootstrap: ignore RB4021 because x', f'this comment waives nothing, for it gives no reason: {FORM}'),
        ('# raybootstrap: ignore RB402, RB099 because x', 'this comment waives nothing: there is no rule RB099'),
        ('# raybootstrap: ignore because x', f'this comment waives nothing: {FORM}'),
        ('# raybootstrap: ignore rb402 because x', f'this comment waives nothing: {FORM}'),
        ('# raybootstrap: disable RB402', f'this comment waives nothing: {FORM}'),
    ],
)
def test_a_wrong_waiver_waives_nothing_and_is_found(comment: str, fault: str) -> None:
    here = finding('RB402', 2)
    bad = Finding('waiver', Severity.WARNING, 'a.yaml', 2, 6, '', fault)
    assert waived([here], f'b: 2\na: 1 {comment}\n', 'a.yaml') == ([here], [], [bad])
    bad = bad._replace(column=3)
    assert waived([here], f'b: 2\n  {comment}\n', 'a.yaml') == ([here], [], [bad])


@pytest.mark.parametrize(
    'text',
    [
        'a: "# raybootstrap: ignore RB402 because x"\n',
        'a: |\n  # raybootstrap: ignore RB402 because x\n',
        'a: 1 # ignore RB402 because x\n',
        'a: 1 # see raybootstrap: ignore RB402 because x\n',
    ],
)
def test_what_is_no_waiver_is_left_alone(text: str) -> None:
    findings = [finding('RB402', 1), finding('RB402', 2)]
    assert waived(findings, text, 'a.yaml') == (findings, [], [])


def test_a_waiver_above_nothing_waives_nothing() -> None:
    here = finding('RB402', 1)
    assert waived([here], 'a: 1\n# raybootstrap: ignore RB402 because x\n', 'a.yaml') == ([here], [], [])


RULES = frozenset({'RB402', 'RB403'})


@pytest.mark.parametrize(
    ('comment', 'rules', 'many'),
    [
        ('ignore RB402 because x', RULES, 0),
        ('ignore RB403, RB402 because x', RULES, 0),
        ('ignore RB403 because x', RULES, 1),
        ('ignore RB403 because x', frozenset({'RB402'}), 0),
        ('ignore RB403', RULES, 0),
    ],
)
def test_a_waiver_that_matches_nothing_is_found(comment: str, rules: frozenset[str], many: int) -> None:
    found = list(idle(f'a: 1 # raybootstrap: {comment}\n', 'a.yaml', [finding('RB402', 1)], rules))
    words = 'this comment waives nothing: there is no finding of RB403 here'
    assert found == [Finding('waiver', Severity.WARNING, 'a.yaml', 1, 6, '', words)] * many


@given(st.text(st.sampled_from('#:, RB402because\n')))
def test_any_comment_survives(text: str) -> None:
    here = finding('RB402', 1)
    comment = text.replace('\n', '\n# raybootstrap: ignore')
    kept, ignored, _ = waived([here], f'a: 1 # raybootstrap: {comment}\n', 'a.yaml')
    assert len(kept) + len(ignored) == 1
