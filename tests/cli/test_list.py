from __future__ import annotations

import json
from pathlib import Path

import pytest
from world import Shell, commit, git

EXAMPLES = str(Path(__file__).parents[2])


def test_environments_are_the_default(prod: Path, shell: Shell) -> None:
    assert prod.is_dir()
    assert shell('list').out == (
        'ENVIRONMENT  KUBERNETES CLUSTER  OPERATOR  RAYCLUSTERS  FOLLOWS  SYNC\n'
        'prod         prod                own                 1  main     auto\n'
    )


def test_groups_with_totals(shell: Shell) -> None:
    out = shell('-C', EXAMPLES, 'list', 'groups').out
    assert out == (
        'ENVIRONMENT  GROUP              PODS       CPU        MEMORY    GPU\n'
        'dev          standard-worker  1..200    1..200    1Gi..200Gi      0\n'
        'dev          total            1..200    1..200    1Gi..200Gi      0\n'
        'prod         standard-worker  1..200    1..200    1Gi..200Gi      0\n'
        'prod         cpu               1..20   16..320  64Gi..1.25Ti      0\n'
        'prod         h100               0..4    0..768     0..6.25Ti  0..32\n'
        'prod         l4                0..16    0..128      0..512Gi  0..16\n'
        'prod         total            2..240  17..1416   65Gi..8.2Ti  0..48\n'
        'staging      standard-worker  1..200    1..200    1Gi..200Gi      0\n'
        'staging      total            1..200    1..200    1Gi..200Gi      0\n'
        'all          total            4..640  19..1816  67Gi..8.59Ti  0..48\n'
    )
    data = json.loads(shell('-C', EXAMPLES, 'list', 'groups', '-o', 'json').out)
    assert (data['schema'], data['command'], data['result']) == ('raybootstrap/v1', 'list', 'unchanged')
    assert data['capacity']['environments']['prod']['maximum'] == {
        'pods': 240,
        'cpu': '1416',
        'memory': '8.2Ti',
        'gpu': '48',
    }
    assert data['groups'][3]['pod'] == {'pods': 1, 'cpu': '192', 'memory': '1.56Ti', 'gpu': '8'}


@pytest.mark.parametrize('what', ['environments', 'rayclusters', 'groups', 'versions'])
def test_nothing_is_wider_than_a_terminal(what: str, shell: Shell) -> None:
    ran = shell('-C', EXAMPLES, 'list', what)
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert not any(line.endswith(' ') for line in ran.out.splitlines())
    assert len(json.loads(shell('-C', EXAMPLES, 'list', what, '-o', 'json').out)[what]) >= 3


def test_versions_say_what_does_not_belong_together(prod: Path, shell: Shell) -> None:
    path = prod / 'environments/prod/applications/raycluster.yaml'
    path.write_text(path.read_text().replace('targetRevision: 1.7.0', 'targetRevision: 1.4.1'))
    assert shell('list', 'versions').out == (
        'ENVIRONMENT  CRDS    OPERATOR  CHART  RAY     IMAGE       SKEW\n'
        'prod         v1.7.0  1.7.0     1.4.1  2.52.0  ray:2.52.0  yes\n'
        'prod: the chart (1.4.1) is older than the operator (1.7.0).\n'
    )
    assert 'yes' not in shell('list', 'versions', '--rev', 'HEAD').out


def test_a_further_raycluster_shows_its_name(prod: Path, shell: Shell) -> None:
    first = prod / 'environments/prod/applications/raycluster.yaml'
    first.with_name('raycluster-batch.yaml').write_text(first.read_text().replace('raycluster-kuberay', 'batch'))
    assert shell('list', 'rayclusters').out == (
        'ENVIRONMENT  NAME   RAYCLUSTER          NAMESPACE  RAY     CHART  AUTOSCALER  GROUPS\n'
        'prod         batch  batch               ray-prod   2.52.0  1.7.0  v2               1\n'
        'prod         -      raycluster-kuberay  ray-prod   2.52.0  1.7.0  v2               1\n'
    )
    assert 'prod         batch               standard-worker  1..200' in shell('list', 'groups').out


def test_rules_need_no_repository(folder: Path, shell: Shell) -> None:
    assert folder.is_dir()
    rules = json.loads(shell('list', 'rules', '-o', 'json').out)['rules']
    assert {'rule': 'RB302', 'severity': 'error', 'subject': 'raycluster'}.items() <= {
        key: value for rule in rules if rule['rule'] == 'RB302' for key, value in rule.items()
    }.items()
    assert len(shell('list', 'rules').out.splitlines()) == len(rules) + 1


def test_where_nothing_is(folder: Path, shell: Shell) -> None:
    commit(_started(folder), {'README.md': 'hello\n'})
    assert shell('list', 'groups')[:2] == (0, '')
    assert shell('list', 'groups').err == 'There are no groups.\n'
    assert shell('list', '-q').err == ''


def _started(folder: Path) -> Path:
    git(folder, 'init', '--quiet')
    return folder


def test_mistakes(prod: Path, shell: Shell) -> None:
    assert shell('list', 'group').err == (
        "error: 'group' cannot be listed\nhint: environments, rayclusters, groups, versions, rules\n"
    )
    assert shell('list', '--rev', 'nope').code == 2
    (prod / 'environments/prod/applications/bad.yaml').write_text('a: [\n')
    ran = shell('list', 'groups')
    assert (ran.code, ran.out) == (1, '')
    assert ran.err.startswith('error: environments/prod/applications/bad.yaml:2: is not valid YAML')


def test_names_from_files_do_not_steer_the_terminal(prod: Path, shell: Shell) -> None:
    path = prod / 'environments/prod/applications/raycluster.yaml'
    path.write_text(path.read_text().replace('groupName: standard-worker', 'groupName: "\\e[31m[red]\\u202e"'))
    assert 'prod         \\x1b[31m[red]\\u202e  1..200' in shell('list', 'groups').out
