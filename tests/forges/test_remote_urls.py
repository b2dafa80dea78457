# ruff: noqa: E501
"""Every shape of a remote's address: which forge, where its pages and API are, and which project."""

from __future__ import annotations

import pytest

from bootstrap import forges, git_url
from bootstrap.errors import USAGE, BootstrapError

GITHUB = ('github', 'https://github.com', 'https://api.github.com', 'acme/ray')
GITLAB = ('gitlab', 'https://gitlab.com', 'https://gitlab.com/api/v4', 'acme/ray')
GROUPS = (*GITLAB[:3], 'acme/platform/ml/ray')
GITEA = ('gitea', 'https://gitea.com', 'https://gitea.com/api/v1', 'acme/ray')
FORGEJO = ('forgejo', 'https://codeberg.org', 'https://codeberg.org/api/v1', 'acme/ray')
BITBUCKET = ('bitbucket', 'https://bitbucket.org', 'https://api.bitbucket.org/2.0', 'acme/ray')
AZURE = ('azure', 'https://dev.azure.com', 'https://dev.azure.com', 'acme/platform/ray')
AZURE_SHORT = (*AZURE[:3], 'acme/ray/ray')

PUBLIC = [
    ('https://github.com/acme/ray', GITHUB),
    ('https://github.com/acme/ray.git', GITHUB),
    ('https://github.com/acme/ray/', GITHUB),
    ('https://github.com/acme/ray.git/', GITHUB),
    ('https://GitHub.com/acme/ray.git', GITHUB),
    ('https://github.com:443/acme/ray.git', GITHUB),
    ('https://ada@github.com/acme/ray.git', GITHUB),
    ('https://ada:secret@github.com/acme/ray.git', GITHUB),
    ('git@github.com:acme/ray.git', GITHUB),
    ('git@github.com:acme/ray', GITHUB),
    ('git@github.com:/acme/ray.git', GITHUB),
    ('github.com:acme/ray.git', GITHUB),
    ('org-123@github.com:acme/ray.git', GITHUB),
    ('ssh://git@github.com/acme/ray.git', GITHUB),
    ('ssh://git@github.com:22/acme/ray.git', GITHUB),
    ('ssh://git@ssh.github.com:443/acme/ray.git', GITHUB),
    ('git+ssh://git@github.com/acme/ray.git', GITHUB),
    ('git://github.com/acme/ray.git', GITHUB),
    ('https://github.com/acme/ray.js.git', (*GITHUB[:3], 'acme/ray.js')),
    ('https://github.com/acme/ray.wiki', (*GITHUB[:3], 'acme/ray.wiki')),
    ('https://acme.ghe.com/acme/ray', ('github', 'https://acme.ghe.com', 'https://api.acme.ghe.com', 'acme/ray')),
    ('git@acme.ghe.com:acme/ray.git', ('github', 'https://acme.ghe.com', 'https://api.acme.ghe.com', 'acme/ray')),
    ('https://gitlab.com/acme/ray.git', GITLAB),
    ('https://oauth2:secret@gitlab.com/acme/ray.git', GITLAB),
    ('git@gitlab.com:acme/ray.git', GITLAB),
    ('ssh://git@altssh.gitlab.com:443/acme/ray.git', GITLAB),
    ('https://gitlab.com/acme/platform/ml/ray.git', GROUPS),
    ('git@gitlab.com:acme/platform/ml/ray.git', GROUPS),
    ('ssh://git@gitlab.com/acme/platform/ml/ray', GROUPS),
    ('https://gitea.com/acme/ray', GITEA),
    ('git@gitea.com:acme/ray.git', GITEA),
    ('https://codeberg.org/acme/ray.git', FORGEJO),
    ('ssh://git@codeberg.org/acme/ray.git', FORGEJO),
    ('https://bitbucket.org/acme/ray.git', BITBUCKET),
    ('https://ada@bitbucket.org/acme/ray.git', BITBUCKET),
    ('git@bitbucket.org:acme/ray.git', BITBUCKET),
    ('ssh://git@altssh.bitbucket.org:443/acme/ray.git', BITBUCKET),
    ('https://dev.azure.com/acme/platform/_git/ray', AZURE),
    ('https://acme@dev.azure.com/acme/platform/_git/ray', AZURE),
    ('https://dev.azure.com/acme/_git/ray', AZURE_SHORT),
    ('https://dev.azure.com/acme/platform/_git/_full/ray', AZURE),
    ('https://dev.azure.com/acme/platform/_git/_optimized/ray', AZURE),
    ('https://dev.azure.com/acme/My%20Platform/_git/ray', (*AZURE[:3], 'acme/My Platform/ray')),
    ('https://dev.azure.com/acme/platform/_git/ray.git', (*AZURE[:3], 'acme/platform/ray.git')),
    ('git@ssh.dev.azure.com:v3/acme/platform/ray', AZURE),
    ('ssh://git@ssh.dev.azure.com/v3/acme/platform/ray', AZURE),
    ('ssh://git@ssh.dev.azure.com:22/v3/acme/platform/ray', AZURE),
    ('https://acme.visualstudio.com/platform/_git/ray', AZURE),
    ('https://acme.visualstudio.com/DefaultCollection/platform/_git/ray', AZURE),
    ('https://acme.visualstudio.com/_git/ray', AZURE_SHORT),
    ('acme@vs-ssh.visualstudio.com:v3/acme/platform/ray', AZURE),
]


