"""A Helm chart with what it is rendered with."""

from __future__ import annotations

from typing import NamedTuple

from bootstrap import manifest
from bootstrap.rules.resource import Application, mapping


class Chart(NamedTuple):
    """A chart and what it is rendered with; `values` is YAML, '' for the chart's own."""

    repository: str
    name: str
    version: str
    release: str
    namespace: str = ''
    values: str = ''
    skip_crds: bool = False

    def __str__(self) -> str:
        return f'chart {self.name} {self.version} of {self.repository}'


def chart_of(application: Application) -> Chart:
    """The chart of an Application with what Argo CD would hand to helm."""
    source, helm = application.source, mapping(application.source.get('helm'))
    values = manifest.dump(helm['valuesObject']) if helm.get('valuesObject') else str(helm.get('values') or '')
    return Chart(
        repository=str(source.get('repoURL') or ''),
        name=str(source.get('chart')),
        version=application.target_revision or '*',
        release=str(helm.get('releaseName') or application.name),
        namespace=application.destination_namespace,
        values=values,
        skip_crds=helm.get('skipCrds') is True,
    )
