from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_world import (
    EMPTY,
    URL,
    add_group,
    changed_lines,
    data,
    file,
    fresh,
    init,
    saved,
    tree_of,
)

from bootstrap import skeletons
from bootstrap.context import Context, QuestionError
from bootstrap.errors import USAGE, BootstrapError, NotHereError
from bootstrap.image import Image
from bootstrap.kuberay import Version
from bootstrap.layout import ENVIRONMENT_LABEL, KUBERNETES_CLUSTER_LABEL, Environment
from bootstrap.plans import init as plan
from bootstrap.settings import Settings
from bootstrap.tree import Tree

IN_CLUSTER = 'https://kubernetes.default.svc'
ALL = sorted(
    f'environments/prod/{name}.yaml'
    for name in (
        *('applications/ray-operator', 'applications/ray-operator-crds', 'applications/raycluster'),
        *('projects', 'root'),
    )
)


def labels(files: dict[str, str], environment: str) -> tuple[Any, Any]:
    found = data(files, 'root', environment)['metadata']['labels']
    return found[ENVIRONMENT_LABEL], found[KUBERNETES_CLUSTER_LABEL]


def test_a_new_environment_is_the_skeleton_under_its_name() -> None:
    found = init(EMPTY)
    assert sorted(found) == ALL
    expected = skeletons.read('environment/applications/raycluster.yaml')
    assert found[file('raycluster')] == expected.replace('example-', 'prod-').replace('-example', '-prod')
    assert 'example' not in ''.join(found.values()).replace('git.example.com', '')


def test_names_projects_paths_and_labels() -> None:
    found = init(EMPTY)
    root = data(found, 'root')
    assert root['metadata']['name'] == 'prod-ray'
    assert labels(found, 'prod') == ('prod', 'prod')
    assert root['spec']['project'] == 'prod-ray-root'
    assert root['spec']['source'] == {
        'repoURL': URL,
        'targetRevision': 'main',
        'path': 'environments/prod/applications',
        'directory': {'recurse': False},
    }
    projects = {one['metadata']['name']: one['spec'] for one in data(found, 'projects')}
    assert list(projects) == ['prod-ray', 'prod-ray-platform', 'prod-ray-root']
    assert projects['prod-ray-root']['sourceRepos'] == [URL]
    assert projects['prod-ray']['destinations'] == [{'server': IN_CLUSTER, 'namespace': 'ray-prod'}]
    assert data(found, 'raycluster')['spec']['destination'] == {'server': IN_CLUSTER, 'namespace': 'ray-prod'}
    assert data(found, 'raycluster')['spec']['ignoreDifferences'][0]['namespace'] == 'ray-prod'


