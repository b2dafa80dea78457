"""Workflows: what they may do, what they run on, and where they are put."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bootstrap import __version__, workflows
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree

FILES = {
    'github': '.github/workflows/raybootstrap.yml',
    'gitea': '.gitea/workflows/raybootstrap.yml',
    'gitlab': '.gitlab/raybootstrap.yml',
}


def made(kind: str, files: dict[str, str] | None = None, **context: Any) -> Tree:
    return workflows.put(Tree(Files(files or {})), Context(**context), kind)


def data(kind: str, files: dict[str, str] | None = None, **context: Any) -> Any:
    found = yaml.safe_load(made(kind, files, **context)[FILES[kind]])
    # YAML 1.1 reads the key `on` as true.
    return {('on' if key is True else key): value for key, value in found.items()}


def scripts(kind: str) -> Iterator[str]:
    found = data(kind)
    if kind == 'gitlab':
        yield '\n'.join(found['raybootstrap']['before_script'] + found['raybootstrap']['script'])
        return
    for job in found['jobs'].values():
        yield from (step['run'] for step in job['steps'] if 'run' in step)


def variables(kind: str, **context: Any) -> Any:
    found = data(kind, **context)
    return found['raybootstrap']['variables'] if kind == 'gitlab' else found['env']


@pytest.mark.parametrize('kind', workflows.KINDS)
def test_the_running_version_is_the_one_that_is_installed(kind: str) -> None:
    assert variables(kind)['RAYBOOTSTRAP_VERSION'] == __version__
    assert any('pip" install' in one or 'pip install' in one for one in scripts(kind))
    assert any('"raybootstrap==$RAYBOOTSTRAP_VERSION"' in one for one in scripts(kind))


@pytest.mark.parametrize('kind', workflows.KINDS)
def test_the_path_is_told_where_the_settings_do_not(kind: str) -> None:
    assert 'RAYBOOTSTRAP_PATH' not in variables(kind)
    assert variables(kind, path='deploy/ray')['RAYBOOTSTRAP_PATH'] == 'deploy/ray'
    assert variables(kind, settings=Settings(path='deploy'))['RAYBOOTSTRAP_PATH'] == '.'
    assert 'RAYBOOTSTRAP_PATH' not in variables(kind, path='deploy', settings=Settings(path='deploy'))


def test_github_gives_each_job_only_what_it_needs() -> None:
    found = data('github')
    assert list(found['on']) == ['pull_request', 'merge_group']
    assert found['permissions'] == {}
    jobs = found['jobs']
    assert jobs['validate']['permissions'] == {'contents': 'read'}
    assert jobs['comment']['permissions'] == {'pull-requests': 'write'}
    # Where the token can write, nothing that a pull request brings is run.
    [step] = jobs['comment']['steps']
    assert not re.search(r'^\s*(raybootstrap|pip|git|python3) ', step['run'], re.MULTILINE)
    assert 'head.repo.full_name == github.repository' in jobs['comment']['if']
    assert all(job['timeout-minutes'] <= 10 for job in jobs.values())


def test_gitea_comments_only_on_pull_requests_of_its_own() -> None:
    found = data('gitea')
    assert list(found['on']) == ['pull_request']
    assert found['permissions'] == {'contents': 'read', 'pull-requests': 'write'}
    [commenting] = [step for step in found['jobs']['validate']['steps'] if 'TOKEN' in step.get('env', {})]
    assert commenting['if'] == 'github.event.pull_request.head.repo.full_name == github.repository'


@pytest.mark.parametrize('kind', ['github', 'gitea'])
def test_actions_are_pinned_by_commit_and_keep_no_token(kind: str) -> None:
    text = made(kind)[FILES[kind]]
    assert 'pull_request_target:' not in text
    used = re.findall(r'uses: (\S+)(.*)', text)
    assert used
    for action, comment in used:
        assert re.search(r'@[0-9a-f]{40}$', action)
        assert re.fullmatch(r' # v\d+\.\d+\.\d+', comment)
    for job in data(kind)['jobs'].values():
        for step in job['steps']:
            if 'uses' in step:
                assert step['with'] == {'fetch-depth': 0, 'persist-credentials': False}


@pytest.mark.parametrize('kind', workflows.KINDS)
def test_nothing_from_outside_is_written_into_a_script(kind: str) -> None:
    for script in scripts(kind):
        assert '${{' not in script


@pytest.mark.skipif(shutil.which('shellcheck') is None, reason='shellcheck is not installed')
@pytest.mark.parametrize('kind', workflows.KINDS)
def test_shellcheck_finds_nothing(kind: str) -> None:
    for script in scripts(kind):
        done = subprocess.run(
            # SC2016: what stands in single quotes is for jq, awk, Python or a reader. SC2153: BASE comes from outside.
            ['shellcheck', '--shell=bash', '--exclude=SC2016,SC2153', '-'],
            input=f'#!/bin/bash\nset -eo pipefail\n{script}',
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ''


@pytest.mark.parametrize('kind', workflows.KINDS)
def test_a_workflow_that_is_there_is_left_as_it_is(kind: str) -> None:
    for file in (FILES[kind], FILES[kind].replace('.yml', '.yaml')):
        files = {file: 'mine\n', '.gitlab-ci.yml': f'include:\n  - local: {file}\n'}
        assert made(kind, files).edits == {}


def test_a_pipeline_of_gitlab_is_made_or_includes_the_job() -> None:
    line = '- local: .gitlab/raybootstrap.yml'
    for before, after in (
        (None, f'include:\n  {line}\n'),
        ('a: {script: x}\n', f'a: {{script: x}}\ninclude:\n  {line}\n'),
        ('include:\n  - local: a.yml # mine\n', f'include:\n  - local: a.yml # mine\n  {line}\n'),
    ):
        done = made('gitlab', {} if before is None else {'.gitlab-ci.yml': before})
        assert done['.gitlab-ci.yml'] == after
        assert workflows.put(done, Context(), 'gitlab')['.gitlab-ci.yml'] == after
    assert '  - local' in made('gitlab', {'.gitlab-ci.yml': f'# {line}\na: {{}}\n'})['.gitlab-ci.yml']
    for before in ('include: a.yml\n', 'include:\n  local: a.yml\n'):
        found = yaml.safe_load(made('gitlab', {'.gitlab-ci.yml': before})['.gitlab-ci.yml'])['include']
        assert found == [yaml.safe_load(before)['include'], {'local': '.gitlab/raybootstrap.yml'}]


def test_the_job_of_gitlab_is_in_a_stage_that_is_there() -> None:
    def stage(pipeline: str) -> Any:
        return data('gitlab', {'.gitlab-ci.yml': pipeline})['raybootstrap']['stage']

    assert stage('stages: [lint, deploy]\n') == 'lint'
    assert stage('stages: [lint, test]\n') == 'test'
    assert stage('stages: null\n') == 'test'


@pytest.mark.parametrize('pipeline', ['a:\n  script: !reference [b, script]\n', 'a: 1\na: 2\n', '- 1\n', 'a: [\n'])
def test_a_pipeline_that_cannot_be_edited_is_refused_with_the_lines_to_add(pipeline: str) -> None:
    with pytest.raises(BootstrapError) as refused:
        made('gitlab', {'.gitlab-ci.yml': pipeline})
    assert refused.value.message.startswith('.gitlab-ci.yml: ')
    assert '- local: .gitlab/raybootstrap.yml' in refused.value.hint


def test_the_skeletons_are_real_files() -> None:
    folder = Path(__file__).parents[2] / 'skeletons' / 'review'
    for kind in workflows.KINDS:
        assert isinstance(yaml.safe_load((folder / f'{kind}.yaml').read_text()), dict)
