from __future__ import annotations

import pytest
from real_api_server import NOBODY, RealApiServer

pytestmark = pytest.mark.real_api_server


def test_it_has_the_kinds_of_argo_cd_and_kuberay(real_api_server: RealApiServer) -> None:
    kinds = real_api_server.kubectl('api-resources', '--output=name').split()
    assert {'applications.argoproj.io', 'appprojects.argoproj.io', 'rayclusters.ray.io'} <= set(kinds)


def test_only_the_admin_may_do_anything(real_api_server: RealApiServer) -> None:
    real_api_server.kubectl('get', 'pods', '--all-namespaces')
    with pytest.raises(AssertionError, match='forbidden'):
        real_api_server.kubectl('get', 'pods', '--all-namespaces', context=NOBODY)


def test_a_status_is_written_as_the_controllers_write_it(real_api_server: RealApiServer) -> None:
    namespace = real_api_server.namespace()
    raycluster = {
        'apiVersion': 'ray.io/v1',
        'kind': 'RayCluster',
        'metadata': {'name': 'ray', 'namespace': namespace},
        'spec': {
            'headGroupSpec': {
                'rayStartParams': {},
                'template': {'spec': {'containers': [{'name': 'ray-head', 'image': 'rayproject/ray:2.52.0'}]}},
            }
        },
        'status': {'state': 'ready', 'readyWorkerReplicas': 2},
    }
    application = {
        'apiVersion': 'argoproj.io/v1alpha1',
        'kind': 'Application',
        'metadata': {'name': 'ray', 'namespace': namespace},
        'spec': {'project': 'default', 'destination': {}, 'source': {'repoURL': 'https://git.example.com/ray.git'}},
        'status': {'health': {'status': 'Healthy'}},
    }
    real_api_server.add(raycluster, application)
    assert real_api_server.get('rayclusters.ray.io', 'ray', namespace)['status']['readyWorkerReplicas'] == 2
    found = real_api_server.get('applications.argoproj.io', 'ray', namespace)
    assert found['status']['health'] == {'status': 'Healthy'}
