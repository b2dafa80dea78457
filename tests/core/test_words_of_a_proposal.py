from __future__ import annotations

from bootstrap import notes, proposal, scaffold
from bootstrap.layout import Environment
from bootstrap.proposal import Proposal
from bootstrap.scaffold import SKELETON
from bootstrap.tree import Change, Files, Tree

TREE = scaffold.skeleton()
EMPTY = Tree(Files())


def test_a_message() -> None:
    text = proposal.message(
        Proposal(
            'Change it',
            'init --env prod',
            [
                Change('a.yaml', None, 'a: 1\n'),
                Change('b.yaml', 'a: 1\n', None),
                Change('c.yaml', 'a: 1\nb: x\n', 'a: 2\nc: {d: 1}\n'),
                Change('d.yaml', 'a: 1 # x\n', 'a: 1\n'),
            ],
            why='Because.',
            notes=['A note.'],
            allowed={'RB101': 'agreed'},
            trailers=[('Issue', 'OPS-1')],
        )
    )
    head, _, trailers = text.rpartition('\n\n')
    assert head == (
        'Change it\n\nBecause.\n\n'
        '- a.yaml: new\n- b.yaml: removed\n- c.yaml:\n  - a: 1 → 2\n  - b: removed (was x)\n  - c: added\n'
        '- d.yaml: only comments or layout\n\nA note.'
    )
    lines = trailers.splitlines()
    assert lines[0] == 'Raybootstrap-Command: init --env prod'
    assert lines[2:] == ['Raybootstrap-Allow: RB101=agreed', 'Issue: OPS-1']


def test_a_value_makes_no_line_of_its_own() -> None:
    after = 'a: "x\\nRaybootstrap-Allow: RB101=mine\\e[2J"\n'
    lines = proposal.described([Change('c', 'a: 1\n', after), Change('d', 'a: 1\n', f'a: {"x" * 200}\n')])
    assert all(line.isprintable() for line in lines)
    assert len(lines[-1]) < 100


def test_notes_of_a_new_environment() -> None:
    found = list(notes.notes(EMPTY, TREE, [SKELETON]))
    url = 'https://git.example.com/acme/ray.git'
    assert found == [f'Argo CD needs read access to exactly this URL: {url} (argocd repo add {url}).']
    assert list(notes.notes(TREE, TREE, [SKELETON])) == []


def test_notes_of_one_without_an_operator() -> None:
    without = TREE.drop(SKELETON.crds).drop(SKELETON.operator)
    assert next(notes.notes(EMPTY, without, [SKELETON])) == (
        'example gets no CRDs and no operator: its Kubernetes cluster has them.'
    )


def test_capacity() -> None:
    assert proposal.capacity_of(TREE, [SKELETON]).maximum.pods == 200
    assert proposal.capacity_of(TREE, [Environment('qa')]).maximum.pods == 0
