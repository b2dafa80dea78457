from __future__ import annotations

import pytest

from bootstrap.errors import USAGE, BootstrapError
from bootstrap.image import Image, parse
from bootstrap.kuberay import Version

DIGEST = 'a' * 64


@pytest.mark.parametrize(
    ('text', 'repository', 'tag', 'ray'),
    [
        ('docker.io/rayproject/ray:2.52.0', 'docker.io/rayproject/ray', '2.52.0', Version(2, 52, 0)),
        ('rayproject/ray:2.52.0-py311-gpu', 'rayproject/ray', '2.52.0-py311-gpu', Version(2, 52, 0)),
        ('ray:latest', 'ray', 'latest', None),
        ('localhost:5000/ray:1', 'localhost:5000/ray', '1', None),
        ('registry.example.com:5000/a/b_c/d--e:2.10', 'registry.example.com:5000/a/b_c/d--e', '2.10', None),
        (f'acme/ray@sha256:{DIGEST}', 'acme/ray@sha256', DIGEST, None),
        ('acme/ray:02.52.0', 'acme/ray', '02.52.0', None),
        ('acme/ray:2.52.0.1', 'acme/ray', '2.52.0.1', None),
    ],
)
def test_images(text: str, repository: str, tag: str, ray: Version | None) -> None:
    found = parse(text)
    assert found == Image(repository, tag)
    assert found.ray_version == ray


@pytest.mark.parametrize(
    'text',
    [
        '',
        'ray',
        'ray:',
        ':tag',
        'Ray:1',
        'acme/ray:1:2',
        'localhost:5000/ray',
        'ray:a b',
        'ray:1\n',
        'ray:-x',
        'ray@sha256:abc',
        f'ray:1@sha256:{DIGEST}',
        f'ray@md5:{DIGEST}',
        'https://docker.io/ray:1',
        'ray:' + 'x' * 129,
        '../ray:1',
        'räy:1',
        '-x:1',
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        parse(text)
    assert caught.value.exit_code == USAGE
    assert caught.value.message.isprintable()
