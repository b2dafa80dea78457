from __future__ import annotations

import pytest

from bootstrap import kuberay
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.kuberay import Version


@pytest.mark.parametrize(
    ('text', 'version'),
    [
        ('1.7.0', Version(1, 7, 0)),
        ('v1.7.0', Version(1, 7, 0)),
        ('1.10.0', Version(1, 10, 0)),
        ('1.7', None),
        ('1.7.0-rc.1', None),
        ('1.7.*', None),
        ('', None),
        ('1.7.0\n', None),
        ('١.7.0', None),
        (f'{"9" * 5000}.0.0', None),
    ],
)
def test_versions(text: str, version: Version | None) -> None:
    assert kuberay.parse_version(text) == version


def test_order_and_text() -> None:
    assert Version(1, 10, 0) > Version(1, 9, 9)
    assert str(Version(1, 10, 0)) == '1.10.0'


@pytest.mark.parametrize('text', ['1.4.0', 'latest', '', '1.7', '\x1b[2J'])
def test_kuberay_versions_that_cannot_be_set_up(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        kuberay.checked_kuberay_version(text)
    assert caught.value.exit_code == USAGE
    assert caught.value.message.isprintable()


def test_checked_versions() -> None:
    assert kuberay.checked_kuberay_version('v1.4.1') == Version(1, 4, 1)
    assert kuberay.checked_ray_version('2.52.0') == Version(2, 52, 0)
    with pytest.raises(BootstrapError):
        kuberay.checked_ray_version('2.52')


@pytest.mark.parametrize(
    ('tag', 'version'),
    [
        ('2.52.0', Version(2, 52, 0)),
        ('2.52.0-py311-gpu', Version(2, 52, 0)),
        ('2.52.0.dev0', None),
        ('nightly', None),
        ('py311-2.52.0', None),
        ('9' * 5000 + '.0.0', None),
    ],
)
def test_the_ray_version_of_a_tag(tag: str, version: Version | None) -> None:
    assert kuberay.ray_version_of(tag) == version


@pytest.mark.parametrize(
    ('version', 'nearest'),
    [
        (Version(1, 0, 0), Version(1, 4, 1)),
        (Version(1, 5, 0), Version(1, 4, 1)),
        (Version(1, 6, 9), Version(1, 6, 2)),
        (Version(2, 0, 0), Version(1, 7, 0)),
    ],
)
def test_the_nearest_known_chart(version: Version, nearest: Version) -> None:
    assert kuberay.nearest_chart(version) == nearest


def test_what_the_charts_read() -> None:
    old, new = kuberay.CHARTS[0], kuberay.CHARTS[-1]
    assert kuberay.group_keys(new) - kuberay.group_keys(old) == {'runtimeClassName', 'resourceClaims'}
    assert kuberay.top_keys(new) - kuberay.top_keys(old) == {'gcsFaultTolerance'}
    assert {'numOfHosts', 'maxReplicas', 'envFrom'} <= kuberay.group_keys(old)
    assert 'idleTimeoutSeconds' not in kuberay.group_keys(new)
    assert 'enableInTreeAutoscaling' in kuberay.head_keys(old)
