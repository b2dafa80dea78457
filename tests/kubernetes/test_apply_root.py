"""apply-root as an admin sees it: what it reads, whom it asks, and where it refuses to go."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_server import ApiServer, kubeconfig, serving
from world import URL, Ran, Shell, bare, clone, commit, git, merge

pytestmark = pytest.mark.skipif(shutil.which('kubectl') is None, reason='there is no kubectl')

NAMES = ['prod-ray', 'prod-ray-platform', 'prod-ray-root', 'prod-ray']
TOLD = ('--context', 'loopback', '--yes')


@dataclass(frozen=True)
class Place:
    """A repository with the environment prod, and an Argo CD for it."""

    api: ApiServer
    shell: Shell
    folder: Path

    def run(self, *words: str) -> Ran:
        return self.shell('apply-root', *words)

    @property
    def applied(self) -> list[str]:
        kinds = ('AppProject', 'Application')
        return [one['metadata']['name'] for one in self.api.objects if one['kind'] in kinds and not _foreign(one)]

    @property
    def root(self) -> str:
        return (self.folder / 'environments/prod/root.yaml').read_text()


def _foreign(one: dict[str, Any]) -> bool:
    return 'uid' not in one['metadata']


def thing(kind: str, name: str, labels: dict[str, str] | None = None, **rest: Any) -> dict[str, Any]:
    versions = {'StatefulSet': 'apps/v1', 'Application': 'argoproj.io/v1alpha1'}
    namespace = {} if kind == 'Namespace' else {'namespace': rest.pop('namespace', 'argocd')}
    metadata = {'name': name, **namespace, 'labels': labels or {}}
    return {'apiVersion': versions.get(kind, 'v1'), 'kind': kind, 'metadata': metadata, **rest}


CONTROLLER = thing(
    'StatefulSet', 'argocd-application-controller', {'app.kubernetes.io/component': 'application-controller'}
)
ARGO_CD = (thing('Namespace', 'argocd'), thing('ConfigMap', 'argocd-cm', data={'url': 'https://x'}), CONTROLLER)


def root(name: str, path: str = 'environments/prod/applications', url: str = URL, **rest: Any) -> dict[str, Any]:
    environment = name.removesuffix('-ray')
    label = rest.pop('kubernetes_cluster', environment)
    labels = {'raybootstrap.dev/environment': environment, 'raybootstrap.dev/kubernetes-cluster': label}
    return thing('Application', name, labels, spec={'source': {'repoURL': url, 'path': path}}, **rest)


@pytest.fixture
def place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Place]:
    shell = Shell(capsys)
    assert shell('init', '--env', 'prod', '--repo-url', URL).code == 0
    merge(folder, 'raybootstrap/init-prod') if git(folder, 'switch', '--quiet', 'main') == '' else None
    monkeypatch.delenv('CI', raising=False)
    monkeypatch.delenv('RAYBOOTSTRAP_CONTEXT', raising=False)
    with serving(tmp_path) as api:
        monkeypatch.setenv('KUBECONFIG', str(api.kubeconfig))
        api.add(*ARGO_CD)
        yield Place(api, shell, folder)


def refused(place: Place, *words: str) -> list[str]:
    """The lines of a refusal that wrote nothing."""
    before = list(place.api.objects)
    ran = place.run(*(words or ('--yes',)))
    assert (ran.code, ran.out) == (1, ''), ran.err
    assert place.api.objects == before
    return ran.err.removeprefix('error: ').splitlines()


def test_projects_come_before_the_root(place: Place) -> None:
    ran = place.run('--yes')
    assert ran.code == 0, ran.err
    assert place.applied == NAMES
    assert [one for one in place.api.requests if one.startswith('PATCH') and 'dryRun' not in one][-1].startswith(
        'PATCH /apis/argoproj.io/v1alpha1/namespaces/argocd/applications/prod-ray?fieldManager=raybootstrap'
    )


def test_json_tells_each_object(place: Place) -> None:
    data = json.loads(place.run('--yes', '-o', 'json').out)
    assert (data['command'], data['result'], data['base']) == ('apply-root', 'changed', 'main')
    assert (data['environment'], data['context'], data['namespace']) == ('prod', 'loopback', 'argocd')
    assert data['commit'] == git(place.folder, 'rev-parse', 'main').strip()
    assert [(one['name'], one['result']) for one in data['objects']] == [(name, 'created') for name in NAMES]
    assert data['next'] == ['raybootstrap wait --env prod']
    assert json.loads(place.run('-o', 'json').out)['result'] == 'unchanged'


@pytest.mark.parametrize('words', [(), ('-o', 'json')])
def test_where_nobody_can_be_asked_it_shows_and_applies_nothing(place: Place, words: tuple[str, ...]) -> None:
    ran = place.run(*words)
    assert ran.code == 2
    assert 'error: nobody can be asked here, so nothing was applied\nhint: add --yes\n' in ran.err
    assert place.applied == []
    assert words or '+  name: prod-ray-root\n' in ran.out


@pytest.mark.parametrize(('answer', 'code', 'names'), [('y', 0, NAMES), ('', 1, []), ('n', 1, []), ('\x04', 1, [])])
def test_on_a_terminal_it_asks(place: Place, answer: str, code: int, names: list[str]) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f'{answer}\n'.encode() if answer != '\x04' else b'\x04')
    line = [sys.executable, '-m', 'bootstrap', 'apply-root']
    ran = subprocess.run(line, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, check=False)
    said = os.read(ours, 10000).decode()
    for end in (ours, theirs):
        os.close(end)
    assert 'Apply this to context loopback, namespace argocd? [y/N]' in said
    assert ran.returncode == code, said
    assert place.applied == names
    assert ('you did not say yes, so nothing was applied' in said) is (code == 1)


def test_print_is_a_stream_for_kubectl_and_needs_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('KUBECONFIG', '/nowhere')
    ran = place.run('--print')
    files = [(place.folder / 'environments/prod' / name).read_text() for name in ('projects.yaml', 'root.yaml')]
    assert ran.out == '---\n'.join(files)
    assert place.api.requests == []
    data = json.loads(place.run('--print', '-o', 'json').out)
    assert '---\n'.join(one['text'] for one in data['documents']) == ran.out
    both = place.run('--print', '--yes')
    assert (both.code, both.out) == (2, '')


def test_with_health_checks_the_stream_has_the_entries_alone(place: Place) -> None:
    assert 'no such file' in refused(place, '--print', '--health-checks')[0]
    assert place.shell('init', '--health-checks').code == 0
    merge(place.folder, 'raybootstrap/init/health-checks')
    out = place.run('--print', '--health-checks').out
    assert out.startswith('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n  namespace: argocd\ndata:\n')
    assert out.endswith(place.run('--print').out)


def test_an_operator_of_argo_cd_takes_no_health_checks(place: Place) -> None:
    assert place.shell('init', '--health-checks').code == 0
    merge(place.folder, 'raybootstrap/init/health-checks')
    owner = {'kind': 'ArgoCD', 'name': 'openshift-gitops', 'apiVersion': 'argoproj.io/v1beta1', 'uid': 'x'}
    place.api.objects[1]['metadata']['ownerReferences'] = [owner]
    assert refused(place, '--health-checks', '--yes') == [
        'argocd-cm belongs to ArgoCD openshift-gitops, which would take the health checks out again',
        'hint: put them into ArgoCD openshift-gitops, and leave --health-checks out',
    ]
    place.api.objects.pop(1)
    said = refused(place, '--health-checks', *TOLD)
    assert said[0] == 'namespace argocd has no ConfigMap argocd-cm to merge the health checks into'


def test_it_reads_what_is_merged_not_what_is_here(place: Place, tmp_path: Path) -> None:
    git(place.folder, 'remote', 'add', 'origin', str(bare(tmp_path / 'remote.git')))
    git(place.folder, 'push', '--quiet', 'origin', 'main')
    other = clone(tmp_path / 'remote.git', tmp_path / 'other')
    commit(other, {'environments/prod/root.yaml': place.root.replace('limit: 10', 'limit: 11')})
    git(other, 'push', '--quiet', 'origin', 'main')
    commit(place.folder, {'environments/prod/root.yaml': place.root.replace('limit: 10', 'limit: 12')})
    (place.folder / 'environments/prod/root.yaml').write_text('nonsense: [')
    assert '      limit: 11\n' in place.run('--print').out


def test_it_reads_the_branch_that_the_root_follows(place: Place) -> None:
    commit(place.folder, {'environments/prod/root.yaml': place.root.replace('Revision: main', 'Revision: live')})
    git(place.folder, 'switch', '--quiet', '--create', 'live')
    commit(place.folder, {'environments/prod/root.yaml': place.root.replace('limit: 10', 'limit: 11')})
    git(place.folder, 'switch', '--quiet', 'main')
    assert '      limit: 11\n' in place.run('--print').out
    assert '      limit: 10\n' in place.run('--print', '--base', 'main').out


def test_an_environment_that_is_not_merged_is_not_applied(place: Place) -> None:
    assert place.shell('init', '--env', 'dev', '--shares', 'prod').code == 0
    assert refused(place, '--env', 'dev', '--yes') == [
        'environments/dev: no such environment on main',
        'hint: merge the proposal that starts it (raybootstrap proposals), then run it again',
    ]


def test_what_to_type_next_names_the_path(place: Place) -> None:
    assert place.shell('init', '--env', 'dev', '--path', 'deploy/ray', '--repo-url', URL).code == 0
    merge(place.folder, 'raybootstrap/init-dev')
    ran = place.run('--path', 'deploy/ray', '--yes')
    assert ran.out.endswith('Next:\n  raybootstrap wait --env dev --path deploy/ray\n'), ran.err


def test_what_a_rule_refuses_is_not_applied(place: Place) -> None:
    raycluster = (place.folder / 'environments/prod/applications/raycluster.yaml').read_text()
    wrong = raycluster.replace('syncOptions:\n', 'syncOptions:\n      - RespectIgnoreDifferences=true\n')
    commit(place.folder, {'environments/prod/applications/raycluster.yaml': wrong})
    for words in (('--yes',), ('--print',)):
        said = refused(place, *words)
        assert said[0] == 'main has errors in prod, so this would not work:'
        assert re.match(r'environments/prod/applications/raycluster.yaml:\d+:\d+: RB\d\d\d error: ', said[1])
        assert said[-1].startswith('hint: mend it in a proposal (raybootstrap fix --env prod; raybootstrap explain RB')


def test_what_is_no_project_and_no_application_is_not_applied(place: Place) -> None:
    projects = (place.folder / 'environments/prod/projects.yaml').read_text()
    more = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: argocd}\n'
    commit(place.folder, {'environments/prod/projects.yaml': projects + more})
    assert 'Secret x is none of AppProject, Application' in refused(place)[0]


def test_a_context_without_argo_cd_is_refused_whatever_is_said(place: Place) -> None:
    place.api.missing |= {'applications', 'appprojects'}
    for words in (('--yes',), TOLD):
        assert refused(place, *words)[0] == (
            'context loopback has no Argo CD: it does not know appprojects.argoproj.io'
        )


def test_a_missing_namespace_is_refused_whatever_is_said(place: Place) -> None:
    place.api.objects.pop(0)
    for words in (('--yes',), TOLD):
        assert refused(place, *words)[0] == 'context loopback has no namespace argocd'


DOUBTS = {
    'namespace argocd has no ConfigMap argocd-cm': [ARGO_CD[0], ARGO_CD[2]],
    'no application controller runs in namespace argocd': ARGO_CD[:2],
    f'prod-ray is there already and follows other of {URL}, not environments/prod/applications of {URL}': [
        *ARGO_CD,
        root('prod-ray', 'other'),
    ],
    f'another Argo CD, in namespace gitops, has an Application prod-ray already: it follows other of {URL}': [
        *ARGO_CD,
        root('prod-ray', 'other', namespace='gitops'),
    ],
    'prod-ray is there already for Kubernetes cluster paris, not prod': [
        *ARGO_CD,
        root('prod-ray', kubernetes_cluster='paris'),
    ],
    'this Argo CD has dev in its own Kubernetes cluster, which is dev; prod is for prod': [
        *ARGO_CD,
        root('dev-ray'),
        thing('Application', 'dev-raycluster', spec={'destination': {'server': 'https://kubernetes.default.svc'}}),
    ],
}


@pytest.mark.parametrize('doubt', DOUBTS)
def test_what_does_not_look_like_its_argo_cd_is_refused_unless_told(place: Place, doubt: str) -> None:
    place.api.objects[:] = DOUBTS[doubt]
    expected = [
        'context loopback does not look like the Argo CD of prod:',
        doubt,
        'hint: name another --context; if it is the right one, say so with --context CTX and --yes together',
    ]
    assert refused(place) == expected
    ran = place.run(*TOLD)
    assert (ran.code, ran.err) == (0, f'applied all the same: {doubt}\n')
    assert set(NAMES) <= {one['metadata']['name'] for one in place.api.objects}


def test_only_both_options_tell(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.api.objects.pop()
    expected = refused(place)
    assert refused(place, '--context', 'loopback') == expected
    monkeypatch.setenv('RAYBOOTSTRAP_CONTEXT', 'loopback')
    assert refused(place) == expected


def test_other_environments_of_the_same_argo_cd_are_no_doubt(place: Place) -> None:
    elsewhere = {'destination': {'server': 'https://paris.example.com'}}
    place.api.add(
        root('paris-ray', kubernetes_cluster='paris'),
        thing('Application', 'paris-raycluster', spec=elsewhere),
        root('dev-ray', kubernetes_cluster='prod'),
        thing('Application', 'dev-raycluster', spec={'destination': {'name': 'in-cluster'}}),
        root('test-ray', namespace='gitops'),
    )
    assert place.run('--yes').code == 0


def test_who_may_not_look_everywhere_says_that_it_is_the_right_place(place: Place) -> None:
    place.api.faults |= {'GET /api/v1/namespaces/argocd$': 403, 'GET /apis/argoproj.io/v1alpha1/applications$': 403}
    assert place.run('--yes').code == 0
    place.api.faults |= {'GET .*/(configmaps|statefulsets|deployments)': 403}
    assert refused(place)[1:3] == [
        'whether namespace argocd has the ConfigMap argocd-cm may not be looked at',
        'whether an application controller runs in namespace argocd may not be looked at',
    ]
    assert place.run(*TOLD).out.startswith('Nothing to do: ')


@pytest.mark.parametrize(
    ('fault', 'words'),
    [
        ({'GET .*/appprojects': 403}, 'is forbidden: User "dev" cannot do that'),
        ({'PATCH .*/applications/': 403}, 'application prod-ray: kubectl (context loopback): '),
        ({'GET /api': 401}, 'kubectl (context loopback): '),
    ],
)
def test_who_may_not_apply_is_told_before_anything_is_written(
    place: Place, fault: dict[str, int | float], words: str
) -> None:
    place.api.faults |= fault
    assert words in refused(place)[0]


def test_an_api_server_that_is_away(place: Place) -> None:
    place.api.kubeconfig.write_text(kubeconfig('http://127.0.0.1:1'))
    said = refused(place)
    assert 'refused' in said[0]
    assert said[-1] == 'hint: check the network, the proxy and --context, then run it again'


def test_a_context_that_does_not_exist(place: Place) -> None:
    said = refused(place, '--context', 'nowhere', '--yes')
    assert 'nowhere' in said[0]
    assert said[-1] == 'hint: kubectl config get-contexts, then --context NAME'


def test_without_kubectl_one_sentence(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / 'bin'
    programs.mkdir()
    (programs / 'git').symlink_to(str(shutil.which('git')))
    monkeypatch.setenv('PATH', str(programs))
    assert refused(place) == [
        'kubectl is not installed or not on the PATH',
        'hint: install kubectl (https://kubernetes.io/docs/tasks/tools)',
    ]
    assert place.run('--print').code == 0
