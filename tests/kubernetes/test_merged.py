"""What Git is, for `status` and `wait`: which branch, which commit, and how others stand to it."""

from __future__ import annotations

from pathlib import Path

import live_world
import pytest
from world import clone, commit, git

from bootstrap.errors import BootstrapError
from bootstrap.live.expected import ExpectedEnvironment
from bootstrap.live.revisions import Relation
from bootstrap.merged import merged

PATH = 'environments/prod/applications/raycluster.yaml'


def started(folder: Path) -> str:
    git(folder, 'init', '--quiet', '--initial-branch=main')
    return commit(folder, live_world.files())


def only(folder: Path) -> ExpectedEnvironment:
    with merged(folder, None) as place:
        return place.environments('prod')[0]


def relation(folder: Path, revision: str) -> Relation:
    with merged(folder, None) as place:
        return place.relate(place.environments('prod')[0])(revision)


def edited(folder: Path, new: str) -> str:
    return commit(folder, {PATH: (folder / PATH).read_text().replace('tag: 2.52.0', new)})


def test_relations(folder: Path) -> None:
    first = started(folder)
    changed = edited(folder, 'tag: 2.53.0')
    tip = commit(folder, {'README.md': 'hello\n'})
    git(folder, 'switch', '--quiet', '--orphan', 'aside')
    aside = commit(folder, {'other': 'x'})
    git(folder, 'switch', '--quiet', 'main')
    assert relation(folder, tip) is Relation.SAME
    assert relation(folder, changed) is Relation.EARLIER
    assert relation(folder, first) is Relation.BEHIND
    assert relation(folder, aside) is Relation.ASIDE
    assert relation(folder, 'd' * 40) is Relation.UNKNOWN
    git(folder, 'reset', '--quiet', '--hard', first)
    assert relation(folder, tip) is Relation.CHANGED
    git(folder, 'reset', '--quiet', '--hard', changed)
    assert relation(folder, tip) is Relation.LATER


@pytest.mark.parametrize('revision', ['', 'main', '--help', 'HEAD~1', '1.7.0'])
def test_only_commits_are_looked_up(folder: Path, revision: str) -> None:
    started(folder)
    assert relation(folder, revision) is Relation.UNKNOWN


def test_in_a_shallow_clone_one_cannot_tell(folder: Path, tmp_path: Path) -> None:
    first = started(folder)
    edited(folder, 'tag: 2.53.0')
    git(tmp_path, 'clone', '--quiet', '--depth=1', f'file://{folder}', 'shallow')
    assert relation(tmp_path / 'shallow', first) is Relation.MISSING


def test_git_is_the_branch_that_the_root_follows_as_it_was_fetched(folder: Path, tmp_path: Path) -> None:
    started(folder)
    root = 'environments/prod/root.yaml'
    commit(folder, {root: (folder / root).read_text().replace('targetRevision: main', 'targetRevision: live')})
    git(folder, 'switch', '--quiet', '--create', 'live')
    live = edited(folder, 'tag: 2.53.0')
    git(folder, 'switch', '--quiet', 'main')
    place = clone(folder, tmp_path / 'clone')
    later = commit(folder, {'README.md': 'not fetched\n'})
    found = only(place)
    assert (found.branch, found.revision) == ('live', live)
    assert found.rayclusters[0].image == 'docker.io/rayproject/ray:2.53.0'
    assert later != live


def test_who_has_the_operator(folder: Path) -> None:
    started(folder)
    assert only(folder).operator == 'own'
    shared = {
        name.replace('/prod/', '/staging/'): text.replace('name: prod-', 'name: staging-')
        for name, text in live_world.files().items()
        if 'ray-operator' not in name
    }
    root = 'environments/staging/root.yaml'
    shared[root] = shared[root].replace('environment: prod', 'environment: staging')
    commit(folder, shared)
    with merged(folder, None) as place:
        assert [one.operator for one in place.environments(None)] == ['own', 'prod']
        assert place.at('staging', None).operator == ''


def test_a_raycluster_that_stands_in_the_repository(folder: Path) -> None:
    started(folder)
    application = (folder / PATH).read_text().partition('    chart: ray-cluster')[0]
    application = application.replace(
        'https://ray-project.github.io/kuberay-helm/', 'https://git.example.com/acme/ray.git'
    )
    source = '    targetRevision: main\n    path: environments/prod/rayclusters\n'
    destination = '  destination:\n    name: in-cluster\n    namespace: ray-prod\n'
    bare = (
        'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: bare\nspec:\n  rayVersion: 2.52.0\n'
        '  headGroupSpec: {template: {spec: {containers: [{image: "ray:2.52.0"}]}}}\n'
        '  workerGroupSpecs: [{groupName: g, replicas: 2, minReplicas: 1, maxReplicas: 3, numOfHosts: 2}]\n'
    )
    commit(folder, {PATH: application + source + destination, 'environments/prod/rayclusters/bare.yaml': bare})
    found = only(folder)
    assert [one.in_repository for one in found.applications] == [True, False, False, True]
    cluster = found.rayclusters[0]
    assert (cluster.name, cluster.place.namespace, cluster.image) == ('bare', 'ray-prod', 'ray:2.52.0')
    assert cluster.groups[0][:5] == ('g', 2, 1, 3, 2)


def test_refusals(folder: Path, tmp_path: Path) -> None:
    started(folder)
    for directory, name in ((tmp_path, None), (folder, 'nope')):
        with pytest.raises(BootstrapError), merged(directory, None) as place:
            place.environments(name)
    with merged(folder, None) as place, pytest.raises(BootstrapError) as refused:
        place.at('prod', 'nope')
    assert refused.value.exit_code == 2
