"""The scripts of the workflows, run as the forges' runners run them, against forges on loopback."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from runner_world import TOKEN, Forge, Runner, comment
from world import commit, git

from bootstrap import workflows
from bootstrap.context import Context
from bootstrap.tree import Files, Tree

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
MARK = '<!-- raybootstrap diff -->'
TOOLS = ('bash', 'awk', 'iconv', 'base64', 'curl')

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in TOOLS) or sys.platform != 'linux', reason=f'needs {", ".join(TOOLS)}'
)


@pytest.fixture
def forge() -> Iterator[Forge]:
    found = Forge()
    yield found
    found.close()


def workflow(kind: str) -> Any:
    file = {'github': '.github/workflows/raybootstrap.yml', 'gitea': '.gitea/workflows/raybootstrap.yml'}
    tree = workflows.put(Tree(Files()), Context(), kind)
    return yaml.safe_load(tree[file.get(kind, '.gitlab/raybootstrap.yml')])


def step(kind: str, job: str, name: str) -> str:
    [found] = [one for one in workflow(kind)['jobs'][job]['steps'] if one.get('name', '').startswith(name)]
    return str(found['run'])


def changed(repository: Path, *pairs: tuple[str, str]) -> None:
    text = (repository / RAYCLUSTER).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    commit(repository, {RAYCLUSTER: text})


def assert_fenced(body: str, *words: str) -> None:
    """Everything that comes from a manifest stands inside of one code block, as CommonMark reads it."""
    lines = body.split('\n')
    assert lines[0] == MARK
    [opening] = [number for number, line in enumerate(lines) if re.fullmatch(r'`{3,}diff', line)]
    fence = lines[opening].removesuffix('diff')
    closing = next(n for n in range(opening + 1, len(lines)) if re.fullmatch(rf' {{0,3}}{fence}`*\s*', lines[n]))
    assert '\n'.join(lines[closing + 1 :]).strip() in ('', 'Cut here: `raybootstrap diff` shows the rest.')
    inside = '\n'.join(lines[opening + 1 : closing])
    for word in words:
        assert word in inside


EVIL = '# ```\n# ````` @everyone ::error::x\n'


def test_github_sums_up_and_hands_the_comment_on(prod: Path, tmp_path: Path) -> None:
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 7'), ('apiVersion', f'{EVIL}apiVersion'))
    run = Runner(prod, tmp_path / 'runner', BASE='HEAD^1')
    done = run(step('github', 'validate', 'Compare'))
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')
    body = base64.b64decode(run.output('comment')).decode()
    assert run.output('differs') == 'true'
    assert_fenced(body, '200 → 7', '+# ````` @everyone', 'maxReplicas: 200')
    assert (run.temporary / 'summary.md').read_text() == body
    assert len(body) < 65536
    checked = run(step('github', 'validate', 'Validate'))
    assert checked.returncode in (0, 4), checked.stderr
    commit(prod, {'README.md': 'x\n'})
    (run.temporary / 'output').unlink()
    assert run(step('github', 'validate', 'Compare')).returncode == 0
    assert run.output('differs') == ''


def test_an_error_is_an_annotation_and_fails_the_job(prod: Path, tmp_path: Path) -> None:
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 0'))
    run = Runner(prod, tmp_path / 'runner', BASE='HEAD^1')
    checked = run(step('github', 'validate', 'Validate'))
    assert checked.returncode == 4, checked.stdout
    assert f'::error file={RAYCLUSTER},line=' in checked.stdout


def test_a_long_diff_is_cut_and_still_fits(prod: Path, tmp_path: Path) -> None:
    changed(prod, ('apiVersion', ''.join(f'# é {number}\n' for number in range(9000)) + 'apiVersion'))
    run = Runner(prod, tmp_path / 'runner', BASE='HEAD^1')
    assert run(step('github', 'validate', 'Compare')).returncode == 0
    body = base64.b64decode(run.output('comment')).decode()
    assert 50_000 < len(body) < 65_536
    assert len(run.output('comment')) < 128 * 1024  # what Linux takes as one variable
    assert_fenced(body)
    assert body.endswith('Cut here: `raybootstrap diff` shows the rest.\n')


def test_manifests_that_cannot_be_read_are_said(prod: Path, tmp_path: Path) -> None:
    commit(prod, {RAYCLUSTER: 'a: [\n'})
    run = Runner(prod, tmp_path / 'runner', BASE='HEAD^1')
    assert run(step('github', 'validate', 'Compare')).returncode == 0
    assert run.output('differs') == 'true'
    checked = run(step('github', 'validate', 'Validate'))
    assert checked.returncode == 4
    assert '::error' in checked.stdout


GH = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *--paginate*) printf '%s' "$MINE" ;;
esac
"""


