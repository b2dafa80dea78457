"""RB422 to RB424, RB437: images and the Ray and Python versions in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bootstrap import kuberay
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules import fixes
from bootstrap.rules.raycluster import RayCluster
from bootstrap.rules.rendered import Image, image, shown
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope

_COMMON: Path = (*VALUES, 'image')
_RAY_VERSION: Path = (*VALUES, 'head', 'rayVersion')
_MOVING = re.compile(r'(?<![A-Za-z0-9])(latest|nightly)(?![A-Za-z0-9])')
_PYTHON = re.compile(r'(?<![a-z0-9])py(?:thon)?(\d)\.?(\d{1,2})(?!\d)')
_PUBLIC = frozenset(
    'docker.io index.docker.io registry-1.docker.io registry.hub.docker.com quay.io ghcr.io gcr.io k8s.gcr.io '
    'registry.k8s.io public.ecr.aws nvcr.io mcr.microsoft.com registry.access.redhat.com'.split()
)


@rule(
    'RB422',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'image tag that is missing or moves',
    mend='pin the tag, such as 2.52.0, or a digest',
    source='helm-chart/ray-cluster values.yaml; ray, check_version_info',
)
def moving_tag(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """New pods pull what the tag means on their day: workers that start later bring another Ray than the head, which
    refuses them with "Version mismatch". Without a tag the chart's default holds, and the next chart version may
    have another.
    """
    severity = Severity.ERROR if scope.protected else Severity.WARNING
    for path, one in _images(raycluster).items():
        tag_path = (*path, 'tag')
        tag = one.tag or ''
        if _MOVING.search(tag):
            message = f'pods that start later get what {tag[:64]} is then: Ray versions mix in one RayCluster'
            yield Problem(raycluster.application, tag_path, message, severity)
        elif path == _COMMON and one.tag == '':
            message = f'the image renders as "{one.repository}:", which no node can pull'
            yield Problem(raycluster.application, tag_path, message, severity)
        elif path == _COMMON and one.tag is not None and 'tag' not in _written(raycluster, path):
            message = f"without image.tag the chart's default {one.tag} runs, and another after an upgrade of the chart"
            place = path if 'image' in raycluster.values else VALUES
            yield Problem(raycluster.application, place, message, severity)


def _images(raycluster: RayCluster) -> dict[Path, Image]:
    """The images that pods of the RayCluster run, by the place they are written at."""
    found = (image(group, raycluster) for group in raycluster.pod_groups)
    return {one.path: one for one in found if one is not None}


def _written(raycluster: RayCluster, path: Path) -> dict[object, object]:
    found = raycluster.application.at(*path)
    return found if isinstance(found, dict) else {}


@rule(
    'RB423',
    Severity.WARNING,
    Subject.RAYCLUSTER,
    'head.rayVersion that is missing or not the Ray version of the image',
    mend='set head.rayVersion, in quotes, to the Ray version of the image',
    source='helm-chart/ray-cluster templates/raycluster-cluster.yaml; kuberay validation.go',
)
def ray_version_differs(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """The operator cannot look into images: what it allows and adds depends on rayVersion. The chart renders the value
    without quotes, so that 2.10 becomes 2.1.
    """
    application = raycluster.application
    stated = raycluster.head.get('rayVersion')
    head_image = image(raycluster.head_group, raycluster)
    actual = _ray_version(head_image) if head_image else None
    if stated is None or stated == '':
        if not raycluster.has_other_values and isinstance(raycluster.values.get('head', {}), dict):
            fix = fixes.put(application, _RAY_VERSION, str(actual)) if actual else None
            place = _RAY_VERSION[:-1] if 'head' in raycluster.values else VALUES
            message = 'the operator does not know the Ray version: head.rayVersion is missing'
            yield Problem(application, _RAY_VERSION if 'rayVersion' in raycluster.head else place, message, fix=fix)
    elif not isinstance(stated, str):
        source = application.document.source(_RAY_VERSION)
        fix = fixes.put(application, _RAY_VERSION, source) if re.fullmatch(r'[\d.]+', source) else None
        message = f'rayVersion: {shown(stated)} is no text, which the CRD rejects'
        yield Problem(application, _RAY_VERSION, message, Severity.ERROR, fix)
    elif actual and kuberay.ray_version_of(stated) != actual:
        fix = fixes.put(application, _RAY_VERSION, str(actual))
        message = f'the operator takes Ray {stated[:64]} for what is {actual} in the image'
        yield Problem(application, _RAY_VERSION, message, fix=fix)


@rule(
    'RB424',
    Severity.ERROR,
    Subject.RAYCLUSTER,
    'group with another Ray or Python version than the head',
    mend='give head and groups images of one Ray and one Python version',
    source='ray, check_version_info',
)
def versions_differ(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Ray compares its own and the Python version of every worker with those of the head, and stops the worker with
    "Version mismatch: The cluster was started with …". The pods restart for ever.
    """
    head = image(raycluster.head_group, raycluster)
    for group in raycluster.groups:
        one = image(group, raycluster)
        if head is None or one is None or one == head:
            continue
        path = (*one.path, 'tag') if one.path != _COMMON else group.path
        here, there = _ray_version(one), _ray_version(head)
        if here and there and here != there:
            message = f'the head refuses its workers: they bring Ray {here}, the head has {there}'
            yield Problem(raycluster.application, path, message)
            continue
        python, other = _python(one), _python(head)
        if python and other and python != other:
            message = f'the head refuses its workers: they bring Python {python}, the head has {other}'
            yield Problem(raycluster.application, path, message)


def _ray_version(one: Image) -> kuberay.Version | None:
    return None if one.repository.endswith('@sha256') else kuberay.ray_version_of(one.tag or '')


def _python(one: Image) -> str:
    match = _PYTHON.search(one.tag or '')
    return f'{match[1]}.{match[2]}' if match else ''


@rule(
    'RB437',
    Severity.INFO,
    Subject.RAYCLUSTER,
    'registry that may need credentials',
    mend='list the secret of the registry in imagePullSecrets, unless the nodes have access by themselves',
    source='Kubernetes docs, pull an image from a private registry',
)
def private_registry(raycluster: RayCluster, scope: Scope) -> Iterator[Problem]:
    """Pods of the RayCluster pull with the secrets in imagePullSecrets only. Where neither these nor the nodes have
    access to the registry, they stay in ImagePullBackOff.
    """
    if raycluster.values.get('imagePullSecrets') or raycluster.has_other_values:
        return
    seen = set(_PUBLIC)
    for path, one in _images(raycluster).items():
        host, slash, _ = one.repository.partition('/')
        if slash and ('.' in host or ':' in host or host == 'localhost') and host not in seen:
            seen.add(host)
            message = f'nodes may not be allowed to pull from {host[:64]}: imagePullSecrets is empty'
            yield Problem(raycluster.application, (*path, 'repository'), message)
