"""What the pages show is what a reader sees."""

from __future__ import annotations

import re
import subprocess

import pytest
import transcripts


@pytest.mark.parametrize('name', transcripts.PAGES)
def test_a_page_shows_what_its_commands_print(name: str) -> None:
    page = (transcripts.TOP / name).read_text()
    wrong = [one for one in transcripts.run(page) if not one.is_as_shown()]
    assert not wrong, f'{name}: run python tests/docs/transcripts.py {name}'


def test_a_command_that_prints_something_else_is_found() -> None:
    shown, elided, silent, failing = transcripts.run(
        '```console\n$ echo a\nb\n$ printf "a\\nb\\nc\\n"\na\n...\n$ true\n```\n<!-- run: false -->\n'
    )
    assert not shown.is_as_shown()
    assert elided.is_as_shown()
    assert silent.is_as_shown()
    assert not failing.is_as_shown()


def test_a_page_is_one_session() -> None:
    (first, second) = transcripts.run('```sh\nmkdir x && cd x\n```\n\n```console\n$ basename \\\n    "$PWD"\nx\n```\n')
    assert first.is_as_shown()
    assert second.is_as_shown()


def test_the_first_command_of_the_readme_makes_a_repository_with_a_review_branch() -> None:
    block = re.findall(r'^```sh\n(.*?)^```$', (transcripts.TOP / 'README.md').read_text(), re.MULTILINE | re.DOTALL)[0]
    _, installed, main_job = block.partition(' install --quiet . && ')
    assert installed
    with transcripts.world() as (folder, environment):
        subprocess.run(
            ['bash', '-ec', main_job.replace('.venv/bin/', '')],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
        )
        listed = subprocess.run(
            ['git', '-C', 'demo', 'for-each-ref', '--format=%(refname:short)'],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    assert listed.stdout.split() == ['main', 'raybootstrap/init-prod']
