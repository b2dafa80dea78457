"""Threats 5, 6, 7 and 9: links, submodules and files where directories belong, names that only look different."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from git_world import fill_index, git, new_repository, script, user_state
from hostile_world import PROPOSAL, RAYCLUSTER, READING, WRITING
from world import Shell, commit

CANARY = 'canary-behind-the-link'
OUTSIDE = f'kind: Application\nmetadata: {{name: {CANARY}, labels: {{raybootstrap.dev/environment: prod}}}}\n'
EVERY = {**READING, **WRITING}
PLACES = ('environments', 'environments/prod', 'environments/prod/applications', RAYCLUSTER)
# Those that look at prod on base, or make something below environments/.
TOUCHING = ('add-group', 'set-group', 'remove-group', 'set-raycluster', 'promote', 'rollback', 'add-raycluster')


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What a link could lead to: it has the shape of environments/."""
    place = tmp_path / 'outside'
    for path in (
        'root.yaml',
        'projects.yaml',
        'prod/root.yaml',
        'raycluster.yaml',
        'prod/applications/raycluster.yaml',
    ):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(OUTSIDE)
    return place


def contents(place: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(place.rglob('*')) if path.is_file()}


def put_in_the_way(place: Path, path: str, kind: str, outside: Path) -> None:
    git(place, 'rm', '-r', '--quiet', path)
    if kind == 'link':
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).symlink_to(outside / 'raycluster.yaml' if path.endswith('.yaml') else outside)
        git(place, 'add', path)
    elif kind == 'submodule':
        new_repository(place / path)
        git(place / path, 'commit', '--quiet', '--allow-empty', '--message', 'inside')
        git(place, 'add', path)
    else:
        commit(place, {path if not path.endswith('.yaml') else f'{path}/x.yaml': OUTSIDE})
    git(place, 'commit', '--quiet', '--allow-empty', '--message', 'hostile')
    # Without the open proposal, on which a command could plan instead.
    git(place, 'branch', '--quiet', '--delete', '--force', PROPOSAL)
    git(place, 'push', '--quiet', 'origin', 'main', f':{PROPOSAL}')


@pytest.mark.parametrize('path', PLACES)
@pytest.mark.parametrize('kind', ['link', 'submodule', 'file'])
def test_nothing_is_read_or_written_through_it(path: str, kind: str, place: Path, outside: Path, shell: Shell) -> None:
    put_in_the_way(place, path, kind, outside)
    before = contents(outside), user_state(place)
    for command, arguments in EVERY.items():
        ran = shell(command, *arguments, *(('--no-push',) if command in WRITING else ()))
        assert ran.code in (0, 1, 4), (command, ran)
        assert CANARY not in ran.out + ran.err or kind == 'file', (command, ran)
        if command in TOUCHING and not (path == RAYCLUSTER and command in ('add-raycluster', 'promote')):
            assert ran.code == 1, (command, ran)
            assert ran.err.startswith(f'error: {path}'), (command, ran)
    assert (contents(outside), user_state(place)) == before


def test_a_file_that_is_a_link_in_the_work_tree_is_not_followed(place: Path, outside: Path, shell: Shell) -> None:
    """Without a commit: what reads the work tree sees the link, what writes sees the commit."""
    (place / RAYCLUSTER).unlink()
    (place / RAYCLUSTER).symlink_to(outside / 'raycluster.yaml')
    for command in ('validate', 'list', 'render', 'graph'):
        ran = shell(command, *(('--env', 'prod') if command == 'render' else ()))
        assert CANARY not in ran.out + ran.err, command
    ran = shell('set-group', *WRITING['set-group'])
    assert ran.code == 0, ran.err
    assert git(place, 'cat-file', '-t', f'raybootstrap/set-group-prod/gpu:{RAYCLUSTER}') == 'blob\n'


@pytest.mark.parametrize('more', [(), ('--checkout',), ('--direct',)])
def test_a_link_that_is_swapped_in_during_the_run(
    more: tuple[str, ...], place: Path, outside: Path, shell: Shell
) -> None:
    before = contents(outside)
    swap = f'cd {place} && mv environments gone && ln -s {outside} environments'
    script(place / '.git' / 'hooks' / 'commit-msg', swap)
    ran = shell('set-group', *WRITING['set-group'], *more)
    assert (place / 'environments').is_symlink()
    assert contents(outside) == before
    assert CANARY not in ran.out + ran.err
    if not more:
        assert ran.code == 0, ran.err
        assert CANARY not in git(place, 'log', '-p', 'raybootstrap/set-group-prod/gpu')
    else:
        assert ran.err.startswith('error: '), ran


