from __future__ import annotations

import pytest

from bootstrap.repository.config import Config, Entry
from bootstrap.repository.words import failure, push_failure
from bootstrap.words import redact, sanitise, without_credentials


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('https://me:secret@example.com/x', 'https://***@example.com/x'),
        (
            "fatal: unable to access 'https://token@example.com/x/': 403",
            "fatal: unable to access 'https://***@example.com/x/': 403",
        ),
        ('https://a@b:c@d@example.com/', 'https://***@example.com/'),
        ('ssh://git@example.com/x', 'ssh://git@example.com/x'),
        ('ssh://git:secret@example.com/x', 'ssh://git:***@example.com/x'),
        ('git@example.com:x.git', 'git@example.com:x.git'),
        ('https://example.com/x?private_token=abc&page=2', 'https://example.com/x?private_token=***&page=2'),
        (
            'https://example.com/-/new?merge_request%5Bsource_branch%5D=x',
            'https://example.com/-/new?merge_request%5Bsource_branch%5D=x',
        ),
        ('Authorization: Bearer abc', 'Authorization: ***'),
        ('ghp_' + 'a' * 36 + ' and glpat-' + 'b' * 20, '*** and ***'),
        ('https://example.com/a@b', 'https://example.com/a@b'),
        ('\x1b[31mhttps://me:secret@example.com/x', '\x1b[31mhttps://***@example.com/x'),
        ('\x1b[31mghp_' + 'a' * 36, '\x1b[31m***'),
        ('triangles-and-other-long-words', 'triangles-and-other-long-words'),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_what_the_environment_keeps_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('FORGEJO_TOKEN', 'correct-horse')
    assert redact('remote: correct-horse') == 'remote: ***'


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('a\x1b[31mb\x07\x9b\x7f', r'a\x1b[31mb\x07\x9b\x7f'),
        ('pdf.\u202efdp \u2066x \u200b\ufeff', r'pdf.\u202efdp \u2066x \u200b\ufeff'),
        ('10%\r100%\n\tok', '10%\\r100%\n\tok'),
        ('Größe ✓ 漢字 \u00a0', 'Größe ✓ 漢字 \u00a0'),
        ('\udcff\u2028', r'\udcff\u2028'),
        ('\x1b[31mhttps://me:secret@example.com/x', r'\x1b[31mhttps://***@example.com/x'),
        ('https://me:sec\x1fret@example.com/x', 'https://***@example.com/x'),
    ],
)
def test_sanitise(text: str, shown: str) -> None:
    assert sanitise(text) == shown


@pytest.mark.parametrize('text', ['a.' * 200_000, '?token' * 70_000, 'https://' + 'a@' * 200_000, '://' * 100_000])
def test_long_words_are_cut_before_they_are_searched(text: str) -> None:
    # A pattern that goes back and forth over the whole of it would not end within the run.
    assert 0 < len(sanitise(text)) <= 1 << 16


@pytest.mark.parametrize(
    ('url', 'bare'),
    [
        ('https://me:secret@example.com/x.git', 'https://example.com/x.git'),
        ('https://token@example.com/x.git', 'https://example.com/x.git'),
        ('ssh://git:secret@example.com/x.git', 'ssh://git@example.com/x.git'),
        ('git@example.com:x.git', 'git@example.com:x.git'),
        ('https://example.com/x?access_token=a&b=c', 'https://example.com/x?b=c'),
        ('/srv/x.git', '/srv/x.git'),
    ],
)
def test_without_credentials(url: str, bare: str) -> None:
    assert without_credentials(url) == bare


@pytest.mark.parametrize(
    ('words', 'hint'),
    [
        ('fatal: Could not read from remote repository.\nHost key verification failed.', 'host key'),
        ('git@example.com: Permission denied (publickey).', 'credentials'),
        ("fatal: could not read Username for 'https://example.com': terminal prompts disabled", 'credentials'),
        ('fatal: unable to access: Could not resolve host: example.com', 'network'),
        ('error: No space left on device', 'space'),
        ('whatever', ''),
    ],
)
def test_hints(words: str, hint: str) -> None:
    assert hint in failure('fetch', words).hint


def test_the_way_around_a_missing_right() -> None:
    error = push_failure('push', 'ERROR: Permission to a/b.git denied to me.')
    assert '--push-remote' in error.hint
    assert '--push-remote' not in failure('fetch', error.message).hint


def test_config() -> None:
    config = Config(
        [
            Entry('global', 'remote.Origin.url', 'a'),
            Entry('local', 'remote.Origin.url', 'b'),
            Entry('local', 'commit.gpgsign', None),
            Entry('local', 'core.bare', 'No'),
            Entry('local', 'pack.threads', '1k'),
            Entry('local', 'credential.helper', '!evil'),
            Entry('global', 'credential.helper', 'store'),
        ]
    )
    assert config.get('Remote.Origin.URL') == 'b'
    assert config.get('remote.origin.url') is None
    assert config.get_all('remote.Origin.url') == ['a', 'b']
    assert config.bool('commit.gpgSign')
    assert not config.bool('core.bare')
    assert config.bool('pack.threads')
    assert not config.bool('no.such')
    assert config.subsections('remote') == ['Origin']
    assert config.without_repository().get('remote.Origin.url') == 'a'
    assert config.disarming() == [('credential.helper', ''), ('credential.helper', 'store')]
