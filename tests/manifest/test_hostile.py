"""Texts that are refused, with the line, before they cost anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bootstrap import manifest
from bootstrap.errors import BootstrapError

LAUGHS = 'a: &a [x,x,x,x,x,x,x,x,x]\n' + ''.join(
    f'{name}: &{name} [{",".join([f"*{inner}"] * 9)}]\n' for inner, name in zip('abcdefgh', 'bcdefghi', strict=True)
)
MERGES = 'a0: &a0 {x: 1}\n' + ''.join(f'a{i + 1}: &a{i + 1}\n  <<: [*a{i}, *a{i}]\n' for i in range(40))

HOSTILE = [
    ('aliases of aliases', LAUGHS, 6, 'its aliases stand for more than 100,000 values'),
    ('many aliases', 'a: &a 1\nb: [' + '*a,' * 101 + ']\n', 2, 'uses more than 100 aliases'),
    ('merges of merges', MERGES, 11, '`<<` merges are nested deeper than 4 levels'),
    ('many brackets', '[' * 200_000, 1, 'is nested deeper than 64 levels'),
    ('many dashes', '- ' * 100_000, 1, 'is nested deeper than 64 levels'),
    ('many levels', ''.join(f'{" " * i}a:\n' for i in range(70)), 65, 'is nested deeper than 64 levels'),
    ('too large', 'a: ' + 'x' * (1 << 20), 1, 'is larger than 1 MiB'),
    ('too large in bytes', 'é' * (1 << 19) + 'x', 1, 'is larger than 1 MiB'),
    ('too many documents', '---\na: 1\n' * 1001, 2001, 'holds more than 1,000 documents'),
    ('too many values', 'a: 1\nb: [' + '1,' * 100_001 + ']\n', 2, 'holds more than 100,000 values'),
    ('a key twice', 'a: 1\nb: 2\na: 3\n', 3, 'the key a stands here and on line 1'),
    ('a nested key twice', 'x:\n  "a": 1\n  a: 3\n', 3, 'the key a stands here and on line 2'),
    ('keys that are equal', '1: x\ntrue: z\n', 2, 'the key True stands here and on line 1'),
    ('a merge twice', 'a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n', 4, 'the key << stands here and on line 3'),
    ('an anchor twice', 'a: &x 1\nb: &x 2\n', 2, 'the anchor &x is defined twice'),
    ('an alias of nothing', 'a: 1\nb: *x\n', 2, 'the alias *x has no anchor above it'),
    ('an alias of another document', 'a: &x 1\n---\nb: *x\n', 3, 'the alias *x has no anchor above it'),
    ('an alias of itself', 'a:\n- &x [*x]\n', 2, 'the alias *x stands inside its own anchor'),
    ('a merge of a scalar', 'a:\n  <<: 1\n', 2, '`<<` merges mappings only'),
    ('a merge of scalars', 'a: &a {}\nb:\n  <<: [*a, 1]\n', 3, '`<<` merges mappings only'),
    ('a python tag', 'a: 1\nb: !!python/object/apply:os.system [id]\n', 2, 'the tag !!python/object/apply:os.system'),
    ('a tag of its own', 'a: !vault x\n', 1, 'the tag !vault is not supported here'),
    ('a set', 'a: !!set {b}\n', 1, 'the tag !!set is not supported here'),
    ('a tag that does not fit', 'a: !!map x\n', 1, 'the tag !!map is not supported here'),
    ('a scalar tag on a list', 'a: !!str [x]\n', 1, 'the tag !!str is not supported here'),
    ('a mapping as a key', 'a: 1\n? {b: 1}\n: 2\n', 2, 'a key must be a single value'),
    ('a list as a key', '[a]: 1\n', 1, 'a key must be a single value'),
    ('an alias of a list as a key', 'a: &x [1]\n*x : 2\n', 2, 'a key must be a single value'),
    ('a date that is none', 'a: 1\nb: 2024-13-45\n', 2, "'2024-13-45' is not a value"),
    ('a time that is none', 'a: 2024-01-01 25:00:00\n', 1, "'2024-01-01 25:00:00' is not a value"),
    ('a long number', 'a: ' + '9' * 5000 + '\n', 1, "'9999999999999999999999999999999999999999...' is not a value"),
    ('digits without digits', 'a: 0b_\n', 1, "'0b_' is not a value"),
    ('an equals sign', 'a: =\n', 1, "'=' is not a value"),
    ('a merge as a value', 'a: <<\n', 1, "'<<' is not a value"),
    ('a bool that is none', 'a: !!bool maybe\n', 1, "'maybe' is not a value"),
    ('a float that is none', 'a: !!float ""\n', 1, "'' is not a value"),
    ('a timestamp that is none', 'a: !!timestamp x\n', 1, "'x' is not a value"),
    ('a key that is no date', '2024-13-45: a\n', 1, "'2024-13-45' is not a value"),
    ('binary that is none', 'a: !!binary "é"\n', 1, "'\\xe9' is not a value"),
    ('a control character', 'a: 1\nb: "\x07"\n', 2, "holds the character '\\x07'"),
    ('a null character', 'a: \x00\n', 1, "holds the character '\\x00'"),
    ('an escape sequence', '# \x1b[31m\na: 1\n', 1, "holds the character '\\x1b'"),
    ('half a surrogate pair', 'a: 1\nb: \udc80\n', 2, 'holds half of a surrogate pair'),
    ('half a surrogate pair, escaped', 'a: "\\ud800"\n', 1, 'is not valid YAML: found invalid Unicode'),
    ('an open bracket', 'a: 1\nb: [1\n', 3, 'is not valid YAML'),
    ('an open quote', 'a: "x\n', 2, 'is not valid YAML'),
    ('two colons', 'a: 1\nb: c: d\n', 2, 'is not valid YAML: mapping values are not allowed'),
    ('a tab', 'a:\n\tb: 1\n', 2, 'is not valid YAML'),
    ('a template', 'a: 1\nb: {{ x }}\n', 2, 'a key must be a single value'),
    ('an at sign', 'a: @x\n', 1, 'is not valid YAML'),
    ('a version to come', '%YAML 9.1\n---\na: 1\n', 1, 'is not valid YAML: found incompatible'),
    ('merge conflict marks', 'a: 1\n<<<<<<< HEAD\nb: 2\n=======\n', 3, 'is not valid YAML'),
]

READERS: list[Callable[[str], object]] = [
    manifest.load,
    lambda text: manifest.get(text, ('a',)),
    lambda text: manifest.put(text, ('zzz',), 1),
    lambda text: manifest.drop(text, ('a',)),
    lambda text: manifest.append(text, ('a',), 1),
    lambda text: manifest.comment(text, ('a',), 'x'),
    lambda text: manifest.fields(text, 'a: 1\n'),
    lambda text: list(manifest.comments(text)),
]


@pytest.mark.parametrize(('text', 'line', 'message'), [pytest.param(*case[1:], id=case[0]) for case in HOSTILE])
def test_hostile_texts_are_refused_with_their_line(text: str, line: int, message: str) -> None:
    for read in READERS if len(text) < 200_000 else READERS[:3]:
        with pytest.raises(manifest.ManifestError) as caught:
            read(text)
        assert caught.value.message.startswith(f'line {line}: {message}')


def test_values_are_no_way_in() -> None:
    with pytest.raises(BootstrapError, match='half of a surrogate pair'):
        manifest.put('a: 1\n', ('b',), 'x\udc80')
    deep: object = 1
    for _ in range(70):
        deep = [deep]
    with pytest.raises(manifest.ManifestError, match='nested deeper than 64 levels'):
        manifest.put('a: 1\n', ('b',), deep)
    with pytest.raises(manifest.ManifestError, match='larger than 1 MiB'):
        manifest.put('a: 1\n', ('b',), 'x' * (1 << 20))


def test_names_are_no_way_in() -> None:
    for name in [
        'g: 1\nfoo',
        '<<',
        '*a',
        '&a',
        'null',
        'yes',
        '1e3',
        '[x]',
        '{{x}}',
        '# x',
        '? a',
        '- b',
        '---',
        '',
        '\x85',
        '!x',
        '=',
    ]:
        text = manifest.put('groups:\n  a: 1\n', ('groups', name), 2)
        assert manifest.load(text)[0].data == {'groups': {'a': 1, name: 2}}
        assert text.startswith('groups:\n  a: 1\n')
