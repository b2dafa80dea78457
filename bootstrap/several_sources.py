"""Applications that take KubeRay from one of several sources, which an upgrade leaves alone and says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bootstrap.kuberay import parse_version
from bootstrap.manifest import ManifestError, in_file
from bootstrap.rules.resource import Application, Role, mapping, source_role
from bootstrap.upgrading import Upgrade

_MOST_FILES = 5


def left(found: Iterable[Application], upgrade: Upgrade) -> Iterator[Application]:
    """Those that the upgrade is about and that are not at its version yet, as far as it is KubeRay's."""
    for application in found:
        roles = application.roles_of_sources
        ours = (one for one in map(mapping, application.sources) if source_role(one) in upgrade.roles)
        versions = {parse_version(str(one.get('targetRevision'))) for one in ours} if upgrade.kuberay else set()
        if versions - {upgrade.kuberay} or (upgrade.ray is not None and Role.RAYCLUSTER in roles):
            yield application


def refuse(applications: Sequence[Application]) -> None:
    """Refuses what would come to nothing because all that it is about has several sources."""
    for application in applications:
        with in_file(application.file):
            raise ManifestError(
                application.document.position(('spec', 'sources')).line,
                'has several sources, and upgrade does not look into them',
                'change its version by hand, or give it one spec.source, with its values in valuesObject',
            )


def notes(applications: Sequence[Application]) -> Iterator[str]:
    """What a reviewer is to know of those that stay as they are."""
    files = list(dict.fromkeys(one.file for one in applications))
    if files:
        more = f' and {len(files) - _MOST_FILES} more' if len(files) > _MOST_FILES else ''
        yield (
            f'Left as {"it is, for it has" if len(files) == 1 else "they are, for they have"} several sources: '
            f'{", ".join(files[:_MOST_FILES])}{more}. Change the version there by hand.'
        )
