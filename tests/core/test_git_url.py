from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.git_url import GitUrl, checked, parse

TAKEN = {
    'https://git.example.com/acme/ray.git': GitUrl('https', '', 'git.example.com', None, 'acme/ray.git'),
    'https://git.example.com/acme/ray': GitUrl('https', '', 'git.example.com', None, 'acme/ray'),
    'https://git.example.com/acme/ray/': GitUrl('https', '', 'git.example.com', None, 'acme/ray/'),
    'https://git.example.com:8443/acme/ray.git': GitUrl('https', '', 'git.example.com', 8443, 'acme/ray.git'),
    'https://example.com/git/team/sub/ray.git': GitUrl('https', '', 'example.com', None, 'git/team/sub/ray.git'),
    'https://gitlab/acme/ray.git': GitUrl('https', '', 'gitlab', None, 'acme/ray.git'),
    'https://dev.azure.com/org/My%20Project/_git/ray': GitUrl(
        'https', '', 'dev.azure.com', None, 'org/My%20Project/_git/ray'
    ),
    'https://bitbucket.example.com/scm/~ada/ray.git': GitUrl(
        'https', '', 'bitbucket.example.com', None, 'scm/~ada/ray.git'
    ),
    'https://[2001:db8::1]/acme/ray.git': GitUrl('https', '', '[2001:db8::1]', None, 'acme/ray.git'),
    'https://[2001:db8::1]:8443/acme/ray.git': GitUrl('https', '', '[2001:db8::1]', 8443, 'acme/ray.git'),
    'https://10.0.0.1/acme/ray.git': GitUrl('https', '', '10.0.0.1', None, 'acme/ray.git'),
    'git@git.example.com:acme/ray.git': GitUrl('', 'git', 'git.example.com', None, 'acme/ray.git'),
    'git@git.example.com:acme/ray': GitUrl('', 'git', 'git.example.com', None, 'acme/ray'),
    'git.example.com:acme/ray.git': GitUrl('', '', 'git.example.com', None, 'acme/ray.git'),
    'git@git.example.com:/srv/git/ray.git': GitUrl('', 'git', 'git.example.com', None, '/srv/git/ray.git'),
    'git@git.example.com:~ada/ray.git': GitUrl('', 'git', 'git.example.com', None, '~ada/ray.git'),
    'git@[2001:db8::1]:acme/ray.git': GitUrl('', 'git', '[2001:db8::1]', None, 'acme/ray.git'),
    'git@ssh.dev.azure.com:v3/org/project/ray': GitUrl('', 'git', 'ssh.dev.azure.com', None, 'v3/org/project/ray'),
    'org-1234@github.com:acme/ray.git': GitUrl('', 'org-1234', 'github.com', None, 'acme/ray.git'),
    'ssh://git@git.example.com/acme/ray.git': GitUrl('ssh', 'git', 'git.example.com', None, 'acme/ray.git'),
    'ssh://git@git.example.com:7999/acme/ray.git': GitUrl('ssh', 'git', 'git.example.com', 7999, 'acme/ray.git'),
    'ssh://git.example.com/acme/ray.git': GitUrl('ssh', '', 'git.example.com', None, 'acme/ray.git'),
    'ssh://git@[::1]:22/acme/ray.git': GitUrl('ssh', 'git', '[::1]', 22, 'acme/ray.git'),
    'ssh://APKAEXAMPLE@git-codecommit.eu-west-1.amazonaws.com/v1/repos/ray': GitUrl(
        'ssh', 'APKAEXAMPLE', 'git-codecommit.eu-west-1.amazonaws.com', None, 'v1/repos/ray'
    ),
}


@pytest.mark.parametrize(('text', 'expected'), TAKEN.items(), ids=TAKEN)
def test_addresses_of_repositories(text: str, expected: GitUrl) -> None:
    assert parse(text) == expected
    assert checked(text) == text


