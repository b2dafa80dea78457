"""`raybootstrap wait` with the real kubectl, against a server whose objects change while it waits."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import live_world
import pytest
from place import Place, running
from world import Shell, commit

pytestmark = pytest.mark.skipif(shutil.which('kubectl') is None, reason='there is no kubectl')

RAY = 'raycluster-kuberay'
PATH = 'environments/prod/applications/raycluster.yaml'


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr('bootstrap.waiting._PAUSE', 0.1)
    with running(folder) as found:
        monkeypatch.setenv('KUBECONFIG', str(found.api.kubeconfig))
        yield found


@contextmanager
def meanwhile(place: Place, *steps: Callable[[], Any]) -> Iterator[None]:
    """The steps are taken one after the other, each after two more looks at the root."""

    def looked() -> int:
        return sum('/applications' in one for one in place.api.requests)

    def take() -> None:
        for step in steps:
            seen = looked()
            while looked() < seen + 8 and not over.wait(0.02):
                pass
            if not over.is_set():
                step()

    over, thread = threading.Event(), threading.Thread(target=take)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize('goal', ['synced', 'healthy', 'ray-ready'])
def test_all_well(place: Place, shell: Shell, goal: str) -> None:
    ran = shell('wait', '--for', goal)
    tip = place.tip[:7]
    assert ran.code == 0
    assert ran.out.startswith(f'prod is {goal} at {tip} after ')
    assert ran.err == f'prod: waiting until {tip} is {goal}\n'
    assert shell('wait', '-q', '--for', goal)[:3] == (0, '', '')


def steps_after_a_merge(place: Place, merged: str) -> list[Callable[[], Any]]:
    """What Argo CD and KubeRay write when the root's branch comes to a commit with other values, one by one."""
    root, child, ray = place.application('prod-ray'), place.application(), place.find('RayCluster', RAY)
    compared, source = child['status']['sync']['comparedTo'], child['spec']['source']
    cpu = source['helm']['valuesObject']['additionalWorkerGroups']['cpu']

    def child_is_synced() -> None:
        child['status']['sync']['status'] = 'Synced'
        ray['metadata']['generation'] = 4

    return [
        lambda: root['status']['sync'].update(status='OutOfSync', revision=merged),
        lambda: (cpu.update(maxReplicas=30), root['status']['sync'].update(status='Synced')),
        lambda: (child['status']['sync'].update(status='OutOfSync'), compared.update(source=copy.deepcopy(source))),
        child_is_synced,
        lambda: ray['status'].update(observedGeneration=4),
    ]


def test_from_merge_to_a_ready_raycluster(place: Place, shell: Shell) -> None:
    """Every verdict that Argo CD and KubeRay give on the way is believed only when it is about the merged commit."""
    text = (place.folder / PATH).read_text()
    merged = commit(place.folder, {PATH: text.replace('maxReplicas: 20\n', 'maxReplicas: 30\n')})
    with meanwhile(place, *steps_after_a_merge(place, merged)):
        ran = shell('wait', '--timeout', '60s')
    assert ran.code == 0, ran.err
    lines = [line.partition(': ') for line in ran.err.splitlines()[1:]]
    whys = list(dict.fromkeys((part, why) for part, _, why in lines))
    assert whys == [
        ('prod root', f'Argo CD compared it with {place.tip[:7]}, which is older'),
        ('prod raycluster', 'its spec is not the one in Git yet'),
        ('prod root', 'is OutOfSync'),
        ('prod raycluster', 'Argo CD has not compared its new spec yet'),
        ('prod raycluster', 'is OutOfSync, and its sync is manual'),
        (f'prod {RAY}', 'the operator has not said whether it takes the spec as it is now'),
    ]


def test_time_runs_out_with_the_reason(place: Place, shell: Shell) -> None:
    place.application()['status']['sync']['status'] = 'OutOfSync'
    ran = shell('wait', '--timeout', '2s')
    assert (ran.code, ran.out) == (7, '')
    assert ran.err.splitlines()[-2:] == [
        f'error: prod is not ray-ready at {place.tip[:7]} within 2s: raycluster: is OutOfSync, and its sync is manual',
        'hint: argocd app sync prod-raycluster',
    ]


def test_in_json(place: Place, shell: Shell) -> None:
    data = json.loads(shell('wait', '-o', 'json').out)
    assert (data['result'], data['for'], data['revision']) == ('unchanged', 'ray-ready', place.tip)
    place.application()['status']['sync']['status'] = 'OutOfSync'
    ran = shell('wait', '-o', 'json', '--timeout', '0s')
    data = json.loads(ran.out)
    assert (ran.code, data['result'], data['exit_code']) == (7, 'failed', 7)
    assert data['blockers'][0]['part'] == 'raycluster'