LOOK_ALIKES = (
    '.git',
    '.GIT',
    '.Git',
    'git~1',
    'GIT~1',
    '.git ',
    '.git.',
    '.git...',
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
)


@pytest.mark.parametrize('name', [*LOOK_ALIKES, '.git\u200c', '\u200d.git', '.git/hooks', 'a/.git/b', 'a/.GIT ./b'])
def test_nothing_is_put_into_what_a_file_system_takes_for_dot_git(name: str, place: Path, shell: Shell) -> None:
    ran = shell('init', '--env', 'new', '--operator', '--path', name)
    assert ran.code == 2, ran
    assert name.isprintable() or name not in ran.err
    assert git(place, 'branch', '--list', '*init*') == ''


@pytest.mark.parametrize('name', [name for name in LOOK_ALIKES if name != '.git'])
def test_a_look_alike_in_the_tree_is_in_nobodys_way(name: str, place: Path, shell: Shell) -> None:
    """Git itself refuses to add some of these; a pack can hold them all."""
    blob = git(place, 'rev-parse', f'HEAD:{RAYCLUSTER}').strip()
    tree = made_tree(place, f'100644 blob {blob}\tconfig\n')
    prod = git(place, 'ls-tree', 'HEAD:environments/prod') + f'040000 tree {tree}\t{name}\n'
    environments = git(place, 'ls-tree', 'HEAD:environments').replace(
        git(place, 'rev-parse', 'HEAD:environments/prod').strip(), made_tree(place, prod)
    )
    top = git(place, 'ls-tree', 'HEAD').replace(
        git(place, 'rev-parse', 'HEAD:environments').strip(), made_tree(place, environments)
    )
    oid = git(place, 'commit-tree', '-p', 'HEAD', '-m', 'hostile', made_tree(place, top)).strip()
    git(place, 'update-ref', 'refs/heads/main', oid)
    git(place, 'push', '--quiet', 'origin', 'main')
    dot_git = contents(place / '.git' / 'hooks')
    for command in ('list', 'validate', 'render', 'graph', 'set-group', 'remove-env'):
        ran = shell(command, *EVERY[command])
        assert ran.code == 0, (command, ran)
    assert contents(place / '.git' / 'hooks') == dot_git


def made_tree(place: Path, entries: str) -> str:
    done = subprocess.run(['git', '-C', str(place), 'mktree'], input=entries.encode(), capture_output=True, check=True)
    return done.stdout.decode().strip()


COLLISIONS = (
    ('environments/Prod', ('add-group', 'new', '--env', 'prod')),
    ('environments/prod/Applications', ('add-group', 'new', '--env', 'prod')),
    ('environments/prod/applications/RayCluster.yaml', ('add-group', 'new', '--env', 'prod')),
    ('ENVIRONMENTS', ('add-group', 'new', '--env', 'prod')),
    ('environments/New', ('init', '--env', 'new', '--operator')),
    ('environments/ne\u0077', ('init', '--env', 'NEW', '--operator')),
    ('deploy/E\u0301t\u00e9', ('init', '--env', 'new', '--operator', '--path', 'deploy/\u00e9t\u00e9')),
    ('deploy/\ufb01', ('init', '--env', 'new', '--operator', '--path', 'deploy/FI')),
    ('deploy/stra\u00dfe', ('init', '--env', 'new', '--operator', '--path', 'deploy/STRASSE')),
    ('deploy/\u212a', ('init', '--env', 'new', '--operator', '--path', 'deploy/k')),
)


@pytest.mark.parametrize(('there', 'arguments'), COLLISIONS)
def test_names_that_are_one_name_to_some_file_system(
    there: str, arguments: tuple[str, ...], place: Path, shell: Shell
) -> None:
    blob = git(place, 'rev-parse', f'HEAD:{RAYCLUSTER}').strip()
    git(place, 'branch', '--quiet', '--delete', '--force', PROPOSAL)
    fill_index(place, f'100644 {blob}\t{there if there.endswith(".yaml") else f"{there}/x.yaml"}')
    git(place, 'commit', '--quiet', '--message', 'hostile')
    git(place, 'push', '--quiet', 'origin', 'main', f':{PROPOSAL}')
    more = ('--cpu', '1', '--memory', '1Gi', '--max', '1') if arguments[0] == 'add-group' else ()
    ran = shell(*arguments, *more)
    assert ran.code in (1, 2), ran
    assert ran.err.startswith('error: ')
    assert git(place, 'branch', '--list', 'raybootstrap/*') == ''


