"""Mirrors: which addresses they stand for, and where they are put."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import manifest, mirrors, scaffold, settings, sources
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.request import Request, Step
from bootstrap.scaffold import SKELETON
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree

FOUND = {
    'docker.io': 'registry.corp/hub',
    'docker.io/rayproject': 'registry.corp/ray',
    'quay.io': 'registry.corp/quay',
    'https://github.com': 'https://git.corp/mirrors',
    'https://ray-project.github.io/kuberay-helm': 'oci://registry.corp/charts',
    'oci://ghcr.io/acme': 'oci://registry.corp/acme',
}
IMAGE = ('spec', 'source', 'helm', 'valuesObject', 'image', 'repository')
URL = ('spec', 'source', 'repoURL')


@pytest.mark.parametrize(
    ('name', 'mirror'),
    [
        ('rayproject/ray', 'registry.corp/ray/ray'),
        ('docker.io/rayproject/ray:2.52.0', 'registry.corp/ray/ray:2.52.0'),
        ('index.docker.io/rayproject/ray', 'registry.corp/ray/ray'),
        ('busybox:1.36', 'registry.corp/hub/library/busybox:1.36'),
        ('quay.io/kuberay/operator@sha256:00', 'registry.corp/quay/kuberay/operator@sha256:00'),
        ('quay.iox/kuberay/operator', None),
        ('ghcr.io/acme/ray', None),
        ('localhost:5000/ray', None),
        ('registry.corp/hub/x', None),
    ],
)
def test_images(name: str, mirror: str | None) -> None:
    assert sources.image(name, FOUND) == mirror


@pytest.mark.parametrize(
    ('address', 'chart', 'mirror'),
    [
        ('https://github.com/ray-project/kuberay', False, 'https://git.corp/mirrors/ray-project/kuberay'),
        ('https://github.com/ray-project/kuberay.git', False, 'https://git.corp/mirrors/ray-project/kuberay.git'),
        ('https://github.company.example/x', False, None),
        ('https://ray-project.github.io/kuberay-helm/', True, 'registry.corp/charts'),
        ('https://ray-project.github.io/kuberay-helm', False, 'oci://registry.corp/charts'),
        ('ghcr.io/acme', True, 'registry.corp/acme'),
        ('oci://ghcr.io/acme/ray', False, 'oci://registry.corp/acme/ray'),
        ('registry.corp/charts', True, None),
        ('https://git.corp/mirrors/x', False, None),
    ],
)
def test_repositories(address: str, chart: bool, mirror: str | None) -> None:
    assert sources.repository(address, FOUND, chart=chart) == mirror


@pytest.mark.parametrize(
    'pair', [('a b', 'c'), ('a', ''), ('https://u:p@x', 'y'), ('a.io', 'a.io/x'), ('a.io', 'a.io/')]
)
def test_what_is_no_mirror_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(BootstrapError):
        sources.checked_mirror(*pair)
    with pytest.raises(manifest.ManifestError, match=r'raybootstrap.yaml:2: '):
        settings.load(Tree(Files({settings.FILE: manifest.put('', ('mirrors', pair[0]), pair[1])})))


def test_only_what_a_plan_writes_is_put_elsewhere() -> None:
    before, found = scaffold.skeleton(), Settings(mirrors=FOUND)
    file = SKELETON.raycluster()
    after = before.put(file, manifest.put(before[file], (*IMAGE[:-1], 'tag'), '2.53.0'))
    assert mirrors.mirrored(before, after, found) == after
    after = before.put(file, manifest.put(before[file], IMAGE, 'docker.io/acme/ray'))
    done = mirrors.mirrored(before, after, found)
    assert manifest.get(done[file], IMAGE) == 'registry.corp/hub/acme/ray'
    assert manifest.get(done[file], URL) == manifest.get(before[file], URL)


def test_every_commit_of_a_request_but_one_that_adopts_is_put_elsewhere() -> None:
    before, context = scaffold.skeleton(), Context(settings=Settings(mirrors=FOUND))
    file = SKELETON.raycluster()

    def plan(tree: Tree, _: Context) -> Tree:
        return tree.put(file, manifest.put(tree[file], IMAGE, 'quay.io/acme/ray'))

    for adopts, image in ((False, 'registry.corp/quay/acme/ray'), (True, 'quay.io/acme/ray')):
        request = Request('x', plan, lambda *_: 'x', steps=(Step('y', plan),), adopts=adopts)
        first, second = request.trees(before, context)
        assert manifest.get(first[file], IMAGE) == image
        # What stood there before a step is not of its making.
        assert manifest.get(second[file], IMAGE) == image


def test_new_files_and_new_mirrors() -> None:
    skeletons, empty = scaffold.skeleton(), Tree(Files())
    after = empty
    for path in skeletons.files(''):
        after = after.put(path, skeletons[path])
    done = mirrors.mirrored(empty, mirrors.recorded(after, FOUND), Settings())
    assert manifest.get(done[SKELETON.operator], IMAGE) == 'registry.corp/quay/kuberay/operator'
    assert manifest.get(done[SKELETON.operator], URL) == 'registry.corp/charts'
    assert manifest.get(done[SKELETON.crds], URL) == 'https://git.corp/mirrors/ray-project/kuberay'
    assert settings.load(done).mirrors == FOUND
    for path in done.files('environments'):
        for document in manifest.load(done[path]):
            assert list(mirrors.direct(document.data, FOUND)) == []
        assert mirrors.throughout(done, SKELETON, FOUND)[path] == done[path]
        assert len(list(manifest.comments(done[path]))) == len(list(manifest.comments(skeletons[path])))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(['docker.io/a', 'Application', 'AppProject', '']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ['kind', 'spec', 'source', 'sources', 'image', 'repository', 'helm', 'valuesObject', 'chart']
            )
            | st.integers(0, 1),
            inner,
            max_size=4,
        )
    ),
)


@given(JUNK, st.sampled_from(['Application', 'AppProject', 'ApplicationSet', 'RayCluster', None]))
def test_any_type_is_survived(data: Any, kind: str | None) -> None:
    list(mirrors.direct({'kind': kind, 'spec': data}, FOUND))
    list(mirrors.direct(data, FOUND))


@given(st.text(max_size=12), st.booleans())
def test_a_mirror_has_no_mirror(rest: str, chart: bool) -> None:
    for source in FOUND:
        once = sources.repository(f'{source}/{rest}', FOUND, chart=chart)
        assert once is None or sources.repository(once, FOUND, chart=chart) is None
        image = sources.image(f'{source}/{rest}', FOUND)
        assert image is None or sources.image(image, FOUND) is None