@pytest.mark.parametrize(('remote', 'expected'), PUBLIC)
def test_public_forges(remote: str, expected: tuple[str, str, str, str]) -> None:
    kind = forges.kind_of(remote, kind=None, settings_kind=None, environ={}, probe=False)
    assert kind == expected[0]
    forge = forges.forge(remote, kind, api_url=None, environ={})
    assert (forge.kind, forge.web, forge.api, forge.project) == expected
    assert forge.host == expected[1].removeprefix('https://')


OWN = 'https://git.example.com'


@pytest.mark.parametrize(
    ('remote', 'kind', 'web', 'api', 'project'),
    [
        ('https://git.example.com/acme/ray.git', 'github', OWN, f'{OWN}/api/v3', 'acme/ray'),
        ('https://git.example.com:8443/acme/ray', 'github', f'{OWN}:8443', f'{OWN}:8443/api/v3', 'acme/ray'),
        ('ssh://git@git.example.com:2222/acme/ray', 'github', OWN, f'{OWN}/api/v3', 'acme/ray'),
        ('git@git.example.com:a/b/c/ray.git', 'gitlab', OWN, f'{OWN}/api/v4', 'a/b/c/ray'),
        ('https://git.example.com:8443/a/b/ray.git', 'gitlab', f'{OWN}:8443', f'{OWN}:8443/api/v4', 'a/b/ray'),
        ('https://git.example.com/gitea/acme/ray', 'gitea', f'{OWN}/gitea', f'{OWN}/gitea/api/v1', 'acme/ray'),
        ('https://git.example.com/a/b/acme/ray', 'forgejo', f'{OWN}/a/b', f'{OWN}/a/b/api/v1', 'acme/ray'),
        ('ssh://git@git.example.com:2222/acme/ray.git', 'gitea', OWN, f'{OWN}/api/v1', 'acme/ray'),
        ('http://gitea.local:3000/acme/ray', 'gitea', 'http://gitea.local:3000', 'http://gitea.local:3000/api/v1', 'acme/ray'),
        ('http://gitea.local:80/acme/ray', 'gitea', 'http://gitea.local', 'http://gitea.local/api/v1', 'acme/ray'),
        ('https://[2001:db8::1]:8443/acme/ray', 'gitea', 'https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/api/v1', 'acme/ray'),
        ('ssh://git@[2001:db8::1]:2222/acme/ray', 'gitea', 'https://[2001:db8::1]', 'https://[2001:db8::1]/api/v1', 'acme/ray'),
        ('git@[2001:db8::1]:acme/ray.git', 'gitea', 'https://[2001:db8::1]', 'https://[2001:db8::1]/api/v1', 'acme/ray'),
        ('https://git.example.com/scm/ray/ray.git', 'bitbucket-server', OWN, f'{OWN}/rest/api/1.0', 'ray/ray'),
        ('https://git.example.com/scm/~ada/ray.git', 'bitbucket-server', OWN, f'{OWN}/rest/api/1.0', '~ada/ray'),
        ('https://git.example.com/scm/scm/scm.git', 'bitbucket-server', OWN, f'{OWN}/rest/api/1.0', 'scm/scm'),
        ('https://git.example.com/bb/scm/ray/ray', 'bitbucket-server', f'{OWN}/bb', f'{OWN}/bb/rest/api/1.0', 'ray/ray'),
        ('ssh://git@git.example.com:7999/ray/ray.git', 'bitbucket-server', OWN, f'{OWN}/rest/api/1.0', 'ray/ray'),
        ('ssh://git@git.example.com:7999/~ada/ray.git', 'bitbucket-server', OWN, f'{OWN}/rest/api/1.0', '~ada/ray'),
        ('https://tfs.example.com/tfs/Main/p/_git/ray', 'azure', 'https://tfs.example.com/tfs', 'https://tfs.example.com/tfs', 'Main/p/ray'),
        ('https://tfs.example.com/Main/p/_git/ray', 'azure', 'https://tfs.example.com', 'https://tfs.example.com', 'Main/p/ray'),
        ('ssh://tfs.example.com:22/Main/p/_git/ray', 'azure', 'https://tfs.example.com', 'https://tfs.example.com', 'Main/p/ray'),
    ],
)  # fmt: skip
def test_forges_of_ones_own(remote: str, kind: str, web: str, api: str, project: str) -> None:
    forge = forges.forge(remote, kind, api_url=None, environ={})
    assert (forge.web, forge.api, forge.project) == (web, api, project)
    assert forges.kind_of(remote, kind=None, settings_kind=None, environ={}, probe=False) is None