@pytest.mark.parametrize(
    ('mine', 'differs', 'call'),
    [
        ('', 'true', '--method POST repos/acme/ray/issues/7/comments --field body=@'),
        ('12\n13\n', 'true', '--method PATCH repos/acme/ray/issues/comments/12 --field body=@'),
        ('12\n', '', '--method PATCH repos/acme/ray/issues/comments/12 --field body=@'),
        ('', '', ''),
    ],
)
def test_github_has_one_comment(folder: Path, tmp_path: Path, mine: str, differs: str, call: str) -> None:
    tools = tmp_path / 'runner' / 'bin'
    tools.mkdir(parents=True)
    (tools / 'gh').write_text(GH)
    (tools / 'gh').chmod(0o755)
    calls = tmp_path / 'calls'
    run = Runner(folder, tmp_path / 'runner', CALLS=str(calls), MINE=mine, GH_TOKEN=TOKEN)
    body = f'{MARK}\n$(id) `id` é\n'
    done = run(
        step('github', 'comment', 'Comment'),
        COMMENT=base64.b64encode(body.encode()).decode(),
        DIFFERS=differs,
        GITHUB_SERVER_URL='https://github.com',
    )
    assert done.returncode == 0, done.stderr
    said = calls.read_text()
    assert said.count('--method') == bool(call)
    assert call in said
    assert TOKEN not in said + done.stdout + done.stderr
    assert (run.temporary / 'comment.md').read_text() == body


def gitea(run: Runner, forge: Forge, **variables: str) -> Sequence[subprocess.CompletedProcess[str]]:
    (run.temporary / 'output').unlink(missing_ok=True)
    compared = run(step('gitea', 'validate', 'Compare'))
    done = run(
        step('gitea', 'validate', 'Comment'),
        **{'TOKEN': TOKEN, 'DIFFERS': run.output('differs'), 'GITHUB_SERVER_URL': forge.url, **variables},
    )
    return compared, done


def test_gitea_has_one_comment_that_is_kept_up_to_date(prod: Path, tmp_path: Path, forge: Forge) -> None:
    base = git(prod, 'rev-parse', 'HEAD').strip()
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 7'), ('apiVersion', f'{EVIL}apiVersion'))
    forge.comments = [comment(1, f'{MARK} mine', 'eve', 5), comment(2, 'hello')]
    run = Runner(prod, tmp_path / 'runner', BASE=base)
    for _ in range(2):
        compared, done = gitea(run, forge)
        assert (compared.returncode, done.returncode) == (0, 0), compared.stderr + done.stderr
        assert len(forge.comments) == 3
        assert_fenced(forge.comments[2]['body'], '200 → 7')
    assert all(line.startswith('| ') for line in compared.stdout.splitlines())
    assert TOKEN not in compared.stdout + done.stdout + done.stderr
    git(prod, 'revert', '--no-edit', 'HEAD')
    compared, done = gitea(run, forge)
    assert done.returncode == 0
    assert_fenced(forge.comments[2]['body'], 'No difference')
    assert [one['body'] for one in forge.comments[:2]] == [f'{MARK} mine', 'hello']


def test_gitea_says_when_it_may_not_comment(prod: Path, tmp_path: Path, forge: Forge) -> None:
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 7'))
    _, done = gitea(Runner(prod, tmp_path / 'runner', BASE='HEAD^1'), forge, TOKEN='other')
    assert done.returncode != 0
    assert '401' in done.stderr
    assert forge.comments == []


def gitlab(run: Runner, forge: Forge, **variables: str) -> subprocess.CompletedProcess[str]:
    script = '\n'.join(workflow('gitlab')['raybootstrap']['script']).replace('/tmp/', f'{run.temporary}/')
    return run(script, **{'CI_API_V4_URL': forge.url, 'CI_PROJECT_ID': '1', 'CI_MERGE_REQUEST_IID': '7', **variables})


def test_gitlab_has_one_comment_and_a_test_report(prod: Path, tmp_path: Path, forge: Forge) -> None:
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 7'), ('apiVersion', f'{EVIL}apiVersion'))
    forge.comments = [comment(1, f'{MARK} mine', 'eve', 5)]
    run = Runner(prod, tmp_path / 'runner', CI_MERGE_REQUEST_DIFF_BASE_SHA='HEAD^1')
    for _ in range(2):
        done = gitlab(run, forge, RAYBOOTSTRAP_COMMENT_TOKEN=TOKEN)
        assert done.returncode in (0, 4), done.stderr
        assert len(forge.comments) == 2
        assert_fenced(forge.comments[1]['body'], '200 → 7')
    assert TOKEN not in done.stdout + done.stderr
    assert (prod / 'raybootstrap.xml').read_text().startswith('<?xml')
    assert '200 → 7' in (prod / 'raybootstrap-diff.txt').read_text()


def test_gitlab_without_a_token_still_checks(prod: Path, tmp_path: Path, forge: Forge) -> None:
    changed(prod, ('maxReplicas: 200', 'maxReplicas: 0'))
    run = Runner(prod, tmp_path / 'runner', CI_MERGE_REQUEST_TARGET_BRANCH_SHA='HEAD^1')
    done = gitlab(run, forge)
    assert done.returncode == 4
    assert f'{RAYCLUSTER}:' in done.stdout
    assert forge.comments == []
