"""A kubectl that prints what kubectl does not print: each command says so in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from place import Place, running
from world import Shell

from bootstrap.kubernetes import KubernetesError, Reason, items_in

POD = '{"kind": "Pod", "metadata": {"name": "a"}}'
ODD = [
    'garbage',
    '[]',
    '{"kind": 5, "items": 7}',
    '{"items": null}',
    '{"items": [{}]}',
    '{"items": [3]}',
    '{"kind": "Pod"}',
]


@pytest.fixture
def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with running(folder) as found:
        programs = folder.parent / 'programs'
        programs.mkdir()
        monkeypatch.setenv('PATH', f'{programs}:{os.environ["PATH"]}')
        yield found


@pytest.mark.parametrize('printed', ODD)
def test_what_is_no_list_of_objects_is_refused(printed: str) -> None:
    with pytest.raises(KubernetesError, match='kubectl printed no') as error:
        items_in(printed)
    assert error.value.reason is Reason.REFUSED


@pytest.mark.parametrize(('printed', 'count'), [('', 0), (POD, 1), (f'{{"kind": "PodList", "items": [{POD}]}}', 1)])
def test_one_object_and_several(printed: str, count: int) -> None:
    assert len(items_in(printed)) == count


@pytest.mark.parametrize('printed', ODD)
def test_every_command_says_so(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    kubectl = place.folder.parent / 'programs' / 'kubectl'
    kubectl.write_text(f"#!/bin/sh\necho '{printed}'\n")
    kubectl.chmod(0o755)
    shell = Shell(capsys)
    for words in (('status',), ('wait', '--timeout', '0s'), ('apply-root', '--yes', '--context', 'x')):
        ran = shell(*words)
        assert ran.code == (7 if words[0] == 'wait' else 1)
        assert 'kubectl printed no' in ran.err