def planted(place: Path, entry: str) -> None:
    """An entry in environments/dev, which no work tree has ever held."""
    for path in ('environments/dev', 'environments', ''):
        there = git(place, 'ls-tree', f'HEAD:{path}')
        name = entry.rstrip('\n').partition('\t')[2]
        kept = [line for line in there.splitlines(keepends=True) if line.rstrip('\n').partition('\t')[2] != name]
        entry = f'040000 tree {made_tree(place, "".join(kept) + entry)}\t{path.rpartition("/")[2]}\n'
    oid = git(place, 'commit-tree', '-p', 'HEAD', '-m', 'hostile', entry.split()[2]).strip()
    git(place, 'update-ref', 'refs/heads/main', oid)
    git(place, 'push', '--quiet', 'origin', 'main')


WALKING = {
    'rollback': ('rollback', '--env', 'dev', '--to', 'v1', '--allow', 'RB709=hostile'),
    'remove-env': ('remove-env', *WRITING['remove-env']),
    'init --mirror': ('init', '--env', 'dev', '--mirror', 'https://github.com=https://git.example.com/mirrors'),
    'validate': ('validate', '--rev', 'HEAD'),
    'validate --since': ('validate', '--rev', 'HEAD', '--since', 'v1'),
    'proposals': ('proposals',),
    'diff': ('diff', 'v1'),
    'render': ('render', '--env', 'dev', '--rev', 'HEAD'),
    'promote': ('promote', 'dev', 'prod'),
}


def below(place: Path, levels: int, copies: int) -> str:
    """A tree of so many levels, each of which holds the one below it so many times."""
    tree = made_tree(place, f'100644 blob {git(place, "rev-parse", f"HEAD:{RAYCLUSTER}").strip()}\tx.yaml\n')
    for _ in range(levels):
        tree = made_tree(place, ''.join(f'040000 tree {tree}\td{number}\n' for number in range(copies)))
    return tree


@pytest.mark.parametrize('command', WALKING)
def test_directories_of_directories_cost_nothing(command: str, place: Path, shell: Shell) -> None:
    """Ten levels of ten are a billion files in two kilobytes of objects."""
    planted(place, f'040000 tree {below(place, 10, 10)}\tdeep\n')
    ran = shell(*WALKING[command], *(('--dry-run',) if command.split()[0] in WRITING else ()))
    assert ran.code in (0, 1, 4), ran
    assert ran.code != 1 or 'holds more than 10000 files and folders' in ran.err, ran


@pytest.mark.parametrize('words', [('proposals',), ('replay', PROPOSAL), ('add-group', *WRITING['add-group'])])
def test_a_branch_of_directories_of_directories_costs_nothing(
    words: tuple[str, ...], place: Path, shell: Shell
) -> None:
    """Whoever may push a branch may push one that differs in a billion files from base."""
    tip = git(place, 'rev-parse', PROPOSAL).strip()
    lines = git(place, 'ls-tree', PROPOSAL) + f'040000 tree {below(place, 10, 10)}\tdeep\n'
    message = git(place, 'log', '-1', '--format=%B', PROPOSAL)
    oid = git(place, 'commit-tree', '-p', PROPOSAL, '-m', message, made_tree(place, lines)).strip()
    git(place, 'push', '--quiet', 'origin', f'{oid}:refs/heads/{PROPOSAL}')
    git(place, 'update-ref', f'refs/heads/{PROPOSAL}', oid)
    git(place, 'push', '--quiet', 'origin', f'{tip}:refs/heads/{PROPOSAL}-other')
    ran = shell(*words)
    if words[0] == 'proposals':
        assert ran.code == 0, ran
        assert [line.split()[0] for line in ran.out.splitlines()[1:]] == [PROPOSAL, f'{PROPOSAL}-other']
        assert ran.out.count('too much to list') == 1
    else:
        assert ran.code in (0, 1), ran
        assert ran.code != 1 or 'differs in more than 500,000 names' in ran.err, ran


def test_a_deep_directory_is_refused_or_left_alone(place: Path, shell: Shell) -> None:
    blob = git(place, 'rev-parse', f'HEAD:{RAYCLUSTER}').strip()
    commands = f'commit refs/heads/deep\ncommitter A <a@example.com> 0 +0000\ndata 0\nM 100644 {blob} {"d/" * 1500}x\n'
    subprocess.run(['git', 'fast-import', '--quiet'], cwd=place, input=commands.encode(), check=True)
    planted(place, f'040000 tree {git(place, "rev-parse", "deep:d").strip()}\tdeep\n')
    for command, arguments in WALKING.items():
        ran = shell(*arguments, *(('--dry-run',) if command.split()[0] in WRITING else ()))
        assert ran.code in (0, 1, 4), ran
        assert ran.code != 1 or ran.err.startswith('error: environments/dev: holds folders more than 64 deep'), ran
