"""Where an environment's files stand, and which environments a tree holds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bootstrap import manifest
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.tree import Kind, Tree, is_like_dot_git

ENVIRONMENT_LABEL = 'raybootstrap.dev/environment'
KUBERNETES_CLUSTER_LABEL = 'raybootstrap.dev/kubernetes-cluster'
LABELS = ('metadata', 'labels')

# A label of RFC 1123: what Kubernetes takes as a name and in a label.
_DNS_LABEL = re.compile(r'[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?')
# The first line of https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS_POINTER = 'version https://git-lfs.github.com/spec/'
_DEVICE = re.compile(r'con|prn|aux|nul|(com|lpt)[0-9]')
# Windows takes 260 characters, of which the repository's own place and an environment's files need the rest.
_LONGEST_PATH = 200


@dataclass(frozen=True, order=True)
class Environment:
    """An environment and its files; `path` is the folder above `environments/`, '' at the top."""

    name: str
    path: str = ''

    @property
    def directory(self) -> str:
        return posixpath.join(self.path, 'environments', self.name)

    @property
    def root(self) -> str:
        return f'{self.directory}/root.yaml'

    @property
    def projects(self) -> str:
        return f'{self.directory}/projects.yaml'

    @property
    def applications(self) -> str:
        return f'{self.directory}/applications'

    @property
    def crds(self) -> str:
        return f'{self.applications}/ray-operator-crds.yaml'

    @property
    def operator(self) -> str:
        return f'{self.applications}/ray-operator.yaml'

    def raycluster(self, name: str = '') -> str:
        """The file of a RayCluster's Application; the first one has no name."""
        return f'{self.applications}/raycluster{"-" if name else ""}{name}.yaml'

    def rayclusters(self, tree: Tree) -> list[str]:
        """The files of all RayCluster Applications, the first one first."""
        names = [name for name, kind in tree.entries(self.applications).items() if kind is Kind.FILE]
        found = [name for name in names if re.fullmatch(r'raycluster(-.+)?\.yaml', name)]
        return [f'{self.applications}/{name}' for name in sorted(found, key=lambda name: name.removesuffix('.yaml'))]


def is_name(name: str) -> bool:
    """Whether a folder of this name can be an environment."""
    return bool(_DNS_LABEL.fullmatch(name))


def checked_name(name: str, what: str) -> str:
    """`name`, if it is a DNS label of RFC 1123 that YAML reads as text; else a usage error that shows it escaped."""
    if not _DNS_LABEL.fullmatch(name):
        raise BootstrapError(
            f'{name!a} is no {what} name',
            'use at most 63 lowercase letters, digits and hyphens, with a letter or digit at both ends',
            exit_code=USAGE,
        )
    if manifest.dump(name).rstrip() != name:
        raise BootstrapError(
            f'{name} is no {what} name: YAML reads it as another type than text', 'add a word to it', exit_code=USAGE
        )
    return name


def checked_folder_name(name: str, what: str) -> str:
    """A `checked_name` that every system can have as a file's or folder's."""
    if _DEVICE.fullmatch(name):
        raise BootstrapError(
            f'{name} is no {what} name: Windows cannot check out a file of that name',
            'add a word to it',
            exit_code=USAGE,
        )
    return checked_name(name, what)


def labels(tree: Tree, environment: Environment) -> dict[str, object]:
    """The labels that say whose folder this is: the root's or, without a root, the first RayCluster's."""
    for path in (environment.root, environment.raycluster()):
        text = tree.get(path)
        if text is not None and text.startswith(_LFS_POINTER):
            raise BootstrapError(
                f'{path}: is a pointer of Git LFS, not the manifest',
                'git lfs pull, to read it; to change it, take manifests out of Git LFS: *.yaml -filter',
            )
        # Other folders may hold what is no manifest at all, such as a chart's template.
        if text is not None and ENVIRONMENT_LABEL in text:
            with manifest.in_file(path):
                found = _labels_of_root(text) if path == environment.root else manifest.get(text, LABELS)
            if isinstance(found, dict) and ENVIRONMENT_LABEL in found:
                return found
    return {}


