"""RayClusters and their groups as the chart reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bootstrap import kuberay
from bootstrap.kuberay import Version
from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules.resource import Application, mapping


@dataclass(frozen=True)
class Group:
    """A worker group: `path` leads to its values in the document."""

    name: str
    path: Path
    values: dict[Any, Any]
    is_worker: bool = False
    """Whether it is the chart's default group, `worker`, whose values merge with the chart's defaults."""

    @property
    def enabled(self) -> bool:
        return self.values.get('disabled') is not True


@dataclass(frozen=True)
class RayCluster:
    """An Application of the ray-cluster chart, with the chart's view of its values."""

    application: Application

    @property
    def values(self) -> dict[Any, Any]:
        return self.application.values

    @cached_property
    def head(self) -> dict[Any, Any]:
        return mapping(self.values.get('head'))

    @cached_property
    def chart(self) -> Version:
        """The pinned version of the chart; the newest known one where none is pinned."""
        return self.application.version or kuberay.CHARTS[-1]

    @cached_property
    def autoscaling(self) -> bool:
        return self.head.get('enableInTreeAutoscaling') is True

    @cached_property
    def worker(self) -> Group:
        """The chart's default group, also where `worker` is not there or disabled."""
        values = mapping(self.values.get('worker'))
        return Group(str(values.get('groupName') or 'workergroup'), (*VALUES, 'worker'), values, is_worker=True)

    @cached_property
    def additional(self) -> list[Group]:
        """additionalWorkerGroups in the file's order, disabled ones too; those that are no mappings are left out."""
        groups = mapping(self.values.get('additionalWorkerGroups'))
        path = (*VALUES, 'additionalWorkerGroups')
        return [Group(str(name), (*path, name), values) for name, values in groups.items() if isinstance(values, dict)]

    @cached_property
    def groups(self) -> list[Group]:
        """The groups that the chart renders: `worker` (unless disabled), then the enabled additional ones."""
        return [group for group in (self.worker, *self.additional) if group.enabled]

    @cached_property
    def written_groups(self) -> list[Group]:
        """The groups that stand in the manifest, disabled ones too; without a `worker` key the additional ones."""
        return [*([self.worker] if 'worker' in self.values else []), *self.additional]

    @cached_property
    def head_group(self) -> Group:
        """The head group, whose values merge with the chart's defaults as those of `worker` do."""
        return Group('headgroup', (*VALUES, 'head'), self.head)

    @cached_property
    def pod_groups(self) -> list[Group]:
        """All that the chart renders pods for: the head group, then `groups`."""
        return [self.head_group, *self.groups]

    @cached_property
    def has_other_values(self) -> bool:
        """Whether values come from elsewhere too, so that what is missing in valuesObject may stand there."""
        helm = mapping(self.application.source.get('helm'))
        if any(helm.get(key) for key in ('valueFiles', 'parameters', 'fileParameters')):
            return True
        # Argo CD takes `values` only where there is no `valuesObject`.
        return 'valuesObject' not in helm and bool(helm.get('values'))

    @cached_property
    def release_name(self) -> str:
        """helm.releaseName, for which Argo CD takes the Application's name."""
        return str(self.application.at(*SOURCE, 'helm', 'releaseName') or self.application.name)

    @cached_property
    def name(self) -> str:
        """The RayCluster's name as templates/_helpers.tpl of the chart computes it."""
        if override := self.values.get('fullnameOverride'):
            return str(override)[:63].rstrip('-')
        part = str(self.values.get('nameOverride') or 'kuberay')
        full = self.release_name if part in self.release_name else f'{self.release_name}-{part}'
        return full[:63].rstrip('-')

    @property
    def name_is_known(self) -> bool:
        """Whether the name depends on nothing that values from elsewhere may say."""
        return not self.has_other_values or bool(self.values.get('fullnameOverride'))

    @cached_property
    def ray_version(self) -> Version | None:
        """head.rayVersion, else what the head image's tag states; None where neither tells."""
        stated = self.head.get('rayVersion')
        version = kuberay.parse_version(stated) if isinstance(stated, str) else None
        return version or self.head_image_version

    @cached_property
    def head_image_version(self) -> Version | None:
        image = mapping(self.head.get('image')) or mapping(self.values.get('image'))
        return kuberay.ray_version_of(str(image.get('tag') or ''))