# Each option: what it is, the lines it changes in a fresh environment.
SINGLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    'repo-url': (
        {'repo_url': 'git@git.example.com:acme/other.git'},
        [
            f'- - {URL}',
            '+ - git@git.example.com:acme/other.git',
            f'- repoURL: {URL}',
            '+ repoURL: git@git.example.com:acme/other.git',
        ],
    ),
    'kuberay-version': (
        {'kuberay_version': Version(1, 5, 1)},
        [
            *('- targetRevision: v1.7.0', '+ targetRevision: v1.5.1'),
            *('- targetRevision: 1.7.0', '+ targetRevision: 1.5.1') * 2,
        ],
    ),
    'ray-version': (
        {'ray_version': Version(2, 53, 0)},
        [
            '- tag: 2.52.0 # with head.rayVersion; pods that run already keep their image',
            '+ tag: 2.53.0 # with head.rayVersion; pods that run already keep their image',
            '- rayVersion: "2.52.0"',
            '+ rayVersion: "2.53.0"',
        ],
    ),
    'an old ray-version, with which autoscaler v2 cannot be used': (
        {'ray_version': Version(2, 46, 0)},
        [
            '- tag: 2.52.0 # with head.rayVersion; pods that run already keep their image',
            '+ tag: 2.46.0 # with head.rayVersion; pods that run already keep their image',
            '- rayVersion: "2.52.0"',
            '+ rayVersion: "2.46.0"',
            '- version: v2',
            '+ version: v1',
        ],
    ),
    'image': (
        {'image': Image('registry.example.com/ray', '2.53.0-py312-gpu')},
        [
            '- repository: docker.io/rayproject/ray',
            '- tag: 2.52.0 # with head.rayVersion; pods that run already keep their image',
            '+ repository: registry.example.com/ray',
            '+ tag: 2.53.0-py312-gpu # with head.rayVersion; pods that run already keep their image',
            '- rayVersion: "2.52.0"',
            '+ rayVersion: "2.53.0"',
        ],
    ),
    'namespace': ({'namespace': 'ml'}, ['- namespace: ray-prod', '+ namespace: ml'] * 3),
    'dest-name': (
        {'destination': {'name': 'eu-1'}},
        [
            *(f'- - server: {IN_CLUSTER}', '+ - name: eu-1') * 2,
            '- raybootstrap.dev/kubernetes-cluster: prod',
            '+ raybootstrap.dev/kubernetes-cluster: eu-1',
            *(f'- server: {IN_CLUSTER}', '+ name: eu-1') * 3,
        ],
    ),
    'dest-server': (
        {'destination': {'server': 'https://10.0.0.1:6443'}},
        [
            *(f'- - server: {IN_CLUSTER}', '+ - server: https://10.0.0.1:6443') * 2,
            '- raybootstrap.dev/kubernetes-cluster: prod',
            '+ raybootstrap.dev/kubernetes-cluster: 10.0.0.1-6443',
            *(f'- server: {IN_CLUSTER}', '+ server: https://10.0.0.1:6443') * 3,
        ],
    ),
    'argocd-namespace': ({'argocd_namespace': 'gitops'}, ['- namespace: argocd', '+ namespace: gitops'] * 9),
    'sync manual': ({'sync': 'manual'}, ['- automated:', '- prune: true', '- selfHeal: true']),
    'sync auto': ({'sync': 'auto'}, []),
    'group': (
        {'groups': ['spot']},
        [
            *('+ additionalWorkerGroups:', '+ spot:', '+ replicas: 0', '+ minReplicas: 0', '+ maxReplicas: 10'),
            *('+ rayStartParams:', '+ resources: "\'{\\"spot\\": 1}\'"', '+ resources:', '+ requests:', '+ cpu: "1"'),
            *('+ memory: 1Gi', '+ limits:', '+ cpu: "1"', '+ memory: 1Gi'),
        ],
    ),
    'operator': ({'operator': True}, []),
    'crds separate': ({'crds': 'separate'}, []),
    'root': ({'root': True}, []),
    'like, of an environment that is there': ({'like': 'prod'}, []),
    'shares, with itself': ({'shares': 'prod'}, []),
}


def signless(lines: list[str]) -> list[str]:
    return sorted(lines)


@pytest.mark.parametrize(('options', 'lines'), SINGLE.values(), ids=SINGLE)
def test_an_option_changes_its_lines_and_no_other(options: dict[str, Any], lines: list[str]) -> None:
    before = init(EMPTY)
    after = init(tree_of(before), **options)
    assert signless(changed_lines(before, after)) == signless(lines)
    assert init(tree_of(after), **options) == after


@pytest.mark.parametrize('options', [one for one, _ in SINGLE.values()], ids=SINGLE)
def test_an_option_says_the_same_of_a_new_and_of_an_existing_environment(options: dict[str, Any]) -> None:
    if 'like' in options:
        return
    new, changed = init(EMPTY, **options), init(fresh(), **options)
    assert {path: list(map(str.strip, text.splitlines())) for path, text in new.items()} == {
        path: list(map(str.strip, text.splitlines())) for path, text in changed.items()
    }


@pytest.mark.parametrize('options', [one for one, _ in SINGLE.values()], ids=SINGLE)
@pytest.mark.parametrize('shape', ['crlf', 'wide', 'comments', 'quoted'])
def test_what_the_user_made_of_the_files_stays(shape: str, options: dict[str, Any]) -> None:
    def reshaped(text: str) -> str:
        if shape == 'crlf':
            return text.replace('\n', '\r\n')
        if shape == 'wide':
            text = re.sub(r'^( *)- ', r'\1-   ', text, flags=re.MULTILINE)
            return re.sub(r'^( *)(-   |)', lambda match: 2 * match[1] + match[2], text, flags=re.MULTILINE)
        if shape == 'quoted':
            words = ('ray-prod', '1.7.0', 'v1.7.0', 'argocd', URL, 'v2', '2.52.0', 'docker.io/rayproject/ray')
            lines = (line.partition(': ') for line in text.split('\n'))
            return '\n'.join(
                f"{key}{colon}'{value}'" if value in words else key + colon + value for key, colon, value in lines
            )
        return '\n'.join(
            f'{line} # mine' if line.endswith(('argocd', 'ray-prod', '1.7.0')) else line for line in text.split('\n')
        )

    before = {path: reshaped(text) for path, text in init(EMPTY).items()}
    after = init(tree_of(before), **options)
    plain_before, plain_after = init(EMPTY), init(fresh(), **options)
    assert {path: data_of(text) for path, text in after.items()} == {
        path: data_of(text) for path, text in plain_after.items()
    }
    assert len(changed_lines(before, after)) == len(changed_lines(plain_before, plain_after))
    if shape == 'crlf':
        assert all('\n' not in text.replace('\r\n', '') for text in after.values())
    assert init(tree_of(after), **options) == after


