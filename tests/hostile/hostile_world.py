"""A repository in which every command has something to do, and what a hostile one may hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from world import URL, bare, clone, commit, git, merge

from bootstrap.cli.app import run

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
PROPOSAL = 'raybootstrap/add-group-prod/open'
SIZE = ('--cpu', '1', '--memory', '1Gi', '--max', '1')
BARE = """\
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: taken}
spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: rayproject/ray:2.52.0}]}}}}
"""

# One line for each command, all of which end in 0 in `Prepared`.
WRITING: dict[str, tuple[str, ...]] = {
    'init': ('--env', 'new', '--repo-url', URL, '--shares', 'dev'),
    'adopt': ('../taken.yaml', '--env', 'taken', '--repo-url', URL),
    'add-group': ('new', '--env', 'prod', *SIZE),
    'set-group': ('gpu', '--env', 'prod', '--max', '3'),
    'remove-group': ('gpu', '--env', 'prod'),
    'set-raycluster': ('--env', 'prod', '--head-cpu', '3'),
    'upgrade': ('--env', 'prod', '--ray-version', '2.53.0'),
    'promote': ('dev', 'prod'),
    'rollback': ('--env', 'prod', '--to', 'v1', '--allow', 'RB709=hostile'),
    'fleet': (),
    'add-raycluster': ('new', '--env', 'prod'),
    'remove-raycluster': ('extra', '--env', 'prod', '--allow', 'RB709=hostile'),
    'remove-env': ('dev', '--allow', 'RB709=hostile', '--allow', 'RB707=hostile'),
    'fix': ('--env', 'prod'),
    'replay': (PROPOSAL,),
}
READING: dict[str, tuple[str, ...]] = {
    'validate': ('--since', 'v1'),
    'explain': ('RB101',),
    'proposals': (),
    'list': ('groups', '--rev', 'HEAD'),
    'diff': ('v1',),
    'render': ('--env', 'prod', '--rev', 'HEAD'),
    'graph': ('--rev', 'HEAD'),
    'options': (),
    'completion': ('bash',),
}
# What a shell asks for at every tab: it is no command of a user's.
COMPLETING = {'__complete': ('replay', '')}
# They ask the Kubernetes cluster, and read the repository; in the tests none answers.
ASKING: dict[str, tuple[str, ...]] = {
    'apply-root': ('--env', 'prod', '--print'),
    'status': ('--env', 'prod'),
    'wait': ('--env', 'prod', '--timeout', '1s'),
    'dashboard': ('--env', 'prod'),
    'doctor': (),
}


def prepared(top: Path) -> Path:
    """`top / 'clone'` of `top / 'remote.git'`: dev and prod, a group, a second RayCluster, an open proposal."""
    place = clone(bare(top / 'remote.git'), top / 'clone')
    (top / 'taken.yaml').write_text(BARE)
    commit(place, {'README.md': 'hello\n', 'notes.txt': 'one\n', '.gitignore': '*.log\n'})
    git(place, 'push', '--quiet', 'origin', 'main')
    at = ('-C', str(place))
    for line in (
        ('init', '--env', 'dev', '--env', 'prod', '--repo-url', URL, '--operator'),
        ('add-group', 'gpu', '--env', 'dev', '--env', 'prod', *SIZE),
        ('add-raycluster', 'extra', '--env', 'prod'),
    ):
        assert run([*line, *at]) == 0, line
        [branch] = git(place, 'branch', '--format=%(refname:short)', '--list', 'raybootstrap/*').split()
        merge(place, branch)
        git(place, 'branch', '--quiet', '--delete', branch)
        git(place, 'push', '--quiet', 'origin', 'main', f':{branch}')
        git(place, 'tag', '--force', 'v1', 'HEAD~1')
    assert run(['add-group', 'open', '--env', 'prod', *SIZE, *at]) == 0
    text = (place / RAYCLUSTER).read_text()
    commit(place, {RAYCLUSTER: text.replace('idleTimeoutSeconds: 60', 'idleTimeoutSeconds: 61') + '# x\n'})
    git(place, 'push', '--quiet', 'origin', 'main')
    return place


def copied(template: Path, top: Path) -> Path:
    """A copy of what `prepared` made, whose remote is the copied one."""
    shutil.copytree(template, top, symlinks=True, dirs_exist_ok=True)
    git(top / 'clone', 'remote', 'set-url', 'origin', str(top / 'remote.git'))
    return top / 'clone'


@pytest.fixture(scope='session')
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp('template')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('GIT_CONFIG_GLOBAL', '/dev/null')
        patch.setenv('GIT_CONFIG_NOSYSTEM', '1')
        for role in ('AUTHOR', 'COMMITTER'):
            patch.setenv(f'GIT_{role}_NAME', 'Ada')
            patch.setenv(f'GIT_{role}_EMAIL', 'ada@example.com')
        prepared(top)
    return top
