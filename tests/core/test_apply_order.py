from __future__ import annotations

import pytest
from sample_environments import example

from bootstrap import apply_order, manifest
from bootstrap.layout import Environment
from bootstrap.settings import Settings
from bootstrap.tree import Tree

PROD = Environment('prod')


def _stream(tree: Tree) -> str:
    return apply_order.joined([part.text for part in apply_order.parts(tree, Settings(), PROD)])


def test_it_is_the_files_one_after_the_other() -> None:
    tree = example('prod')
    files = [PROD.projects, PROD.root, PROD.crds, PROD.operator, PROD.raycluster()]
    assert _stream(tree) == '---\n'.join(tree[file] for file in files)


def test_waves_order_the_applications_and_names_the_same_wave() -> None:
    one = 'kind: Application\napiVersion: argoproj.io/v1alpha1\nmetadata:\n  name: %s\n  annotations: {%s}\n'
    tree = example('prod')
    for name, annotation in (('b', ''), ('a', ''), ('z', f'{apply_order.WAVE_ANNOTATION}: "-30"'), ('y', '1: 2')):
        tree = tree.put(f'{PROD.applications}/{name}.yaml', one % (name, annotation))
    parts = apply_order.parts(tree, Settings(), PROD)
    assert [(part.wave, part.resource.name) for part in parts[4:]] == [
        (-30, 'z'),
        (-20, 'prod-ray-operator-crds'),
        (-10, 'prod-ray-operator'),
        (0, 'a'),
        (0, 'b'),
        (0, 'prod-raycluster'),
        (0, 'y'),
    ]


@pytest.mark.parametrize(
    ('text', 'stream'),
    [
        ('a: 1', 'a: 1\n'),
        ('# top\n---\n# of b\nb: 1\n--- # of a\na: 1\n', '# top\n# of b\nb: 1\n---\n# of a\na: 1\n'),
        ('\ufeff---\r\na: 1\r\n---\r\nb: 2\r\n', 'a: 1\r\n---\nb: 2\r\n'),
        ('%YAML 1.1\n---\na: 1\n...\n', 'a: 1\n...\n'),
        ('--- {a: 1}\n---\n---\n- 1\n', '{a: 1}\n---\n---\n- 1\n'),
    ],
)
def test_documents_of_one_file_are_taken_apart(text: str, stream: str) -> None:
    tree = Tree(example('prod').source)
    for file in (PROD.projects, PROD.crds, PROD.operator, PROD.raycluster()):
        tree = tree.drop(file)
    found = _stream(tree.put(f'{PROD.applications}/some.yaml', text))
    assert found.removeprefix(f'{tree[PROD.root]}---\n') == stream
    assert [one.data for one in manifest.load(found)][1:] == [one.data for one in manifest.load(text)]