@pytest.mark.parametrize(
    ('remote', 'kind', 'named', 'web', 'api', 'project'),
    [
        ('https://git.example.com/gitlab/a/b/ray', 'gitlab', f'{OWN}/gitlab/api/v4', f'{OWN}/gitlab', f'{OWN}/gitlab/api/v4', 'a/b/ray'),
        ('git@git.example.com:a/b/ray', 'gitlab', f'{OWN}/gitlab/api/v4/', f'{OWN}/gitlab', f'{OWN}/gitlab/api/v4', 'a/b/ray'),
        ('work:acme/ray', 'github', 'https://api.github.com', 'https://github.com', 'https://api.github.com', 'acme/ray'),
        ('work:acme/ray', 'github', 'https://github.com', 'https://github.com', 'https://api.github.com', 'acme/ray'),
        ('work:acme/ray', 'bitbucket', 'https://api.bitbucket.org/2.0', 'https://bitbucket.org', 'https://api.bitbucket.org/2.0', 'acme/ray'),
        ('work:acme/ray', 'github', 'https://api.acme.ghe.com', 'https://acme.ghe.com', 'https://api.acme.ghe.com', 'acme/ray'),
        ('work:acme/ray', 'gitea', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/v1', 'acme/ray'),
        ('work:ray/ray', 'bitbucket-server', f'{OWN}/rest/api/latest', OWN, f'{OWN}/rest/api/latest', 'ray/ray'),
    ],
)  # fmt: skip
def test_a_named_address(remote: str, kind: str, named: str, web: str, api: str, project: str) -> None:
    forge = forges.forge(remote, kind, api_url=named, environ={})
    assert (forge.web, forge.api, forge.project, forge.named) == (web, api, project, True)


@pytest.mark.parametrize(
    ('remote', 'kind'),
    [
        ('/srv/git/ray.git', 'github'),
        ('../ray.git', 'github'),
        ('file:///srv/git/ray.git', 'github'),
        ('ext::sh -c evil', 'github'),
        ('https://github.com/', 'github'),
        ('https://github.com/acme', 'github'),
        ('https://github.com/acme/../ray', 'github'),
        ('https://github.com/acme/%2e%2e', 'github'),
        ('https://github.com/acme/%2Fray', 'github'),
        ('https://github.com/acme/ray%0aHost:x', 'github'),
        ('https://github.com/acme//ray', 'github'),
        ('https://github.com/acme/ray?x=y', 'github'),
        ('https://github.com/acme/ray#x', 'github'),
        ('https://dev.azure.com/acme/platform/ray', 'azure'),
        ('https://dev.azure.com/acme/platform/_git/a/b', 'azure'),
        ('git@ssh.dev.azure.com:v3/acme/ray', 'azure'),
    ],
)
def test_no_project(remote: str, kind: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        forges.forge(remote, kind, api_url=None, environ={})
    assert caught.value.exit_code == USAGE
    assert 'names no project' in caught.value.message


@pytest.mark.parametrize(
    'named',
    ['git.example.com', 'ftp://x.example', 'https://ada:secret@x.example', 'https://x.example/?token=secret', 'https://x y',
     'https://x.example:99999', 'https://', 'https://[::1', 'https://x.example/\n'],
)  # fmt: skip
def test_an_address_that_is_none(named: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        forges.forge('git@x.example:acme/ray', 'github', api_url=named, environ={})
    assert caught.value.exit_code == USAGE
    assert 'secret' not in caught.value.message + caught.value.hint


def test_the_parser_keeps_what_it_is_given() -> None:
    assert git_url.parse('ssh://git@[::1]:2222/acme/ray') == ('ssh', 'git', '[::1]', 2222, 'acme/ray')
    assert git_url.parse('C:\\ray') == ('', '', 'C', None, '\\ray')
    assert git_url.parse('./a:b') is None