def data_of(text: str) -> Any:
    return list(yaml.safe_load_all(text))


def test_other_key_order_and_values_of_the_users_stay() -> None:
    text = """\
kind: Application
spec: {project: prod-ray,
  destination: {namespace: ray-prod, server: 'https://kubernetes.default.svc'}, # here
  ignoreDifferences: [{kind: RayCluster, group: ray.io, namespace: ray-prod},
    {kind: RayCluster, group: ray.io, namespace: other}],
  source: {targetRevision: '1.7.0', chart: ray-cluster, helm: {valuesObject: {image: {tag: 2.52.0}}}}}
metadata: {namespace: argocd, name: prod-raycluster}
"""
    before = {**init(EMPTY), file('raycluster'): text}
    after = init(tree_of(before), namespace='ml', kuberay_version=Version(1, 6, 2))
    assert after[file('raycluster')] == text.replace('ray-prod}', 'ml}').replace(
        'namespace: ray-prod, server', 'namespace: ml, server'
    ).replace('1.7.0', '1.6.2')


@pytest.mark.parametrize(
    'options',
    [
        *(one for one, _ in SINGLE.values()),
        {'root': False},
        {'operator': False},
        {'crds': 'with-operator'},
        {'project': 'shared'},
        {'project': 'shared', 'root': False, 'operator': False},
        {'project': 'shared', 'operator': True, 'root': True},
        {'destination': {'name': 'eu-1'}, 'operator': True},
        {'destination': {'name': 'eu-1'}, 'operator': False},
    ],
)
def test_a_second_init_changes_nothing(options: dict[str, Any]) -> None:
    once = init(EMPTY, 'prod', **{**options, 'like': None})
    assert init(tree_of(once), 'prod', **options) == once
    assert init(tree_of(once), 'prod') == once


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        'kuberay_version': st.sampled_from([Version(1, 4, 1), Version(1, 5, 1), Version(1, 7, 0)]),
        'ray_version': st.sampled_from([Version(2, 46, 0), Version(2, 52, 0), Version(2, 53, 1)]),
        'namespace': st.sampled_from(['ml', 'ray-prod', 'argocd', 'true', '123']),
        'destination': st.sampled_from(
            [{'name': 'eu-1'}, {'server': 'https://a:1'}, {'name': 'in-cluster'}, {'server': IN_CLUSTER}]
        ),
        'argocd_namespace': st.sampled_from(['argocd', 'gitops', 'ray-prod']),
        'project': st.sampled_from(['default', 'shared']),
        'sync': st.sampled_from(['auto', 'manual']),
        'root': st.booleans(),
        'operator': st.booleans(),
        'crds': st.sampled_from(['separate', 'with-operator']),
        'groups': st.lists(st.sampled_from(['a', 'b', 'c']), max_size=3),
    },
)


@settings(max_examples=60, deadline=None)
@given(OPTIONS, OPTIONS)
def test_init_twice_is_init_once(first: dict[str, Any], second: dict[str, Any]) -> None:
    once = init(EMPTY, 'prod', **first)
    assert init(tree_of(once), 'prod', **first) == once
    try:
        other = init(tree_of(once), 'prod', **second)
    except BootstrapError:
        return
    assert init(tree_of(other), 'prod', **second) == other
    assert other.keys() >= once.keys()


# Several environments, and which Kubernetes cluster they are on.


