from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap import forges
from bootstrap.forges import Draft, Forge, Head

DRAFT = Draft('Add group gpu', 'why\n\n- a \\n b\n', Head('raybootstrap/add-group-prod/gpu'), 'main')
REMOTES = {
    'github': 'git@github.com:acme/ray',
    'gitlab': 'git@gitlab.com:acme/ml/ray',
    'gitea': 'git@gitea.com:acme/ray',
    'forgejo': 'git@codeberg.org:acme/ray',
    'bitbucket': 'git@bitbucket.org:acme/ray',
    'bitbucket-server': 'https://git.example.com/scm/ML/ray.git',
    'azure': 'git@ssh.dev.azure.com:v3/acme/My%20ML/ray',
}


def forge(kind: str) -> Forge:
    return forges.forge(REMOTES[kind], kind, api_url=None, environ={})


@pytest.mark.parametrize(
    ('kind', 'fork', 'expected'),
    [
        ('github', '', 'https://github.com/acme/ray/compare/main...add/gpu%231?expand=1'),
        ('github', 'ada/ray', 'https://github.com/acme/ray/compare/main...ada:add/gpu%231?expand=1'),
        ('github', 'acme/fork', 'https://github.com/acme/ray/compare/main...acme:fork:add/gpu%231?expand=1'),
        (
            'gitlab',
            '',
            (
                'https://gitlab.com/acme/ml/ray/-/merge_requests/new?merge_request%5Bsource_branch%5D=add%2Fgpu%231'
                '&merge_request%5Btarget_branch%5D=main'
            ),
        ),
        (
            'gitlab',
            'ada/ray',
            (
                'https://gitlab.com/ada/ray/-/merge_requests/new?merge_request%5Bsource_branch%5D=add%2Fgpu%231'
                '&merge_request%5Btarget_branch%5D=main'
            ),
        ),
        ('gitea', '', 'https://gitea.com/acme/ray/compare/main...add/gpu%231'),
        ('forgejo', 'ada/ray', 'https://codeberg.org/acme/ray/compare/main...ada:add/gpu%231'),
        ('forgejo', 'acme/fork', 'https://codeberg.org/acme/ray/compare/main...acme/fork:add/gpu%231'),
        (
            'bitbucket',
            '',
            'https://bitbucket.org/acme/ray/pull-requests/new?source=add%2Fgpu%231&dest=acme%2Fray%3A%3Amain',
        ),
        (
            'bitbucket-server',
            '~ada/ray',
            (
                'https://git.example.com/users/ada/repos/ray/pull-requests?create&sourceBranch=refs%2Fheads%2Fadd%2Fgpu%231'
                '&targetBranch=refs%2Fheads%2Fmain'
            ),
        ),
        (
            'azure',
            '',
            'https://dev.azure.com/acme/My%20ML/_git/ray/pullrequestcreate?sourceRef=add%2Fgpu%231&targetRef=main',
        ),
    ],
)
def test_the_page_to_open_one_by_hand(kind: str, fork: str, expected: str) -> None:
    assert forges.compare_url(forge(kind), 'main', 'add/gpu#1', fork) == expected


def test_gitlab_makes_one_from_push_options() -> None:
    options = forges.push_options(forge('gitlab'), replace(DRAFT, draft=True, labels=('ray',)))
    assert options == [
        'merge_request.create',
        'merge_request.target=main',
        'merge_request.title=Add group gpu',
        'merge_request.description=why\\n\\n- a \\ n b\\n',
        'merge_request.draft',
        'merge_request.label=ray',
    ]


def test_a_description_too_long_for_a_packet_is_left_to_the_commit() -> None:
    options = forges.push_options(forge('gitlab'), replace(DRAFT, body='é' * 40_000))
    assert not [option for option in options if 'description' in option]


def test_gitea_makes_one_from_a_ref() -> None:
    review = forges.review(forge('gitea'), replace(DRAFT, draft=True))
    assert review is not None
    assert review.refspec('HEAD') == 'HEAD:refs/for/main'
    assert review.options == [f'topic={DRAFT.head.branch}', 'title=WIP: Add group gpu']
    one_line = forges.review(forge('forgejo'), replace(DRAFT, body='why\n'))
    assert one_line is not None
    assert one_line.options[-1] == 'description=why'


def test_others_make_none() -> None:
    assert forges.push_options(forge('gitea'), DRAFT) == []
    assert forges.review(forge('gitlab'), DRAFT) is None


@pytest.mark.parametrize('kind', ['gitlab', 'gitea'])
def test_a_real_repository_takes_the_options(kind: str, tmp_path: Path) -> None:
    draft = replace(DRAFT, title='a\nb\0c', body=f'{"x" * 50_000}\n\r\nend\0')
    review = forges.review(forge(kind), draft)
    options = forges.push_options(forge(kind), draft) or (review.options if review else [])
    remote, local = tmp_path / 'remote.git', tmp_path / 'local'

    def git(*arguments: str) -> None:
        subprocess.run(['git', *arguments], check=True, capture_output=True)

    git('init', '-q', '--bare', str(remote))
    git('-C', str(remote), 'config', 'receive.advertisePushOptions', 'true')
    hook = remote / 'hooks' / 'pre-receive'
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\nenv -0 | grep -z ^GIT_PUSH_OPTION_ > "$GIT_DIR/options"\n')
    hook.chmod(0o755)
    git('init', '-q', str(local))
    git('-C', str(local), 'commit', '-q', '--allow-empty', '-m', 'x')
    ref = review.ref if review else f'refs/heads/{draft.head.branch}'
    git('-C', str(local), 'push', *(f'--push-option={one}' for one in options), str(remote), f'HEAD:{ref}')
    seen = (remote / 'options').read_text().split('\0')
    assert [one.partition('=')[2] for one in seen if not one.startswith('GIT_PUSH_OPTION_COUNT') and one] == options
