"""What the repository holds besides, and the forms in which git keeps it."""

from __future__ import annotations

import os
import subprocess

from git_world import fill_index, git, save
from strange_world import Make, Place, Refusal, Shape


def attributes(line: str, file: str = '.gitattributes') -> Make:
    def make(place: Place) -> None:
        place.pushed({file: f'{line}\n'})

    return make


def attributes_of_the_repository(line: str) -> Make:
    return lambda place: (place.work / '.git' / 'info' / 'attributes').write_text(f'{line}\n')


def with_a_filter_elsewhere(place: Place) -> None:
    place.configure('filter.lfs.clean=false', 'filter.lfs.smudge=false', 'filter.lfs.required=true')
    (place.work / '.git' / 'info' / 'attributes').write_text('*.bin filter=lfs\n')
    (place.work / 'model.bin').write_bytes(b'\0')


def pointers(place: Place) -> None:
    """Manifests that Git LFS took, as they are without it."""
    pointer = f'version https://git-lfs.github.com/spec/v1\noid sha256:{"0" * 64}\nsize 2400\n'
    folder = place.work / 'environments' / 'prod'
    names = [str(path.relative_to(place.work)) for path in folder.rglob('*.yaml')]
    place.pushed({**dict.fromkeys(names, pointer), '.gitattributes': '*.yaml filter=lfs\n'})


def autocrlf(value: str) -> Make:
    def make(place: Place) -> None:
        place.configure(f'core.autocrlf={value}', 'core.safecrlf=false')
        checked_out_again(place)

    return make


def eol_crlf(place: Place) -> None:
    place.pushed({'.gitattributes': '* text=auto\n*.yaml text eol=crlf\n'})
    checked_out_again(place)
    assert b'\r\n' in (place.work / 'environments' / 'prod' / 'root.yaml').read_bytes()


def checked_out_again(place: Place) -> None:
    place.git('rm', '--quiet', '-r', '--cached', '.')
    place.git('reset', '--quiet', '--hard')


def bytes_that_are_no_text(place: Place) -> None:
    place.pushed({'latin1.yaml': b'caf\xe9: 1\n', 'environments/README': b'\xff\xfe\0', 'all': bytes(range(256))})


def names_that_are_no_text(place: Place) -> None:
    blob = place.git('rev-parse', 'HEAD:README.md').strip()
    for name in (b'caf\xe9.txt', b'dir\xff/file', b'environments/caf\xe9.txt', b'environments/dir\xff/root.yaml'):
        fill_index(place.work, f'100644 {blob}\t{os.fsdecode(name)}')
    place.git('commit', '--quiet', '--message', 'odd')
    place.git('reset', '--quiet', '--hard')
    place.git('push', '--quiet', 'origin', 'main')


def names_that_look_alike(place: Place) -> None:
    place.pushed({'APP/x': 'x\n', 'cafe\u0301': '1\n', 'caf\u00e9': '2\n', 'a b\t"c"\n.txt': 'x\n'})


def environments_in_another_case(place: Place) -> None:
    place.pushed({'Environments/x': 'x\n'})


def links_and_modes(place: Place) -> None:
    (place.work / 'link').symlink_to('/etc/passwd')
    (place.work / 'loop').symlink_to('loop')
    (place.work / 'run.sh').write_text('true\n')
    (place.work / 'run.sh').chmod(0o755)
    place.pushed({})
    os.mkfifo(place.work / 'pipe')


def stage_is_a_link(place: Place) -> None:
    (place.work / 'environments' / 'stage').symlink_to('prod')
    place.pushed({})


def unmerged_tree(place: Place) -> None:
    """A message that is not UTF-8, an author without a name, a date that is none: old history of any kind."""
    tree = place.git('rev-parse', 'HEAD^{tree}').strip()
    parent = place.git('rev-parse', 'HEAD').strip()
    old = f'tree {tree}\nparent {parent}\nauthor  <> 0 +0000\ncommitter A <a@b> 99999999999 +9999\n'.encode()
    command = ['git', '-C', str(place.work), 'hash-object', '-w', '-t', 'commit', '--stdin']
    made = subprocess.run([*command, '--literally'], input=old + b'\ncaf\xe9\n', capture_output=True, check=True)
    place.git('reset', '--quiet', '--hard', made.stdout.decode().strip())
    place.git('push', '--quiet', 'origin', 'main')


def empty_index(place: Place) -> None:
    (place.work / '.git' / 'index').unlink()


def skipped_by_hand(place: Place) -> None:
    place.git('update-index', '--assume-unchanged', 'other.txt')
    place.git('update-index', '--skip-worktree', 'README.md')
    save(place.work, {'.gitignore': '*\n'})


def index_of_another_kind(place: Place) -> None:
    place.configure('core.splitIndex=true', 'core.untrackedCache=true', 'index.version=4', 'feature.manyFiles=true')
    git(place.work, 'update-index', '--split-index', '--untracked-cache')


FILTERED = Refusal(r'environments/\S+: .gitattributes gives it filter=(lfs|crypt)', r'-filter')
ENCODED = Refusal('gives it working-tree-encoding=UTF-16', '-working-tree-encoding')
ALIKE = Refusal('Environments: differs from environments only in case', 'rename one of them')
POINTER = Refusal('Git LFS', 'git lfs')

SHAPES = [
    Shape('manifests in Git LFS', attributes('*.yaml filter=lfs'), writes=FILTERED),
    Shape('manifests with a filter', attributes('* filter=crypt', 'environments/.gitattributes'), writes=FILTERED),
    Shape('manifests with a filter in info', attributes_of_the_repository('*.yaml filter=lfs'), writes=FILTERED),
    Shape('a filter elsewhere', with_a_filter_elsewhere),
    Shape('manifests are pointers of Git LFS', pointers, writes=POINTER, reads=POINTER),
    Shape(
        'manifests with an encoding',
        attributes_of_the_repository('*.yaml working-tree-encoding=UTF-16'),
        writes=ENCODED,
    ),
    Shape('autocrlf true', autocrlf('true')),
    Shape('autocrlf input', autocrlf('input')),
    Shape('eol=crlf', eol_crlf),
    Shape('ident and export-subst', attributes('* ident export-subst merge=union diff=odd')),
    Shape('files that are not UTF-8', bytes_that_are_no_text),
    Shape('names that are not UTF-8', names_that_are_no_text),
    Shape('names that look alike', names_that_look_alike),
    Shape('environments in another case too', environments_in_another_case, writes=ALIKE),
    Shape('links, modes and a pipe', links_and_modes),
    Shape('commits of any kind', unmerged_tree),
    Shape('no index', empty_index, dirty=False),
    Shape('index of another kind', index_of_another_kind),
    Shape('files git was told to skip', skipped_by_hand, dirty=False),
]