def test_several_environments_in_one_plan() -> None:
    found = init(EMPTY, 'dev', 'prod', destination={'name': 'eu-1'})
    assert labels(found, 'dev') == ('dev', 'eu-1')
    assert labels(found, 'prod') == ('prod', 'eu-1')
    assert file('ray-operator', 'dev') in found
    assert file('ray-operator', 'prod') not in found
    assert [one['metadata']['name'] for one in data(found, 'projects')] == ['prod-ray', 'prod-ray-root']


def test_a_second_in_cluster_environment_is_asked_about() -> None:
    with pytest.raises(QuestionError) as caught:
        init(fresh(), 'dev')
    assert caught.value.exit_code == USAGE
    assert '--shares prod' in caught.value.hint
    assert '--operator' in caught.value.hint
    for options in caught.value.choices.values():
        given: dict[str, Any] = options
        assert file('raycluster', 'dev') in init(fresh(), 'dev', **given)


@pytest.mark.parametrize('names', [('dev', 'prod'), ('prod', 'dev')])
def test_shares_may_name_an_environment_of_the_same_plan(names: tuple[str, ...]) -> None:
    found = init(EMPTY, *names, shares='dev')
    assert labels(found, 'prod') == ('prod', 'dev')
    assert file('ray-operator', 'dev') in found
    assert file('ray-operator', 'prod') not in found


def test_shares_goes_where_the_shared_one_goes() -> None:
    dev = tree_of(init(EMPTY, 'dev', destination={'name': 'eu-1'}))
    found = init(dev, 'prod', shares='dev')
    assert labels(found, 'prod') == ('prod', 'eu-1')
    assert data(found, 'raycluster')['spec']['destination'] == {'name': 'eu-1', 'namespace': 'ray-prod'}
    assert init(saved(tree_of(found)), 'prod', shares='dev') == found


def test_an_existing_environment_moves_to_the_shared_kubernetes_cluster() -> None:
    both = init(EMPTY, 'dev', destination={'name': 'eu-1'})
    both = init(tree_of(both), 'prod', operator=False)
    found = init(tree_of(both), 'prod', shares='dev')
    assert labels(found, 'prod') == ('prod', 'eu-1')
    assert data(found, 'raycluster')['spec']['destination']['name'] == 'eu-1'
    assert data(found, 'projects')[0]['spec']['destinations'] == [{'name': 'eu-1', 'namespace': 'ray-prod'}]


def test_in_cluster_in_another_form_is_the_same_kubernetes_cluster() -> None:
    both = init(fresh(), 'dev', shares='prod')
    found = init(tree_of(both), 'dev', destination={'name': 'in-cluster'})
    assert labels(found, 'dev') == ('dev', 'prod')


@pytest.mark.parametrize(
    'options',
    [{'shares': 'prod', 'operator': True}, {'destination': {'name': 'eu-1'}, 'operator': True}],
)
def test_a_kubernetes_cluster_has_one_owner(options: dict[str, Any]) -> None:
    tree = tree_of(init(EMPTY, destination={'name': 'eu-1'}))
    with pytest.raises(BootstrapError, match='are in prod'):
        init(tree, 'dev', **options)
    with pytest.raises(BootstrapError, match='are in prod'):
        init(tree_of(init(tree, 'dev', **{**options, 'operator': None})), 'dev', **options)


def test_one_environment_is_on_one_kubernetes_cluster() -> None:
    tree = tree_of(init(EMPTY, destination={'name': 'eu-1'}))
    assert labels(init(tree, 'dev', shares='prod', destination={'name': 'eu-1'}), 'dev') == ('dev', 'eu-1')
    for there in (tree, tree_of(init(tree, 'dev', shares='prod'))):
        with pytest.raises(BootstrapError, match='prod is on Kubernetes cluster eu-1, and the destination names us-1'):
            init(there, 'dev', shares='prod', destination={'name': 'us-1'})


def test_an_owner_does_not_move_to_an_owned_kubernetes_cluster() -> None:
    tree = tree_of(init(tree_of(init(EMPTY, destination={'name': 'eu-1'})), 'dev', operator=True))
    with pytest.raises(BootstrapError, match='would both install'):
        init(tree, 'dev', destination={'name': 'eu-1'})


def test_without_an_operator_of_its_own() -> None:
    found = init(EMPTY, operator=False)
    assert file('ray-operator') not in found
    assert file('ray-operator-crds') not in found
    assert found['raybootstrap.yaml'] == 'environments:\n  prod:\n    operator: external\n'


