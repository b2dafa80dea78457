"""Changes what is asked of a RayCluster: its head, images, autoscaler, or any value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bootstrap import manifest, mending, ray_upgrade, raycluster
from bootstrap.context import Context
from bootstrap.image import Image, checked_version
from bootstrap.kuberay import FIRST_RAY_WITH_SAFE_AUTOSCALER_V2, Version
from bootstrap.layout import chosen
from bootstrap.manifest import Path
from bootstrap.parameters import VALUES
from bootstrap.rules.resource import Application, resources
from bootstrap.tree import Tree
from bootstrap.value_edits import Edits

_HEAD: Path = (*VALUES, 'head')
_AUTOSCALING: Path = (*_HEAD, 'enableInTreeAutoscaling')
_OPTIONS: Path = (*_HEAD, 'autoscalerOptions')
# The operator refuses this variable beside autoscalerOptions.version, and without an autoscaler.
_VARIABLE = 'RAY_enable_autoscaler_v2'


@dataclass(frozen=True)
class Options:
    """What is asked; None means "leave as it is". Names, versions and quantities are checked already."""

    image: Image | None = None
    ray_version: Version | None = None
    head_cpu: str | None = None
    head_memory: str | None = None
    idle_timeout: int | None = None
    autoscaler: str | None = None
    pull_secret: str | None = None
    service_account: str | None = None
    edits: Edits = field(default_factory=Edits)


def plan(tree: Tree, context: Context, environments: Sequence[str], name: str, options: Options) -> Tree:
    """The tree with what is given put into the RayCluster `name` ('' is the first), and nothing else changed."""
    for environment in chosen(tree, tuple(environments), context.path):
        path = raycluster.file(tree, environment, name)
        with manifest.in_file(path):
            before = tree[path]
            tree = tree.put(path, _changed(before, path, options))
        if options.autoscaler is not None:
            rules = {'RB301', 'RB308'}
            if not raycluster.autoscaling(before):
                # A sync writes `replicas`: from now on they are the minimum, and the autoscaler's from there.
                rules |= {'RB405', 'RB406'}
            tree = mending.mended(tree, environment, context, rules=rules, files={path})
    return tree


def _changed(text: str, path: str, options: Options) -> str:
    text = _with_ray(text, path, options)
    for key, amount in (('cpu', options.head_cpu), ('memory', options.head_memory)):
        for kind in ('requests', 'limits') if amount is not None else ():
            text = manifest.put(text, (*_HEAD, 'resources', kind, key), amount)
    if options.autoscaler is not None:
        text = _with_autoscaler(text, options.autoscaler)
    if options.idle_timeout is not None:
        if not raycluster.autoscaling(text):
            raise manifest.ManifestError(
                raycluster.line(text, _AUTOSCALING),
                'the autoscaler is off, so nothing is idle to it',
                '--autoscaler v2',
            )
        text = manifest.put(text, (*_OPTIONS, 'idleTimeoutSeconds'), options.idle_timeout)
    if options.pull_secret is not None:
        text = manifest.append(text, (*VALUES, 'imagePullSecrets'), {'name': options.pull_secret})
    if options.service_account is not None:
        text = manifest.put(text, (*_HEAD, 'serviceAccountName'), options.service_account)
    return options.edits.put(text, VALUES)


def _with_ray(text: str, path: str, options: Options) -> str:
    if options.image is None:
        if options.ray_version is None:
            return text
        application = next((one for one in resources(path, text) if isinstance(one, Application)), None)
        return ray_upgrade.moved(text, application, options.ray_version) if application else text
    version = checked_version(options.image, options.ray_version)
    for key, value in (('repository', options.image.repository), ('tag', options.image.tag)):
        text = manifest.put(text, (*VALUES, 'image', key), value)
    text = manifest.put(text, (*_HEAD, 'rayVersion'), str(version))
    if version < FIRST_RAY_WITH_SAFE_AUTOSCALER_V2 and manifest.get(text, (*_OPTIONS, 'version')) == 'v2':
        text = manifest.put(text, (*_OPTIONS, 'version'), 'v1')
    return text


def _with_autoscaler(text: str, version: str) -> str:
    for holder in ((*VALUES, 'common'), _HEAD):
        text = _without_variable(text, (*holder, 'containerEnv'))
    if version == 'off':
        # The chart's own default is off, too.
        text = manifest.drop(text, _OPTIONS)
        return manifest.put(text, _AUTOSCALING, False) if manifest.get(text, _AUTOSCALING) is not None else text
    text = manifest.put(text, _AUTOSCALING, True)
    return manifest.put(text, (*_OPTIONS, 'version'), version)


def _without_variable(text: str, path: Path) -> str:
    items = manifest.get(text, path)
    for index, item in reversed(list(enumerate(items if isinstance(items, list) else []))):
        if isinstance(item, dict) and item.get('name') == _VARIABLE:
            text = manifest.drop(text, path if len(items) == 1 else (*path, index))
    return text
