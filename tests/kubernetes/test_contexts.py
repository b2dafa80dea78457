"""Which context reaches an Application's destination."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from api_server import serving

from bootstrap.contexts import Contexts, contexts, reaching
from bootstrap.kubernetes import Kubectl

KNOWN = Contexts(
    'admin', {'admin': 'https://a.example.com', 'east': 'https://east.example.com:6443', 'two': 'https://a.example.com'}
)

CASES: list[tuple[dict[str, str], str | None, str | None]] = [
    ({'server': 'https://kubernetes.default.svc'}, 'east', 'east'),
    ({'server': 'https://kubernetes.default.svc:443/'}, 'east', 'east'),
    ({'name': 'in-cluster'}, 'east', 'east'),
    ({'server': 'https://EAST.example.com:6443/'}, 'admin', 'east'),
    ({'server': 'https://a.example.com'}, 'two', 'two'),
    ({'server': 'https://a.example.com'}, None, 'admin'),
    ({'server': 'https://a.example.com'}, 'east', 'admin'),
    ({'name': 'east'}, 'admin', 'east'),
    ({'name': 'east', 'server': 'https://other.example.com'}, 'admin', 'east'),
]


@pytest.mark.parametrize(('destination', 'argocd', 'found'), CASES)
def test_the_context_of_a_destination(destination: dict[str, str], argocd: str | None, found: str | None) -> None:
    reached = reaching(destination, Kubectl(argocd), KNOWN)
    assert reached is not None
    assert reached.context == found


@pytest.mark.parametrize('destination', [{'name': 'west'}, {'server': 'https://west.example.com'}, {}])
def test_a_destination_that_no_context_reaches(destination: dict[str, str]) -> None:
    assert reaching(destination, Kubectl(), KNOWN) is None


@pytest.mark.skipif(shutil.which('kubectl') is None, reason='there is no kubectl')
def test_the_contexts_of_a_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path) as api:
        monkeypatch.setenv('KUBECONFIG', str(api.kubeconfig))
        assert contexts(Kubectl()) == Contexts('loopback', {'loopback': api.url})
        # One distribution of kubectl asks every server for its version.
        assert [one for one in api.requests if 'GET /version' not in one] == []
    monkeypatch.setenv('KUBECONFIG', str(tmp_path / 'none'))
    assert contexts(Kubectl()) == Contexts()
    (tmp_path / 'odd').write_text(json.dumps({'contexts': [{'name': 'x'}], 'current-context': 'x'}))
    monkeypatch.setenv('KUBECONFIG', str(tmp_path / 'odd'))
    assert contexts(Kubectl()) == Contexts('x', {'x': ''})