def test_settings_keep_what_is_in_them() -> None:
    text = '# ours\npath: . # top\nenvironments:\n    dev: {protected: true}\n'
    found = init(tree_of({'raybootstrap.yaml': text}), operator=False)
    assert found['raybootstrap.yaml'] == text + '    prod:\n        operator: external\n'


def test_an_operator_comes_later_with_its_project() -> None:
    tree = tree_of(
        init(
            EMPTY,
            operator=False,
            destination={'name': 'eu-1'},
            argocd_namespace='gitops',
            kuberay_version=Version(1, 6, 2),
        )
    )
    found = init(tree, operator=True)
    operator = data(found, 'ray-operator')
    assert operator['metadata']['namespace'] == 'gitops'
    assert operator['spec']['destination']['name'] == 'eu-1'
    assert operator['spec']['source']['targetRevision'] == '1.6.2'
    assert data(found, 'ray-operator-crds')['spec']['source']['targetRevision'] == 'v1.6.2'
    projects = {one['metadata']['name']: one for one in data(found, 'projects')}
    platform = projects[operator['spec']['project']]
    assert platform['metadata']['namespace'] == 'gitops'
    assert platform['spec']['destinations'] == [{'name': 'eu-1', 'namespace': 'kuberay-system'}]


def test_an_operator_comes_later_with_the_line_ends_of_the_projects() -> None:
    files = {path: text.replace('\n', '\r\n') for path, text in init(EMPTY, operator=False).items()}
    projects = init(tree_of(files), operator=True)[file('projects')]
    assert '\n' not in projects.replace('\r\n', '')


def test_crds_with_the_operator() -> None:
    found = init(EMPTY, crds='with-operator')
    assert file('ray-operator-crds') not in found
    assert 'skipCrds' not in found[file('ray-operator')]
    with pytest.raises(BootstrapError, match='with the operator already'):
        init(tree_of(found), crds='separate')
    with pytest.raises(BootstrapError, match='separately already'):
        init(fresh(), crds='with-operator')


def test_without_a_root() -> None:
    found = init(EMPTY, root=False)
    assert file('root') not in found
    assert [one['metadata']['name'] for one in data(found, 'projects')] == ['prod-ray', 'prod-ray-platform']
    assert data(found, 'raycluster')['metadata']['labels'][ENVIRONMENT_LABEL] == 'prod'
    assert 'git.example.com' not in ''.join(found.values())
    later = init(tree_of(found), root=True)
    assert data(later, 'root')['spec']['source']['repoURL'] == URL
    assert data(later, 'projects')[2]['spec']['sourceRepos'] == [URL]
    assert labels(later, 'prod') == ('prod', 'prod')


def test_what_stands_is_not_taken_away() -> None:
    with pytest.raises(BootstrapError, match='stands already'):
        init(fresh(), root=False)
    with pytest.raises(BootstrapError, match='stands already'):
        init(fresh(), operator=False)


def test_a_project_that_is_there() -> None:
    found = init(EMPTY, project='shared')
    assert file('projects') not in found
    for name in ('root', 'raycluster', 'ray-operator', 'ray-operator-crds'):
        assert data(found, name)['spec']['project'] == 'shared'
    later = init(tree_of(init(EMPTY, project='shared', operator=False, root=False)), operator=True, root=True)
    for name in ('root', 'raycluster', 'ray-operator', 'ray-operator-crds'):
        assert data(later, name)['spec']['project'] == 'shared'


# --like


def liked(**options: Any) -> Tree:
    files = add_group(tree_of(init(EMPTY, 'prod', **options)), 'gpu')
    files[file('raycluster')] = files[file('raycluster')].replace('# A RayCluster:', '# Ours, a RayCluster:')
    return tree_of(files)


def test_like_copies_choices_and_comments() -> None:
    tree = liked(
        destination={'name': 'eu-1'},
        kuberay_version=Version(1, 6, 2),
        ray_version=Version(2, 53, 0),
        argocd_namespace='gitops',
        sync='manual',
    )
    found = init(tree, 'qa', like='prod')
    assert found[file('raycluster', 'qa')] == tree[file('raycluster')].replace('prod-', 'qa-').replace('-prod', '-qa')
    assert file('ray-operator', 'qa') not in found
    assert labels(found, 'qa') == ('qa', 'eu-1')
    assert data(found, 'root', 'qa')['metadata']['namespace'] == 'gitops'
    assert data(found, 'root', 'qa')['spec']['source']['path'] == 'environments/qa/applications'
    assert {path: text for path, text in found.items() if '/prod/' in path} == {
        path: tree[path] for path in tree.files('')
    }


