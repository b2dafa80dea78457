from examples import ENVIRONMENT, VALUES, found, put, scope

from bootstrap.rules.rule import Severity
from bootstrap.settings import Settings

MIRRORS = Settings(mirrors={'docker.io': 'registry.corp/hub', 'quay.io': 'registry.corp/quay'})


def test_sources_that_are_read_directly() -> None:
    one, other = found('RB115', scope(MIRRORS))
    assert (one.file, one.severity) == (ENVIRONMENT.operator, Severity.WARNING)
    assert one.path == 'spec.source.helm.valuesObject'
    assert one.message == (
        'quay.io/kuberay/operator (the default of the chart) is not read from its mirror '
        'registry.corp/quay/kuberay/operator'
    )
    assert other.message == 'docker.io/rayproject/ray is not read from its mirror registry.corp/hub/rayproject/ray'


def test_projects_count_too() -> None:
    mirrors = Settings(mirrors={'https://github.com': 'https://git.corp/mirrors'})
    assert {one.file for one in found('RB115', scope(mirrors))} == {ENVIRONMENT.crds, ENVIRONMENT.projects}


def test_nothing_is_found_without_mirrors_or_where_they_are_used() -> None:
    assert found('RB115', scope()) == []
    operator = put(*VALUES, 'image', value={'repository': 'registry.corp/quay/kuberay/operator'})
    raycluster = put(*VALUES, 'image', 'repository', value='registry.corp/hub/rayproject/ray')
    assert found('RB115', scope(MIRRORS, operator=operator, raycluster=raycluster)) == []
