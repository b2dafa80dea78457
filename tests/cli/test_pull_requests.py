"""From a command to its pull request: real git, a real remote, a forge on loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from forge_world import CANARY, KINDS, World, serving
from world import URL, Shell, clone, commit, git, merge

from bootstrap import forges
from bootstrap.body import BEGIN, END
from bootstrap.forges.http import Api

GOLDEN = Path(__file__).parent / 'golden'
TOKENS = {
    'github': 'GITHUB_TOKEN',
    'gitlab': 'GITLAB_TOKEN',
    'gitea': 'GITEA_TOKEN',
    'bitbucket': 'BITBUCKET_TOKEN',
    'bitbucket-server': 'BITBUCKET_SERVER_TOKEN',
    'azure': 'AZURE_DEVOPS_EXT_PAT',
}
GROUP = ('add-group', 'gpu', '--env', 'prod', '--gpu', '1', '--cpu', '8', '--memory', '64Gi', '--max', '8')


@pytest.fixture(autouse=True)
def _no_tokens_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if 'TOKEN' in name or name.startswith(('CI', 'GITHUB_', 'GITLAB_', 'GITEA_'))
    ]:
        monkeypatch.delenv(name)


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest) -> Iterator[World]:
    with serving(request.param) as world:
        yield world


@pytest.fixture
def github() -> Iterator[World]:
    with serving('github') as world:
        yield world


def connected(world: World, remote: Path, place: Path, monkeypatch: pytest.MonkeyPatch, *, token: bool = True) -> Path:
    """A clone whose remote has the forge's address, which git takes to the bare repository."""
    clone(remote, place)
    commit(place, {'README.md': 'hello\n'})
    path = 'acme/platform/_git/ray' if world.kind == 'azure' else f'{world.project}.git'
    address = f'https://git.example.com/{path}'
    git(place, 'push', '--quiet', 'origin', 'main')
    git(place, 'remote', 'set-url', 'origin', address)
    git(place, 'config', f'url.{remote}.insteadOf', address)
    git(place, 'config', 'protocol.file.allow', 'always')
    monkeypatch.setenv('RAYBOOTSTRAP_FORGE', world.kind)
    monkeypatch.setenv('RAYBOOTSTRAP_FORGE_URL', world.url)
    if token:
        monkeypatch.setenv(TOKENS[world.kind], CANARY)
    monkeypatch.chdir(place)
    return place


def test_a_pull_request_is_opened_once_and_kept_up_to_date(
    forge: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = connected(forge, remote, tmp_path / 'clone', monkeypatch)
    ran = shell('init', '--env', 'prod')
    assert ran.code == 0, ran.err
    [pull] = forge.open_pulls()
    assert ran.out.splitlines()[-1].endswith(f'/{pull["number"]}') or str(pull['number']) in ran.out.splitlines()[-1]
    assert pull['title'] == 'Start environment prod'
    assert pull['body'].startswith(BEGIN)
    again = shell('init', '--env', 'prod', '-o', 'json')
    document = json.loads(again.out)
    assert document['result'] == 'unchanged'
    assert document['pull_request'] == {
        'url': document['pull_request']['url'],
        'number': pull['number'],
        'state': 'open',
    }
    assert len(forge.pulls) == 1

    pull['title'] = 'Edited by a person'
    pull['body'] = f'Mine above.\n\n{pull["body"]}\n\nMine below.'
    assert shell(*GROUP).code == 0
    [pull] = forge.open_pulls()
    assert pull['title'] == 'Edited by a person'
    assert pull['body'].startswith('Mine above.')
    assert pull['body'].endswith('Mine below.')
    assert 'raybootstrap add-group gpu' in pull['body']
    assert CANARY not in ran.out + ran.err + again.out + again.err + pull['body']
    for path in (place / '.git').rglob('*'):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ('method', 'fault'),
    [('GET', '401'), ('POST', '403'), ('POST', 'html'), ('POST', 'cut'), ('POST', 'reset'), ('POST', '500')],
)
def test_what_is_interrupted_is_finished_by_the_next_run(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, method: str, fault: str
) -> None:
    connected(github, remote, tmp_path / 'clone', monkeypatch)
    monkeypatch.setattr(forges, 'api', lambda forge, token: Api(forge, token, wait=lambda seconds: None))
    github.fail(method, fault, 3)
    ran = shell('init', '--env', 'prod')
    assert ran.code in (0, 6)
    assert 'Traceback' not in ran.err
    assert 'raybootstrap/init-prod' in git(remote, 'branch')
    github.faults.clear()
    assert shell('init', '--env', 'prod').code == 0
    assert len(github.open_pulls()) == len(github.pulls) == 1
    assert CANARY not in ran.out + ran.err