def test_like_on_another_kubernetes_cluster() -> None:
    found = init(
        liked(argocd_namespace='gitops', kuberay_version=Version(1, 6, 2)),
        'qa',
        like='prod',
        destination={'name': 'us'},
    )
    assert labels(found, 'qa') == ('qa', 'us')
    for name in ('ray-operator', 'ray-operator-crds', 'raycluster'):
        one = data(found, name, 'qa')
        assert one['spec']['destination']['name'] == 'us'
        assert one['metadata']['namespace'] == 'gitops'
        assert one['spec']['source']['targetRevision'].lstrip('v') == '1.6.2'
    assert [one['spec']['destinations'][0].get('name') for one in data(found, 'projects', 'qa')] == ['us', 'us', None]


def test_like_one_that_owns_nothing_gets_an_operator_and_its_project() -> None:
    tree = tree_of(init(liked(argocd_namespace='gitops'), 'dev', shares='prod'))
    tree = tree_of(init(tree, 'dev', argocd_namespace='gitops'))
    found = init(tree, 'qa', like='dev', destination={'name': 'us'})
    projects = {one['metadata']['name']: one for one in data(found, 'projects', 'qa')}
    operator = data(found, 'ray-operator', 'qa')
    assert operator['metadata']['namespace'] == 'gitops'
    platform = projects[operator['spec']['project']]
    assert platform['spec']['destinations'] == [{'name': 'us', 'namespace': 'kuberay-system'}]
    assert platform['metadata']['namespace'] == 'gitops'


def test_like_one_without_a_root_or_projects() -> None:
    tree = tree_of(init(EMPTY, project='shared', root=False))
    found = init(tree, 'qa', like='prod', operator=True)
    assert file('root', 'qa') not in found
    assert file('projects', 'qa') not in found
    assert data(found, 'ray-operator', 'qa')['spec']['project'] == 'shared'
    found = init(tree, 'qa', like='prod', operator=True, root=True)
    assert data(found, 'root', 'qa')['spec']['project'] == 'shared'


def test_like_takes_further_rayclusters() -> None:
    files = init(EMPTY)
    files[file('raycluster-etl')] = files[file('raycluster')].replace('prod-raycluster', 'prod-raycluster-etl')
    found = init(tree_of(files), 'qa', like='prod', shares='prod')
    assert data(found, 'raycluster-etl', 'qa')['metadata']['name'] == 'qa-raycluster-etl'


@pytest.mark.parametrize('names', [('prod', 'qa'), ('qa', 'prod')])
def test_like_may_name_an_environment_of_the_same_plan(names: tuple[str, ...]) -> None:
    found = init(EMPTY, *names, like='prod', shares='prod', sync='manual')
    assert data(found, 'raycluster', 'qa')['metadata']['name'] == 'qa-raycluster'
    assert file('ray-operator', 'qa') not in found
    assert init(tree_of(found), *names, like='prod', shares='prod') == found


@pytest.mark.parametrize('options', [{'like': 'nowhere'}, {'shares': 'nowhere'}])
def test_what_is_copied_or_shared_has_to_be_there(options: dict[str, Any]) -> None:
    for tree in (EMPTY, fresh()):
        with pytest.raises(NotHereError, match='environments/nowhere'):
            init(tree, **options)


@pytest.mark.parametrize('options', [{'ray_version': Version(2, 53, 0)}, {'image': Image('acme/ray', '2.53.0')}])
def test_values_in_another_place_are_not_overruled(options: dict[str, Any]) -> None:
    files = init(EMPTY)
    files[file('raycluster')] = files[file('raycluster')].replace('valuesObject:', 'values: |')
    with pytest.raises(BootstrapError, match=r'raycluster.yaml:\d+: keeps values in spec.source.helm.values'):
        init(tree_of(files), **options)
    del files[file('raycluster')]
    with pytest.raises(NotHereError, match='no such RayCluster'):
        init(tree_of(files), **options)


