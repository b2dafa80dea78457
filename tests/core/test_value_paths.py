from __future__ import annotations

from typing import Any

import pytest

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.manifest import where
from bootstrap.value_paths import parse_assignment, parse_path


@pytest.mark.parametrize(
    ('text', 'path'),
    [
        ('a', ('a',)),
        ('a.b-c', ('a', 'b-c')),
        (r'a\.b.c', ('a.b', 'c')),
        ('labels[example.com/team]', ('labels', 'example.com/team')),
        ('[example.com/team]', ('example.com/team',)),
        ('a[0][1].b', ('a', 0, 1, 'b')),
        ('env[name=A.B].value', ('env', where(name='A.B'), 'value')),
    ],
)
def test_paths(text: str, path: Any) -> None:
    assert parse_path(text, '--unset') == path


@pytest.mark.parametrize('text', ['', '.', 'a.', '.a', 'a..b', 'a[', 'a]', 'a[]', 'a[0]b', 'a\nb', '\\', 'a[[b]]'])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        parse_path(text, '--unset')
    assert caught.value.exit_code == USAGE


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('a=1', 1),
        ('a="1"', '1'),
        ('a=1.5', 1.5),
        ('a=true', True),
        ('a=null', None),
        ("a=''", ''),
        ('a=repo:tag', 'repo:tag'),
        ('a=b=c', 'b=c'),
        ('a={b: [1, x]}', {'b': [1, 'x']}),
        ('a[name=x].b=y', 'y'),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = parse_assignment(text, '--set')[1]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    'text',
    [
        'a',
        '=1',
        'a=',
        'a= ',
        'a=b: c',
        'a=- b',
        'a=1 # x',
        'a=2001-01-01',
        'a={',
        'a=!!python/name:os.system x',
        'a={1: 2}',
        'a=b\nc: d',
        'a=*x',
    ],
)
def test_what_is_no_assignment(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        parse_assignment(text, '--set')
    assert caught.value.exit_code == USAGE