def test_without_a_token_there_is_a_link(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(github, remote, tmp_path / 'clone', monkeypatch, token=False)
    ran = shell('init', '--env', 'prod')
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == f'{github.url}/acme/ray/compare/main...raybootstrap/init-prod?expand=1'
    asked = shell('init', '--env', 'prod', '--pr')
    assert asked.code == 6
    assert 'GITHUB_TOKEN' in asked.err or 'GH_ENTERPRISE_TOKEN' in asked.err
    assert shell('init', '--env', 'prod', '--no-pr').code == 0
    assert github.pulls == []


def test_gitlab_opens_it_by_the_push_itself(
    remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving('gitlab') as gitlab:
        connected(gitlab, remote, tmp_path / 'clone', monkeypatch, token=False)
        git(remote, 'config', 'receive.advertisePushOptions', 'true')
        hook = remote / 'hooks' / 'pre-receive'
        hook.write_text(
            '#!/bin/sh\n: > options\ni=0\nwhile [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do\n'
            '  eval "echo \\"\\$GIT_PUSH_OPTION_$i\\"" >> options; i=$((i + 1)); done\n'
            f'echo "View merge request: {gitlab.url}/acme/platform/ray/-/merge_requests/7"\n'
        )
        hook.chmod(0o755)
        ran = shell('init', '--env', 'prod')
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[-1] == f'{gitlab.url}/acme/platform/ray/-/merge_requests/7'
        options = (remote / 'options').read_text().splitlines()
        assert options[:2] == ['merge_request.create', 'merge_request.target=main']
        assert 'push options' in ran.out


def test_gitea_opens_it_by_the_push_itself(
    remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving('gitea') as gitea:
        connected(gitea, remote, tmp_path / 'clone', monkeypatch, token=False)
        git(remote, 'config', 'receive.advertisePushOptions', 'true')
        assert shell('init', '--env', 'prod').code == 0
        assert git(remote, 'for-each-ref', '--format=%(refname)').split() == ['refs/for/main', 'refs/heads/main']


def test_an_unknown_forge_is_no_obstacle_unless_a_pull_request_was_asked_for(checkout: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'prod').code == 0
    asked = shell('init', '--env', 'prod', '--pr')
    assert asked.code == 6
    assert '--forge' in asked.err


def test_a_merged_pull_request_is_known_after_a_squash(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = connected(github, remote, tmp_path / 'clone', monkeypatch)
    assert shell('init', '--env', 'prod').code == 0
    merge(place, 'raybootstrap/init-prod')
    assert shell(*GROUP).code == 0 or True
    git(place, 'push', '--quiet', 'origin', 'main')
    assert shell(*GROUP).code == 0
    [_, pull] = github.pulls
    git(place, 'merge', '--quiet', '--squash', 'raybootstrap/add-group-prod/gpu')
    git(place, 'commit', '--quiet', '--message', 'Squashed')
    git(place, 'revert', '--no-edit', 'HEAD')
    git(place, 'push', '--quiet', 'origin', 'main')
    pull['state'] = 'merged'
    ran = shell(*GROUP)
    assert ran.code == 0, ran.err
    assert len(github.open_pulls()) == 2
    assert git(place, 'rev-list', '--count', 'origin/main..raybootstrap/add-group-prod/gpu').strip() == '1'


@pytest.mark.parametrize('name', ['init', 'add-group', 'set-group', 'remove-group', 'upgrade', 'adopt', 'fix'])
def test_the_text_a_reviewer_reads(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place = connected(github, remote, tmp_path / 'clone', monkeypatch)
    assert shell('init', '--env', 'prod', '--repo-url', URL, '-m', 'Ray for production.').code == 0
    if name != 'init':
        merge(place, 'raybootstrap/init-prod')
        git(place, 'push', '--quiet', 'origin', 'main')
    if name == 'add-group':
        arguments = (*GROUP, '--image', 'registry.example.com/ray:2.40.0', '--allow', 'RB424=for a test @octocat #1')
        assert shell(*arguments, '--env-from', 'secret/keys', '--no-fetch', '-m', 'Fine-tuning needs GPUs.').code == 0
    if name == 'set-group':
        assert shell('set-group', 'standard-worker', '--env', 'prod', '--max', '20', '--cpu', '2').code == 0
    if name == 'remove-group':
        assert shell('remove-group', 'standard-worker', '--env', 'prod').code == 0
    if name == 'upgrade':
        assert shell('upgrade', '--env', 'prod', '--ray-version', '2.53.0').code == 0
    if name == 'adopt':
        text = (place / 'environments/prod/applications/raycluster.yaml').read_text()
        (place / 'mine.yaml').write_text(text.replace('prod-raycluster', 'side').replace('ray-prod', 'side'))
        text = (place / 'mine.yaml').read_text().replace('releaseName: raycluster', 'releaseName: side')
        (place / 'mine.yaml').write_text(text.replace('raycluster-kuberay', 'side-kuberay'))
        assert shell('adopt', 'mine.yaml', '--env', 'prod', '--allow', 'RB107=the project follows').code in (0, 1)
    if name == 'fix':
        path = 'environments/prod/applications/raycluster.yaml'
        text = (place / path).read_text()
        commit(
            place,
            {path: text.replace('    syncOptions:\n', '    syncOptions:\n      - RespectIgnoreDifferences=true\n')},
        )
        git(place, 'push', '--quiet', 'origin', 'main')
        assert shell('fix', '--env', 'prod').code == 0
    body = github.pulls[-1]['body']
    golden = GOLDEN / f'{name}.md'
    if os.environ.get('UPDATE_GOLDEN'):
        golden.write_text(body + '\n')
    assert body + '\n' == golden.read_text()
    assert body.startswith(BEGIN)
    assert body.endswith(END)


RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'


def started(world: World, remote: Path, place: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Path:
    """As `connected`, with prod merged."""
    connected(world, remote, place, monkeypatch)
    assert shell('init', '--env', 'prod', '--repo-url', URL).code == 0
    merge(place, 'raybootstrap/init-prod')
    git(place, 'push', '--quiet', 'origin', 'main')
    world.pulls[-1]['state'] = 'merged'
    return place


def test_line_ends_of_a_web_page_are_no_change(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(github, remote, tmp_path / 'clone', monkeypatch)
    assert shell('init', '--env', 'prod').code == 0
    [pull] = github.pulls
    pull['body'] = f'Mine.\n\n{pull["body"]}\n\nBelow.'.replace('\n', '\r\n')
    github.seen.clear()
    assert shell('init', '--env', 'prod').code == 0
    assert {method for method, _, _ in github.seen} == {'GET'}


def test_the_text_fits_beside_what_a_person_wrote(
    remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving('azure') as azure:
        connected(azure, remote, tmp_path / 'clone', monkeypatch)
        assert shell('init', '--env', 'prod').code == 0
        [pull] = azure.pulls
        theirs = 'Mine. ' * 300
        pull['body'] = f'{theirs}\n\n{pull["body"]}'
        assert shell(*GROUP).code == 0
        assert pull['body'].startswith(theirs)
        assert len(pull['body']) <= 4000
        assert pull['body'].endswith(END)
        assert '### Security' in pull['body']


def test_a_forge_that_cannot_be_the_remotes_is_said_before_anything_is_written(
    checkout: Path, remote: Path, shell: Shell
) -> None:
    for more in ([], ['--forge-url', 'ftp://git.example.com']):
        ran = shell('init', '--env', 'prod', '--forge', 'github', *more)
        assert ran.code == 2
        assert 'raybootstrap' not in git(checkout, 'branch') + git(remote, 'branch')
    assert shell('init', '--env', 'prod', '--forge', 'github', '--no-pr').code == 0


def test_values_of_manifests_do_nothing_in_a_commit_message(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = started(github, remote, tmp_path / 'clone', monkeypatch, shell)
    text = (place / RAYCLUSTER).read_text()
    assert 'rayVersion: "2.52.0"' in text
    hostile = 'rayVersion: "2.52.0 fixes #1 @octocat [skip ci] fixes https://github.com/acme/ray/issues/1"'
    commit(place, {RAYCLUSTER: text.replace('rayVersion: "2.52.0"', hostile)})
    git(place, 'push', '--quiet', 'origin', 'main')
    ran = shell('init', '--env', 'prod', '--ray-version', '2.52.0')
    assert ran.code == 0, ran.err
    message = git(place, 'log', '-1', '--format=%B', 'raybootstrap/init-prod')
    assert '2.52.0 fixes \\x231 \\x40octocat \\x5bskip ci]' in message
    for word in ('#1', '@octocat', '[skip ci]', '/issues/1'):
        assert word not in message


def test_what_an_author_writes_makes_no_trailer_and_is_kept(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.queued = False
    place = started(github, remote, tmp_path / 'clone', monkeypatch, shell)
    scissors = f'# {"-" * 24} >8 {"-" * 24}'
    why = f'We need:\n\n- more GPUs\n- more memory\n\nRaybootstrap-Allow: RB701=never\n{scissors}'
    for name in 'ab':
        assert (
            shell('add-group', name, '--env', 'prod', '--cpu', '1', '--memory', '1Gi', '--max', '1', '-m', why).code
            == 0
        )
    branch = 'raybootstrap/add-group-prod/b'
    trailers = git(place, 'log', '-1', '--format=%(trailers:key=Raybootstrap-Allow,valueonly)', branch)
    assert trailers.strip() == ''
    merge(place, 'raybootstrap/add-group-prod/a')
    git(place, 'push', '--quiet', 'origin', 'main')
    ran = shell('replay', branch)
    assert ran.code == 0, ran.err
    message = git(place, 'log', '-1', '--format=%B', branch)
    assert 'We need:\n\n- more GPUs\n- more memory\n\nRaybootstrap-Allow' in message
    assert 'We need:\n\n- more GPUs' in github.pulls[-1]['body']


def test_what_waits_in_a_merge_queue_is_left_alone(
    github: World, remote: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = started(github, remote, tmp_path / 'clone', monkeypatch, shell)
    for name in 'ab':
        assert shell('add-group', name, '--env', 'prod', '--cpu', '1', '--memory', '1Gi', '--max', '1').code == 0
    merge(place, 'raybootstrap/add-group-prod/a')
    git(place, 'push', '--quiet', 'origin', 'main')
    branch = 'raybootstrap/add-group-prod/b'
    tip = git(remote, 'rev-parse', branch)
    ran = shell('replay', branch)
    assert ran.code == 1
    assert 'left alone' in ran.err
    assert git(remote, 'rev-parse', branch) == tip
    github.queued = False
    assert shell('replay', branch).code == 0
    assert git(remote, 'rev-parse', branch) != tip
    assert len(github.open_pulls()) == 2