def test_nothing_is_like_itself() -> None:
    with pytest.raises(NotHereError, match='environments/prod'):
        init(EMPTY, like='prod')
    assert init(fresh(), like='prod') == init(EMPTY)


# The rest


def test_below_a_path() -> None:
    context = Context(path='deploy/ray', branch='trunk', remote_url=URL)
    found = init(EMPTY, context=context)
    assert all(path.startswith('deploy/ray/environments/prod/') for path in found)
    assert 'path: deploy/ray/environments/prod/applications' in found['deploy/ray/environments/prod/root.yaml']
    assert 'targetRevision: trunk' in found['deploy/ray/environments/prod/root.yaml']
    assert init(tree_of(found), context=context) == found
    again = init(tree_of(found), 'qa', context=context, like='prod', shares='prod')
    assert 'path: deploy/ray/environments/qa/applications' in again['deploy/ray/environments/qa/root.yaml']


def test_the_argocd_namespace_of_the_settings() -> None:
    found = init(EMPTY, context=Context(remote_url=URL, settings=Settings(argocd_namespace='gitops')))
    assert data(found, 'root')['metadata']['namespace'] == 'gitops'
    assert data(found, 'root')['spec']['destination']['namespace'] == 'gitops'


def test_the_url_that_the_repository_uses_already() -> None:
    tree = fresh(repo_url='git@git.example.com:acme/gitops.git')
    assert data(init(tree, 'qa', shares='prod'), 'root', 'qa')['spec']['source']['repoURL'] == (
        'git@git.example.com:acme/gitops.git'
    )


def test_without_a_url_to_take() -> None:
    with pytest.raises(BootstrapError, match='no remote') as caught:
        init(EMPTY, context=Context())
    assert '--repo-url' in caught.value.hint


@pytest.mark.parametrize(
    'name', ['../x', '-rf', 'true', 'Prod', '', 'a' * 64, 'con', '1e3', 'a/b', 'a\n', '2001-01-01', 'a' * 60]
)
def test_names_of_environments(name: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        init(EMPTY, name)
    assert caught.value.exit_code == USAGE
    assert '\n' not in caught.value.message


def test_a_foreign_folder_is_refused_and_passed_over() -> None:
    foreign = {'environments/prod/root.yaml': '{{ template }}\n', 'environments/qa/values.yaml': 'a: 1\n'}
    for name in ('prod', 'qa'):
        with pytest.raises(BootstrapError, match='is no environment of raybootstrap'):
            init(tree_of(foreign), name)
    assert init(tree_of(foreign), 'dev').keys() > foreign.keys()


def test_an_image_whose_tag_says_no_version() -> None:
    with pytest.raises(BootstrapError, match='which Ray version'):
        init(EMPTY, image=Image('acme/ray', 'latest'))
    found = init(EMPTY, image=Image('acme/ray', 'latest'), ray_version=Version(2, 50, 0))
    values = data(found, 'raycluster')['spec']['source']['helm']['valuesObject']
    assert values['image']['tag'] == 'latest'
    assert values['head']['rayVersion'] == '2.50.0'
    assert values['head']['autoscalerOptions']['version'] == 'v1'
    with pytest.raises(BootstrapError, match='another Ray version'):
        init(EMPTY, image=Image('acme/ray', '2.51.0'), ray_version=Version(2, 50, 0))


def test_a_project_keeps_the_destinations_of_others() -> None:
    files = init(EMPTY)
    mine = '    - server: https://other:6443\n      namespace: team\n'
    files[file('projects')] = files[file('projects')].replace(
        '      namespace: ray-prod\n', f'      namespace: ray-prod\n{mine}'
    )
    found = init(tree_of(files), destination={'name': 'eu-1'}, namespace='ml')
    assert mine in found[file('projects')]
    assert data(found, 'projects')[0]['spec']['destinations'][0] == {'name': 'eu-1', 'namespace': 'ml'}


def test_a_broken_manifest_is_named_with_its_line() -> None:
    files = {**init(EMPTY), file('raycluster'): 'a: 1\na: 2\n'}
    with pytest.raises(BootstrapError, match=rf'{file("raycluster")}:2: '):
        init(tree_of(files), namespace='ml')


def test_environments_are_plain() -> None:
    assert plan.plan(EMPTY, Context(remote_url=URL), (), plan.Options()) == EMPTY
    assert Environment('prod', 'x').root == 'x/environments/prod/root.yaml'