def test_what_waiting_does_not_mend_ends_it_at_once(place: Place, shell: Shell) -> None:
    place.find('RayCluster', RAY)['metadata']['generation'] = 4
    place.api.add(live_world.event('InvalidRayClusterSpec', 'min is greater than max'))
    ran = shell('wait', '--timeout', '10m')
    assert ran.code == 7
    assert 'the operator ignores its spec: InvalidRayClusterSpec: min is greater than max' in ran.err
    assert ran.err.endswith('hint: mend the values in Git\n')


def test_doubt_ends_with_time(place: Place, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    place.find('RayCluster', RAY)['metadata']['generation'] = 4
    ran = shell('wait', '--timeout', '2s')
    assert (ran.code, 'the operator has not said whether it takes the spec' in ran.err) == (7, True)
    monkeypatch.setattr('bootstrap.waiting._DOUBT', 0.5)
    assert shell('wait', '--timeout', '20s').code == 0


def test_a_revision_that_is_overtaken(place: Place, shell: Shell) -> None:
    text = (place.folder / PATH).read_text()
    newer = commit(place.folder, {PATH: text.replace('maxReplicas: 20\n', 'maxReplicas: 30\n')})
    place.application('prod-ray')['status']['sync']['revision'] = newer
    ran = shell('wait', '--for', 'synced', '--revision', 'HEAD~1')
    assert ran.code == 7
    assert ran.err.endswith(f'hint: raybootstrap wait --revision {newer[:7]}\n')
    place.application('prod-ray')['status']['sync']['revision'] = place.tip
    assert shell('wait', '--for', 'synced', '--revision', 'HEAD~1').code == 0


def test_what_nobody_may_look_at_is_an_error(place: Place, shell: Shell) -> None:
    place.api.faults['/pods'] = 403
    assert shell('wait', '--for', 'healthy').code == 0
    ran = shell('wait')
    assert (ran.code, ran.err.splitlines()[-1][:18]) == (1, 'hint: ask for the ')
    assert shell('wait', '--context', 'nope').code == 1


def test_an_api_server_that_comes_back(place: Place, shell: Shell) -> None:
    place.api.faults['/applications'] = 503
    with meanwhile(place, place.api.faults.clear):
        ran = shell('wait', '--timeout', '30s')
    assert ran.code == 0
    assert 'prod root: kubectl' in ran.err


def test_mistakes(place: Place, shell: Shell) -> None:
    assert place.tip
    for words in (['--for', 'ready'], ['--timeout', '10'], ['--timeout', ''], ['--revision', 'nope']):
        assert shell('wait', *words).code == 2, words
    assert shell('wait', '--env', 'nope').code == 1


# A kubectl that never answers, and its login plugin, as an exec plugin of a kubeconfig is: a child of it.
HANGING = '#!/bin/sh\nsleep 300 &\nwait\n'


@pytest.fixture
def hanging(place: Place) -> dict[str, str]:
    """The variables under which kubectl hangs."""
    programs = place.folder.parent / 'programs'
    programs.mkdir()
    (programs / 'kubectl').write_text(HANGING)
    (programs / 'kubectl').chmod(0o755)
    mark = f'RAYBOOTSTRAP_TEST_{os.getpid()}'
    return {**place.environment, 'PATH': f'{programs}:{os.environ["PATH"]}', mark: 'x'}


def alive(mark: str) -> list[str]:
    """The processes with this variable in their environment."""
    found = []
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            if f'{mark}=x'.encode() in (folder / 'environ').read_bytes():
                found.append((folder / 'cmdline').read_text().replace('\0', ' '))
        except OSError:
            continue
    return found


def started(place: Place, variables: dict[str, str], *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, '-m', 'bootstrap', 'wait', *words]
    return subprocess.Popen(line, cwd=place.folder, env=variables, text=True, stderr=subprocess.PIPE)


needs_proc = pytest.mark.skipif(not Path('/proc/self/environ').exists(), reason='there is no /proc')


@needs_proc
def test_a_kubectl_that_hangs_does_not_outlast_the_timeout(place: Place, hanging: dict[str, str]) -> None:
    mark = next(name for name in hanging if name.startswith('RAYBOOTSTRAP_TEST_'))
    with started(place, hanging, '--timeout', '2s') as process:
        assert process.stderr is not None
        assert 'kubectl did not answer within' in process.stderr.read()
        assert process.wait() == 7
    assert alive(mark) == []


@needs_proc
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_child_behind(place: Place, hanging: dict[str, str], number: signal.Signals) -> None:
    mark = next(name for name in hanging if name.startswith('RAYBOOTSTRAP_TEST_'))
    with started(place, hanging) as process:
        while sum('sleep' in one for one in alive(mark)) < 4:
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(5) == 130
        assert process.stderr is not None
        assert 'Traceback' not in process.stderr.read()
    assert alive(mark) == []