@pytest.mark.parametrize(
    'text',
    [
        '',
        ' ',
        'ray',
        './ray',
        '../ray.git',
        '/srv/git/ray.git',
        'ext::sh -c touch% /tmp/x',
        'ext::https://git.example.com/acme/ray.git',
        'fd::17',
        'fd::17/foo',
        'transport::git.example.com:acme/ray.git',
        '-oProxyCommand=x',
        '--upload-pack=touch /tmp/x',
        '-u:x/y',
        'git@-oProxyCommand=x:acme/ray.git',
        'ssh://-oProxyCommand=x/acme/ray.git',
        'ssh://-oProxyCommand=x@git.example.com/acme/ray.git',
        '-o@git.example.com:acme/ray.git',
        'https://-x.example.com/acme/ray.git',
        'https://git.example.com/acme/ray.git\n',
        'https://git.example.com/acme\n/ray.git',
        'https://git.example.com\n/acme/ray.git',
        'ssh://a\nb@git.example.com/acme/ray.git',
        'ssh://a b@git.example.com/acme/ray.git',
        'a\nb@git.example.com:acme/ray.git',
        'git@git.example.com:acme/ray.git\x1b[2J',
        'https://git.example.com/acme/ray\u202e.git',
        'https://git.example.com/acme/r y.git',
        'http://git.example.com/acme/ray.git',
        'git://git.example.com/acme/ray.git',
        'ftp://git.example.com/acme/ray.git',
        'file:///srv/git/ray.git',
        'git+ssh://git@git.example.com/acme/ray.git',
        'HTTPS://git.example.com/acme/ray.git',
        'https:/git.example.com/acme/ray.git',
        'https:git.example.com/acme/ray.git',
        '//git.example.com/acme/ray.git',
        'https://',
        'https:///acme/ray.git',
        'https://git.example.com',
        'https://git.example.com/',
        'https://git.example.com:0/acme/ray.git',
        'https://git.example.com:65536/acme/ray.git',
        'https://git.example.com:443443/acme/ray.git',
        'https://git.example.com:x/acme/ray.git',
        f'https://git.example.com:{"9" * 5000}/acme/ray.git',
        'https://git.example.com/../../etc',
        'https://git.example.com/acme/../ray.git',
        'git@git.example.com:../ray.git',
        'git@git.example.com:',
        'git@git.example.com:/',
        'git@:acme/ray.git',
        'https://git.example.com/acme/ray.git?token=x',
        'https://git.example.com/acme/ray.git#main',
        'https://git.example.com/acme/$(id)',
        'https://git.example.com/acme/`id`',
        'https://git.example.com/acme/ray.git;id',
        "https://git.example.com/acme/'ray'",
        'https://git.exämple.com/acme/ray.git',
        'https://git.example.com:8443:8443/acme/ray.git',
        'https://[::1/acme/ray.git',
        # What looks like an alias of somebody's ssh configuration.
        'work:acme/ray.git',
        'git@work:acme/ray.git',
        'ssh://forge/acme/ray.git',
        'C:/Users/ada/ray',
        'C:\\Users\\ada\\ray',
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        checked(text)
    assert caught.value.exit_code == USAGE
    assert caught.value.message.isprintable()
    assert '--repo-url' in caught.value.hint


@pytest.mark.parametrize(
    'text',
    [
        'https://ada:s3cret@git.example.com/acme/ray.git',
        'https://s3cret@git.example.com/acme/ray.git',
        'https://:s3cret@git.example.com/acme/ray.git',
        'ssh://git:s3cret@git.example.com/acme/ray.git',
        'https://oauth2:s3cret@[::1]:8443/acme/ray.git',
        'https://ada:s3cret@git.example.com/a b',
        'https://ada:s3cret@bad_host-/x',
        'http://ada:s3cret@git.example.com/acme/ray.git',
    ],
)
def test_credentials_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(BootstrapError, match='holds credentials') as caught:
        checked(text)
    assert 's3cret' not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    'text',
    [
        'https://ada:s3cret@s3cret@git.example.com/x',
        'https://ada:s3cret@git.example.com:x/y',
        'ftp//ada:s3cret@x',
        'https://a:s3cret/\n@x/y',
    ],
)
def test_what_may_be_a_password_is_not_shown(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        checked(text)
    assert 's3cret' not in caught.value.message + caught.value.hint


@given(st.text(max_size=40) | st.from_regex(r'(https://|ssh://|git@)?[a-z@:/.\[\]0-9-]{0,30}', fullmatch=True))
def test_any_text_is_taken_or_refused(text: str) -> None:
    parse(text)
    try:
        assert checked(text).isascii()
        assert text.isprintable()
        assert ' ' not in text
    except BootstrapError:
        pass