@lru_cache(maxsize=1 << 14)
def _labels_of_root(text: str) -> object:
    """Asked for again and again; a root is a kilobyte, and its data are many."""
    return manifest.get(text, LABELS)


def holds(tree: Tree, environment: Environment) -> bool:
    """Whether the tree has this environment; a folder of its name that is somebody else's is refused."""
    if not tree.entries(environment.directory):
        # Says so where a link, a submodule or a file stands in the way.
        return environment.root in tree
    if ENVIRONMENT_LABEL in labels(tree, environment):
        return True
    raise BootstrapError(
        f'{environment.directory}: is no environment of raybootstrap: '
        f'no root.yaml in it carries the label {ENVIRONMENT_LABEL}',
        'choose another name, or another place with --path',
    )


def has(tree: Tree, environment: Environment, *, broken: bool = False) -> bool:
    """Whether the tree has this environment; False too for a folder of its name that is somebody else's.

    With `broken` True too where a root or RayCluster that has the label cannot be read, which is refused otherwise.
    """
    try:
        return ENVIRONMENT_LABEL in labels(tree, environment)
    except manifest.ManifestError:
        if not broken:
            raise
        return True


def existing(tree: Tree, name: str, path: str) -> Environment:
    """The environment of this name; NotHereError where the tree has none."""
    environment = Environment(checked_folder_name(name, 'environment'), path)
    if not holds(tree, environment):
        raise NotHereError(f'{environment.directory}: no such environment', f'raybootstrap init --env {name}')
    return environment


def environments(tree: Tree, path: str, *, broken: bool = False) -> Iterator[Environment]:
    """Every environment of a tree, in byte order; other folders are passed over.

    `broken` as of `has`.
    """
    for name, kind in sorted(tree.entries(posixpath.join(path, 'environments')).items()):
        environment = Environment(name, path)
        if kind is Kind.DIRECTORY and _DNS_LABEL.fullmatch(name) and has(tree, environment, broken=broken):
            yield environment


def chosen(tree: Tree, names: tuple[str, ...], path: str) -> list[Environment]:
    """The environments a user named or, where the tree has only one, that one."""
    if names:
        return [existing(tree, name, path) for name in dict.fromkeys(names)]
    found = list(environments(tree, path))
    if len(found) == 1:
        return found
    if not found:
        raise NotHereError('there is no environment', 'raybootstrap init --env NAME')
    raise BootstrapError(
        f'which environment? There are {", ".join(environment.name for environment in found)}',
        'name it with --env',
        exit_code=USAGE,
    )


def kubernetes_cluster(tree: Tree, environment: Environment) -> str:
    """Which Kubernetes cluster an environment is on: its label, else its own name."""
    return str(labels(tree, environment).get(KUBERNETES_CLUSTER_LABEL, environment.name))


def owns_kubernetes_cluster(tree: Tree, environment: Environment) -> bool:
    """Whether the environment holds the operator (and with it the CRDs) of its Kubernetes cluster."""
    return environment.operator in tree or environment.crds in tree


def checked_path(path: str) -> str:
    """A `--path` in its plain form ('' for the top); a usage error where it leaves the repository."""
    plain = posixpath.normpath(path)
    like_git = plain != '.' and any(is_like_dot_git(part) for part in plain.split('/'))
    if len(plain) > _LONGEST_PATH:
        raise BootstrapError(
            f'{path[:20]!a}… is no folder of a repository: it is longer than {_LONGEST_PATH} characters',
            'give --path relative to its top',
            exit_code=USAGE,
        )
    if like_git or plain.startswith(('/', '..')) or '\\' in plain or not plain.isprintable():
        raise BootstrapError(
            f'{path!a} is no folder of a repository', 'give --path relative to its top', exit_code=USAGE
        )
    return '' if plain == '.' else plain
