"""The life of three environments on one Kubernetes cluster: each step a branch, merged before the next."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from world import URL, Ran, Shell, assert_sound, commit, git, merge

APPLICATIONS = 'environments/{}/applications/{}.yaml'
RAYCLUSTER = 'raycluster'
CPU = (
    *('          cpu:', '            replicas: 0', '            minReplicas: 0', '            maxReplicas: 10'),
    *('            rayStartParams:', '              resources: "\'{\\"cpu\\": 1}\'"'),
    *('            resources:', '              requests:', '                cpu: "4"', '                memory: 16Gi'),
    *('              limits:', '                cpu: "4"', '                memory: 16Gi'),
)
DRAINED = (
    (
        '            # Drained before it is removed: KubeRay leaves the pods of a group that vanishes behind '
        '(ray-project/kuberay 1739).'
    ),
    '            maxReplicas: "0"',
)
DRAIN_GPU = (['            maxReplicas: 4'], list(DRAINED))
NOBODY = ('--allow', 'RB709=nobody uses it')


class Story:
    """A repository in which every step is proposed, merged and looked at."""

    def __init__(self, place: Path, shell: Shell) -> None:
        self.place, self.shell = place, shell
        self.comments: list[str] = []

    def init(self, name: str, *more: str) -> None:
        assert self.shell('init', '--env', name, '--repo-url', URL, *more).code == 0
        merge(self.place, f'raybootstrap/init-{name}')
        self.validated()

    def commented(self, *names: str) -> None:
        """Comments of a user's own: above a key, behind the version, and at the end."""
        for path in [one for name in names for one in self.place.glob(APPLICATIONS.format(name, '*'))]:
            name = f'{path.parts[-3]} {path.stem}'
            text = path.read_text().replace('  source:\n', f'  # Ops: ask the team of {name}\n  source:\n', 1)
            head, version, rest = text.partition('targetRevision: ')
            text = f'{head}{version}{rest.replace(chr(10), f"  # pinned for {name}{chr(10)}", 1)}# end of {name}\n'
            commit(self.place, {str(path.relative_to(self.place)): text}, f'Comment {name}')
        self.comments = [line.partition('#')[2] for line in self.lines() if 'Ops: ' in line or 'pinned for' in line]
        self.comments += [line.partition('#')[2] for line in self.lines() if '# end of ' in line]
        self.validated()

    def lines(self) -> list[str]:
        return [
            line for path in sorted(self.place.glob('environments/**/*.yaml')) for line in path.read_text().splitlines()
        ]

    def step(self, branch: str, *arguments: str, again: bool = True) -> Ran:
        """The command, run twice, merged, validated and run once more."""
        before = git(self.place, 'rev-parse', 'main')
        ran = self.shell(*arguments)
        assert ran.code == 0, ran.err
        assert self.shell(*arguments).out == f'Nothing to do: raybootstrap/{branch} holds it already.\n'
        assert self.shell('replay', f'raybootstrap/{branch}', '--dry-run', '--exit-code').code == 0
        merge(self.place, f'raybootstrap/{branch}')
        assert git(self.place, 'rev-list', '--count', f'{before.strip()}..main') == '1\n'
        self.validated()
        if again:
            assert self.shell(*arguments).out == 'Nothing to do: main is as asked.\n'
        return ran

    def refused(self, words: str, *arguments: str) -> None:
        refs = git(self.place, 'for-each-ref')
        ran = self.shell(*arguments)
        assert (ran.code, words in ran.err) == (1, True), ran
        assert git(self.place, 'for-each-ref') == refs

    def validated(self) -> None:
        assert self.shell('validate').code == 0
        counted = Counter(line.partition('#')[2] for line in self.lines())
        assert [one for one in self.comments if counted[one] != 1] == []

    def diff(self) -> dict[str, tuple[list[str], list[str]]]:
        """What the last commit took away and added, by path."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for line in git(self.place, 'show', '--format=', '--no-prefix', '-U0', 'HEAD').splitlines():
            if line.startswith('diff --git '):
                lines = found.setdefault(line.split()[-1], ([], []))
            elif line[:1] in '-+' and line[:3] not in ('---', '+++'):
                lines['-+'.index(line[0])].append(line[1:])
        return found

    def numstat(self) -> dict[str, tuple[int, int]]:
        """How many lines the last commit added and took away, by file."""
        rows = (line.split('\t') for line in git(self.place, 'show', '--format=', '--numstat', 'HEAD').splitlines())
        return {path: (int(added), int(removed)) for added, removed, path in rows}


@pytest.fixture
def story(folder: Path, shell: Shell) -> Story:
    story = Story(folder, shell)
    story.init('dev', '--kuberay-version', '1.5.1')
    story.init('staging', '--shares', 'dev')
    story.init('prod', '--shares', 'dev')
    story.commented('dev', 'staging', 'prod')
    return story


def raycluster(name: str) -> str:
    return APPLICATIONS.format(name, RAYCLUSTER)


def versions(name: str, file: str, old: str, new: str) -> tuple[list[str], list[str]]:
    behind = f'  # pinned for {name} {file}'
    return [f'    targetRevision: {old}{behind}'], [f'    targetRevision: {new}{behind}']


def test_the_life_of_three_environments(story: Story, folder: Path) -> None:
    _three_groups(story)
    _upgrade(story)
    git(folder, 'tag', 'before-the-promotion')
    _promote(story)
    _remove_a_group(story)
    _roll_back(story)
    _remove_environments(story)
    assert_sound(folder)


def _three_groups(story: Story) -> None:
    story.step('add-group-dev/cpu', *'add-group cpu --env dev --cpu 4 --memory 16Gi --max 10'.split())
    assert story.diff() == {raycluster('dev'): ([], ['        additionalWorkerGroups:', *CPU])}
    story.step('add-group-dev/gpu', *'add-group gpu --env dev --cpu 8 --memory 64Gi --gpu 1 --max 4'.split())
    assert story.numstat() == {raycluster('dev'): (15, 0)}
    story.step('add-group-dev/train', *'add-group train --env dev --cpu 16 --memory 128Gi --min 1 --max 8'.split())
    assert story.numstat() == {raycluster('dev'): (13, 0)}


def _upgrade(story: Story) -> None:
    ran = story.step('upgrade-dev', *'upgrade --env dev --kuberay-version 1.7.0'.split())
    assert story.diff() == {
        APPLICATIONS.format('dev', file): versions('dev', file, f'{v}1.5.1', f'{v}1.7.0')
        for file, v in (('ray-operator-crds', 'v'), ('ray-operator', ''), (RAYCLUSTER, ''))
    }
    assert 'prod lives on the CRDs and the operator of dev and gets them with this; its chart stays' in ran.out


def _promote(story: Story) -> None:
    groups = git(story.place, 'show', f'main:{raycluster("dev")}').partition('additionalWorkerGroups:\n')[2]
    added = ['        additionalWorkerGroups:', *groups.partition('  destination:')[0].splitlines()]
    for source, target in (('dev', 'staging'), ('staging', 'prod')):
        story.step(f'promote-{target}/from-{source}', 'promote', source, target)
        old, new = versions(target, RAYCLUSTER, '1.5.1', '1.7.0')
        assert story.diff() == {raycluster(target): (old, [*new, *added])}


def _remove_a_group(story: Story) -> None:
    remove = ('remove-group', 'gpu', '--env', 'prod')
    story.step('remove-group-prod/gpu', *remove, again=False)
    assert story.diff() == {raycluster('prod'): DRAIN_GPU}
    story.step('remove-group-prod/gpu', *remove, again=False)
    removed, added = story.diff()[raycluster('prod')]
    assert (len(removed), removed[0], added) == (16, '          gpu:', [])
    story.refused('there is no worker group gpu', *remove)


def _roll_back(story: Story) -> None:
    ran = story.step('rollback-prod', *'rollback --env prod --to before-the-promotion'.split())
    old, new = versions('prod', RAYCLUSTER, '1.7.0', '1.5.1')
    replicas = [f'            {key}: {{}}' for key in ('replicas', 'minReplicas')]
    old += ['            maxReplicas: 10', *(line.format(1) for line in replicas), '            maxReplicas: 8']
    new += [*DRAINED, *(line.format(0) for line in replicas), *DRAINED]
    assert story.diff() == {raycluster('prod'): (old, new)}
    assert 'Not there at that revision, so drained: worker groups cpu, train.' in ran.out
    for group in ('cpu', 'train'):
        story.step(f'remove-group-prod/{group}', 'remove-group', group, '--env', 'prod', again=False)
    assert git(story.place, 'diff', 'before-the-promotion', 'main', '--', 'environments/prod') == ''


def _remove_environments(story: Story) -> None:
    """Dev owns the CRDs and the operator, so the others go first."""
    story.refused('dev: prod, staging live on its CRDs and its operator', 'remove-env', 'dev', *NOBODY)
    for name in ('staging', 'prod', 'dev'):
        story.comments = [one for one in story.comments if f' {name} ' not in one]
        story.refused('RB709', 'remove-env', name)
        files = git(story.place, 'ls-tree', '-r', '--name-only', 'main', f'environments/{name}/').splitlines()
        ran = story.step(f'remove-env-{name}', 'remove-env', name, *NOBODY, again=False)
        assert {path: added for path, (added, _) in story.numstat().items()} == dict.fromkeys(files, 0)
        assert 'Merging deletes nothing in the Kubernetes cluster' in ran.out
        story.refused(f'environments/{name}: no such environment', 'remove-env', name, *NOBODY)
    assert git(story.place, 'ls-tree', '-r', '--name-only', 'main') == ''
