"""CODEOWNERS: text in, text out, and which line a forge would go by."""

from __future__ import annotations

import re

import pytest

from bootstrap import code_owners
from bootstrap.errors import BootstrapError
from bootstrap.tree import Files, Tree

PROD = 'environments/prod/'
SETTINGS = 'raybootstrap.yaml'


def owned(text: str, forge: str = 'github', path: str = PROD, *owners: str) -> str:
    return code_owners.with_owners(text, forge, path, owners or ('@org/team',))


def tree(**files: str) -> Tree:
    return Tree(Files({name.replace('__', '/'): text for name, text in files.items()}))


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ('', '/environments/prod/ @org/team\n'),
        ('* @all', '* @all\n/environments/prod/ @org/team\n'),
        ('* @all\r\n', '* @all\r\n/environments/prod/ @org/team\r\n'),
        ('* @all\n\n\n', '* @all\n/environments/prod/ @org/team\n\n\n'),
        # What overrides it comes first, whatever it is.
        (
            '/environments/prod/ @org/team\n* @all\n/docs/ @docs\n',
            '* @all\n/docs/ @docs\n/environments/prod/ @org/team\n',
        ),
        ('/environments/prod/ @a # ours\n*.yaml @all\n', '*.yaml @all\n/environments/prod/ @a @org/team\n'),
        ('/environments/prod/* @all\n', '/environments/prod/* @all\n/environments/prod/ @org/team\n'),
        # What cannot override it may stay behind.
        (
            '/environments/prod/ @org/team\n/docs/ @docs\n# end\n',
            '/environments/prod/ @org/team\n/docs/ @docs\n# end\n',
        ),
        ('/environments/prod/ @org/team\n/environments/dev/ @dev\n', None),
        # What somebody decided for one place inside of it stays decided.
        (
            '* @all\n/environments/prod/x.yaml @ml\n',
            '* @all\n/environments/prod/ @org/team\n/environments/prod/x.yaml @ml\n',
        ),
        ('/environments/prod/ @org/team\n/environments/prod/x.yaml @ml\n', None),
        # Owners are added, never taken away.
        ('/environments/prod/ @a @Org/Team # ours\n', None),
        ('/environments/prod/\t@a  # ours\n', '/environments/prod/\t@a @org/team  # ours\n'),
        ('/environments/prod/\n', '/environments/prod/ @org/team\n'),
        ('# /environments/prod/ @org/team\n', '# /environments/prod/ @org/team\n/environments/prod/ @org/team\n'),
    ],
)
def test_the_line_counts_and_others_stay(before: str, after: str | None) -> None:
    expected = before if after is None else after
    assert owned(before) == expected
    assert owned(expected) == expected


def test_all_environments_come_before_one_of_them() -> None:
    text = owned(owned('* @all\n'), 'github', 'environments/', '@org/all')
    assert text == '* @all\n/environments/ @org/all\n/environments/prod/ @org/team\n'


def test_a_section_of_gitlab_is_not_joined() -> None:
    before = '* @all\n\n^[Docs][2] @writers\ndocs/\n/environments/prod/ @docs\n'
    after = '* @all\n/environments/prod/ @org/team\n\n^[Docs][2] @writers\ndocs/\n/environments/prod/ @docs\n'
    assert owned(before, 'gitlab') == after
    assert owned(after, 'gitlab') == after
    assert owned('[Docs]\ndocs/ @d\n', 'gitlab') == '/environments/prod/ @org/team\n[Docs]\ndocs/ @d\n'


def test_gitea_reads_regular_expressions_of_which_all_count() -> None:
    text = owned('.* @all\n', 'gitea', 'deploy/r.a y/environments/prod/')
    assert text == '.* @all\n' + r'deploy/r\\.a\ y/environments/prod/.* @org/team' + '\n'
    assert owned(text + '.* @all\n', 'gitea', 'deploy/r.a y/environments/prod/') == text + '.* @all\n'
    # Gitea takes one level of backslashes away, and anchors the rest.
    pattern = re.sub(r'\\(.)', r'\1', text.split('\n')[1].rpartition(' ')[0])
    assert re.fullmatch(pattern, 'deploy/r.a y/environments/prod/root.yaml')
    assert not re.fullmatch(pattern, 'deploy/rxa y/environments/prod/root.yaml')


@pytest.mark.parametrize(
    ('forge', 'files', 'used'),
    [
        ('github', {}, '.github/CODEOWNERS'),
        ('gitlab', {}, '.gitlab/CODEOWNERS'),
        ('gitea', {}, '.gitea/CODEOWNERS'),
        ('github', {'CODEOWNERS': '', 'docs/CODEOWNERS': ''}, 'CODEOWNERS'),
        ('github', {'CODEOWNERS': '', '.github/CODEOWNERS': ''}, '.github/CODEOWNERS'),
        ('gitlab', {'docs/CODEOWNERS': '', '.gitlab/CODEOWNERS': ''}, 'docs/CODEOWNERS'),
        ('gitlab', {'.github/CODEOWNERS': ''}, '.gitlab/CODEOWNERS'),
        ('gitea', {'docs/CODEOWNERS': ''}, 'docs/CODEOWNERS'),
    ],
)
def test_the_file_is_the_one_that_the_forge_reads(forge: str, files: dict[str, str], used: str) -> None:
    done = code_owners.put(Tree(Files(files)), forge, [PROD], [SETTINGS], ['@org/team'])
    assert list(done.edits) == [used]
    assert code_owners.owners_of(done[used], forge, PROD) == ['@org/team']
    assert code_owners.owners_of(done[used], forge, SETTINGS) == ['@org/team']
    # A new file has an owner itself; of one that is there, somebody has decided.
    assert bool(code_owners.owners_of(done[used], forge, used)) == (used not in files)


def test_another_environments_team_gets_no_say_in_what_is_shared() -> None:
    done = code_owners.put(Tree(Files()), 'github', [PROD], [SETTINGS], ['@org/prod'])
    done = code_owners.put(done, 'github', ['environments/dev/'], [SETTINGS], ['@org/dev'])
    text = done['.github/CODEOWNERS']
    assert code_owners.owners_of(text, 'github', SETTINGS) == ['@org/prod']
    assert code_owners.owners_of(text, 'github', 'environments/dev/') == ['@org/dev']


@pytest.mark.parametrize(
    ('forge', 'owner', 'taken'),
    [
        ('github', '@me', True),
        ('github', '@org/team-a', True),
        ('github', 'me@example.com', True),
        ('github', '@org/a/b', False),
        ('github', 'org/team', False),
        ('github', '@org/team @all', False),
        ('github', '@org/team\n* @all', False),
        ('github', '@org/team#', False),
        ('github', '', False),
        ('gitlab', '@group/sub/team', True),
        ('gitlab', '@@maintainer', True),
        ('gitea', '@org/team', True),
        ('gitea', 'me@example.com', False),
    ],
)
def test_owners_are_such_as_the_forge_knows(forge: str, owner: str, taken: bool) -> None:
    if taken:
        code_owners.put(Tree(Files()), forge, [PROD], [], [owner])
        return
    with pytest.raises(BootstrapError, match='is no owner'):
        code_owners.put(Tree(Files()), forge, [PROD], [], [owner])


def test_a_folder_that_means_more_as_a_pattern_is_refused() -> None:
    with pytest.raises(BootstrapError, match='CODEOWNERS'):
        owned('', 'github', 'a*b/environments/prod/')
    assert owned('', 'github', 'a b/environments/prod/') == '/a\\ b/environments/prod/ @org/team\n'
